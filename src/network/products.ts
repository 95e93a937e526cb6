import { call, type Call } from '../engine/kernels.js';
import type { Matrix } from './layout.js';
import { NARROW_UNITS, PANEL, paddedUnits, SWEEP_FLOATS } from './layout.js';
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
  const depth = x.columns;
  if (units <= NARROW_UNITS) return [call('narrowForward', y, x, kernel, bias, rows, depth, units, low)];
  const panels = paddedUnits(units) / PANEL;
  if (scratch === undefined || rows <= 2) {
    return [call('denseForward', y, x, kernel, bias, rows, depth, 0, panels, low)];
  }
  return [call('activeForward', y, x, kernel, bias, rows, depth, 0, panels, low, scratch)];
}

/** The same for rows given as lists. */
export function listProductCalls(
  y: Matrix,
  { rowStarts, inputs }: Pick<ListsPlan, 'rowStarts' | 'inputs'>,
  { kernel, bias, units }: Weights,
  rows: number,
  low: number,
): Call[] {
  const panels = paddedUnits(units) / PANEL;
  return [call('sparseForward', y, rowStarts, kernel, bias, rows, inputs, 0, panels, low, units)];
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
  if (units <= NARROW_UNITS) {
    return [call('narrowInputGradient', dx, kernel, delta, scratch, rows, inputs, units, relu)];
  }
  const args = [dx, kernel, transposed, scratch, rows, inputs, units, 0, inputs, relu] as const;
  return [
    call('transposeDelta', transposed, delta, rows, units),
    active ? call('activeInputGradient', ...args, delta) : call('denseInputGradient', ...args),
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
    scratch: Math.max(24 * padded, SWEEP_FLOATS, paddedUnits(units), narrow),
    transposed: padded * units,
  };
}
