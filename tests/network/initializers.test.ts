import { describe, expect, test } from 'vitest';
import { initializers } from '../../src/index.js';
import type { InitializerConfig } from '../../src/index.js';
import { drawInitial, resolveInitializer } from '../../src/network/initializers.js';
import { RandomState } from '../../src/random.js';

const SHAPE = [120, 90];

function draw(given: InitializerConfig | string, shape: readonly number[] = SHAPE, seed = 5): Float32Array {
  return drawInitial(resolveInitializer(given, 'dense'), shape, new RandomState(seed));
}

function moments(values: Float32Array): { mean: number; variance: number; largest: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, variance, largest: values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) };
}

/** Mean and variance as expected of 10,800 values, and no value beyond the limit. */
function expectMoments(values: Float32Array, variance: number, limit: number, mean = 0): void {
  const actual = moments(values);
  expect(Math.abs(actual.mean - mean)).toBeLessThan(5 * Math.sqrt(variance / values.length));
  expect(Math.abs(actual.variance / variance - 1)).toBeLessThan(0.06);
  expect(actual.largest).toBeLessThanOrEqual(limit * (1 + 1e-6));
  expect(actual.largest).toBeGreaterThan(limit * 0.98);
}

/** Where a truncated normal of this variance ends: twice the deviation before truncation. */
const cut = (variance: number): number => (2 * Math.sqrt(variance)) / 0.8796256610342398;

describe('initial values', () => {
  test.each([
    ['glorotUniform', 2 / 210, Math.sqrt(6 / 210)],
    ['heUniform', 2 / 120, Math.sqrt(6 / 120)],
    ['lecunUniform', 1 / 120, Math.sqrt(3 / 120)],
    ['glorotNormal', 2 / 210, cut(2 / 210)],
    ['heNormal', 2 / 120, cut(2 / 120)],
    ['lecunNormal', 1 / 120, cut(1 / 120)],
    ['randomUniform', 0.1 ** 2 / 12, 0.05],
    ['truncatedNormal', (0.05 * 0.8796256610342398) ** 2, 0.1],
  ])('of %s have the variance and the limit of its definition', (name, variance, limit) => {
    expectMoments(draw(name), variance, limit);
  });

  test('of randomNormal reach beyond two deviations', () => {
    const values = draw(initializers.randomNormal({ mean: 1, stddev: 0.5 }));
    const { mean, variance, largest } = moments(values);
    expect(Math.abs(mean - 1)).toBeLessThan(0.025);
    expect(Math.abs(variance / 0.25 - 1)).toBeLessThan(0.06);
    expect(largest).toBeGreaterThan(2.5);
  });

  test('of varianceScaling follow its scale, mode and distribution', () => {
    const scaling = initializers.varianceScaling;
    const uniform = draw(scaling({ scale: 3, mode: 'fanOut', distribution: 'uniform' }));
    expectMoments(uniform, 3 / 90, Math.sqrt(9 / 90));
    expectMoments(draw('variance_scaling'), 1 / 120, cut(1 / 120));
    expect(draw(scaling({ scale: 2 }))).toEqual(draw('heNormal'));
    expect(draw(scaling({ mode: 'fanAvg', distribution: 'uniform' }))).toEqual(draw('glorotUniform'));
    const normal = draw(scaling({ distribution: 'untruncatedNormal' }));
    expect(moments(normal).largest).toBeGreaterThan(3 / Math.sqrt(120));
  });

  test('count the field of a convolution in its fans', () => {
    const limit = Math.sqrt(6 / (9 * 4 + 9 * 300));
    expectMoments(draw('glorotUniform', [3, 3, 4, 300]), limit ** 2 / 3, limit);
    expectMoments(draw('lecunUniform', [10800]), 1 / 10800, Math.sqrt(3 / 10800));
  });

  test("are numpy's stream in the order of the rows", () => {
    const random = new RandomState(5);
    const expected = Float32Array.from({ length: 6 }, () => random.uniform(-Math.sqrt(1.2), Math.sqrt(1.2)));
    expect(draw('glorotUniform', [2, 3])).toEqual(expected);
    expect(draw('glorotUniform', [2, 3], 6)).not.toEqual(expected);
  });

  test('with a seed of their own are the same whatever the stream, and draw nothing from it', () => {
    const random = new RandomState(1);
    const given = resolveInitializer(initializers.heNormal({ seed: 9 }), 'dense');
    const values = drawInitial(given, SHAPE, random);
    expect(drawInitial(given, SHAPE, random)).toEqual(values);
    expect(random.u32()).toBe(new RandomState(1).u32());
  });

  test('of zeros, ones, constant and identity are what they say', () => {
    expect([...draw('zeros', [3])]).toEqual([0, 0, 0]);
    expect([...draw('ones', [1, 3])]).toEqual([1, 1, 1]);
    expect([...draw(initializers.constant({ value: -0.5 }), [2])]).toEqual([-0.5, -0.5]);
    expect([...draw(initializers.identity({ gain: 2 }), [2, 3])]).toEqual([2, 0, 0, 0, 2, 0]);
    expect(() => draw('identity', [4])).toThrow(
      'The initializer identity needs a matrix, but received a parameter of shape (4).',
    );
  });

  test.each([[[12, 5]], [[5, 12]], [[7, 7]], [[3, 2, 4, 6]]])('of orthogonal are so, shape %j', (shape) => {
    const values = draw(initializers.orthogonal({ gain: 2 }), shape);
    const columns = shape[shape.length - 1];
    const rows = values.length / columns;
    const at = (i: number, j: number) => (columns > rows ? values[j * columns + i] : values[i * columns + j]);
    const count = Math.min(rows, columns);
    for (let a = 0; a < count; a++) {
      for (let b = 0; b < count; b++) {
        let product = 0;
        for (let i = 0; i < Math.max(rows, columns); i++) product += at(i, a) * at(i, b);
        expect(Math.abs(product - (a === b ? 4 : 0))).toBeLessThan(1e-6);
      }
    }
    expect(() => draw('orthogonal', [8])).toThrow('The initializer orthogonal needs a matrix');
  });

  test('are refused where the options contradict each other', () => {
    expect(() => resolveInitializer({ name: 'randomUniform', minval: 1 }, 'dense')).toThrow(
      'dense: randomUniform needs minval <= maxval, but received minval 1 and maxval 0.05.',
    );
    expect(() => initializers.heNormal({ seed: -1 })).toThrow(
      'initializers.heNormal: seed must be an integer >= 0 and <= 4294967295 or null, but received -1.',
    );
    expect(resolveInitializer('random_normal', 'dense')).toEqual({
      name: 'randomNormal',
      mean: 0,
      stddev: 0.05,
      seed: null,
    });
  });
});
