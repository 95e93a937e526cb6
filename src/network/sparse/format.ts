// Where CSR lies in the arena, and the calls that make it there: from dense rows, from a resident data set,
// and, for gradients, the columns (CSC) from the rows. Not for writing rows that come as CSR from outside
// (write.ts), nor for the choice between dense and CSR (choose.ts).
//
//   rowOffsets[row] → {k · 32 (bytes into a panel), value} …             one more marks the end
//   columnOffsets[k] (begin, end) → {row · stride of delta, value} …     rows ascending
//
// Offsets are uint32 addresses, entries 8 bytes (assembly/sparse/format.ts).
import { ENTRY_PADDING } from '../../engine/generated/abi.js';
import { call, type Call } from '../../engine/kernels.js';
import type { Layout, Matrix } from '../layout.js';
import { PANEL, paddedUnits, UPDATE_SCRATCH_FLOATS } from '../layout.js';
import type { ScaleParts } from '../scale.js';
import type { NetworkSpec, Shape } from '../spec.js';
import { sizeOf } from '../spec.js';
import { deltaIsAdaptive, followsRelu, hasPaddedColumns, inputIsAdaptive } from './choose.js';

/** One factor of a product: x or delta of a layer. */
export type Operand = MatrixOperand | CsrPlan;

/** A factor that lies in the arena as a matrix. */
export type MatrixOperand = DenseOperand | AdaptiveOperand;

interface DenseOperand {
  readonly matrix: Matrix;
  readonly scratch?: undefined;
  readonly row?: undefined;
}

/** A matrix that may be mostly zeros: a product looks at it and goes by CSR if that is faster. */
interface AdaptiveOperand {
  readonly matrix: Matrix;
  /** Byte offset of room for its CSR; undefined where only single rows go by CSR. */
  readonly scratch?: number;
  /** Room for the CSR of a single row. */
  readonly row?: CsrRow;
}

/** Rows as CSR, and their columns as CSC where gradients need them. */
export interface CsrPlan {
  readonly inputs: number;
  /** Non-zeros that a batch has at most. */
  readonly nnzCapacity: number;
  /** True if rows come as CSR: there is no input matrix. */
  readonly isInput: boolean;
  readonly rowOffsets: number;
  readonly rowEntries: number;
  /** 0 in plans without gradients. */
  readonly columnOffsets: number;
  readonly columnEntries: number;
  /** Bytes that every column has for its entries; 0: as many as it needs. */
  readonly columnBytes: number;
}

/** Plans CSR for batches of `rows` rows of `inputs` values. */
export function planCsr(
  layout: Layout,
  { rows, inputs, gradients }: { rows: number; inputs: number; gradients: boolean },
  { nnzCapacity, isInput }: Pick<CsrPlan, 'nnzCapacity' | 'isInput'>,
): CsrPlan {
  const entries = (count: number): number => layout.take(8 * count + ENTRY_PADDING);
  // An odd number of cache lines: the columns' first entries then lie in all sets of a cache.
  const columnBytes = hasPaddedColumns(rows, inputs) ? 64 * (Math.ceil(rows / 8) | 1) : 0;
  return {
    inputs,
    nnzCapacity,
    isInput,
    rowOffsets: layout.floats(rows + 1),
    rowEntries: entries(nnzCapacity),
    columnOffsets: gradients ? layout.floats(2 * inputs) : 0,
    columnEntries: gradients ? entries(columnBytes > 0 ? (inputs * columnBytes) / 8 : nnzCapacity) : 0,
    columnBytes,
  };
}

/** Makes CSR of float32 rows `stride` bytes apart, or of byte rows with a scale, numbered by `indices`. */
export function csrCalls(
  { inputs, rowOffsets, rowEntries }: CsrPlan,
  { offset, stride }: Omit<Matrix, 'columns'>,
  indices: number,
  rows: number,
  scale?: ScaleParts,
): Call[] {
  const head = [rowOffsets, rowEntries, offset] as const;
  return [
    scale
      ? call('bytesToCsr', ...head, inputs, indices, rows, ...scale)
      : call('floatsToCsr', ...head, stride, inputs, indices, rows),
  ];
}

/** Makes CSC of CSR; entries hold offsets into rows of `delta`. */
export function cscCalls(csr: CsrPlan, delta: Matrix, rows: number): Call[] {
  const { columnOffsets, columnEntries, columnBytes, rowOffsets, inputs } = csr;
  const head = [columnOffsets, columnEntries, columnBytes, rowOffsets] as const;
  return [call('csrToCsc', ...head, rows, inputs, delta.stride, 0, inputs)];
}

/** A data set that is kept as CSR: offsets of its entries, and of the address of every row's. */
export interface ResidentCsr {
  readonly data: number;
  readonly rowOffsets: number;
  /** Non-zeros of all rows; undefined if they are dense. */
  readonly nnz?: number;
  /** Scale of bytes. */
  readonly scale?: ScaleParts;
}

/** Gathers the CSR of resident rows numbered by `indices`. */
export function gatherCsrCalls(
  { rowOffsets, rowEntries }: CsrPlan,
  from: Pick<ResidentCsr, 'rowOffsets' | 'scale'>,
  indices: number,
  rows: number,
): Call[] {
  const args = [rowOffsets, rowEntries, from.rowOffsets, indices, 0, rows] as const;
  return [from.scale ? call('gatherByteCsr', ...args, ...from.scale) : call('gatherCsr', ...args)];
}

/** Bytes of resident CSR entries: bytes with their columns take half the room. */
export function csrBytes({ nnz = 0, scale }: Pick<ResidentCsr, 'nnz' | 'scale'>): number {
  return (scale ? 4 : 8) * nnz + ENTRY_PADDING;
}

/** Room for the CSR of one row of activations. */
export interface CsrRow {
  readonly rowOffsets: number;
  readonly entries: number;
  /** Offset of its row number, which is 0. */
  readonly index: number;
}

/** Plans the CSR of one row for all layers behind relu; undefined where there is none. */
export function planCsrRow(layout: Layout, spec: NetworkSpec, shapes: readonly Shape[]): CsrRow | undefined {
  const inputs = spec.layers.map((_, i) => (followsRelu(spec, shapes, i) ? sizeOf(shapes[i]) : 0));
  const max = Math.max(...inputs);
  if (max === 0) return undefined;
  return { rowOffsets: layout.take(8), entries: layout.take(8 * max), index: layout.take(4) };
}

/** Makes the CSR of one row. */
export function csrRowCalls({ rowOffsets, entries, index }: CsrRow, row: Matrix): Call[] {
  return [call('floatsToCsr', rowOffsets, entries, row.offset, row.stride, row.columns, index, 1)];
}

/** The input of layer i as its products take it, unless rows come as CSR. */
export function inputOperand(
  { spec, shapes, rows }: { spec: NetworkSpec; shapes: readonly Shape[]; rows: number },
  i: number,
  matrix: Matrix,
  scratch: number,
  row: CsrRow | undefined,
): MatrixOperand {
  return {
    matrix,
    scratch: inputIsAdaptive(spec, shapes, i, rows) ? scratch : undefined,
    row: followsRelu(spec, shapes, i) ? row : undefined,
  };
}

/**
 * Floats of scratch that the products of layer i need for the CSR of adaptive operands and what stands before
 * it.
 */
export function adaptiveScratch(
  spec: NetworkSpec,
  shapes: readonly Shape[],
  i: number,
  rows: number,
  training: boolean,
): number {
  const units = paddedUnits(sizeOf(shapes[i + 1]));
  const input = inputIsAdaptive(spec, shapes, i, rows)
    ? UPDATE_SCRATCH_FLOATS + csrScratch(rows, sizeOf(shapes[i]))
    : 0;
  if (!training || !deltaIsAdaptive(spec, shapes, i, rows)) return input;
  return Math.max(input, Math.max(UPDATE_SCRATCH_FLOATS, 32 + 24 * units) + csrScratch(rows, units));
}

/** Floats of scratch that the CSR or CSC of a batch may take. */
export function csrScratch(rows: number, columns: number): number {
  return 2 * Math.max(rows, columns) + PANEL + 2 * rows * columns;
}
