import { LAYERS } from '../../src/layers/index.js';
import { describe, expect, test } from 'vitest';
import type { OptimizerSpec } from '../../src/network/optimizers.js';
import type { Conv2dSpec } from '../../src/layers/convolution.js';
import type { Pair, WindowSpec } from '../../src/layers/window.js';
import type { LayerSpec, Shape } from '../../src/network/spec.js';
import { combinations, EVERY } from '../helpers/combinations.js';
import { finiteDifferences } from '../helpers/finite-differences.js';
import { convLayer, denseLayer, poolingLayer } from '../helpers/networks.js';
import * as reference from '../helpers/reference.js';
import { Seeded } from '../helpers/seeded.js';
import { compareSteps } from '../helpers/steps.js';

const SGD: OptimizerSpec = { kind: 'sgd', momentum: 0, nesterov: false };
const ADAM: OptimizerSpec = { kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-3 };
const LOSS = { name: 'meanSquaredError' } as const;

describe('the float64 reference has the gradients that finite differences give', () => {
  const image = [5, 4, 6] as const;
  const windows: [string, Omit<reference.ReferenceWindow, 'image'>, number][] = [
    ['valid', { size: [3, 2], strides: [1, 1], padding: 'valid' }, 1],
    ['same and strided', { size: [3, 3], strides: [2, 3], padding: 'same' }, 1],
    ['dilated, in groups', { size: [2, 2], strides: [1, 1], dilation: [2, 3], padding: 'same' }, 3],
  ];

  test.each(windows)('of convolutions, %s', (_, shape, groups) => {
    const window = { ...shape, image };
    const seeded = new Seeded(5);
    const [rows, filters] = [2, 3];
    const depth = (shape.size[0] * shape.size[1] * image[2]) / groups;
    const size = reference.outputSize(window);
    const first = reference.dense(seeded.floats(4 * 120, 0.5), seeded.floats(120, 0.5));
    const kernel = seeded.floats(depth * filters, 0.5);
    const convolution = reference.conv2d({ window, filters, groups, kernel, bias: seeded.floats(filters) });
    const pooled = { image: [...size, filters] as const, size: [2, 2], strides: [1, 2] } as const;
    for (const kind of ['max', 'average'] as const) {
      const pool = reference.pooling(kind, { ...pooled, padding: 'same' });
      const network = new reference.ReferenceNetwork(
        [first, convolution, pool],
        reference.losses.halfSquaredError,
      );
      const x = seeded.floats(rows * 4);
      const outputs = network.forward({ x, rows, targets: [] }).length;
      const batch = { x, rows, targets: seeded.floats(outputs) };
      const gradients = network.gradients(batch);
      network.layers.forEach(({ parameters }, i) => {
        for (const [name, values] of Object.entries(parameters)) {
          const differences = finiteDifferences(() => network.loss(batch), values);
          differences.forEach((value, j) =>
            expect(Math.abs(gradients[i][name][j] - value), `${name} ${i}`).toBeLessThan(1e-7),
          );
        }
      });
    }
  });
});

/** Rules of update that take different ways. */
const OPTIMIZERS: OptimizerSpec[] = [SGD, { ...ADAM, globalClipNorm: 0.5 }];
let calls = 0;

/** A step of images → layers → 2 outputs, with one of the rules of update after the other. */
function compare(inputShape: Shape, layers: readonly LayerSpec[], rows = 3): void {
  const spec = {
    rules: LAYERS,
    inputShape,
    layers: [...layers, { type: 'flatten' } as const, denseLayer(2)],
  };
  for (const optimizer of EVERY ? OPTIMIZERS : [OPTIMIZERS[calls++ % 2]]) {
    compareSteps({ spec, loss: LOSS, optimizer, rows, rate: 0.01, seed: 3, units: 120, steps: 2 });
  }
}

/** The convolution first, and behind another one, whose gradient needs that of its input. */
function compareBoth(image: Shape, convolution: Conv2dSpec): void {
  compare(image, [convolution]);
  const inputShape = [image[0], image[1], 2];
  const both = [convLayer(image[2], [1, 1], {}, { activation: 'tanh' }), convolution];
  compare(inputShape, both);
  // Alone, so that no other layer has asked for more scratch.
  const spec = { rules: LAYERS, inputShape, layers: [...both, { type: 'flatten' } as const] };
  compareSteps({ spec, loss: LOSS, optimizer: SGD, rows: 3, rate: 0.01, seed: 3, units: 120, steps: 2 });
}

const GRID: [image: Shape, filters: number, size: Pair, window: Partial<WindowSpec>, groups?: number][] = [
  [[1, 1, 1], 1, [1, 1], {}],
  [[5, 6, 1], 3, [3, 3], {}],
  [[7, 5, 3], 8, [3, 2], {}],
  [[6, 7, 2], 9, [2, 5], { padding: 'same' }],
  [[8, 8, 4], 16, [3, 3], { padding: 'same' }],
  [[9, 7, 3], 5, [3, 3], { strides: [2, 2] }],
  [[9, 8, 3], 5, [3, 3], { strides: [2, 3], padding: 'same' }],
  [[6, 6, 2], 4, [1, 1], { strides: [2, 2], padding: 'same' }],
  [[7, 7, 2], 4, [2, 2], { strides: [3, 3], padding: 'same' }],
  [[9, 8, 2], 11, [3, 2], { dilation: [2, 3] }],
  [[9, 8, 2], 3, [3, 3], { dilation: [3, 2], padding: 'same' }],
  [[4, 5, 7], 17, [4, 5], {}],
  [[6, 6, 4], 6, [3, 3], {}, 2],
  [[6, 6, 6], 12, [3, 3], { padding: 'same' }, 3],
  [[5, 6, 16], 32, [2, 2], { strides: [2, 1] }, 2],
  [[6, 5, 8], 8, [3, 3], {}, 8],
  [[6, 5, 11], 11, [3, 3], { padding: 'same', strides: [2, 2] }, 11],
  [[6, 5, 24], 24, [2, 3], { dilation: [2, 1] }, 24],
  [[6, 5, 5], 10, [3, 3], { padding: 'same' }, 5],
];

describe('convolutions equal float64', () => {
  test.each(GRID)('%j → %i filters %j %j, %s groups', (image, filters, size, window, groups = 1) => {
    compareBoth(image, convLayer(filters, size, window, { groups, activation: 'relu' }));
  });

  test.each(['linear', 'tanh', 'gelu'] as const)('with %s, without a bias', (activation) => {
    compareBoth([6, 5, 3], convLayer(9, [3, 3], {}, { activation, useBias: false }));
  });

  test('with penalties of weights and outputs', () => {
    const kernel = { initializer: { name: 'zeros' }, regularizer: { l1: 0.01, l2: 0.02 } };
    const activityRegularizer = { l1: 0.01, l2: 0.1 };
    compareBoth([6, 5, 3], convLayer(9, [3, 3], {}, { kernel, activityRegularizer }));
  });

  test('over many rows', () => {
    compare([6, 5, 3], [convLayer(9, [3, 3], { padding: 'same' })], 130);
  });
});

const POOLS: [Pair, Partial<WindowSpec>][] = [
  [[2, 2], {}],
  [[3, 2], {}],
  [[1, 3], { strides: [1, 1] }],
  [[3, 3], { strides: [2, 2] }],
  [[3, 3], { strides: [2, 2], padding: 'same' }],
  [[2, 2], { padding: 'same' }],
];

describe('pooling equals float64', () => {
  for (const type of ['maxPooling2d', 'averagePooling2d'] as const) {
    test.each(combinations(POOLS, [1, 3, 8, 13]))(
      `${type} of %j, %d channels`,
      ([size, window], channels) => {
        const before = convLayer(channels, [2, 2], {}, { activation: 'tanh' });
        compare([8, 7, 2], [before, poolingLayer(type, size, window)]);
        compare([8, 7, channels], [poolingLayer(type, size, window), convLayer(3, [2, 2])]);
      },
    );
  }

  const FUSED: [Shape, number, Pair, Partial<WindowSpec>, Pair][] = [
    [[8, 8, 1], 4, [5, 5], {}, [2, 2]],
    [[9, 10, 1], 8, [3, 3], {}, [2, 3]],
    [[9, 10, 3], 11, [3, 3], { padding: 'same' }, [2, 2]],
    [[9, 9, 3], 3, [3, 3], { strides: [2, 2] }, [3, 1]],
    [[7, 7, 5], 17, [7, 3], { dilation: [1, 1] }, [1, 5]],
    [[9, 9, 2], 5, [2, 9], { dilation: [3, 1] }, [2, 1]],
    [[6, 6, 7], 9, [2, 3], { padding: 'same', strides: [1, 2] }, [2, 2]],
  ];

  test.each(FUSED)(
    'computed with the convolution before it: %j → %i filters %j %j, pooled %j',
    (image, filters, size, window, pool) => {
      for (const activation of ['relu', 'linear'] as const) {
        const layers = [
          convLayer(filters, size, window, { activation }),
          poolingLayer('maxPooling2d', pool),
          { type: 'dropout', rate: 0.25 } as const,
        ];
        compare(image, layers, 5);
      }
    },
  );
});
