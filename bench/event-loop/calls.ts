/**
 * The asynchronous calls that npm run bench:event-loop measures. Each creates its data and network just
 * before it is measured, so that no garbage of other calls is collected meanwhile.
 */
import type { Layer, NdArray, Sequential } from 'lamella';
import { layers, MLPClassifier, sequential } from 'lamella';
import { loadMnist } from 'lamella/node';
import { dataCalls, predictionCalls, searchCalls } from './more-calls.js';

export interface AsyncCall {
  readonly name: string;
  readonly prepare: () => Run | Promise<Run>;
}

/** A call that takes from tenths of a second to a few seconds. */
export type Run = (signal: AbortSignal) => Promise<unknown>;

const quiet = { onWarning: (): void => {} };

/** Values in [-1, 1), the same each time. */
export function values(count: number): Float32Array {
  let state = 1;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return state / 1073741824 - 1;
  });
}

export function rows(count: number, ...shape: number[]): NdArray {
  return {
    data: values(count * shape.reduce((product, size) => product * size, 1)),
    shape: [count, ...shape],
  };
}

export const labels = (count: number): Int32Array =>
  Int32Array.from({ length: count }, (_, i) => (i * 7) % 10);

function compiled(list: readonly Layer[]): Sequential {
  const model = sequential({
    seed: 1,
    layers: [...list, layers.dense({ units: 10, activation: 'softmax' })],
  });
  model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy' });
  return model;
}

type Data = NdArray<Uint8Array | Float32Array>;

function training(
  name: string,
  list: () => Layer[],
  data: () => Data | Promise<Data>,
  batchSize: number,
  epochs = 1,
): AsyncCall {
  return {
    name: `fit, ${name}, batch ${batchSize}`,
    prepare: async () => {
      const model = compiled(list());
      const x = await data();
      const y = labels(x.shape[0]);
      return (signal) => model.fit(x, y, { batchSize, epochs, verbose: 0, signal, ...quiet });
    },
  };
}

/** Keras's CIFAR-10 example. */
function cifar(): Layer[] {
  const conv = (filters: number, more = {}): Layer =>
    layers.conv2d({ filters, kernelSize: 3, padding: 'same', activation: 'relu', ...more });
  return [
    ...[
      conv(32, { inputShape: [32, 32, 3] }),
      conv(32),
      layers.maxPooling2d(),
      layers.dropout({ rate: 0.25 }),
    ],
    ...[conv(64), conv(64), layers.maxPooling2d(), layers.dropout({ rate: 0.25 }), layers.flatten()],
    ...[layers.dense({ units: 512, activation: 'relu' }), layers.dropout({ rate: 0.5 })],
  ];
}

function normalized(): Layer[] {
  return [32, 64, 128].flatMap((filters, i) => [
    layers.conv2d({
      ...{ filters, kernelSize: 3, padding: 'same', useBias: false },
      ...(i === 0 && { inputShape: [32, 32, 3] }),
    }),
    ...[layers.batchNormalization(), layers.activation({ activation: 'relu' }), layers.maxPooling2d()],
    ...(i === 2 ? [layers.flatten()] : []),
  ]);
}

const wide = (): Layer[] => [layers.dense({ units: 256, activation: 'relu', inputShape: [784] })];

const images = (): NdArray => rows(1000, 32, 32, 3);
export const dense = (): NdArray => rows(60_000, 784);

async function mnist(): Promise<{ x: NdArray<Uint8Array>; y: Uint8Array }> {
  const { train } = await loadMnist();
  return { x: { ...train.x, shape: [60_000, 784] }, y: train.y };
}

const bytes = async (): Promise<NdArray<Uint8Array>> => (await mnist()).x;

export const asyncCalls: readonly AsyncCall[] = [
  {
    name: 'MLPClassifier.fit, MNIST, batch 200',
    prepare: async () => {
      const { x, y } = await mnist();
      const options = { hiddenLayerSizes: [50, 20, 10], solver: 'sgd', maxIter: 3, ...quiet } as const;
      return (signal) => new MLPClassifier(options).fit(x, y, { signal });
    },
  },
  {
    name: 'MLPClassifier.fit, early stopping, 784-392-392-10',
    prepare: () => {
      const [x, y] = [dense(), labels(60_000)];
      const options = { hiddenLayerSizes: [392, 392], earlyStopping: true, maxIter: 1, ...quiet };
      return (signal) => new MLPClassifier(options).fit(x, y, { signal });
    },
  },
  {
    name: 'MLPClassifier.fit, lbfgs',
    prepare: async () => {
      const { x, y } = await mnist();
      const options = { hiddenLayerSizes: [100], solver: 'lbfgs', maxIter: 2, ...quiet } as const;
      return (signal) => new MLPClassifier(options).fit(x, y, { signal });
    },
  },
  training('MNIST as bytes', wide, bytes, 32),
  training('dense rows', wide, dense, 32),
  training('dense rows', wide, dense, 10_000, 2),
  training('dense rows', wide, dense, 60_000),
  training('CIFAR-10 example', cifar, images, 64),
  training('CIFAR-10 example', cifar, images, 1000),
  training('batch normalization', normalized, images, 64),
  training('batch normalization', normalized, images, 400),
  ...predictionCalls,
  ...searchCalls,
  ...dataCalls,
];
