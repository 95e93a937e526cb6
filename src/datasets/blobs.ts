import { anyOf, anything, checkOptions, listOf, number, positiveInteger } from '../check.js';
import { ShapeError, ValueError } from '../errors.js';
import type { ArrayInput } from '../ndarray.js';
import { formatShape, ndarray } from '../ndarray.js';
import type { RandomState } from '../random.js';
import { toRandomState } from '../random.js';
import type { GeneratorOptions, LabeledPoints, Points } from './assemble.js';
import { assemble, checkSamples, generatorSchema, MAX_SAMPLES } from './assemble.js';
import { shareOut } from './planar.js';

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
 * Gaussian blobs, one per class: scikit-learn's `make_blobs`, seed for seed. Centers are drawn uniformly unless given; the
 * first classes get the points that do not divide evenly.
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
