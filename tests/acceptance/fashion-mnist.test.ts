import { init, optimizers } from 'lamella';
import type { ImageDataSet, LabeledImages } from 'lamella/node';
import { loadFashionMnist } from 'lamella/node';
import { beforeAll, expect, test } from 'vitest';
import { imageClassifier, report } from './networks.js';

let fashion: ImageDataSet;

beforeAll(async () => {
  await init({ variant: 'base' });
  fashion = await loadFashionMnist();
});

function part({ x, y }: LabeledImages, begin: number, end: number): LabeledImages {
  const data = x.data.subarray(784 * begin, 784 * end);
  return { x: { ...x, data, shape: [end - begin, 28, 28] }, y: y.subarray(begin, end) };
}

/** W4, as Hands-on Machine Learning trains it: the first 5,000 rows validate. */
test('784-300-100-10 relu, plain sgd, 30 epochs: .885 of 5,000 rows held out', async () => {
  const held = part(fashion.train, 0, 5000);
  const rest = part(fashion.train, 5000, 60_000);
  const model = imageClassifier(42, [300, 100], 'relu');
  model.compile({
    optimizer: optimizers.sgd({ learningRate: 0.01 }),
    loss: 'sparseCategoricalCrossentropy',
    metrics: ['accuracy'],
  });
  await model.fit(rest.x, rest.y, { epochs: 30, verbose: 0 });
  const { accuracy } = model.evaluate(held.x, held.y);
  report('Fashion-MNIST 300-100', { validation: accuracy });
  expect(accuracy).toBeGreaterThanOrEqual(0.885);
});

/**
 * After ten epochs the accuracy still moves by .004 from epoch to epoch and seed to seed, here as in PyTorch.
 */
test('784-392-196-10 relu, adam, 10 epochs: .880 of the test rows', async () => {
  const { train, test } = fashion;
  const model = imageClassifier(3, [392, 196], 'relu');
  model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
  await model.fit(train.x, train.y, { epochs: 10, verbose: 0 });
  const { accuracy } = model.evaluate(test.x, test.y);
  report('Fashion-MNIST 392-196', { test: accuracy });
  expect(accuracy).toBeGreaterThanOrEqual(0.88);
});
