import { describe, expect, test } from 'vitest';
import { expectClose, expectSameBits } from '../helpers/allclose.js';
import { batchNormalization, layerNormalization } from '../helpers/reference.js';
import { Seeded } from '../helpers/seeded.js';
import type { KernelVariant, PlacedMatrix } from '../helpers/wasm.js';
import { GuardedMemory, VARIANTS } from '../helpers/wasm.js';

const EPSILON = 2 ** -10;
const MOMENTUM = 0.875;

/** A batch of images; `affine` false leaves gamma and beta out. */
interface Case {
  readonly rows: number;
  readonly pixels: number;
  readonly channels: number;
  readonly affine: boolean;
}

const CASES: Case[] = [1, 2, 3, 4, 5, 7, 8, 9, 13, 17, 32].flatMap((channels, i) =>
  [2, 5, 30].map((pixels, j) => ({ rows: 1 + ((i + j) % 4), pixels, channels, affine: (i + j) % 3 > 0 })),
);

function valuesOf({ rows, pixels, channels, affine }: Case) {
  const seeded = new Seeded(rows + channels);
  const length = rows * pixels * channels;
  return {
    x: seeded.floats(length, 2).map((value, i) => value + (i % channels)),
    delta: seeded.floats(length),
    gamma: affine ? seeded.shares(channels).map((share) => share + 0.5) : new Float32Array(channels).fill(1),
    beta: affine ? seeded.floats(channels) : new Float32Array(channels),
    epsilon: EPSILON,
  };
}

function describeCase({ rows, pixels, channels, affine }: Case): string {
  return `${rows} images of ${pixels} pixels, ${channels} channels${affine ? '' : ', without gamma and beta'}`;
}

const places = (...matrices: PlacedMatrix[]): number[] =>
  matrices.flatMap(({ offset, stride }) => [offset, stride]);

/** A memory with a batch, and room for what is made of it. */
function prepared(variant: KernelVariant, one: Case) {
  const memory = new GuardedMemory(variant);
  const { rows, pixels, channels, affine } = one;
  const values = valuesOf(one);
  const columns = pixels * channels;
  const place = (values: Float32Array<ArrayBuffer>) => (affine ? memory.put(values).offset : 0);
  const padded = Math.ceil(channels / 8) * 8;
  return {
    memory,
    kernels: memory.kernels,
    x: memory.matrix({ rows, columns, gap: 3 }, values.x),
    delta: memory.matrix({ rows, columns, gap: 8 }, values.delta),
    y: memory.matrix({ rows, columns, gap: 5 }),
    dx: memory.matrix({ rows, columns, gap: 1 }),
    gamma: place(values.gamma),
    beta: place(values.beta),
    partials: { offset: memory.floats(2 * padded * rows).offset, stride: 8 * padded },
    sums: [memory.floats(channels), memory.floats(channels)],
  };
}

/** Everything that batch normalization computes of a batch. */
function batchNorm(variant: KernelVariant, one: Case, fixed = false) {
  const { rows, pixels, channels } = one;
  const at = prepared(variant, one);
  const { memory, kernels, x, delta, y, dx, gamma, beta, partials, sums } = at;
  const padded = Math.ceil(channels / 8) * 8;
  const [mean, inverse] = [memory.floats(padded), memory.floats(padded)].map(({ offset }) => offset);
  const movingMean = memory.put(new Float32Array(padded).fill(0.5));
  const movingVariance = memory.put(new Float32Array(padded).fill(2));
  const moving = [movingMean.offset, movingVariance.offset];
  const parts = [partials.offset, partials.stride];
  const count = rows * pixels;
  if (fixed) {
    kernels.movingStatistics(mean, inverse, ...moving, padded, EPSILON);
  } else {
    kernels.pixelSums(...parts, ...places(x), rows, pixels, channels);
    kernels.sumPartials(mean, ...parts, rows, channels, 0, count);
    kernels.pixelSquares(...parts, ...places(x), mean, rows, pixels, channels);
    const last = [rows, channels, count, EPSILON, MOMENTUM];
    kernels.channelStatistics(inverse, ...moving, mean, ...parts, ...last);
  }
  kernels.channelNormForward(...places(y, x), mean, inverse, gamma, beta, rows, pixels, channels);
  kernels.channelNormSums(...parts, ...places(delta, x), mean, inverse, rows, pixels, channels);
  const [first, second] = sums.map(({ offset }) => offset);
  kernels.sumPartials(first, ...parts, rows, channels, 0, 1);
  kernels.sumPartials(second, ...parts, rows, channels, partials.stride / 2, 1);
  const given = [gamma, first, second, rows, pixels, channels, fixed ? 0 : 1 / count];
  kernels.channelNormBackward(...places(dx, delta, x), mean, inverse, ...given);
  memory.expectGuards(describeCase(one));
  return {
    ...{ y: y.get(), dx: dx.get(), gamma: sums[0].get(), beta: sums[1].get() },
    movingMean: movingMean.get().slice(0, channels),
    movingVariance: movingVariance.get().slice(0, channels),
  };
}

/** Everything that layer normalization computes of a batch. */
function layerNorm(variant: KernelVariant, one: Case) {
  const { rows, pixels, channels } = one;
  const { memory, kernels, x, delta, y, dx, gamma, beta, partials, sums } = prepared(variant, one);
  const statistics = memory.floats(2 * rows * pixels).offset;
  const parts = [partials.offset, partials.stride];
  kernels.pixelNormForward(...places(y, x), statistics, gamma, beta, rows, pixels, channels, EPSILON);
  kernels.pixelNormSums(...parts, ...places(delta, x), statistics, rows, pixels, channels);
  sums.forEach(({ offset }, i) =>
    kernels.sumPartials(offset, ...parts, rows, channels, (i * partials.stride) / 2, 1),
  );
  kernels.pixelNormBackward(...places(dx, delta, x), statistics, gamma, rows, pixels, channels);
  memory.expectGuards(describeCase(one));
  return { y: y.get(), dx: dx.get(), gamma: sums[0].get(), beta: sums[1].get() };
}

describe.each(VARIANTS)('with %s kernels', (variant) => {
  test('batch normalization of images has the float64 outputs, averages and gradients by channels', () => {
    for (const one of CASES) {
      const { rows, pixels } = one;
      const values = valuesOf(one);
      const what = describeCase(one);
      const layer = batchNormalization({ ...values, momentum: MOMENTUM });
      layer.averages.movingMean.fill(0.5);
      layer.averages.movingVariance.fill(2);
      const y = layer.forward(Float64Array.from(values.x), rows);
      const { input, parameters } = layer.backward(Float64Array.from(values.delta));
      const actual = batchNorm(variant, one);
      const terms = rows * pixels;
      const closeness = { terms, units: 30, size: 1 };
      expectClose(actual.y, y, `outputs, ${what}`, closeness);
      expectClose(actual.gamma, parameters.gamma, `gamma, ${what}`, { ...closeness, size: Math.sqrt(terms) });
      expectClose(actual.beta, parameters.beta, `beta, ${what}`, { ...closeness, size: Math.sqrt(terms) });
      // Where a channel has few values that lie close together, their difference is mostly rounding.
      expectClose(actual.dx, input, `input, ${what}`, { ...closeness, units: 300 });
      expectClose(actual.movingMean, layer.averages.movingMean, `mean, ${what}`, closeness);
      expectClose(actual.movingVariance, layer.averages.movingVariance, `variance, ${what}`, closeness);
    }
  });

  test('with fixed statistics it is linear in its input, and leaves the averages', () => {
    for (const one of CASES) {
      const { channels } = one;
      const { x, delta, gamma, beta } = valuesOf(one);
      const actual = batchNorm(variant, one, true);
      const inverse = 1 / Math.sqrt(2 + EPSILON);
      const y = x.map((value, i) => (value - 0.5) * inverse * gamma[i % channels] + beta[i % channels]);
      expectClose(actual.y, y, `outputs, ${describeCase(one)}`, { size: 1 });
      const dx = delta.map((value, i) => value * inverse * gamma[i % channels]);
      expectClose(actual.dx, dx, `input, ${describeCase(one)}`);
      expect([...new Set(actual.movingMean), ...new Set(actual.movingVariance)]).toEqual([0.5, 2]);
    }
  });

  test('the mean of a large batch of large images is as good as float32 can be', () => {
    const one = { rows: 64, pixels: 784, channels: 5, affine: false };
    const { x } = valuesOf(one);
    const sums = new Float64Array(one.channels);
    x.forEach((value, i) => (sums[i % one.channels] += value));
    const actual = batchNorm(variant, one).movingMean;
    const expected = sums.map((sum) => 0.5 * MOMENTUM + ((1 - MOMENTUM) * sum) / (64 * 784));
    expectClose(actual, expected, 'means', { units: 8, size: 1 });
  });

  test('layer normalization of images has the float64 outputs and gradients by pixels', () => {
    for (const one of CASES) {
      const { rows, pixels, channels } = one;
      const values = valuesOf(one);
      const what = describeCase(one);
      const layer = layerNormalization(values);
      const y = layer.forward(Float64Array.from(values.x), rows * pixels);
      const { input, parameters } = layer.backward(Float64Array.from(values.delta));
      const actual = layerNorm(variant, one);
      const closeness = { terms: rows * pixels, units: 20, size: Math.sqrt(rows * pixels) };
      expectClose(actual.y, y, `outputs, ${what}`, { size: 1 });
      expectClose(actual.gamma, parameters.gamma, `gamma, ${what}`, closeness);
      expectClose(actual.beta, parameters.beta, `beta, ${what}`, closeness);
      expectClose(actual.dx, input, `input, ${what}`, { size: 4, units: 60, terms: channels });
    }
  });

  test('every image adds its own partial sums, so that threads may share the images', () => {
    const [rows, pixels, channels] = [5, 12, 9];
    const { x } = valuesOf({ rows, pixels, channels, affine: true });
    const sums = (begin: number, count: number): Float32Array => {
      const memory = new GuardedMemory(variant);
      const columns = pixels * channels;
      const values = x.slice(begin * columns, (begin + count) * columns);
      const from = memory.matrix({ rows: count, columns }, values);
      const partials = memory.matrix({ rows: count, columns: channels, gap: 7 });
      memory.kernels.pixelSums(...places(partials, from), count, pixels, channels);
      memory.expectGuards('sums');
      return partials.get();
    };
    expectSameBits(sums(2, 2), sums(0, 5).subarray(2 * channels, 4 * channels), 'images 2 and 3');
  });
});
