/**
 * The density thresholds, and the products that each one decides about, with the shapes of W1 to W5
 * (docs/benchmarks.md). Operands become kernel calls as in training: layers/dense.ts, updates.ts and
 * sparse/format.ts emit them, but without the choice that is measured here.
 */
import {
  DEEP_FORWARD_MAX_DENSITY,
  DELTA_MAX_DENSITY,
  FORWARD_MAX_DENSITY,
  GRADIENT_MAX_DENSITY,
  INPUT_GRADIENT_MAX_DENSITY,
  NARROW_INPUT_GRADIENT_MAX_DENSITY,
  RecordWord,
  SAMPLED_ROW_STEP,
} from '../../src/engine/generated/abi.js';
import type { Variant } from '../../src/engine/engine.js';
import { bind, call, type Call, run } from '../../src/engine/kernels.js';
import { Layout, type Matrix, paddedUnits, UPDATE_SCRATCH_FLOATS } from '../../src/network/layout.js';
import { newOptimizerState, nextScalars, type OptimizerSpec } from '../../src/network/optimizers.js';
import type { Parameter } from '../../src/network/parameters.js';
import { inputGradientCalls, productCalls, productScratch } from '../../src/layers/dense.js';
import { splitScale } from '../../src/network/scale.js';
import { MAX_DENSITY, MAX_TRAINING_DENSITY } from '../../src/network/sparse/choose.js';
import {
  cscCalls,
  csrBytes,
  csrCalls,
  csrScratch,
  gatherCsrCalls,
  planCsr,
} from '../../src/network/sparse/format.js';
import { planUpdates, Updates } from '../../src/network/updates.js';
import { generator, type Shape, type Workbench } from '../kernels/operands.js';
import type { Comparison } from './compare.js';

export interface Threshold {
  /** The name of the constant. */
  readonly name: string;
  readonly about: string;
  readonly percent: number;
  readonly compare: (bench: Workbench) => Comparison;
}

type AdaptiveProduct = 'forward' | 'gradient by x' | 'gradient by delta' | 'input gradient';

/** All density thresholds of a variant, some with several shapes. */
export function thresholdsOf(variant: Variant): Threshold[] {
  const adaptive =
    (name: string, { [variant]: percent }: Readonly<Record<Variant, number>>, product: AdaptiveProduct) =>
    (rows: number, inputs: number, units: number): Threshold => ({
      ...{ name, percent, about: `${product}, ${rows} x ${inputs} x ${units}` },
      compare: (bench) => adaptiveProduct(bench, { rows, inputs, units }, product, percent),
    });
  const first = (name: string, density: number, training: boolean) => (rows: number, units: number) => ({
    ...{ name, percent: 100 * density },
    about: `${training ? 'step of the first layer' : 'prediction'}, ${rows} x 784 x ${units}`,
    compare: (bench: Workbench) => firstLayer(bench, { rows, inputs: 784, units }, training),
  });
  return [
    first('MAX_DENSITY', MAX_DENSITY, true)(200, 50),
    first('MAX_DENSITY', MAX_DENSITY, false)(200, 50),
    first('MAX_TRAINING_DENSITY', MAX_TRAINING_DENSITY, true)(32, 392),
    adaptive('FORWARD_MAX_DENSITY', FORWARD_MAX_DENSITY, 'forward')(32, 392, 392),
    adaptive('DEEP_FORWARD_MAX_DENSITY', DEEP_FORWARD_MAX_DENSITY, 'forward')(32, 4608, 128),
    adaptive('GRADIENT_MAX_DENSITY', GRADIENT_MAX_DENSITY, 'gradient by x')(32, 392, 392),
    adaptive('DELTA_MAX_DENSITY', DELTA_MAX_DENSITY, 'gradient by delta')(32, 784, 300),
    adaptive('INPUT_GRADIENT_MAX_DENSITY', INPUT_GRADIENT_MAX_DENSITY, 'input gradient')(32, 392, 392),
    adaptive('NARROW_INPUT_GRADIENT_MAX_DENSITY', NARROW_INPUT_GRADIENT_MAX_DENSITY, 'input gradient')(
      32,
      300,
      100,
    ),
  ];
}

const ADAM: OptimizerSpec = { kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-7 };

/** Batches that follow one another. */
const BATCHES = 8;

/** Rows of a data set. */
const RESIDENT_ROWS = 1024;

/** Percentage points by which the sampled rows stay below the threshold, so that a product goes by CSR. */
const MARGIN = 3;

/** The weights of a layer, and its update. */
class Layer {
  readonly layout = new Layout();
  readonly weights: { readonly kernel: number; readonly bias: number; readonly units: number };
  readonly parameter: Parameter;
  readonly updates: Updates;

  constructor(
    readonly bench: Workbench,
    { rows, inputs, units }: Shape,
  ) {
    const { layout } = this;
    const length = inputs * paddedUnits(units);
    const kernel = layout.floats(length);
    this.weights = { kernel, bias: layout.floats(paddedUnits(units)), units };
    const declared = {
      name: 'kernel',
      shape: [inputs, units],
      trainable: true,
      rules: { initializer: { name: 'zeros' } },
    } as const;
    this.parameter = { ...declared, layer: 0, index: 0, position: 0, length };
    const { transposed } = productScratch(rows, inputs, units);
    const sizes = { block: kernel, length, transposed, accumulate: false };
    this.updates = new Updates(
      planUpdates(layout, ADAM, [this.parameter], sizes),
      [this.parameter],
      kernel,
      true,
    );
  }

  /** Fills all matrices with noise, and the records of updates. */
  start(): void {
    const { layout, bench, updates, parameter } = this;
    const { floats } = bench;
    bench.fill(layout.bytes);
    for (const { offset, length, fill } of layout.constants)
      fill(new Int32Array(floats.buffer, offset, length));
    for (const slot of updates.plan.slots) floats.fill(0, slot / 4, slot / 4 + parameter.length);
    const scalars = nextScalars(ADAM, newOptimizerState(), 1e-3);
    floats.set(scalars, updates.plan.records[0] / 4 + RecordWord.scalars);
  }

  bind(calls: readonly Call[]): () => void {
    const program = bind(this.bench.kernels, calls);
    return () => run(program);
  }
}

/**
 * Compares one product of an adaptive operand. It goes by CSR if the rows that it samples have few non-zeros,
 * so these stay below the threshold and the other rows make up for it; dense operands have no zeros.
 */
function adaptiveProduct(
  bench: Workbench,
  shape: Shape,
  product: AdaptiveProduct,
  threshold: number,
): Comparison {
  const { rows, inputs, units } = shape;
  const layer = new Layer(bench, shape);
  const { layout, weights, updates, parameter } = layer;
  const byX = product === 'forward' || product === 'gradient by x';
  const columns = byX ? inputs : units;
  const matrices = (): Matrix[] => Array.from({ length: BATCHES }, () => layout.matrix(rows, columns));
  const [full, sparse] = [matrices(), matrices()];
  const other = layout.matrix(rows, byX ? units : inputs);
  const { scratch: floats, transposed } = productScratch(rows, inputs, units);
  const front = Math.max(floats, UPDATE_SCRATCH_FLOATS, 32 + 24 * paddedUnits(units));
  const scratch = layout.floats(front + csrScratch(rows, paddedUnits(columns)));
  const spare = { scratch, transposed: layout.floats(transposed) };
  layer.start();
  const calls = {
    forward: (matrix: Matrix) => productCalls(other, { matrix, scratch }, weights, rows, 0),
    'gradient by x': (matrix: Matrix) =>
      updates.product(parameter, { matrix, scratch }, { matrix: other }, rows),
    'gradient by delta': (matrix: Matrix) =>
      updates.product(parameter, { matrix: other }, { matrix, scratch }, rows),
    'input gradient': (matrix: Matrix) =>
      inputGradientCalls(other, { matrix, scratch }, weights, rows, spare),
  }[product];
  return {
    dense: full.map((matrix) => layer.bind(calls(matrix))),
    csr: sparse.map((matrix) => layer.bind(calls(matrix))),
    fill: (percent) => {
      const sampled = Math.min(percent, threshold - MARGIN) / 100;
      const others = (percent / 100 - sampled / SAMPLED_ROW_STEP) / (1 - 1 / SAMPLED_ROW_STEP);
      sparse.forEach((matrix) => scatter(bench.floats, matrix, rows, sampled, others));
    },
  };
}

const random = generator();

/** Random positions of exactly a share of the values: the non-zeros. */
function* positions(count: number, share: number): Generator<number> {
  let needed = Math.round(share * count);
  for (let i = 0; i < count; i++) {
    if ((random() + 0.5) * (count - i) >= needed) continue;
    needed -= 1;
    yield i;
  }
}

/**
 * Makes a matrix of zeros and ones, with one share of ones in the sampled rows and another in the others.
 */
function scatter(floats: Float32Array, matrix: Matrix, rows: number, sampled: number, others: number): void {
  const { offset, stride, columns } = matrix;
  floats.fill(0, offset / 4, (offset + rows * stride) / 4);
  const all = Array.from({ length: rows }, (_, row) => row);
  const part = (isSampled: boolean, share: number): void => {
    const chosen = all.filter((row) => (row % SAMPLED_ROW_STEP === 0) === isSampled);
    for (const i of positions(chosen.length * columns, share)) {
      floats[(offset + chosen[Math.floor(i / columns)] * stride) / 4 + (i % columns)] = 1;
    }
  };
  part(true, sampled);
  part(false, others);
}

/** Compares the first layer on rows of a byte data set: a whole step, or a prediction. */
function firstLayer(bench: Workbench, shape: Shape, training: boolean): Comparison {
  const { rows, inputs, units } = shape;
  const layer = new Layer(bench, shape);
  const { layout, weights, updates, parameter } = layer;
  const scale = splitScale(1 / 255);
  if (!scale) throw new Error('The scale of bytes must have parts.');
  const [x, y, delta] = [layout.matrix(rows, inputs), layout.matrix(rows, units), layout.matrix(rows, units)];
  const data = layout.take(RESIDENT_ROWS * inputs + 64);
  const entries = layout.take(csrBytes({ nnz: RESIDENT_ROWS * inputs, scale }));
  const rowOffsets = layout.floats(RESIDENT_ROWS + 1);
  const plan = { nnzCapacity: rows * inputs, isInput: false };
  const csr = planCsr(layout, { rows, inputs, gradients: training }, plan);
  const batches = Array.from({ length: BATCHES }, () => layout.floats(rows));
  layer.start();
  const words = new Int32Array(bench.floats.buffer);
  for (const batch of batches) {
    for (let i = 0; i < rows; i++) words[batch / 4 + i] = Math.floor((random() + 0.5) * RESIDENT_ROWS);
  }
  const denseBatch = (indices: number): Call[] => [
    call('gatherBytes', x, data, inputs, indices, rows, ...scale),
    ...productCalls(y, { matrix: x }, weights, rows, 0),
    ...(training ? updates.product(parameter, { matrix: x }, { matrix: delta }, rows) : []),
  ];
  const csrBatch = (indices: number): Call[] =>
    training
      ? [
          ...gatherCsrCalls(csr, { rowOffsets, scale }, indices, rows),
          ...cscCalls(csr, delta, rows),
          ...productCalls(y, csr, weights, rows, 0),
          ...updates.product(parameter, csr, { matrix: delta }, rows),
        ]
      : [
          ...csrCalls(csr, { offset: data, stride: inputs }, indices, rows, scale),
          ...productCalls(y, csr, weights, rows, 0),
        ];
  return {
    dense: batches.map((indices) => layer.bind(denseBatch(indices))),
    csr: batches.map((indices) => layer.bind(csrBatch(indices))),
    fill: (percent) => writeBytes(words, { data, entries, rowOffsets, inputs }, percent / 100),
  };
}

/** Writes a data set with a share of non-zeros, as bytes and as CSR of bytes (column << 8 | byte). */
function writeBytes(
  words: Int32Array,
  to: { data: number; entries: number; rowOffsets: number; inputs: number },
  share: number,
): void {
  const length = RESIDENT_ROWS * to.inputs;
  const bytes = new Uint8Array(words.buffer, to.data, length).fill(0);
  for (const i of positions(length, share)) bytes[i] = 1 + (i % 255);
  let entry = to.entries / 4;
  words[to.rowOffsets / 4] = to.entries;
  for (let i = 0; i < length; i++) {
    const column = i % to.inputs;
    if (bytes[i] !== 0) words[entry++] = (column << 8) | bytes[i];
    if (column === to.inputs - 1) words[to.rowOffsets / 4 + (i + 1) / to.inputs] = 4 * entry;
  }
}
