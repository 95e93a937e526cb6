import type { MLPOptions } from 'lamella';
import type { OwnDataName } from './data.js';

/** A layer, named as Keras and TensorFlow.js name it too. */
export interface LayerOfWork {
  readonly type: string;
  readonly filters?: number;
  readonly kernelSize?: number;
  readonly poolSize?: number;
  readonly rate?: number;
  readonly units?: number;
  readonly activation?: 'relu' | 'softmax';
}

/** A training to time. To add one, add an entry here: the peers read it too. */
export interface Work {
  readonly name: string;
  readonly about: string;
  readonly estimator: 'MLPClassifier' | 'MLPRegressor' | 'Sequential';
  /** The data set that it is trained on; default: those of the command line. */
  readonly data?: OwnDataName;
  /**
   * The options of the estimator. scikit-learn takes them in snake_case, PyTorch builds the same network from
   * them.
   */
  readonly options: MLPOptions;
  /**
   * The layers of a Sequential model for 28x28 images, each with the options of its factory; trained with
   * adam.
   */
  readonly layers?: readonly LayerOfWork[];
  /** Epochs to time, after a first one that does not count. */
  readonly epochs: number;
}

export const WORKS: readonly Work[] = [
  {
    name: 'W1',
    about: '784-50-20-10-10 relu, sgd with Nesterov momentum, L2, batches of 200',
    estimator: 'MLPClassifier',
    options: { hiddenLayerSizes: [50, 20, 10], solver: 'sgd', learningRateInit: 0.1, alpha: 1e-4 },
    epochs: 5,
  },
  {
    name: 'W2',
    about: '784-392-392-10 relu, adam, batches of 32',
    estimator: 'MLPClassifier',
    options: { hiddenLayerSizes: [392, 392], solver: 'adam', batchSize: 32, alpha: 0 },
    epochs: 1,
  },
  {
    name: 'W3',
    about: '784-100-10 logistic, sgd with momentum, batches of 32',
    estimator: 'MLPClassifier',
    options: {
      ...{ hiddenLayerSizes: [100], activation: 'logistic', solver: 'sgd', batchSize: 32, alpha: 0 },
      ...{ learningRateInit: 0.1, nesterovsMomentum: false },
    },
    epochs: 3,
  },
  {
    name: 'W4',
    about: '784-300-100-10 relu, plain sgd, batches of 32',
    estimator: 'MLPClassifier',
    options: {
      ...{ hiddenLayerSizes: [300, 100], solver: 'sgd', batchSize: 32, alpha: 0 },
      ...{ learningRateInit: 0.01, momentum: 0, nesterovsMomentum: false },
    },
    epochs: 2,
  },
  {
    name: 'W5',
    about: 'convolution 32 5x5 relu, pooling, dropout, 128 relu, 10; adam, batches of 200',
    estimator: 'Sequential',
    options: { batchSize: 200 },
    layers: [
      { type: 'conv2d', filters: 32, kernelSize: 5, activation: 'relu' },
      { type: 'maxPooling2d', poolSize: 2 },
      { type: 'dropout', rate: 0.2 },
      { type: 'flatten' },
      { type: 'dense', units: 128, activation: 'relu' },
      { type: 'dense', units: 10, activation: 'softmax' },
    ],
    epochs: 1,
  },
  {
    name: 'W6',
    about: '13-100-1 relu, squared error, adam, all 367 rows in one step',
    estimator: 'MLPRegressor',
    data: 'normal',
    options: {
      ...{ hiddenLayerSizes: [100], solver: 'adam', batchSize: 367, shuffle: false, alpha: 0 },
      learningRateInit: 0.01,
    },
    epochs: 2000,
  },
  {
    name: 'W7',
    about: '2-20-1 logistic, two classes, adam, batches of 32',
    estimator: 'MLPClassifier',
    data: 'square',
    options: {
      ...{ hiddenLayerSizes: [20], activation: 'logistic', solver: 'adam', batchSize: 32, alpha: 0 },
    },
    epochs: 300,
  },
];
