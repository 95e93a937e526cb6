// Where rows lie before the first layer reads them, as a matrix, as bytes, as CSR or as a whole data set, and
// the calls that bring the rows of a step from there to the first layer. Not for writing them there: feed.ts
// in training, row-copies.ts in predictions, sparse/write.ts where they are CSR.
import { call, type Call } from '../engine/kernels.js';
import type { Layout, Matrix } from './layout.js';
import type { ScaleParts } from './scale.js';
import type { PredictionInputForm } from './sparse/choose.js';
import { acceptsCsr } from './sparse/choose.js';
import type { CsrPlan } from './sparse/format.js';
import { csrBytes, csrCalls, gatherCsrCalls, planCsr } from './sparse/format.js';
import type { NetworkSpec } from './spec.js';
import { sizeOf } from './spec.js';

/** A data set that lives in the arena. */
export interface ResidentSpec {
  readonly rows: number;
  /** The scale of 8-bit values, in two parts (scale.ts); undefined for float32. */
  readonly scale?: ScaleParts;
  /** The number of non-zeros, where the rows are stored as CSR. */
  readonly nnz?: number;
  /** True if rows have weights of their own; else every weight is 1. */
  readonly weighted: boolean;
}

/** Offsets of a data set in the arena. */
export interface ResidentPlan extends ResidentSpec {
  /** Values of all rows, with their columns where they are stored as CSR. */
  readonly data: number;
  /** Address of every row's entries, and of their end; where rows are stored as CSR. */
  readonly rowOffsets: number;
  /** Labels or values. */
  readonly targets: number;
  readonly weights: number;
}

/** Offsets of the input of a step. */
export interface InputPlan {
  readonly matrix: Matrix;
  /** 8-bit rows on their way in, for prediction. */
  readonly staging: number;
  /** int32 numbers of the rows to gather. */
  readonly indices: number;
  /** The input as CSR; undefined if the first layer never reads it. */
  readonly csr?: CsrPlan;
}

export interface InputOptions {
  /** The first layer reads CSR, if it can. Predictions choose anew for every call. */
  readonly csr?: boolean;
  /** Rows come as CSR of at most so many non-zeros in all: there is no input matrix. */
  readonly nnzCapacity?: number;
  /** Most rows in the input matrix at once. Default: those of a batch. */
  readonly inputRows?: number;
}

interface InputSizes {
  readonly spec: NetworkSpec;
  readonly rows: number;
  /** True if gradients are computed. */
  readonly training: boolean;
  readonly predicting: boolean;
}

/** Sets aside what the input of a step needs. */
export function planInput(
  layout: Layout,
  { spec, rows, training, predicting }: InputSizes,
  { csr: wantsCsr = false, nnzCapacity, inputRows = rows }: InputOptions,
): InputPlan {
  const inputs = sizeOf(spec.inputShape);
  const readsCsr = wantsCsr && acceptsCsr(spec);
  const isInput = readsCsr && nnzCapacity !== undefined;
  const capacity = { nnzCapacity: nnzCapacity ?? inputRows * inputs, isInput };
  return {
    matrix: isInput ? { offset: 0, stride: 0, columns: inputs } : layout.matrix(inputRows, inputs),
    staging: predicting ? layout.take(inputRows * inputs) : 0,
    indices: layout.take(4 * rows),
    csr: readsCsr ? planCsr(layout, { rows, inputs, gradients: training }, capacity) : undefined,
  };
}

/** Sets aside what a data set needs; `targets`: values of a row's target. */
export function planResident(
  layout: Layout,
  spec: ResidentSpec,
  inputs: number,
  targets: number,
): ResidentPlan {
  const { rows, nnz, scale, weighted } = spec;
  return {
    ...spec,
    data: layout.take(nnz === undefined ? rows * inputs * (scale ? 1 : 4) : csrBytes({ nnz, scale })),
    rowOffsets: nnz === undefined ? 0 : layout.take(4 * (rows + 1)),
    targets: layout.floats(rows * targets),
    weights: weighted ? layout.floats(rows) : 0,
  };
}

/**
 * Brings the rows of a prediction to the first layer.
 *
 * @param scale of 8-bit rows in `staging`; undefined for others
 */
export function predictionInputCalls(
  input: InputPlan,
  rows: number,
  form: PredictionInputForm,
  scale?: ScaleParts,
): Call[] {
  const { staging, matrix } = input;
  const csr = form === 'toCsr' ? input.csr : undefined;
  if (form === 'csr' || !(csr || scale)) return [];
  return gatherCalls(input, csr, scale ? { ...matrix, offset: staging } : matrix, rows, scale);
}

/** Brings the rows of a batch to the first layer. */
export function batchInputCalls(input: InputPlan, rows: number, resident: ResidentPlan | undefined): Call[] {
  const { matrix, csr } = input;
  if (!resident) return csr && !csr.isInput ? gatherCalls(input, csr, matrix, rows) : [];
  if (csr?.isInput) return gatherCsrCalls(csr, resident, input.indices, rows);
  return gatherCalls(input, csr, { offset: resident.data, stride: 4 * matrix.columns }, rows, resident.scale);
}

/** Gathers dense rows, to the input matrix or as CSR. */
function gatherCalls(
  { matrix, indices }: InputPlan,
  csr: CsrPlan | undefined,
  from: Omit<Matrix, 'columns'>,
  rows: number,
  scale?: ScaleParts,
): Call[] {
  if (csr) return csrCalls(csr, from, indices, rows, scale);
  const head = [matrix, from.offset, matrix.columns, indices, rows] as const;
  return [scale ? call('gatherBytes', ...head, ...scale) : call('gatherWords', ...head)];
}
