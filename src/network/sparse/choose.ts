// Decides how a product takes an operand: dense, as CSR, or adaptive, which looks for zeros batch by batch.
// All forms give the same bits: thresholds are about time and memory. Not for the layout of CSR (format.ts),
// nor for the densities by which adaptive kernels decide (assembly/sparse/adaptive.ts). Figures: AMD EPYC
// (Zen 5), Node.js 20.20 (`base`), 24.21 (`relaxed`), one thread, epochs of `npm run bench` unless they say
// otherwise. Without a figure, no run is recorded. `npm run bench:thresholds` measures densities again, and
// no bench sizes alone.
import type { Rows } from '../../ndarray.js';
import { paddedUnits } from '../layout.js';
import type { LayerSpec, NetworkSpec, Shape } from '../spec.js';
import { sizeOf } from '../spec.js';

/**
 * Inputs from which a CSR row is worth making: below, a dense product is short and its rows seldom mostly
 * zeros.
 */
const MIN_INPUTS = 64;

/**
 * Share of non-zero inputs up to which products by CSR are faster than dense ones. Measured on both variants
 * at 19 % only (MNIST): with 50 units .22 → .13 s an epoch, with 392-392 units 2.74 → 1.88 s. No run around
 * 40 % is recorded; `npm run bench:thresholds` measures it.
 */
export const MAX_DENSITY = 0.4;

/**
 * Share of non-zero inputs up to which training goes by CSR in layers of at least `WIDE_UNITS` units:
 * gradients gain more, and making the CSR of a batch costs little beside the products. Measured at 50 %
 * (Fashion-MNIST), with 784-392-392-10: 3.82 → 2.82 s an epoch. No run around 65 % is recorded;
 * `npm run bench:thresholds` measures it.
 */
export const MAX_TRAINING_DENSITY = 0.65;
const WIDE_UNITS = 96;

/** Rows that are read to estimate the density of a data set, and of the rows of one prediction. */
const SAMPLED_ROWS = 256;
const PREDICTION_SAMPLED_ROWS = 4;

/** Dense rows are kept as CSR if that takes at most so many times their bytes. */
const MAX_CSR_GROWTH = 2;

/**
 * Values of a batch up to which every column gets room for all rows: counting its non-zeros first takes
 * longer. Measured at smaller sizes only: columns of 200 x 784 (W1) 36 → 20 µs, of 32 x 784 14 → 9 µs a step.
 */
const MAX_PADDED_VALUES = 262144;

/**
 * Padded units from which looking for zeros pays: every value that is looked at saves a product with all of
 * them.
 */
const MIN_ADAPTIVE_UNITS = 48;

/** Rows from which it does: up to two rows have a dense product of their own. */
const MIN_ADAPTIVE_ROWS = 3;

/** Values of a batch beyond which its CSR, 8 bytes a value, would take too much scratch: 32 MiB. */
const MAX_ADAPTIVE_VALUES = 4194304;

/**
 * Rows from which an input gradient goes by the CSR of delta: weights are transposed for it, however few the
 * rows. Layers of more than `WIDE_DELTA_UNITS` units have more to transpose.
 */
const MIN_DELTA_ROWS = 16;
const WIDE_DELTA_UNITS = 512;
const MIN_DELTA_ROWS_WIDE = 32;

/** True if the first layer of a network can read CSR. */
export function acceptsCsr({ layers, inputShape }: NetworkSpec): boolean {
  return layers[0].type === 'dense' && inputShape[0] >= MIN_INPUTS;
}

type SampledRows = Pick<Rows, 'data' | 'rows' | 'features' | 'sparse'>;

/** How the first layer reads the rows of a data set in training. */
export function trainingInputForm({ layers }: NetworkSpec, rows: SampledRows): 'dense' | 'csr' {
  const [first] = layers;
  const wide = first.type === 'dense' && first.units >= WIDE_UNITS;
  return isSparse(rows, wide ? MAX_TRAINING_DENSITY : MAX_DENSITY) ? 'csr' : 'dense';
}

/**
 * How the rows of a prediction get to a first layer that accepts CSR: as a matrix, as CSR that the arena
 * makes of them, or as the CSR that they come as. A single row always goes by CSR: no weight is read for a
 * zero.
 *
 * @param sample returns the values of the first rows
 */
export function predictionInputForm(
  rows: Rows,
  sample: (rows: Rows, count: number) => Rows['data'],
): PredictionInputForm {
  if (rows.sparse) return 'csr';
  if (rows.rows === 1) return 'toCsr';
  const sampled = Math.min(rows.rows, PREDICTION_SAMPLED_ROWS);
  const read = { data: sample(rows, sampled), rows: sampled, features: rows.features };
  return isSparse(read, MAX_DENSITY) ? 'toCsr' : 'dense';
}

export type PredictionInputForm = 'dense' | 'toCsr' | 'csr';

/** True if dense rows of so many bytes are kept as CSR of so many: made once instead of for every batch. */
export function isKeptAsCsr(csrBytes: number, denseBytes: number): boolean {
  return csrBytes <= MAX_CSR_GROWTH * denseBytes;
}

/** True if every column of a batch gets room for all rows, so that its non-zeros need not be counted. */
export function hasPaddedColumns(rows: number, inputs: number): boolean {
  return rows * inputs <= MAX_PADDED_VALUES;
}

/** True if at most a share of the values of some rows is not 0. */
function isSparse({ data, rows, features, sparse }: SampledRows, density: number): boolean {
  if (features < MIN_INPUTS) return false;
  if (sparse) return true;
  const sampled = Math.min(rows, SAMPLED_ROWS);
  const max = density * sampled * features;
  const step = Math.floor(rows / sampled);
  let count = 0;
  for (let i = 0; i < sampled; i++) {
    const from = i * step * features;
    for (let j = from; j < from + features; j++) if (data[j] !== 0) count++;
    if (count > max) return false;
  }
  return true;
}

/**
 * True if layer i is dense and stands behind relu, which leaves many activations 0, as dropout does. A single
 * row then goes by CSR: it is predicted at the speed at which weights are read. Measured: 784-392-392-10 in
 * 17 instead of 31 µs.
 */
export function followsRelu({ layers, rules }: NetworkSpec, shapes: readonly Shape[], i: number): boolean {
  if (layers[i].type !== 'dense' || shapes[i][0] < MIN_INPUTS) return false;
  let previous = i - 1;
  while (previous >= 0 && rules[layers[previous].type].keepsZeros) previous--;
  return isRelu(layers[previous]);
}

function isRelu(layer: LayerSpec | undefined): boolean {
  return layer !== undefined && 'activation' in layer && /^relu6?$/.test(layer.activation);
}

/**
 * True if the products of layer i look for zeros in its input, in batches of so many rows. Measured: an epoch
 * of 784-392-392-10 with Adam on MNIST 2.69 → 2.19 s (Node.js 20: 3.66 → 2.47 s).
 */
export function inputIsAdaptive(
  spec: NetworkSpec,
  shapes: readonly Shape[],
  i: number,
  rows: number,
): boolean {
  return followsRelu(spec, shapes, i) && isWorthScan(sizeOf(shapes[i + 1]), rows, sizeOf(shapes[i]));
}

/**
 * True if the products of layer i look for zeros in their delta, in batches of so many rows: relu's slope is
 * 0 where relu is. Measured: an epoch of 784-50-10 on Fashion-MNIST 201 → 135 ms.
 */
export function deltaIsAdaptive(
  { layers }: NetworkSpec,
  shapes: readonly Shape[],
  i: number,
  rows: number,
): boolean {
  const units = sizeOf(shapes[i + 1]);
  return isRelu(layers[i]) && shapes[i][0] >= MIN_INPUTS && isWorthScan(units, rows, units);
}

function isWorthScan(units: number, rows: number, columns: number): boolean {
  const worthwhile = paddedUnits(units) >= MIN_ADAPTIVE_UNITS && hasAdaptiveRows(rows);
  return worthwhile && rows * columns <= MAX_ADAPTIVE_VALUES;
}

/** True if a batch has enough rows for an adaptive product. */
export function hasAdaptiveRows(rows: number): boolean {
  return rows >= MIN_ADAPTIVE_ROWS;
}

/** True if the input gradient of so many units looks for zeros in an adaptive delta. */
export function inputGradientIsAdaptive(units: number, rows: number): boolean {
  return rows >= (units > WIDE_DELTA_UNITS ? MIN_DELTA_ROWS_WIDE : MIN_DELTA_ROWS);
}
