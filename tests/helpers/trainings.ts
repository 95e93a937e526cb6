/**
 * Small trainings that between them run every kind of kernel, and the hash of what they learned. Written
 * against the public API alone, so that any build of the package can be compared with any other.
 */
import { createHash } from 'node:crypto';
import type * as Lamella from 'lamella';

type Library = typeof Lamella;
type Layers = readonly Lamella.Layer[];

export interface FitSettings {
  readonly threads?: number;
}

/** Trains a model and returns all that it learned and predicts. */
type Training = (library: Library, settings: FitSettings) => Promise<readonly ArrayLike<number>[]>;

/** Values in [-1, 1) from integer arithmetic alone: the same on every machine. */
function pseudoRandom(count: number, seed: number): Float32Array {
  let state = Math.imul(seed, 2654435761) | 1;
  return Float32Array.from({ length: count }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state / 2147483648;
  });
}

/** Images, most of whose pixels are 0, as bytes. */
function sparseBytes(rows: number, shape: readonly number[]) {
  const size = shape.reduce((product, length) => product * length, 1);
  const values = pseudoRandom(rows * size, 5);
  const data = Uint8Array.from(values, (value) => (value > 0.6 ? Math.floor(255 * value) : 0));
  return { data, shape: [rows, ...shape], scale: 1 / 255 };
}

function labels(rows: number, classes: number): Int32Array {
  return Int32Array.from(pseudoRandom(rows, 11), (value) => Math.floor(((value + 1) / 2) * classes));
}

function mlp(options: Record<string, unknown>, regressor = false): Training {
  return async (library, settings) => {
    const [rows, features] = [150, 23];
    const x = { data: pseudoRandom(rows * features, 3), shape: [rows, features] };
    const quiet = { randomState: 4, maxIter: 6, onWarning() {}, ...options };
    const y = regressor ? pseudoRandom(rows, 9) : labels(rows, 3);
    const model = regressor ? new library.MLPRegressor(quiet) : new library.MLPClassifier(quiet);
    await model.fit(x, y, settings);
    return [...model.coefs.map(({ data }) => data), ...model.intercepts, model.lossCurve];
  };
}

function network(
  make: (layers: Library['layers'], library: Library) => Layers,
  compile: (library: Library) => Partial<Lamella.CompileOptions>,
  { shape = [40], batchSize = 32, rows = 96, outputs = 5 } = {},
): Training {
  return async (library, settings) => {
    const model = library.sequential({ seed: 8, layers: make(library.layers, library) });
    model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy', ...compile(library) });
    const y = labels(rows, outputs);
    const x = sparseBytes(rows, shape);
    const options = { epochs: 3, batchSize, verbose: 0 as const, onWarning() {}, ...settings };
    const { history } = await model.fit(x, y, options);
    const weights = model.getWeights().map(({ data }) => data);
    return [...weights, history.loss, model.predict(x).data];
  };
}

const softmax = (layers: Library['layers'], units = 5): Lamella.Layer =>
  layers.dense({ units, activation: 'softmax' });

/** By name; the names say what is new in each. */
export const trainings: Readonly<Record<string, Training>> = {
  'classifier, adam': mlp({ hiddenLayerSizes: [20, 7] }),
  'classifier, sgd with nesterov': mlp({ solver: 'sgd', learningRateInit: 0.1, hiddenLayerSizes: [33] }),
  'classifier, invscaling and early stopping': mlp({
    ...{ solver: 'sgd', learningRate: 'invscaling', earlyStopping: true, activation: 'tanh' },
  }),
  'classifier, dropout and one activation per layer': mlp({
    ...{ hiddenLayerSizes: [16, 9], dropout: 0.3, activation: ['leakyRelu', 'tanh'] },
  }),
  'regressor, lbfgs': mlp({ solver: 'lbfgs', activation: 'logistic', hiddenLayerSizes: [12] }, true),
  'regressor, adam': mlp({ hiddenLayerSizes: [12, 9], alpha: 0.1 }, true),
  async perceptron(library) {
    const x = { data: pseudoRandom(900, 2), shape: [100, 9] };
    const model = new library.Perceptron({ randomState: 3, onWarning() {} });
    await model.fit(x, labels(100, 3));
    return [model.coef.data, model.intercept];
  },
  'dense, sparse input': network(
    (layers) => [layers.dense({ units: 50, activation: 'relu', inputShape: [40] }), softmax(layers)],
    () => ({}),
  ),
  'dense, norms, decay and constraints': network(
    (layers, { regularizers, constraints }) => [
      layers.dense({
        ...{ units: 24, activation: 'sigmoid', inputShape: [40] },
        kernelRegularizer: regularizers.l1l2({ l1: 1e-3, l2: 1e-3 }),
        kernelConstraint: constraints.maxNorm({ maxValue: 1.5 }),
      }),
      softmax(layers),
    ],
    ({ optimizers }) => ({ optimizer: optimizers.adamw({ globalClipNorm: 1 }) }),
  ),
  'batch normalization, layer normalization, noise': network(
    (layers) => [
      layers.dense({ units: 30, inputShape: [40] }),
      layers.batchNormalization(),
      layers.activation({ activation: 'relu' }),
      layers.gaussianNoise({ stddev: 0.1 }),
      layers.dense({ units: 17, activation: 'relu' }),
      layers.layerNormalization(),
      softmax(layers),
    ],
    () => ({ optimizer: 'rmsprop' }),
  ),
  'convolution, pooling, dropout': network(
    (layers) => [
      layers.conv2d({ filters: 8, kernelSize: 3, activation: 'relu', inputShape: [12, 12, 1] }),
      layers.maxPooling2d({ poolSize: 2 }),
      layers.conv2d({ filters: 10, kernelSize: 3, padding: 'same', activation: 'relu' }),
      layers.dropout({ rate: 0.25 }),
      layers.flatten(),
      softmax(layers),
    ],
    () => ({}),
    { shape: [12, 12, 1], rows: 48, batchSize: 20 },
  ),
  'strided, depthwise and normalized convolutions': network(
    (layers) => [
      layers.conv2d({ filters: 8, kernelSize: 3, strides: 2, padding: 'same', inputShape: [11, 11, 3] }),
      layers.batchNormalization(),
      layers.activation({ activation: 'relu' }),
      layers.conv2d({ filters: 8, kernelSize: 3, groups: 8, padding: 'same' }),
      layers.averagePooling2d({ poolSize: 2 }),
      layers.globalAveragePooling2d(),
      softmax(layers),
    ],
    ({ optimizers }) => ({ optimizer: optimizers.sgd({ learningRate: 0.1, momentum: 0.9 }) }),
    { shape: [11, 11, 3], rows: 40, batchSize: 16 },
  ),
  'augmentation and a custom loss': network(
    (layers) => [
      layers.randomTranslation({ heightFactor: 0.2, widthFactor: 0.2, inputShape: [9, 9, 1] }),
      layers.zeroPadding2d({ padding: 1 }),
      layers.flatten(),
      layers.dense({ units: 1 }),
    ],
    () => ({
      optimizer: 'nadam',
      loss: (yTrue, yPred) => {
        const gradient = yPred.data.map((value, i) => (value - yTrue.data[i]) / yPred.data.length);
        return { loss: 0, gradient: { data: gradient, shape: yPred.shape } };
      },
    }),
    { shape: [9, 9, 1], rows: 30, batchSize: 12 },
  ),
  'batches of many rows': network(
    (layers) => [layers.dense({ units: 64, activation: 'gelu', inputShape: [300] }), softmax(layers)],
    ({ optimizers }) => ({ optimizer: optimizers.lion() }),
    { shape: [300], rows: 700, batchSize: 700 },
  ),
};

/** The hash of a training's results: equal hashes are equal bits. */
export async function hashOf(name: string, library: Library, settings: FitSettings = {}): Promise<string> {
  const hash = createHash('sha256');
  for (const values of await trainings[name](library, settings)) hash.update(Float64Array.from(values));
  return hash.digest('hex').slice(0, 16);
}
