/**
 * Made-up data sets: moons, circles, xor, spirals and blobs, with scikit-learn's draws where it has them. Not
 * for the bundled data sets (bundled.ts), nor for the steps that all generators share (assemble.ts).
 */
import { checkOptions, integer, number, anyOf, anything, listOf, positiveInteger } from '../check.js';
import { cos, sin } from '../math.js';
import type { RandomState } from '../random.js';
import { toRandomState } from '../random.js';
import type { GeneratorOptions, LabeledPoints, Points } from './assemble.js';
import { assemble, checkSamples, evenlySpaced, generatorSchema, MAX_SAMPLES } from './assemble.js';
import { ShapeError, ValueError } from '../errors.js';
import type { ArrayInput } from '../ndarray.js';
import { formatShape, ndarray } from '../ndarray.js';

const PI = 3.141592653589793;

type Point = readonly [x: number, y: number];

/** Class by class: how many points each has, and where point i of class k lies. */
function trace(counts: readonly number[], place: (k: number, i: number) => Point): Points {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const coordinates = new Float64Array(2 * total);
  const classes = new Int32Array(total);
  let row = 0;
  counts.forEach((count, k) => {
    for (let i = 0; i < count; i++, row++) {
      coordinates.set(place(k, i), 2 * row);
      classes[row] = k;
    }
  });
  return { coordinates, classes };
}

/**
 * Two interleaving half circles in the plane: scikit-learn's `make_moons`, seed for seed.
 *
 * Class 0: (cos t, sin t), class 1: (1 - cos t, 1/2 - sin t), t from 0 to pi; samples / 2 points each.
 */
export function makeMoons(options: GeneratorOptions = {}): LabeledPoints {
  const checked = checkOptions('makeMoons', options, generatorSchema);
  const { samples = 100 } = checked;
  checkSamples('makeMoons', samples, 2);
  const outer = Math.floor(samples / 2);
  const counts = [outer, samples - outer];
  const angles = counts.map((count) => evenlySpaced(0, PI, count, true));
  const points = trace(counts, (k, i) => {
    const t = angles[k][i];
    return k === 0 ? [cos(t), sin(t)] : [1 - cos(t), 1 - sin(t) - 0.5];
  });
  return assemble(points, toRandomState(checked.randomState), checked);
}

export interface CirclesOptions extends GeneratorOptions {
  /** Radius of the inner circle; 0 <= factor < 1. Default 0.8. */
  readonly factor?: number;
}

/**
 * A circle within a circle: scikit-learn's `make_circles`, seed for seed. Class 0 has radius 1, class 1
 * radius `factor`; samples / 2 points each.
 */
export function makeCircles(options: CirclesOptions = {}): LabeledPoints {
  const schema = { ...generatorSchema, factor: number({ min: 0, below: 1 }) };
  const checked = checkOptions('makeCircles', options, schema);
  const { samples = 100, factor = 0.8 } = checked;
  checkSamples('makeCircles', samples, 2);
  const outer = Math.floor(samples / 2);
  const counts = [outer, samples - outer];
  const angles = counts.map((count) => evenlySpaced(0, 2 * PI, count, false));
  const points = trace(counts, (k, i) => {
    const t = angles[k][i];
    const radius = k === 0 ? 1 : factor;
    return [cos(t) * radius, sin(t) * radius];
  });
  return assemble(points, toRandomState(checked.randomState), checked);
}

/**
 * Exclusive or: points drawn uniformly from the square [-1, 1) x [-1, 1); class 1 where exactly one
 * coordinate is positive. Noise is added after the classes are given. Points are in the order they are drawn;
 * `shuffle` shuffles them once more.
 */
export function makeXor(options: GeneratorOptions = {}): LabeledPoints {
  const checked = checkOptions('makeXor', options, generatorSchema);
  const { samples = 100 } = checked;
  checkSamples('makeXor', samples, 1);
  const random = toRandomState(checked.randomState);
  return assemble(drawXor(samples, random), random, checked);
}

function drawXor(samples: number, random: RandomState): Points {
  const coordinates = new Float64Array(2 * samples).map(() => random.uniform(-1, 1));
  const classes = new Int32Array(samples);
  for (let row = 0; row < samples; row++) {
    classes[row] = coordinates[2 * row] > 0 === coordinates[2 * row + 1] > 0 ? 0 : 1;
  }
  return { coordinates, classes };
}

export interface SpiralsOptions extends GeneratorOptions {
  /** Number of spirals, one class each; >= 1. Default 2. */
  readonly arms?: number;
  /** Number of turns of each spiral around the origin; > 0. Default 1. */
  readonly turns?: number;
}

/**
 * Spirals around the origin, one per class. Point i of n on spiral k has radius r = (i + 1) / n and angle
 * 2 pi (turns r + k / arms). The first classes get the points that do not divide evenly.
 */
export function makeSpirals(options: SpiralsOptions = {}): LabeledPoints {
  const schema = { ...generatorSchema, arms: integer({ min: 1 }), turns: number({ above: 0 }) };
  const checked = checkOptions('makeSpirals', options, schema);
  const { samples = 100, arms = 2, turns = 1 } = checked;
  checkSamples('makeSpirals', samples, arms);
  const counts = shareOut(samples, arms);
  const points = trace(counts, (k, i) => {
    const radius = (i + 1) / counts[k];
    const angle = 2 * PI * (turns * radius + k / arms);
    return [radius * cos(angle), radius * sin(angle)];
  });
  return assemble(points, toRandomState(checked.randomState), checked);
}

/** Counts that sum to `total` and differ by 1 at most, larger ones first. */
function shareOut(total: number, parts: number): number[] {
  const base = Math.floor(total / parts);
  return Array.from({ length: parts }, (_, k) => base + (k < total % parts ? 1 : 0));
}

export interface BlobsOptions extends Omit<GeneratorOptions, 'noise'> {
  /** Number of blobs, or their centers, (blobs, features). Default 3. */
  readonly centers?: number | ArrayInput;
  /** Number of coordinates, where `centers` is a number. Default 2. */
  readonly features?: number;
  /** Standard deviation of the blobs, one for all or one for each; >= 0. Default 1. */
  readonly clusterStd?: number | readonly number[];
  /** Bounds between which centers are drawn. Default [-10, 10]. */
  readonly centerBox?: readonly [low: number, high: number];
}

/**
 * Gaussian blobs, one per class: scikit-learn's `make_blobs`, seed for seed. Centers are drawn uniformly
 * unless given; the first classes get the points that do not divide evenly.
 */
export function makeBlobs(options: BlobsOptions = {}): LabeledPoints {
  const { samples, randomState, shuffle } = generatorSchema;
  const schema = {
    samples,
    randomState,
    shuffle,
    centers: anything<number | ArrayInput>(),
    features: positiveInteger,
    clusterStd: anyOf(number({ min: 0 }), listOf(number({ min: 0 }), 1)),
    centerBox: listOf(number(), 2),
  };
  const checked = checkOptions('makeBlobs', options, schema);
  const random = toRandomState(checked.randomState);
  checkSize(checked);
  const centers = chooseCenters(checked, random);
  const deviations = chooseDeviations(checked.clusterStd ?? 1, centers.length);
  return assemble(drawBlobs(checked.samples ?? 100, centers, deviations, random), random, {
    shuffle: checked.shuffle,
  });
}

interface CenterOptions {
  readonly centers?: number | ArrayInput;
  readonly features?: number;
  readonly centerBox?: readonly number[];
}

/** @throws ValueError for more coordinates than 2^27, of the centers or of the points */
function checkSize({ samples = 100, centers = 3, features = 2 }: Omit<BlobsOptions, 'centerBox'>): void {
  checkSamples('makeBlobs', samples, 1);
  const rows = typeof centers === 'number' ? Math.max(samples, centers) : samples;
  if (typeof centers !== 'number' || rows * features <= 2 * MAX_SAMPLES) return;
  throw new ValueError(
    `makeBlobs: samples and centers must have at most ${2 * MAX_SAMPLES} coordinates each, but ${rows} with ${features} features have more.`,
  );
}

function chooseCenters(
  { centers = 3, features = 2, centerBox = [-10, 10] }: CenterOptions,
  random: RandomState,
) {
  const [low, high] = centerBox;
  if (centerBox.length !== 2 || !(low <= high)) {
    throw new ValueError(
      `makeBlobs: centerBox must be a pair of numbers, low before high, but received [${centerBox.join(', ')}].`,
    );
  }
  if (typeof centers === 'number') {
    if (!Number.isSafeInteger(centers) || centers < 1) {
      throw new ValueError(
        `makeBlobs: centers must be an integer >= 1 or an array of rows, but received ${centers}.`,
      );
    }
    return Array.from({ length: centers }, () =>
      Array.from({ length: features }, () => random.uniform(low, high)),
    );
  }
  const { data, shape, scale = 1 } = ndarray(centers);
  if (shape.length !== 2 || shape[0] * shape[1] === 0) {
    throw new ShapeError(
      `makeBlobs: centers must be (blobs, features), but received the shape ${formatShape(shape)}.`,
    );
  }
  return Array.from({ length: shape[0] }, (_, k) =>
    Array.from({ length: shape[1] }, (_, j) => (data[k * shape[1] + j] as number) * scale),
  );
}

function chooseDeviations(given: number | readonly number[], blobs: number): readonly number[] {
  if (typeof given === 'number') return Array<number>(blobs).fill(given);
  if (given.length === blobs) return given;
  throw new ValueError(
    `makeBlobs: clusterStd must be one number or one for each of the ${blobs} blobs, but received ${given.length}.`,
  );
}

function drawBlobs(
  samples: number,
  centers: readonly (readonly number[])[],
  deviations: readonly number[],
  random: RandomState,
): Points {
  const features = centers[0].length;
  const coordinates = new Float64Array(samples * features);
  const classes = new Int32Array(samples);
  let row = 0;
  shareOut(samples, centers.length).forEach((count, k) => {
    for (let i = 0; i < count; i++, row++) {
      classes[row] = k;
      for (let j = 0; j < features; j++) {
        coordinates[row * features + j] = centers[k][j] + deviations[k] * random.standardNormal();
      }
    }
  });
  return { coordinates, classes };
}
