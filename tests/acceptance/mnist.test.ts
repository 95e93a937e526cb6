import { init, layers, optimizers, sequential } from 'lamella';
import type { ImageDataSet } from 'lamella/node';
import { loadMnist } from 'lamella/node';
import { beforeAll, expect, test } from 'vitest';
import { imageClassifier, report } from './networks.js';

let mnist: ImageDataSet;

beforeAll(async () => {
  await init({ variant: 'base' });
  mnist = await loadMnist();
});

/** W2: the Keras tutorial. */
test('784-392-392-10 relu, adam, 10 epochs: .993 of the training digits, .977 of the test digits', async () => {
  const { train, test } = mnist;
  const model = imageClassifier(1, [392, 392], 'relu');
  model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
  await model.fit(train.x, train.y, { epochs: 10, verbose: 0 });
  const training = model.evaluate(train.x, train.y).accuracy;
  const testing = model.evaluate(test.x, test.y).accuracy;
  report('W2', { train: training, test: testing });
  expect(training).toBeGreaterThanOrEqual(0.993);
  expect(testing).toBeGreaterThanOrEqual(0.977);
});

/** W3: the network of the NumPy-from-scratch tutorial, which reports .932. */
test('784-100-10 sigmoid, sgd with momentum, 30 epochs: .975 of the test digits', async () => {
  const { train, test } = mnist;
  const model = imageClassifier(1, [100], 'sigmoid');
  model.compile({
    optimizer: optimizers.sgd({ learningRate: 0.1, momentum: 0.9 }),
    loss: 'sparseCategoricalCrossentropy',
    metrics: ['accuracy'],
  });
  await model.fit(train.x, train.y, { epochs: 30, verbose: 0 });
  const { accuracy } = model.evaluate(test.x, test.y);
  report('W3', { test: accuracy });
  expect(accuracy).toBeGreaterThanOrEqual(0.975);
});

/** W5: the Keras tutorial on convolutions. */
test('32 filters of 5 x 5, pooled, 128 relu, adam, 10 epochs: .988 of the test digits', async () => {
  const { train, test } = mnist;
  const model = sequential({
    seed: 1,
    layers: [
      layers.conv2d({ filters: 32, kernelSize: 5, activation: 'relu', inputShape: [28, 28, 1] }),
      layers.maxPooling2d(),
      layers.dropout({ rate: 0.2 }),
      layers.flatten(),
      layers.dense({ units: 128, activation: 'relu' }),
      layers.dense({ units: 10, activation: 'softmax' }),
    ],
  });
  model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
  await model.fit(train.x, train.y, { epochs: 10, batchSize: 200, verbose: 0 });
  const training = model.evaluate(train.x, train.y).accuracy;
  const testing = model.evaluate(test.x, test.y).accuracy;
  report('W5', { train: training, test: testing });
  expect(testing).toBeGreaterThanOrEqual(0.988);
});
