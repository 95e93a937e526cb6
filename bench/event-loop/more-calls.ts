/** The calls of npm run bench:event-loop beside the trainings of networks: predictions, searches, transformers, loading. */
import type { NdArray } from 'lamella';
import {
  crossValScore,
  gridSearch,
  layers,
  learningCurve,
  loadModel,
  MLPClassifier,
  MLPRegressor,
  Perceptron,
  pipeline,
  randomizedSearch,
  RobustScaler,
  sequential,
  StandardScaler,
  OneHotEncoder,
} from 'lamella';
import { loadIris } from 'lamella/datasets';
import type { AsyncCall } from './calls.js';
import { labels, rows, values } from './calls.js';

const quiet = { onWarning: (): void => {} };

/** Rows as nested plain arrays. */
function nestedOf({ data, shape: [count, columns] }: NdArray): number[][] {
  return Array.from({ length: count }, (_, i) => [...data.subarray(i * columns, (i + 1) * columns)]);
}

/** Predictions and scores of 60,000 rows. */
export async function predictionCalls(x: NdArray): Promise<AsyncCall[]> {
  const few = rows(200, 784);
  const options = { maxIter: 1, randomState: 1, ...quiet };
  const classifier = new MLPClassifier({ ...options, hiddenLayerSizes: [392, 392] });
  const regressor = new MLPRegressor({ ...options, hiddenLayerSizes: [100] });
  const perceptron = new Perceptron({ maxIter: 1, ...quiet });
  await classifier.fit(few, labels(200));
  await regressor.fit(few, values(200));
  await perceptron.fit(few, labels(200));
  const piped = await pipeline([new StandardScaler(), new Perceptron({ maxIter: 1, ...quiet })]).fit(
    few,
    labels(200),
  );
  const conv = sequential({
    seed: 1,
    layers: [
      layers.conv2d({ filters: 32, kernelSize: 3, activation: 'relu', inputShape: [32, 32, 3] }),
      layers.conv2d({ filters: 64, kernelSize: 3, activation: 'relu' }),
      layers.globalAveragePooling2d(),
      layers.dense({ units: 10, activation: 'softmax' }),
    ],
  });
  conv.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
  const images = rows(2000, 32, 32, 3);
  const y = labels(60_000);
  const nested = nestedOf(x);
  return [
    {
      name: 'MLPClassifier.predictAsync, 784-392-392-10',
      run: (signal) => classifier.predictAsync(x, { signal }),
    },
    {
      name: 'MLPClassifier.predictAsync, nested rows',
      run: (signal) => classifier.predictAsync(nested, { signal }),
    },
    { name: 'MLPClassifier.scoreAsync', run: (signal) => classifier.scoreAsync(x, y, { signal }) },
    {
      name: 'MLPRegressor.predictAsync, nested rows',
      run: (signal) => regressor.predictAsync(nested, { signal }),
    },
    { name: 'Perceptron.predictAsync', run: (signal) => perceptron.predictAsync(x, { signal }) },
    { name: 'Pipeline.scoreAsync', run: (signal) => piped.scoreAsync(x, y, { signal }) },
    { name: 'Sequential.predictAsync, images', run: (signal) => conv.predictAsync(images, { signal }) },
    {
      name: 'Sequential.evaluateAsync, images, batch 2000',
      run: (signal) => conv.evaluateAsync(images, labels(2000), { batchSize: 2000, signal }),
    },
  ];
}

/** Perceptrons, searches and short fits. */
export async function searchCalls(): Promise<AsyncCall[]> {
  const { x, y } = loadIris();
  const wide = rows(20_000, 784);
  const y20 = labels(20_000);
  const estimator = new MLPClassifier({ hiddenLayerSizes: [10], maxIter: 5, ...quiet });
  const alphas = Array.from({ length: 60 }, (_, i) => i / 1000);
  const perceptron = (): Perceptron => new Perceptron({ maxIter: 5, tol: null, ...quiet });
  return [
    {
      name: 'Perceptron.fit, 20,000 x 784',
      run: (signal) => perceptron().fit(wide, y20, { signal }),
    },
    {
      name: 'gridSearch, iris, 60 x 5',
      run: (signal) => gridSearch(estimator, { alpha: alphas }, x, y, { signal }),
    },
    {
      name: 'randomizedSearch, iris, 60 x 5',
      run: (signal) =>
        randomizedSearch(estimator, { alpha: alphas }, x, y, { nIter: 60, randomState: 1, signal }),
    },
    {
      name: 'crossValScore, Perceptron, 20,000 x 784',
      run: (signal) => crossValScore(perceptron(), wide, y20, { signal }),
    },
    {
      name: 'learningCurve, pipeline, 20,000 x 784',
      run: (signal) => learningCurve(pipeline([new StandardScaler(), perceptron()]), wide, y20, { signal }),
    },
    {
      name: '300 short fits, one after the other',
      run: async (signal) => {
        for (let i = 0; i < 300; i++) {
          await new MLPClassifier({ hiddenLayerSizes: [10], maxIter: 3, ...quiet }).fit(x, y, { signal });
        }
      },
    },
  ];
}

/** Transformers on 60,000 rows, and loading a model of 100 MB. */
export async function dataCalls(x: NdArray): Promise<AsyncCall[]> {
  const nested = nestedOf(x);
  const cells = Array.from({ length: 300_000 }, (_, i) => [`${i % 7}`, `${(i * 31) % 101}`]);
  const large = sequential({ seed: 1, layers: [layers.dense({ units: 5000, inputShape: [5000] })] });
  large.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
  const bytes = large.toBytes();
  // Loading takes no signal: it is over in half a second.
  return [
    {
      name: 'StandardScaler.fitTransformAsync',
      run: (signal) => new StandardScaler().fitTransformAsync(x, { signal }),
    },
    {
      name: 'StandardScaler.fitTransformAsync, nested rows',
      run: (signal) => new StandardScaler().fitTransformAsync(nested, { signal }),
    },
    {
      name: 'RobustScaler.fitTransformAsync',
      run: (signal) => new RobustScaler().fitTransformAsync(x, { signal }),
    },
    {
      name: 'OneHotEncoder.fitTransformAsync, 300,000 rows',
      run: (signal) => new OneHotEncoder().fitTransformAsync(cells, { signal }),
    },
    { name: 'loadModel, 100 MB', run: () => loadModel(bytes) },
  ];
}
