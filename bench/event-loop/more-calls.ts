/**
 * The other calls of npm run bench:event-loop, besides trainings of networks: predictions, searches,
 * transformers, loading.
 */
import type { NdArray, Sequential } from 'lamella';
import {
  crossValScore,
  gridSearch,
  layers,
  learningCurve,
  loadModel,
  MLPClassifier,
  MLPRegressor,
  OneHotEncoder,
  Perceptron,
  pipeline,
  randomizedSearch,
  RobustScaler,
  sequential,
  StandardScaler,
} from 'lamella';
import { loadIris } from 'lamella/datasets';
import type { AsyncCall } from './calls.js';
import { dense, labels, rows, values } from './calls.js';

const quiet = { onWarning: (): void => {} };
const options = { maxIter: 1, randomState: 1, ...quiet };

/** 10,000 rows as nested plain arrays. */
function nested(): number[][] {
  const { data } = rows(10_000, 784);
  return Array.from({ length: 10_000 }, (_, i) => Array.from(data.subarray(i * 784, (i + 1) * 784)));
}

const classifier = (): Promise<MLPClassifier> =>
  new MLPClassifier({ ...options, hiddenLayerSizes: [392, 392] }).fit(rows(200, 784), labels(200));

function convolutions(): Sequential {
  const model = sequential({
    seed: 1,
    layers: [
      layers.conv2d({ filters: 32, kernelSize: 3, activation: 'relu', inputShape: [32, 32, 3] }),
      layers.conv2d({ filters: 64, kernelSize: 3, activation: 'relu' }),
      layers.globalAveragePooling2d(),
      layers.dense({ units: 10, activation: 'softmax' }),
    ],
  });
  model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
  return model;
}

export const predictionCalls: readonly AsyncCall[] = [
  {
    name: 'MLPClassifier.predictAsync, 784-392-392-10',
    prepare: async () => {
      const [model, x] = [await classifier(), dense()];
      return (signal) => model.predictAsync(x, { signal });
    },
  },
  {
    name: 'MLPClassifier.predictAsync, nested rows',
    prepare: async () => {
      const [model, x] = [await classifier(), nested()];
      return (signal) => model.predictAsync(x, { signal });
    },
  },
  {
    name: 'MLPClassifier.scoreAsync',
    prepare: async () => {
      const [model, x, y] = [await classifier(), dense(), labels(60_000)];
      return (signal) => model.scoreAsync(x, y, { signal });
    },
  },
  {
    name: 'MLPRegressor.predictAsync, nested rows',
    prepare: async () => {
      const model = await new MLPRegressor(options).fit(rows(200, 784), values(200));
      const x = nested();
      return (signal) => model.predictAsync(x, { signal });
    },
  },
  {
    name: 'Perceptron.predictAsync',
    prepare: async () => {
      const model = await new Perceptron({ maxIter: 1, ...quiet }).fit(rows(200, 784), labels(200));
      const x = dense();
      return (signal) => model.predictAsync(x, { signal });
    },
  },
  {
    name: 'Pipeline.scoreAsync',
    prepare: async () => {
      const steps = [new StandardScaler(), new Perceptron({ maxIter: 1, ...quiet })];
      const model = await pipeline(steps).fit(rows(200, 784), labels(200));
      const [x, y] = [dense(), labels(60_000)];
      return (signal) => model.scoreAsync(x, y, { signal });
    },
  },
  {
    name: 'Sequential.predictAsync, images',
    prepare: () => {
      const [model, x] = [convolutions(), rows(2000, 32, 32, 3)];
      return (signal) => model.predictAsync(x, { signal });
    },
  },
  {
    name: 'Sequential.evaluateAsync, images, batch 2000',
    prepare: () => {
      const [model, x, y] = [convolutions(), rows(2000, 32, 32, 3), labels(2000)];
      return (signal) => model.evaluateAsync(x, y, { batchSize: 2000, signal });
    },
  },
];

const alphas = Array.from({ length: 60 }, (_, i) => i / 1000);
const small = (): MLPClassifier => new MLPClassifier({ hiddenLayerSizes: [10], maxIter: 5, ...quiet });
const perceptron = (): Perceptron => new Perceptron({ maxIter: 5, tol: null, ...quiet });
const wide = (): [NdArray, Int32Array] => [rows(20_000, 784), labels(20_000)];

export const searchCalls: readonly AsyncCall[] = [
  {
    name: 'Perceptron.fit, 20,000 x 784',
    prepare: () => {
      const [x, y] = wide();
      return (signal) => perceptron().fit(x, y, { signal });
    },
  },
  {
    name: 'gridSearch, iris, 60 x 5',
    prepare: () => {
      const { x, y } = loadIris();
      return (signal) => gridSearch(small(), { alpha: alphas }, x, y, { signal });
    },
  },
  {
    name: 'randomizedSearch, iris, 60 x 5',
    prepare: () => {
      const { x, y } = loadIris();
      const sampling = { nIter: 60, randomState: 1 };
      return (signal) => randomizedSearch(small(), { alpha: alphas }, x, y, { ...sampling, signal });
    },
  },
  {
    name: 'crossValScore, Perceptron, 20,000 x 784',
    prepare: () => {
      const [x, y] = wide();
      return (signal) => crossValScore(perceptron(), x, y, { signal });
    },
  },
  {
    name: 'learningCurve, pipeline, 2,000 x 784',
    prepare: () => {
      const [x, y] = [rows(2000, 784), labels(2000)];
      return (signal) => learningCurve(pipeline([new StandardScaler(), perceptron()]), x, y, { signal });
    },
  },
  {
    name: '300 short fits, one after the other',
    prepare: () => {
      const { x, y } = loadIris();
      return async (signal) => {
        for (let i = 0; i < 300; i++) {
          await new MLPClassifier({ hiddenLayerSizes: [10], maxIter: 3, ...quiet }).fit(x, y, { signal });
        }
      };
    },
  },
];

/** Transformers, and loading a model of 100 MB. */
export const dataCalls: readonly AsyncCall[] = [
  {
    name: 'StandardScaler.fitTransformAsync',
    prepare: () => {
      const x = dense();
      return (signal) => new StandardScaler().fitTransformAsync(x, { signal });
    },
  },
  {
    name: 'StandardScaler.fitTransformAsync, nested rows',
    prepare: () => {
      const x = nested();
      return (signal) => new StandardScaler().fitTransformAsync(x, { signal });
    },
  },
  {
    name: 'RobustScaler.fitTransformAsync',
    prepare: () => {
      const x = dense();
      return (signal) => new RobustScaler().fitTransformAsync(x, { signal });
    },
  },
  {
    name: 'OneHotEncoder.fitTransformAsync, 300,000 rows',
    prepare: () => {
      const cells = Array.from({ length: 300_000 }, (_, i) => [`${i % 7}`, `${(i * 31) % 101}`]);
      return (signal) => new OneHotEncoder().fitTransformAsync(cells, { signal });
    },
  },
  {
    // Loading takes no signal: it is over in half a second.
    name: 'loadModel, 100 MB',
    prepare: () => {
      const large = sequential({ seed: 1, layers: [layers.dense({ units: 5000, inputShape: [5000] })] });
      large.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
      const bytes = large.toBytes();
      return () => loadModel(bytes);
    },
  },
];
