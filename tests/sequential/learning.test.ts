import { expect, test } from 'vitest';
import { layers, sequential } from '../../src/index.js';
import { loadDigits } from '../../src/datasets.js';
import { iris, quiet } from './data.js';

test('learns XOR with eight hidden units and binary cross-entropy', async () => {
  const model = sequential({
    seed: 1,
    layers: [
      layers.dense({ units: 8, activation: 'tanh', inputShape: [2] }),
      layers.dense({ units: 1, activation: 'sigmoid' }),
    ],
  });
  model.compile({ optimizer: { name: 'adam', learningRate: 0.05 }, loss: 'bce', metrics: ['accuracy'] });
  const x = [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ];
  await model.fit(x, [0, 1, 1, 0], { ...quiet, epochs: 300 });
  expect([...model.predictClasses(x)]).toEqual([0, 1, 1, 0]);
  expect(model.evaluate(x, [0, 1, 1, 0]).accuracy).toBe(1);
});

test('learns iris from integer classes to at least 96 %', async () => {
  const { x, y } = iris();
  const model = sequential({
    seed: 2,
    layers: [
      layers.batchNormalization({ inputShape: [4] }),
      layers.dense({ units: 16, activation: 'relu' }),
      layers.dense({ units: 3, activation: 'softmax' }),
    ],
  });
  model.compile({
    optimizer: { name: 'adam', learningRate: 0.02 },
    loss: 'sparse_categorical_crossentropy',
    metrics: ['accuracy'],
  });
  const { history } = await model.fit(x, y, { ...quiet, epochs: 100 });
  expect(history.loss.at(-1)).toBeLessThan(history.loss[0] / 3);
  expect(model.evaluate(x, y).accuracy).toBeGreaterThanOrEqual(0.96);
});

test('learns digits given as images, and generalises to the last tenth', async () => {
  const { x, y } = loadDigits() as any;
  const rows = x.shape[0];
  const images = { ...x, shape: [rows, 8, 8] };
  const model = sequential({
    seed: 3,
    layers: [
      layers.input({ shape: [8, 8] }),
      layers.rescaling({ scale: 1 / 16 }),
      layers.flatten(),
      layers.dense({ units: 64, activation: 'relu', kernelInitializer: 'heUniform' }),
      layers.dropout({ rate: 0.2 }),
      layers.dense({ units: 10, activation: 'softmax' }),
    ],
  });
  model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy', metrics: ['acc'] });
  const { history } = await model.fit(images, y, { ...quiet, epochs: 20, validationSplit: 0.1 });
  expect(history.val_acc.at(-1)).toBeGreaterThan(0.9);
});

test('learns several outputs at once', async () => {
  const x = Array.from({ length: 64 }, (_, i) => [i / 32 - 1]);
  const y = x.map(([value]) => [2 * value, 1 - value]);
  const model = sequential({ seed: 4, layers: [layers.dense({ units: 2 })] });
  model.compile({ optimizer: { name: 'sgd', learningRate: 0.2 }, loss: 'mse', metrics: ['mae'] });
  await model.fit(x, y, { ...quiet, epochs: 60 });
  const [kernel, bias] = model.getWeights();
  expect(kernel.data[0]).toBeCloseTo(2, 2);
  expect(kernel.data[1]).toBeCloseTo(-1, 2);
  expect(bias.data[1]).toBeCloseTo(1, 2);
});
