import { combinations } from './combinations.js';
import { padded } from './panels.js';
import { Seeded } from './seeded.js';

/** Below, at and above one and two tiles of every variant; several row blocks; primes. */
export const ROWS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 31, 200, 257, 600];
export const MOST_ROWS = 600;

/** Below, at and above a tile, and a block of the depth. */
const DEPTHS = [1, 2, 3, 5, 6, 7, 13, 97, 1024, 1025, 2050];

/** Below, at and above one and two panels. */
const UNITS = [1, 7, 8, 9, 10, 17, 61];

/** A dense layer: inputs and units. */
export interface LayerShape {
  readonly depth: number;
  readonly units: number;
}

export const LAYERS: readonly LayerShape[] = combinations(DEPTHS, UNITS).map(([depth, units]) => ({
  depth,
  units,
}));

/** A few of them, for what need not be repeated at every shape. */
export const FEW_LAYERS: readonly LayerShape[] = [
  { depth: 1, units: 1 },
  { depth: 5, units: 9 },
  { depth: 13, units: 17 },
  { depth: 97, units: 61 },
  { depth: 1025, units: 10 },
];

/** Values for the matrices of any of these shapes: each takes as many as it needs, from the start. */
const pool = {
  x: new Seeded(1).floats(MOST_ROWS * 2050),
  weight: new Seeded(2).floats(2050 * 61, 0.3),
  bias: new Seeded(3).floats(61),
  delta: new Seeded(4).floats(MOST_ROWS * 61, 0.1),
};

/** (rows, depth) */
export function inputs(rows: number, depth: number): Float32Array {
  return pool.x.subarray(0, rows * depth);
}

/** (depth, units) */
export function weights(depth: number, units: number): Float32Array {
  return pool.weight.subarray(0, depth * units);
}

/** (units), and as many zeros as the last panel has room for. */
export function biases(units: number): Float32Array {
  const bias = new Float32Array(padded(units));
  bias.set(pool.bias.subarray(0, units));
  return bias;
}

/** (rows, units) */
export function deltas(rows: number, units: number): Float32Array {
  return pool.delta.subarray(0, rows * units);
}
