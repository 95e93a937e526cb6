import { PANEL, paddedUnits, SWEEP_FLOATS } from './layout.js';
import { LEAST_INPUTS } from './lists.js';
import type { LayerSpec, NetworkSpec, Shape } from './spec.js';
import { sizeOf } from './spec.js';

// relu leaves many activations 0, dropout too. Layers behind them may go by lists of the others (assembly/active.ts); the bits
// are the same.

/** Fewer units are not worth the lists of a batch. */
const LEAST_UNITS = 48;

/** Turning the weights of more units for a gradient of the input takes more rows to pay. */
const MANY_UNITS = 512;

/** More inputs in a batch would take too much room as lists. */
const MOST_VALUES = 4194304;

/** Whether the inputs of a layer are worth a list: those of a dense layer behind relu. */
export function isBehindRelu({ layers, rules }: NetworkSpec, shapes: readonly Shape[], i: number): boolean {
  if (layers[i].type !== 'dense' || shapes[i][0] < LEAST_INPUTS) return false;
  let previous = i - 1;
  while (previous >= 0 && rules[layers[previous].type].keepsZeros) previous--;
  return isRelu(layers[previous]);
}

function isRelu(layer: LayerSpec | undefined): boolean {
  return layer !== undefined && 'activation' in layer && /^relu6?$/.test(layer.activation);
}

/** Whether a layer's products look for zeros in batches of so many rows. */
export function isActive(spec: NetworkSpec, shapes: readonly Shape[], i: number, rows: number): boolean {
  return (
    isBehindRelu(spec, shapes, i) &&
    paddedUnits(sizeOf(shapes[i + 1])) >= LEAST_UNITS &&
    rows > 2 &&
    rows * sizeOf(shapes[i]) <= MOST_VALUES
  );
}

/** Whether the gradient at a dense layer's products is worth a list in batches of so many rows: relu's slope is 0 where it is. */
export function isDeltaActive(
  { layers }: NetworkSpec,
  shapes: readonly Shape[],
  i: number,
  rows: number,
): boolean {
  const units = sizeOf(shapes[i + 1]);
  return (
    isRelu(layers[i]) &&
    shapes[i][0] >= LEAST_INPUTS &&
    paddedUnits(units) >= LEAST_UNITS &&
    rows > 2 &&
    rows * units <= MOST_VALUES
  );
}

/** Whether the same is worth it for the input's gradient: weights are turned for it, however few the rows. */
export function isInputGradientActive(units: number, rows: number): boolean {
  return rows >= (units > MANY_UNITS ? 32 : 16);
}

/** Floats of scratch that a layer's products need for lists and what stands before them. */
export function activeScratch(
  spec: NetworkSpec,
  shapes: readonly Shape[],
  i: number,
  rows: number,
  training: boolean,
): number {
  const units = paddedUnits(sizeOf(shapes[i + 1]));
  const input = isActive(spec, shapes, i, rows) ? SWEEP_FLOATS + listScratch(rows, sizeOf(shapes[i])) : 0;
  if (!training || !isDeltaActive(spec, shapes, i, rows)) return input;
  return Math.max(input, Math.max(SWEEP_FLOATS, 32 + 24 * units) + listScratch(rows, units));
}

/** Floats of scratch that lists of a batch by rows, or by columns, may take. */
export function listScratch(rows: number, columns: number): number {
  return 2 * Math.max(rows, columns) + PANEL + 2 * rows * columns;
}
