import type { Call } from '../engine/kernels.js';
import type { Matrix } from './layout.js';
import { NARROW, PANEL, paddedUnits, SWEEP_FLOATS } from './layout.js';
import type { ListsPlan } from './lists.js';

const NOWHERE: Matrix = { offset: 0, stride: 0, columns: 0 };

/** Where a layer's weights lie, as panels, and its bias. */
interface Weights {
  readonly kernel: number;
  readonly bias: number;
  readonly units: number;
}

/** y = max(low, x · W + b) on `rows` rows. With `scratch` for lists, x may be mostly zeros. */
export function productCalls(
  y: Matrix,
  x: Matrix,
  { kernel, bias, units }: Weights,
  rows: number,
  low: number,
  scratch?: number,
): Call[] {
  const head = [y.offset, y.stride, x.offset, x.stride, kernel, bias, rows, x.columns];
  if (units <= NARROW) return [{ kernel: 'narrowForward', args: [...head, units, low] }];
  const args = [...head, 0, paddedUnits(units) / PANEL, low];
  if (scratch === undefined || rows <= 2) return [{ kernel: 'denseForward', args }];
  return [{ kernel: 'activeForward', args: [...args, scratch] }];
}

/** The same for rows given as lists. */
export function listProductCalls(
  y: Matrix,
  { rowStarts, inputs }: Pick<ListsPlan, 'rowStarts' | 'inputs'>,
  { kernel, bias, units }: Weights,
  rows: number,
  low: number,
): Call[] {
  const head = [y.offset, y.stride, rowStarts, kernel, bias, rows, inputs];
  return [{ kernel: 'sparseForward', args: [...head, 0, paddedUnits(units) / PANEL, low, units] }];
}

/** dx = delta · Wᵀ on `rows` rows; with `relu`, the output of one, dx · its slope. */
export function inputGradientCalls(
  dx: Matrix,
  delta: Matrix,
  { kernel, units }: Omit<Weights, 'bias'>,
  rows: number,
  { transposed, scratch, active }: { transposed: number; scratch: number; active: boolean },
  relu: Matrix = NOWHERE,
): Call[] {
  const inputs = dx.columns;
  const mask = [relu.offset, relu.stride];
  if (units <= NARROW) {
    const args = [
      dx.offset,
      dx.stride,
      kernel,
      delta.offset,
      delta.stride,
      scratch,
      rows,
      inputs,
      units,
      ...mask,
    ];
    return [{ kernel: 'narrowInputGradient', args }];
  }
  const args = [dx.offset, dx.stride, kernel, transposed, scratch, rows, inputs, units, 0, inputs, ...mask];
  return [
    { kernel: 'transposeDelta', args: [transposed, delta.offset, delta.stride, rows, units] },
    active
      ? { kernel: 'activeInputGradient', args: [...args, delta.offset, delta.stride] }
      : { kernel: 'denseInputGradient', args },
  ];
}

/** Floats of scratch and of the transposed delta that the products of a layer need. */
export function productScratch(
  rows: number,
  inputs: number,
  units: number,
): { scratch: number; transposed: number } {
  const padded = paddedUnits(rows);
  const narrow = units <= NARROW ? (units + 1) * paddedUnits(inputs) : 0;
  return {
    scratch: Math.max(24 * padded, SWEEP_FLOATS, paddedUnits(units), narrow),
    transposed: padded * units,
  };
}
