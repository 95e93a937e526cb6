import { init, layers, optimizers, schedules, sequential } from 'lamella';
import type { Layer, Sequential } from 'lamella';
import type { ImageDataSet, LabeledImages } from 'lamella/node';
import { loadFashionMnist, loadMnist } from 'lamella/node';
import { beforeAll, expect, test } from 'vitest';
import { report } from './networks.js';

const [EPOCHS, BATCH] = [12, 64];

beforeAll(() => init({ variant: 'base' }));

/** Convolution, batch normalization, relu. */
function block(filters: number): Layer[] {
  return [
    layers.conv2d({ filters, kernelSize: 3, padding: 'same', useBias: false }),
    layers.batchNormalization({ momentum: 0.9 }),
    layers.activation({ activation: 'relu' }),
  ];
}

/** Three blocks of 16, 32 and 64 filters, halved between them; the mean of all pixels; softmax. */
function network(seed: number, first: Layer[] = []): Sequential {
  const model = sequential({
    seed,
    layers: [
      layers.input({ shape: [28, 28] }),
      layers.reshape({ targetShape: [28, 28, 1] }),
      ...first,
      ...block(16),
      layers.maxPooling2d(),
      ...block(32),
      layers.maxPooling2d(),
      ...block(64),
      layers.globalAveragePooling2d(),
      layers.dense({ units: 10, activation: 'softmax' }),
    ],
  });
  const decaySteps = EPOCHS * Math.ceil(60_000 / BATCH);
  const learningRate = schedules.cosineDecay({ initialLearningRate: 0.004, decaySteps });
  model.compile({
    optimizer: optimizers.adam({ learningRate }),
    loss: 'sparseCategoricalCrossentropy',
    metrics: ['accuracy'],
  });
  return model;
}

async function accuracyOf(work: string, model: Sequential, { train, test }: ImageDataSet): Promise<number> {
  await model.fit(train.x, train.y, { epochs: EPOCHS, batchSize: BATCH, verbose: 0 });
  const { accuracy } = model.evaluate(test.x, test.y);
  report(work, { test: accuracy });
  return accuracy;
}

test('three blocks of conv-bn-relu, 12 epochs: .990 of the test digits', async () => {
  expect(await accuracyOf('MNIST conv-bn-relu', network(1), await loadMnist())).toBeGreaterThanOrEqual(0.99);
});

test('three blocks of conv-bn-relu, 12 epochs: .915 of the test rows of Fashion-MNIST', async () => {
  const accuracy = await accuracyOf('Fashion-MNIST conv-bn-relu', network(1), await loadFashionMnist());
  expect(accuracy).toBeGreaterThanOrEqual(0.915);
});

/** That a network learns through augmentation: a floor, no comparison with training without. */
test('2,000 digits, moved, turned and zoomed at random, 25 epochs: .900 of the test digits', async () => {
  const { train, test } = await loadMnist();
  const some: LabeledImages = {
    x: { ...train.x, data: train.x.data.subarray(0, 784 * 2000), shape: [2000, 28, 28] },
    y: train.y.subarray(0, 2000),
  };
  const fillMode = 'constant';
  const model = network(1, [
    layers.randomTranslation({ heightFactor: 0.08, widthFactor: 0.08, fillMode }),
    layers.randomRotation({ factor: 0.03, fillMode }),
    layers.randomZoom({ heightFactor: 0.1, fillMode }),
  ]);
  model.compile({
    optimizer: optimizers.adam({ learningRate: 0.003 }),
    loss: 'sparseCategoricalCrossentropy',
    metrics: ['accuracy'],
  });
  await model.fit(some.x, some.y, { epochs: 25, batchSize: 50, verbose: 0 });
  const { accuracy } = model.evaluate(test.x, test.y);
  report('MNIST, 2,000 digits augmented', { test: accuracy });
  expect(accuracy).toBeGreaterThanOrEqual(0.9);
});
