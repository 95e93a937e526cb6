// The three products of a dense layer as kernel calls: y = x · W + b, dW = xᵀ · delta, dx = delta · Wᵀ. The
// only place that turns the form of an operand (dense, CSR, adaptive) and the number of units into a kernel.
// What is done with dW, an update or a sum, is for updates.ts; which form an operand has, for
// sparse/choose.ts.
import { call, type Call } from '../engine/kernels.js';
import type { Matrix } from './layout.js';
import { NARROW_UNITS, PANEL, paddedUnits, UPDATE_SCRATCH_FLOATS } from './layout.js';
import { hasAdaptiveRows, inputGradientIsAdaptive } from './sparse/choose.js';
import type { MatrixOperand, Operand } from './sparse/format.js';
import { csrRowCalls } from './sparse/format.js';

const NOWHERE: Matrix = { offset: 0, stride: 0, columns: 0 };

/** Where a layer's weights lie, as panels, and its bias. */
interface Weights {
  readonly kernel: number;
  readonly bias: number;
  readonly units: number;
}

/** y = max(low, x · W + b) on `rows` rows. */
export function forward(y: Matrix, x: Operand, weights: Weights, rows: number, low: number): Call[] {
  if (!('matrix' in x)) return [csrForward(y, x, weights, rows, low)];
  const { matrix, scratch, row } = x;
  const inputs = matrix.columns;
  if (row && rows === 1) {
    return [...csrRowCalls(row, matrix), csrForward(y, { ...row, inputs }, weights, rows, low)];
  }
  const { kernel, bias, units } = weights;
  if (units <= NARROW_UNITS)
    return [call('narrowForward', y, matrix, kernel, bias, rows, inputs, units, low)];
  const args = [y, matrix, kernel, bias, rows, inputs, 0, paddedUnits(units) / PANEL, low] as const;
  if (scratch !== undefined && hasAdaptiveRows(rows)) {
    return [call('adaptiveForward', ...args, scratch)];
  }
  return [call('denseForward', ...args)];
}

function csrForward(
  y: Matrix,
  { rowOffsets, inputs }: { rowOffsets: number; inputs: number },
  { kernel, bias, units }: Weights,
  rows: number,
  low: number,
): Call {
  const panels = paddedUnits(units) / PANEL;
  return call('sparseForward', y, rowOffsets, kernel, bias, rows, inputs, 0, panels, low, units);
}

/** dx = delta · Wᵀ on `rows` rows; with `relu`, the output of one, dx · its slope. */
export function inputGradient(
  dx: Matrix,
  delta: MatrixOperand,
  { kernel, units }: Omit<Weights, 'bias'>,
  rows: number,
  { transposed, scratch }: { transposed: number; scratch: number },
  relu: Matrix = NOWHERE,
): Call[] {
  const inputs = dx.columns;
  const { matrix } = delta;
  if (units <= NARROW_UNITS) {
    return [call('narrowInputGradient', dx, kernel, matrix, scratch, rows, inputs, units, relu)];
  }
  const args = [dx, kernel, transposed, scratch, rows, inputs, units, 0, inputs, relu] as const;
  const adaptive = delta.scratch !== undefined && inputGradientIsAdaptive(units, rows);
  return [
    call('transposeDelta', transposed, matrix, rows, units),
    adaptive ? call('adaptiveInputGradient', ...args, matrix) : call('denseInputGradient', ...args),
  ];
}

/** Floats of scratch and of the transposed delta that the products of a layer need. */
export function productScratch(
  rows: number,
  inputs: number,
  units: number,
): { scratch: number; transposed: number } {
  const padded = paddedUnits(rows);
  const narrow = units <= NARROW_UNITS ? (units + 1) * paddedUnits(inputs) : 0;
  return {
    scratch: Math.max(24 * padded, UPDATE_SCRATCH_FLOATS, paddedUnits(units), narrow),
    transposed: padded * units,
  };
}
