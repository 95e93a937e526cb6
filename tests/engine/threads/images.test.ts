import { afterAll, expect, test } from 'vitest';
import { pool } from '../../../src/engine/threads/pool.js';
import type { Layer } from '../../../src/index.js';
import { layers, optimizers, sequential } from '../../../src/index.js';
import { Seeded } from '../../helpers/seeded.js';

afterAll(() => pool.end());

const ROWS = 43;

/** Losses and weights after two epochs of batches of 20 rows. */
async function trained(threads: number, shape: number[], body: () => Layer[]): Promise<unknown> {
  const seeded = new Seeded(4);
  const size = shape.reduce((product, n) => product * n, ROWS);
  const model = sequential({
    seed: 3,
    layers: [
      layers.input({ shape }),
      ...body(),
      layers.flatten(),
      layers.dense({ units: 5, activation: 'softmax' }),
    ],
  });
  model.compile({ optimizer: optimizers.adam(), loss: 'sparseCategoricalCrossentropy' });
  const x = { data: seeded.floats(size), shape: [ROWS, ...shape] };
  const options = { threads, epochs: 2, batchSize: 20, verbose: 0 as const, onWarning() {} };
  const { history } = await model.fit(x, seeded.integers(ROWS, 5), options);
  return [history, model.getWeights().map(({ data }) => data)];
}

const relu = { activation: 'relu' } as const;

const CASES: Record<string, [number[], () => Layer[]]> = {
  'a convolution that is pooled at once, with dropout': [
    [12, 12, 1],
    () => [
      layers.conv2d({ filters: 20, kernelSize: 5, ...relu }),
      layers.maxPooling2d(),
      layers.dropout({ rate: 0.2 }),
    ],
  ],
  'two convolutions with borders': [
    [10, 9, 3],
    () => [
      layers.conv2d({ filters: 12, kernelSize: 3, padding: 'same', ...relu }),
      layers.maxPooling2d({ poolSize: 3, strides: 2, padding: 'same' }),
      layers.conv2d({
        filters: 33,
        kernelSize: [3, 2],
        strides: [1, 2],
        padding: 'same',
        activation: 'tanh',
      }),
      layers.averagePooling2d({ padding: 'same' }),
    ],
  ],
  'strides before strides, noise, and a bias for each': [
    [11, 10, 2],
    () => [
      layers.conv2d({ filters: 20, kernelSize: 3, strides: 2, ...relu }),
      layers.gaussianNoise({ stddev: 0.1 }),
      layers.conv2d({ filters: 17, kernelSize: 3, strides: [2, 1], padding: 'same', ...relu }),
      layers.conv2d({ filters: 17, kernelSize: 1, strides: 2, groups: 17, padding: 'same', ...relu }),
    ],
  ],
  'groups and depthwise': [
    [9, 9, 4],
    () => [
      layers.conv2d({ filters: 24, kernelSize: 2, groups: 2, ...relu }),
      layers.conv2d({ filters: 24, kernelSize: 3, groups: 24, padding: 'same', ...relu }),
      layers.maxPooling2d(),
      layers.conv2d({ filters: 9, kernelSize: 1 }),
    ],
  ],
};

test.each(Object.keys(CASES))('one, two and three threads give the same bits: %s', async (name) => {
  const one = await trained(1, ...CASES[name]);
  expect(await trained(2, ...CASES[name])).toEqual(one);
  expect(await trained(3, ...CASES[name])).toEqual(one);
});
