import type { NetworkSpec } from './spec.js';
import { layerSizes } from './spec.js';

/** Columns of a weight panel. */
export const PANEL = 8;

const LINE = 64;

/** Hands out byte ranges one after another, each at the start of a cache line. */
export class Layout {
  /** The first bytes stay unused, so that 0 is never the offset of anything. */
  bytes = LINE;

  take(bytes: number): number {
    const offset = this.bytes;
    this.bytes += Math.ceil(bytes / LINE) * LINE;
    return offset;
  }

  floats(length: number): number {
    return this.take(4 * length);
  }
}

export function paddedUnits(units: number): number {
  return Math.ceil(units / PANEL) * PANEL;
}

/**
 * Floats from one row of a matrix to the next: whole vectors, and for wide rows an odd number of cache lines, so that the
 * rows of a column do not all fall into the same cache set.
 */
export function rowStride(columns: number): number {
  const padded = paddedUnits(columns);
  if (padded < 128) return padded;
  const lines = Math.ceil(padded / 16);
  return 16 * (lines % 2 === 0 ? lines + 1 : lines);
}

/** Weight panels [units/8][inputs][8] and bias [units padded to 8] of a layer, as float positions from `start`. */
export interface ParameterLayout {
  readonly inputs: number;
  readonly units: number;
  readonly panels: number;
  readonly weight: number;
  readonly bias: number;
}

/** Where every layer's parameters lie in one block of floats; slots of optimizers repeat the same block. */
export function parameterLayout(spec: NetworkSpec): { layers: ParameterLayout[]; length: number } {
  let length = 0;
  const layers = layerSizes(spec).map(({ inputs, units }) => {
    const padded = paddedUnits(units);
    const weight = length;
    const bias = weight + Math.ceil((inputs * padded) / 16) * 16;
    length = bias + Math.ceil(padded / 16) * 16;
    return { inputs, units, panels: padded / PANEL, weight, bias };
  });
  return { layers, length };
}

/** Row-major weight (inputs, units) into panels. */
export function packWeight(target: Float32Array, source: ArrayLike<number>, layout: ParameterLayout): void {
  const { inputs, units, weight } = layout;
  for (let k = 0; k < inputs; k++) {
    for (let n = 0; n < units; n++) target[weight + panelIndex(inputs, k, n)] = source[k * units + n];
  }
}

/** Panels into a row-major weight (inputs, units). */
export function unpackWeight(source: Float32Array, layout: ParameterLayout): Float32Array<ArrayBuffer> {
  const { inputs, units, weight } = layout;
  const target = new Float32Array(inputs * units);
  for (let k = 0; k < inputs; k++) {
    for (let n = 0; n < units; n++) target[k * units + n] = source[weight + panelIndex(inputs, k, n)];
  }
  return target;
}

function panelIndex(inputs: number, k: number, n: number): number {
  return (n - (n % PANEL)) * inputs + k * PANEL + (n % PANEL);
}
