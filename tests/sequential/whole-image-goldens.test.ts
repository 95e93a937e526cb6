import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Layer, Sequential } from '../../src/index.js';
import { init, layers, sequential } from '../../src/index.js';
import { quiet } from './data.js';

interface Stored {
  readonly shape: number[];
  readonly data: number[];
}

/** As tests/goldens/torch_images.py describes it. */
interface Goldens {
  readonly x: Stored;
  readonly y: number[];
  readonly start: Readonly<Record<string, Stored[]>>;
  readonly cases: readonly {
    readonly network: keyof typeof NETWORKS;
    readonly optimizer: { readonly name: string };
    readonly losses: number[];
    readonly weights: number[][];
    readonly predicted: number[];
  }[];
}

const file = new URL('../goldens/torch_images.json', import.meta.url);
const goldens = JSON.parse(readFileSync(file, 'utf8')) as Goldens;

/** Of a loss relative to itself, of a weight or prediction relative to the largest of its array. */
const MOST = 2e-5;

const relu = { activation: 'relu' };
const tanh = { activation: 'tanh' };

const NETWORKS = {
  depthwise: (): Layer[] => [
    layers.conv2d({ filters: 6, kernelSize: 3, padding: 'same', useBias: false }),
    layers.batchNormalization({ momentum: 0.9 }),
    layers.activation(relu),
    layers.zeroPadding2d(),
    layers.conv2d({ filters: 6, kernelSize: 3, groups: 6, useBias: false }),
    layers.batchNormalization({ momentum: 0.9 }),
    layers.activation(tanh),
    layers.globalAveragePooling2d(),
  ],
  pixels: (): Layer[] => [
    layers.batchNormalization({ momentum: 0.9 }),
    layers.conv2d({ filters: 5, kernelSize: 3 }),
    layers.layerNormalization(),
    layers.activation(tanh),
    layers.globalMaxPooling2d(),
  ],
};

const typed = ({ shape, data }: Stored) => ({ shape, data: Float32Array.from(data) });

/** The largest difference, relative to the largest expected value. */
function distance(actual: ArrayLike<number>, expected: readonly number[]): number {
  expect(actual.length).toBe(expected.length);
  const largest = (values: readonly number[]): number => Math.max(...values.map(Math.abs));
  return largest(expected.map((value, i) => value - actual[i])) / largest(expected);
}

function model(network: keyof typeof NETWORKS): Sequential {
  const [, ...shape] = goldens.x.shape;
  return sequential({
    seed: 1,
    layers: [
      layers.input({ shape }),
      ...NETWORKS[network](),
      layers.dense({ units: 4, activation: 'softmax' }),
    ],
  });
}

describe.each(['base', 'relaxed'] as const)(
  'in %s, ten steps give what PyTorch gives in float64',
  (variant) => {
    beforeAll(() => init({ variant }));
    afterAll(() => init());

    test.each(goldens.cases.map((golden) => [golden.network, golden.optimizer.name, golden] as const))(
      '%s, %s',
      async (network, _, { optimizer, losses, weights, predicted }) => {
        const made = model(network);
        made.setWeights(goldens.start[network].map(typed));
        made.compile({ optimizer: optimizer as never, loss: 'sparseCategoricalCrossentropy' });
        const options = { ...quiet, epochs: losses.length, batchSize: goldens.y.length, shuffle: false };
        const { history } = await made.fit(typed(goldens.x), goldens.y, options);
        losses.forEach((loss, step) => {
          expect(Math.abs(history.loss[step] / loss - 1), `loss of step ${step + 1}`).toBeLessThan(MOST);
        });
        made.getWeights().forEach(({ data }, i) => {
          expect(distance(data as Float32Array, weights[i]), `array ${i}`).toBeLessThan(MOST);
        });
        const { data } = made.predict(typed(goldens.x));
        expect(distance((data as Float32Array).subarray(0, 16), predicted), 'predictions').toBeLessThan(MOST);
      },
    );
  },
);
