import type { Rule } from '../check.js';
import {
  anyOf,
  boolean,
  canonicalName,
  checkOptions,
  func,
  integer,
  listOf,
  nullable,
  number,
  oneOf,
  positiveInteger,
  rule,
} from '../check.js';
import { ValueError } from '../errors.js';
import { RandomState } from '../random.js';
import type { OnWarning } from '../warnings.js';

/** Activations of hidden layers, aliases resolved. */
type HiddenActivation = 'relu' | 'tanh' | 'sigmoid' | 'linear';

/** scikit-learn's parameters of its multi-layer perceptrons, in camelCase, with its defaults. */
export interface MLPOptions {
  /** Units of each hidden layer. Default [100]. */
  hiddenLayerSizes?: number | readonly number[];
  /** Activation of the hidden layers: 'relu' (default), 'tanh', 'logistic', 'identity'. */
  activation?: HiddenActivation | 'logistic' | 'identity';
  /** 'adam' (default) or 'sgd'. */
  solver?: 'adam' | 'sgd';
  /** L2 penalty, ≥ 0: a batch of n rows adds ½ · alpha · Σ weight² / n to its loss. Default 1e-4. */
  alpha?: number;
  /** Rows per update, ≥ 1; 'auto' (default) is min(200, rows). */
  batchSize?: number | 'auto';
  /** Schedule of sgd: 'constant' (default), 'invscaling' (rate = learningRateInit / t^powerT), 'adaptive' (÷ 5 on a plateau). */
  learningRate?: 'constant' | 'invscaling' | 'adaptive';
  /** Initial learning rate, > 0. Default 1e-3. */
  learningRateInit?: number;
  /** Exponent of 'invscaling', ≥ 0. Default 0.5. */
  powerT?: number;
  /** Most epochs of a call of fit, ≥ 1. Default 200. */
  maxIter?: number;
  /** Whether rows are shuffled before every epoch. Default true. */
  shuffle?: boolean;
  /** Seed of weights, shuffles and validation split, 0 to 4294967295. Default: a fresh one, which getParams() tells. */
  randomState?: number | RandomState | null;
  /** Least improvement of the loss (or validation score) that counts, ≥ 0. Default 1e-4. */
  tol?: number;
  /** Print the loss of every epoch; a number > 0 counts as true. Default false. */
  verbose?: boolean | number;
  /** Whether fit goes on from the present weights. Default false. */
  warmStart?: boolean;
  /** Momentum of sgd, 0 to 1. Default 0.9. */
  momentum?: number;
  /** Nesterov's momentum in sgd. Default true. */
  nesterovsMomentum?: boolean;
  /** Hold out rows and stop when their score no longer improves. Default false. */
  earlyStopping?: boolean;
  /** Share of rows held out by earlyStopping, above 0 and below 1. Default 0.1. */
  validationFraction?: number;
  /** Decay of adam's first moment, 0 to below 1. Default 0.9. */
  beta1?: number;
  /** Decay of adam's second moment, 0 to below 1. Default 0.999. */
  beta2?: number;
  /** Added to adam's denominator, > 0. Default 1e-8. */
  epsilon?: number;
  /** Epochs in a row without improvement that are put up with, ≥ 1; may be Infinity. Default 10. */
  nIterNoChange?: number;
  /** Receives warnings instead of console.warn. */
  onWarning?: OnWarning | null;
}

/** Options with their defaults filled in, in canonical form. */
export interface MLPParams {
  readonly hiddenLayerSizes: readonly number[];
  readonly activation: HiddenActivation;
  readonly solver: 'adam' | 'sgd';
  readonly alpha: number;
  readonly batchSize: number | 'auto';
  readonly learningRate: 'constant' | 'invscaling' | 'adaptive';
  readonly learningRateInit: number;
  readonly powerT: number;
  readonly maxIter: number;
  readonly shuffle: boolean;
  readonly randomState: number | RandomState | null;
  readonly tol: number;
  readonly verbose: boolean | number;
  readonly warmStart: boolean;
  readonly momentum: number;
  readonly nesterovsMomentum: boolean;
  readonly earlyStopping: boolean;
  readonly validationFraction: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly nIterNoChange: number;
  readonly onWarning: OnWarning | null;
}

const decay = number({ min: 0, below: 1 });

const wholeSeed = integer({ min: 0, max: 4294967295 });

/** A seed; the generators of this package pass too. */
const seed: Rule<number | RandomState | null> = {
  expected: `${wholeSeed.expected} or null`,
  accept: (value) => (value === null || value instanceof RandomState ? value : wholeSeed.accept(value)),
};

const schedule: Rule<MLPParams['learningRate']> = {
  ...oneOf(['constant', 'invscaling', 'adaptive']),
  expected: "one of 'constant', 'invscaling', 'adaptive' (learningRateInit is the number)",
};

const infinite: Rule<number> = rule('Infinity', (value): value is number => value === Infinity);

const schema = {
  hiddenLayerSizes: anyOf(positiveInteger, listOf(positiveInteger)),
  activation: oneOf<HiddenActivation>(['relu', 'tanh', 'sigmoid', 'linear'], {
    logistic: 'sigmoid',
    identity: 'linear',
  }),
  solver: oneOf(['adam', 'sgd']),
  alpha: number({ min: 0 }),
  batchSize: anyOf(oneOf<'auto'>(['auto']), positiveInteger),
  learningRate: schedule,
  learningRateInit: number({ above: 0 }),
  powerT: number({ min: 0 }),
  maxIter: positiveInteger,
  shuffle: boolean,
  randomState: seed,
  tol: number({ min: 0 }),
  verbose: anyOf(boolean, integer({ min: 0 })),
  warmStart: boolean,
  momentum: number({ min: 0, max: 1 }),
  nesterovsMomentum: boolean,
  earlyStopping: boolean,
  validationFraction: number({ above: 0, below: 1 }),
  beta1: decay,
  beta2: decay,
  epsilon: number({ above: 0 }),
  nIterNoChange: anyOf(positiveInteger, infinite),
  onWarning: nullable(func<OnWarning>()),
};

const defaults: MLPParams = {
  hiddenLayerSizes: Object.freeze([100]),
  activation: 'relu',
  solver: 'adam',
  alpha: 1e-4,
  batchSize: 'auto',
  learningRate: 'constant',
  learningRateInit: 1e-3,
  powerT: 0.5,
  maxIter: 200,
  shuffle: true,
  randomState: null,
  tol: 1e-4,
  verbose: false,
  warmStart: false,
  momentum: 0.9,
  nesterovsMomentum: true,
  earlyStopping: false,
  validationFraction: 0.1,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  nIterNoChange: 10,
  onWarning: null,
};

/** What other libraries call an option. */
const elsewhere: Readonly<Record<string, keyof MLPOptions>> = {
  epochs: 'maxIter',
  iterations: 'maxIter',
  layers: 'hiddenLayerSizes',
  units: 'hiddenLayerSizes',
  hidden: 'hiddenLayerSizes',
  optimizer: 'solver',
  lr: 'learningRateInit',
  eta: 'learningRateInit',
  l2: 'alpha',
  weightDecay: 'alpha',
  seed: 'randomState',
  patience: 'nIterNoChange',
  minDelta: 'tol',
  nesterov: 'nesterovsMomentum',
  validationSplit: 'validationFraction',
};

/** Check options and lay them over `base` (default: the defaults). */
export function readOptions(owner: string, given: unknown, base: MLPParams = defaults): MLPParams {
  if (typeof given === 'object' && given !== null) checkForeign(owner, given);
  const { hiddenLayerSizes, ...rest } = checkOptions(owner, given, schema);
  if (hiddenLayerSizes === undefined) return Object.freeze({ ...base, ...rest });
  const sizes = typeof hiddenLayerSizes === 'number' ? [hiddenLayerSizes] : hiddenLayerSizes;
  if (sizes.some((units) => units > 65536)) {
    throw new ValueError(
      `${owner}: hiddenLayerSizes must be at most 65536 units each, but received ${Math.max(...sizes)}.`,
    );
  }
  return Object.freeze({ ...base, ...rest, hiddenLayerSizes: Object.freeze(sizes) });
}

function checkForeign(owner: string, given: object): void {
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(elsewhere, name)) continue;
    throw new ValueError(`${owner}: '${name}' is not an option; did you mean '${elsewhere[name]}'?`);
  }
}

/** The option of the constructor that a name stands for, here, in scikit-learn or elsewhere. */
export function constructorOption(name: string): string | undefined {
  return Object.hasOwn(elsewhere, name) ? elsewhere[name] : canonicalName(name, Object.keys(schema));
}
