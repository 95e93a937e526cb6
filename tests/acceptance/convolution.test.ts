import { init, layers, optimizers, schedules, sequential } from 'lamella';
import type { Layer, Sequential } from 'lamella';
import type { ImageDataSet, LabeledImages } from 'lamella/node';
import { loadFashionMnist, loadMnist } from 'lamella/node';
import { beforeAll, expect, test } from 'vitest';
import { report } from './networks.js';

beforeAll(() => init({ variant: 'base' }));

/** Convolution, batch normalization, relu. */
function block(filters: number): Layer[] {
  return [
    layers.conv2d({ filters, kernelSize: 3, padding: 'same', useBias: false }),
    layers.batchNormalization({ momentum: 0.9 }),
    layers.activation({ activation: 'relu' }),
  ];
}

/** Rows, epochs and rows a batch of a training whose learning rate falls to 0. */
interface Training {
  readonly rows: number;
  readonly epochs: number;
  readonly batchSize: number;
}

const WHOLE: Training = { rows: 60_000, epochs: 12, batchSize: 64 };

/** Three blocks of 16, 32 and 64 filters, halved between them; half of what comes of them; softmax. */
function network(seed: number, { rows, epochs, batchSize }: Training, first: Layer[] = []): Sequential {
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
      layers.flatten(),
      layers.dropout({ rate: 0.5 }),
      layers.dense({ units: 10, activation: 'softmax' }),
    ],
  });
  const decaySteps = epochs * Math.ceil(rows / batchSize);
  const learningRate = schedules.cosineDecay({ initialLearningRate: 0.003, decaySteps });
  model.compile({
    optimizer: optimizers.adam({ learningRate }),
    loss: 'sparseCategoricalCrossentropy',
    metrics: ['accuracy'],
  });
  return model;
}

async function accuracyOf(work: string, { train, test }: ImageDataSet): Promise<number> {
  const model = network(1, WHOLE);
  const { epochs, batchSize } = WHOLE;
  await model.fit(train.x, train.y, { epochs, batchSize, verbose: 0 });
  const { accuracy } = model.evaluate(test.x, test.y);
  report(work, { test: accuracy });
  return accuracy;
}

test('three blocks of conv-bn-relu, 12 epochs: .990 of the test digits', async () => {
  expect(await accuracyOf('MNIST conv-bn-relu', await loadMnist())).toBeGreaterThanOrEqual(0.99);
});

test('three blocks of conv-bn-relu, 12 epochs: .915 of the test rows of Fashion-MNIST', async () => {
  const accuracy = await accuracyOf('Fashion-MNIST conv-bn-relu', await loadFashionMnist());
  expect(accuracy).toBeGreaterThanOrEqual(0.915);
});

const fillMode = 'constant';

/** Moved by up to two pixels, turned by up to 11 degrees, a tenth smaller or larger. */
const augmentation = (): Layer[] => [
  layers.randomTranslation({ heightFactor: 0.08, widthFactor: 0.08, fillMode }),
  layers.randomRotation({ factor: 0.03, fillMode }),
  layers.randomZoom({ heightFactor: 0.1, fillMode }),
];

test('500 digits, 120 epochs: more of the test digits where they are moved, turned and zoomed at random', async () => {
  const { train, test } = await loadMnist();
  const few: Training = { rows: 500, epochs: 120, batchSize: 50 };
  const some: LabeledImages = {
    x: { ...train.x, data: train.x.data.subarray(0, 784 * few.rows), shape: [few.rows, 28, 28] },
    y: train.y.subarray(0, few.rows),
  };
  for (const seed of [1, 2]) {
    const accuracy = async (first: Layer[]): Promise<number> => {
      const model = network(seed, few, first);
      await model.fit(some.x, some.y, { epochs: few.epochs, batchSize: few.batchSize, verbose: 0 });
      return model.evaluate(test.x, test.y).accuracy;
    };
    const [plain, augmented] = [await accuracy([]), await accuracy(augmentation())];
    report(`MNIST, 500 digits, seed ${seed}`, { plain, augmented });
    expect(augmented).toBeGreaterThan(plain);
  }
});

/**
 * LeNet-5, as examples/lenet.mjs has it, on digits that are moved by up to two pixels; without that it stays
 * at .989.
 */
test('LeNet-5 with tanh and mean pooling, 16 epochs: .990 of the test digits', async () => {
  const { train, test } = await loadMnist();
  const [epochs, batchSize] = [16, 64];
  const decaySteps = epochs * Math.ceil(60_000 / batchSize);
  const tanh = { activation: 'tanh' } as const;
  const model = sequential({
    seed: 1,
    layers: [
      layers.input({ shape: [28, 28] }),
      layers.reshape({ targetShape: [28, 28, 1] }),
      layers.randomTranslation({ heightFactor: 0.07, widthFactor: 0.07, fillMode }),
      layers.conv2d({ filters: 6, kernelSize: 5, padding: 'same', ...tanh }),
      layers.averagePooling2d(),
      layers.conv2d({ filters: 16, kernelSize: 5, ...tanh }),
      layers.averagePooling2d(),
      layers.flatten(),
      layers.dense({ units: 120, ...tanh }),
      layers.dense({ units: 84, ...tanh }),
      layers.dense({ units: 10, activation: 'softmax' }),
    ],
  });
  const learningRate = schedules.cosineDecay({ initialLearningRate: 0.003, decaySteps });
  model.compile({
    optimizer: optimizers.adam({ learningRate }),
    loss: 'sparseCategoricalCrossentropy',
    metrics: ['accuracy'],
  });
  await model.fit(train.x, train.y, { epochs, batchSize, verbose: 0 });
  const { accuracy } = model.evaluate(test.x, test.y);
  report('MNIST LeNet-5', { test: accuracy });
  expect(accuracy).toBeGreaterThanOrEqual(0.99);
});
