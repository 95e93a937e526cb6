import { ValueError } from '../errors.js';
import type { ResolvedLoss } from '../model/options/losses.js';
import { gatherableInPieces } from '../model/scale.js';
import type { ArrayInput } from '../ndarray.js';
import { sliceRows } from '../ndarray.js';
import type { Dataset, Targets } from '../train/data.js';
import type { Pieces } from '../yielding.js';
import { runAtOnce } from '../yielding.js';
import { readRowsInPieces } from './input.js';
import type { ClassWeights } from './row-weights.js';
import { readRowWeights, withClassWeight } from './row-weights.js';
import type { Structure } from './structure.js';
import { prepareTargets } from './targets.js';

/** Rows with their targets, as the kernels and as the metrics want them. */
export interface Prepared {
  readonly dataset: Dataset;
  /** (rows, columns), as given; one column of class numbers for sparse cross-entropy. */
  readonly truth: Float32Array;
  readonly columns: number;
  readonly rows: number;
}

/** Rows of a batch or data set as a person gives them. */
export type Sample = readonly [x: ArrayInput, y: ArrayInput, sampleWeight?: ArrayInput | null];

/** What of a model decides how data are read. */
export interface Reader {
  readonly structure: Structure;
  readonly loss: ResolvedLoss;
  readonly classWeight?: ClassWeights;
}

/** Data, checked and ready to train on or to evaluate. `part` is what errors call them: '', 'validationData: '. */
export function* prepareInPieces(
  owner: string,
  reader: Reader,
  [x, y, w]: Sample,
  part = '',
): Pieces<Prepared> {
  const { structure, loss, classWeight } = reader;
  const rows = yield* readRowsInPieces(owner, x, structure.spec.inputShape, `${part}x`);
  const prepared = yield* prepareTargets(y, rows.rows, structure, loss, `${part}y`);
  const weights = readRowWeights(w, rows.rows, `${part}sampleWeight`);
  const { targets, truth, columns } = prepared;
  return {
    dataset: {
      rows: yield* gatherableInPieces(rows),
      targets,
      weights: withClassWeight(weights, classWeight, prepared, false),
    },
    truth,
    columns,
    rows: rows.rows,
  };
}

/** `prepareInPieces` at once. */
export function prepare(owner: string, reader: Reader, sample: Sample, part?: string): Prepared {
  return runAtOnce(prepareInPieces(owner, reader, sample, part));
}

/** The first rows train, the last validate: floor(rows · (1 − share)) and the rest. No copies. */
export function splitLast(
  owner: string,
  prepared: Prepared,
  share: number,
): { train: Prepared; validation: Prepared } {
  const first = Math.floor(prepared.rows * (1 - share));
  if (first === 0 || first === prepared.rows) {
    throw new ValueError(
      `${owner}: validationSplit ${share} must leave at least 1 row on both sides, but of ${prepared.rows} rows ${first} would train and ${prepared.rows - first} validate.`,
    );
  }
  return { train: slice(prepared, 0, first), validation: slice(prepared, first, prepared.rows) };
}

function slice({ dataset, truth, columns }: Prepared, begin: number, end: number): Prepared {
  const { rows, targets, weights } = dataset;
  const count = end - begin;
  const width = targets.data.length / rows.rows;
  return {
    dataset: {
      rows: sliceRows(rows, begin, end),
      targets: { ...targets, data: targets.data.subarray(begin * width, end * width) } as Targets,
      weights: weights?.subarray(begin, end),
    },
    truth: truth.subarray(begin * columns, end * columns),
    columns,
    rows: count,
  };
}
