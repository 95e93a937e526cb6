import type { MLPOptions } from 'lamella';
import type { OwnDataName } from './data.js';

/** A training to time. A new one is a new entry here: the peers read it too. */
export interface Work {
  readonly name: string;
  readonly about: string;
  /** 'CNN': 32 filters of 5 x 5 and relu, maxima of 2 x 2, dropout of .2, 128 units and relu, softmax. */
  readonly estimator: 'MLPClassifier' | 'MLPRegressor' | 'CNN';
  /** The only rows it is trained on; default: those that are asked for. */
  readonly data?: OwnDataName;
  /** The options of the estimator. scikit-learn takes them in snake_case, PyTorch builds the same network from them. */
  readonly options: MLPOptions;
  /** Those who can do it; default: all. */
  readonly peers?: readonly string[];
  /** Epochs to time, after a first one that is not counted. */
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
    epochs: 2,
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
    about: '32 filters 5x5 relu, pooled 2x2, dropout .2, 4608-128-10 relu, adam, batches of 200',
    estimator: 'CNN',
    peers: ['PyTorch'],
    options: { solver: 'adam', batchSize: 200, alpha: 0 },
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
