// Rows → arena in training, dense or as CSR: a data set that stays there, or the rows of a batch that are
// gathered from the caller's arrays. Both end up with the same bits. Not for the gather kernels of resident
// rows (input.ts), nor for predictions, whose rows come without targets (row-copies.ts).
import { checkReadable } from '../check.js';
import type { Arena } from '../engine/arena.js';
import type { Rows } from '../ndarray.js';
import { ascending } from '../random.js';
import type { ResidentPlan, ResidentSpec } from './input.js';
import type { LossPlan } from './losses.js';
import type { Plan, PlanOptions } from './plan.js';
import type { KernelRows } from './scale.js';
import type { NetworkSpec } from './spec.js';
import { acceptsCsr, isKeptAsCsr, trainingInputForm } from './sparse/choose.js';
import type { ResidentCsr } from './sparse/format.js';
import { csrBytes } from './sparse/format.js';
import { writeCsr, writeRow } from './sparse/write.js';
import type { Pieces } from '../yielding.js';
import { ranges, runAtOnce } from '../yielding.js';

/** What the loss compares with: labels 0 … classes − 1, or values (rows, outputs) row-major. */
export type Targets =
  | { readonly kind: 'labels'; readonly data: Int32Array }
  | { readonly kind: 'values'; readonly data: Float32Array };

/** Rows with what they are to become. */
export interface Dataset {
  readonly rows: KernelRows;
  readonly targets: Targets;
  /** Weight of every row in the loss; 1 if undefined. */
  readonly weights?: Float32Array;
}

/** Rows of a data set that make a step. */
export interface Batch {
  readonly dataset: Dataset;
  readonly rows: Int32Array;
}

/** The batches of a data set in a given order. */
export function* inBatches(dataset: Dataset, order: Int32Array, batchSize: number): Generator<Batch> {
  if (order.length <= batchSize) {
    if (order.length > 0) yield { dataset, rows: order };
    return;
  }
  for (let begin = 0; begin < order.length; begin += batchSize) {
    yield { dataset, rows: order.subarray(begin, begin + batchSize) };
  }
}

/**
 * A data set of at most this size is kept in the arena; a larger one is gathered from the caller's array
 * batch by batch.
 */
const MAX_RESIDENT_BYTES = 1073741824;

interface FeedOptions {
  /** Most non-zeros of a batch that comes as CSR. Default: what the data set needs. */
  readonly nnzCapacity?: number;
  readonly maxResidentBytes?: number;
}

/** The input of a plan for batches of a data set, or of rows that are not known yet. */
export function feedOptions(
  spec: NetworkSpec,
  dataset: Dataset | undefined,
  sizes: CsrSizes | undefined,
  options: FeedOptions,
): Pick<PlanOptions, 'csr' | 'nnzCapacity' | 'resident'> {
  const nnzCapacity = options.nnzCapacity ?? sizes?.batch;
  if (!dataset) return { csr: nnzCapacity !== undefined, nnzCapacity };
  const csr = nnzCapacity !== undefined || trainingInputForm(spec, dataset.rows) === 'csr';
  // CSR rows that the network does not accept become dense batch by batch.
  const fits = dataset.rows.sparse === undefined || sizes !== undefined;
  const resident = fits ? residentSpec(dataset, sizes?.all, options.maxResidentBytes) : undefined;
  return { csr, nnzCapacity, resident };
}

/**
 * How a data set lives in the arena; undefined if it does not. `nnz`: as CSR of so many values, made once
 * instead of for every batch.
 */
function residentSpec(
  { rows, targets, weights }: Dataset,
  nnz?: number,
  maxBytes = MAX_RESIDENT_BYTES,
): ResidentSpec | undefined {
  const kept = { rows: rows.rows, scale: rows.parts, nnz, weighted: weights !== undefined };
  const bytes = nnz === undefined ? rows.data.byteLength : csrBytes(kept) + 4 * rows.rows;
  if (bytes + targets.data.byteLength + 4 * rows.rows > maxBytes) return undefined;
  return kept;
}

/** Copy a data set into its place in the arena. */
export function* loadResident(
  arena: Arena,
  resident: ResidentPlan,
  { rows, targets, weights }: Dataset,
): Pieces<void> {
  checkRows(rows);
  if (resident.nnz !== undefined) yield* writeResidentCsr(arena, resident, rows);
  else if (rows.data instanceof Uint8Array) yield* copy(arena.u8, resident.data, rows.data);
  else yield* copy(arena.f32, resident.data >>> 2, rows.data);
  if (targets.kind === 'labels') yield* copy(arena.i32, resident.targets >>> 2, targets.data);
  else yield* copy(arena.f32, resident.targets >>> 2, targets.data);
  if (weights) yield* copy(arena.f32, resident.weights >>> 2, weights);
}

type Values = Uint8Array | Int32Array | Float32Array;

function copy(target: Values, at: number, source: Values): Pieces<void> {
  const { length, byteLength } = source;
  return ranges(length, 1, (begin, end) => {
    checkReadable(source, byteLength);
    target.set(source.subarray(begin, end), at + begin);
  });
}

/** @throws ValueError if dense rows, which may be the caller's own array, can no longer be read */
function checkRows({ data, rows, features, sparse }: KernelRows): void {
  if (!sparse) checkReadable(data, data.BYTES_PER_ELEMENT * rows * features);
}

/** The non-zeros of a data set and of its largest batch where it is to be kept as CSR; else undefined. */
export function* csrSizes(spec: NetworkSpec, { rows }: Dataset, batch: number): Pieces<CsrSizes | undefined> {
  checkRows(rows);
  if (!acceptsCsr(spec) || trainingInputForm(spec, rows) === 'dense') return undefined;
  const counts = yield* countNonZeros(rows);
  const all = counts.reduce((sum, count) => sum + count, 0);
  const bytes = csrBytes({ nnz: all, scale: rows.parts });
  if (!rows.sparse && !isKeptAsCsr(bytes, rows.data.byteLength)) return undefined;
  return { all, batch: largestSum(counts, batch) };
}

export interface CsrSizes {
  readonly all: number;
  readonly batch: number;
}

/** Gather a batch from the caller's arrays: the same bits as the gather kernels. */
export function loadBatch(
  arena: Arena,
  { input: { matrix, csr } }: Plan,
  loss: LossPlan,
  dataset: Dataset,
  batch: Int32Array,
): Pieces<void> {
  const { rows, targets, weights } = dataset;
  const columns = loss.targets.columns;
  checkRows(rows);
  if (csr?.isInput) writeCsr(arena, csr, rows, batch);
  return ranges(batch.length, rows.data.length / rows.rows, (begin, end) => {
    checkRows(rows);
    for (let i = begin; i < end; i++) {
      if (!csr?.isInput) writeRow(arena.f32, (matrix.offset + i * matrix.stride) >>> 2, rows, batch[i]);
      const target = (loss.targets.offset + i * loss.targets.stride) >>> 2;
      if (targets.kind === 'labels') arena.i32[target] = targets.data[batch[i]];
      else arena.f32.set(targets.data.subarray(batch[i] * columns, (batch[i] + 1) * columns), target);
      arena.f32[(loss.weights >>> 2) + i] = weights ? weights[batch[i]] : 1;
    }
  });
}

/** Counts the non-zeros of every row. */
function* countNonZeros(rows: Rows): Pieces<Int32Array> {
  const counts = new Int32Array(rows.rows);
  yield* ranges(rows.rows, rows.sparse ? 1 : rows.features, (begin, end) => {
    for (let row = begin; row < end; row++) counts[row] = nnzOf(rows, row);
  });
  return counts;
}

function nnzOf({ data, features, sparse }: Rows, row: number): number {
  if (sparse) return sparse.starts[row + 1] - sparse.starts[row];
  let count = 0;
  for (let i = row * features; i < (row + 1) * features; i++) if (data[i] !== 0) count++;
  return count;
}

/** The sum of the `batch` largest counts: the most non-zeros that so many rows have. */
function largestSum(counts: Int32Array, batch: number): number {
  const rowsWith = new Int32Array(1 + counts.reduce((max, count) => Math.max(max, count), 0));
  for (const count of counts) rowsWith[count] += 1;
  let sum = 0;
  for (let count = rowsWith.length - 1, left = batch; count > 0 && left > 0; count--) {
    const rows = Math.min(left, rowsWith[count]);
    sum += rows * count;
    left -= rows;
  }
  return sum;
}

/** The most non-zeros of `batch` rows that come as CSR; undefined where rows or the network are dense. */
export function nnzCapacity(spec: NetworkSpec, rows: Rows, batch: number): number | undefined {
  return rows.sparse && acceptsCsr(spec) ? largestSum(runAtOnce(countNonZeros(rows)), batch) : undefined;
}

/** Non-zeros of some rows, dense ones included. */
export function nnz(rows: Rows, batch: Int32Array): number {
  return batch.reduce((sum, row) => sum + nnzOf(rows, row), 0);
}

/** Writes all rows of a data set as CSR that stays in the arena. */
function* writeResidentCsr(arena: Arena, { data, rowOffsets, scale }: ResidentCsr, rows: Rows): Pieces<void> {
  const numbers = ascending(rows.rows);
  let entry = data >>> 2;
  yield* ranges(rows.rows, rows.data.length / rows.rows, (begin, end) => {
    const csr = { rowOffsets: rowOffsets + 4 * begin, rowEntries: data };
    entry = scale
      ? writeByteCsr(arena, entry, csr.rowOffsets >>> 2, rows, begin, end)
      : writeCsr(arena, csr, rows, numbers.subarray(begin, end), entry);
  });
}

function writeByteCsr(
  { i32 }: Arena,
  entry: number,
  at: number,
  { data, features }: Rows,
  begin: number,
  end: number,
): number {
  i32[at++] = 4 * entry;
  for (let row = begin; row < end; row++) {
    const from = row * features;
    for (let k = 0; k < features; k++) {
      const byte = data[from + k];
      if (byte !== 0) i32[entry++] = (k << 8) | byte;
    }
    i32[at++] = 4 * entry;
  }
  return entry;
}
