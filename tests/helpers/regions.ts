import { RecordWord } from '../../src/engine/generated/abi.js';
import type { Matrix } from '../../src/network/layout.js';
import type { Plan } from '../../src/network/plan.js';
import { sizeOf } from '../../src/network/spec.js';
import { UPDATE_SCRATCH_FLOATS } from '../../src/network/layout.js';
import { padded } from './panels.js';

/** A range of the arena: byte offset, and the bytes that have to lie there. */
export interface Region {
  readonly name: string;
  readonly offset: number;
  readonly bytes: number;
}

/** Everything that a plan shows, each place once, in the order of offsets. */
export function regionsOf(plan: Plan): Region[] {
  const all = [...commonRegions(plan), ...lossRegions(plan), ...updateRegions(plan), ...csrRegions(plan)];
  const regions: Region[] = [];
  for (const region of all.sort((a, b) => a.offset - b.offset || b.bytes - a.bytes)) {
    // A layer may hand on its input as its output, and a loss may read predictions where they are.
    if (region.bytes > 0 && regions.at(-1)?.offset !== region.offset) regions.push(region);
  }
  return regions;
}

function matrix(name: string, { offset, stride, columns }: Matrix, rows: number): Region {
  return { name, offset, bytes: Math.max(rows * stride, 4 * padded(columns)) };
}

function commonRegions({ rows, layers, ...plan }: Plan): Region[] {
  return [
    { name: 'parameters', offset: plan.block, bytes: 4 * plan.blockLength },
    { name: 'indices', offset: plan.input.indices, bytes: 4 * rows },
    matrix('input', plan.input.matrix, rows),
    ...(plan.loss
      ? []
      : [{ name: 'staging', offset: plan.input.staging, bytes: rows * sizeOf(plan.spec.inputShape) }]),
    ...plan.keys.flatMap((offset) => (offset === 0 ? [] : [{ name: 'key', offset, bytes: 8 }])),
    ...layers.flatMap(({ bound, delta }, i) => [
      matrix(`output ${i}`, bound.output, rows),
      ...(delta ? [matrix(`delta ${i}`, delta, rows)] : []),
    ]),
  ];
}

function lossRegions({ rows, loss, spec, resident }: Plan): Region[] {
  if (!loss) return [];
  const { labels, targets } = loss;
  const width = labels ? 1 : targets.columns;
  return [
    matrix('delta of the loss', loss.delta, rows),
    labels ? { name: 'labels', offset: targets.offset, bytes: 4 * rows } : matrix('targets', targets, rows),
    { name: 'weights', offset: loss.weights, bytes: 4 * rows },
    { name: 'scale', offset: loss.scale, bytes: 4 },
    { name: 'losses of rows', offset: loss.rowLoss, bytes: 8 * rows },
    { name: 'sums', offset: loss.sums, bytes: 8 * (1 + loss.penalties.count) },
    ...(loss.predictions ? [matrix('predictions', loss.predictions, rows)] : []),
    ...(resident
      ? [
          {
            name: 'data',
            offset: resident.data,
            bytes: resident.rows * sizeOf(spec.inputShape) * (resident.scale ? 1 : 4),
          },
          { name: 'targets of the data', offset: resident.targets, bytes: 4 * resident.rows * width },
          ...(resident.weighted
            ? [{ name: 'weights of the data', offset: resident.weights, bytes: 4 * resident.rows }]
            : []),
        ]
      : []),
  ];
}

function updateRegions({ rows, updates, parameters, blockLength, layers }: Plan): Region[] {
  if (!updates) return [];
  const widest = Math.max(0, ...parameters.map(({ shape }) => shape[shape.length - 1]));
  const units = parameters.filter(({ shape }) => shape.length === 2).map(({ shape }) => shape[1]);
  const inner = layers.length > 1 ? Math.max(0, ...units) : 0;
  return [
    ...updates.slots.map((offset, i) => ({ name: `slot ${i}`, offset, bytes: 4 * blockLength })),
    ...updates.records.map((offset, i) => ({ name: `record ${i}`, offset, bytes: 4 * RecordWord.end })),
    { name: 'gradients', offset: updates.gradients, bytes: updates.gradients === 0 ? 0 : 4 * blockLength },
    { name: 'gradient of a vector', offset: updates.vectorGradient, bytes: 4 * padded(widest) },
    { name: 'gradients that wait', offset: updates.updateScratch, bytes: 4 * UPDATE_SCRATCH_FLOATS },
    { name: 'transposed delta', offset: updates.transposed, bytes: 4 * padded(rows) * inner },
    { name: 'norms', offset: updates.norms, bytes: 8 * parameters.length },
  ];
}

function csrRegions({ rows, input: { csr } }: Plan): Region[] {
  if (!csr) return [];
  const { inputs } = csr;
  const region = (name: string, offset: number, bytes: number): Region => {
    return { name, offset, bytes: offset === 0 ? 0 : bytes };
  };
  return [
    region('offsets of rows', csr.rowOffsets, 4 * (rows + 1)),
    region('entries of rows', csr.rowEntries, 8 * rows * inputs),
    region('offsets of columns', csr.columnOffsets, 8 * inputs),
    region(
      'entries of columns',
      csr.columnEntries,
      csr.columnBytes > 0 ? inputs * csr.columnBytes : 8 * rows * inputs,
    ),
  ];
}
