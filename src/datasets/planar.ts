import { checkOptions, integer, number } from '../check.js';
import { cos, sin } from '../math.js';
import type { RandomState } from '../random.js';
import { toRandomState } from '../random.js';
import type { GeneratorOptions, LabeledPoints, Points } from './assemble.js';
import { assemble, checkSamples, evenlySpaced, generatorSchema } from './assemble.js';

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
 * A circle within a circle: scikit-learn's `make_circles`, seed for seed. Class 0 has radius 1, class 1 radius `factor`;
 * samples / 2 points each.
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
 * Exclusive or: points drawn uniformly from the square [-1, 1) x [-1, 1); class 1 where exactly one coordinate is positive.
 * Noise is added after the classes are given. Points are in the order they are drawn; `shuffle` shuffles them once more.
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
  /** How often each winds around the origin; > 0. Default 1. */
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
export function shareOut(total: number, parts: number): number[] {
  const least = Math.floor(total / parts);
  return Array.from({ length: parts }, (_, k) => least + (k < total % parts ? 1 : 0));
}
