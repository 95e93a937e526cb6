import { anyOf, boolean, instance, integer, nullable, number, positiveInteger } from '../check.js';
import { ValueError } from '../errors.js';
import type { NdArray } from '../ndarray.js';
import { ascending, RandomState } from '../random.js';

/** Points with the class of each. */
export interface LabeledPoints {
  /** Coordinates of the points, (samples, features). */
  readonly x: NdArray<Float32Array>;
  /** Class of each point, from 0. */
  readonly y: Int32Array;
}

/** Options that all generators of points share. */
export interface GeneratorOptions {
  /** Number of points, at least 1 per class, at most 2^26. Default 100. */
  readonly samples?: number;
  /** Standard deviation of the Gaussian noise added to the coordinates; >= 0. Default 0: none. */
  readonly noise?: number;
  /** Seed, or generator to continue. Default: a fresh seed. */
  readonly randomState?: number | RandomState | null;
  /** Put the points in random order; false leaves them class by class. Default true. */
  readonly shuffle?: boolean;
}

/** Most points that a generator makes: a gibibyte of coordinates in the plane. */
export const MAX_SAMPLES = 67108864;

/** Rules for the options of all generators. */
export const generatorSchema = {
  samples: positiveInteger,
  noise: number({ min: 0 }),
  randomState: nullable(anyOf(integer({ min: 0, max: 0xffffffff }), instance(RandomState))),
  shuffle: boolean,
};

/** @throws ValueError for fewer points than `min`, and for more than a generator makes */
export function checkSamples(owner: string, samples: number, min: number): void {
  if (samples >= min && samples <= MAX_SAMPLES) return;
  const upper = samples > MAX_SAMPLES ? ` and <= ${MAX_SAMPLES}` : '';
  throw new ValueError(`${owner}: samples must be an integer >= ${min}${upper}, but received ${samples}.`);
}

/** Points before they are shuffled: row-major coordinates in float64 and classes. */
export interface Points {
  readonly coordinates: Float64Array;
  readonly classes: Int32Array;
}

/** n doubles from `start` to `stop`, both included, or without `stop`. */
export function evenlySpaced(start: number, stop: number, n: number, includeStop: boolean): Float64Array {
  const step = (stop - start) / Math.max(1, includeStop ? n - 1 : n);
  const values = Float64Array.from({ length: n }, (_, i) => i * step + start);
  if (includeStop && n > 1) values[n - 1] = stop;
  return values;
}

/** Shuffle (draws first), add noise (draws second), round to float32. */
export function assemble(
  { coordinates, classes }: Points,
  random: RandomState,
  { shuffle = true, noise = 0 }: GeneratorOptions,
): LabeledPoints {
  const rows = classes.length;
  const features = coordinates.length / rows;
  const order = shuffle ? random.permutation(rows) : ascending(rows);
  const data = new Float32Array(coordinates.length);
  for (let row = 0; row < rows; row++) {
    for (let j = 0; j < features; j++) {
      const exact = coordinates[order[row] * features + j];
      data[row * features + j] = noise > 0 ? exact + noise * random.standardNormal() : exact;
    }
  }
  return { x: { data, shape: [rows, features] }, y: order.map((row) => classes[row]) };
}
