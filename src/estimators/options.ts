/**
 * The options of MLPClassifier and MLPRegressor: types, defaults, schemas, and the reading of what callers
 * give. Rules that Perceptron shares are in option-rules.ts; options of fit are in fit-options.ts.
 */
import type { RandomState } from '../random.js';
import type { ArrayInput } from '../ndarray.js';
import type { OnWarning } from '../warnings.js';
import type { ActivationName, ClassWeight, HiddenActivation, Solver } from './option-rules.js';
import type { Rule, Schema } from '../check.js';
import {
  anyOf,
  anything,
  boolean,
  checkOptions,
  describe,
  func,
  integer,
  knownFor,
  listOf,
  nullable,
  number,
  oneOf,
  positiveInteger,
} from '../check.js';
import { ValueError } from '../errors.js';
import {
  patienceRule,
  readActivations,
  seedRule,
  classWeightRule,
  readSolver,
  readUnusedSolver,
} from './option-rules.js';

/** scikit-learn's parameters of its multi-layer perceptrons, in camelCase, with its defaults. */
export interface MLPOptions {
  /** Units of each hidden layer. Default [100]. */
  hiddenLayerSizes?: number | readonly number[];
  /**
   * Activation of the hidden layers: 'relu' (default), 'tanh', 'logistic', 'identity' or any other that has a
   * slope; or an array of one per hidden layer.
   */
  activation?: ActivationName | readonly ActivationName[];
  /**
   * 'adam' (default); 'sgd'; 'lbfgs', for small data, which takes all rows at once; or what `optimizers`
   * makes, whose options then replace learningRate, learningRateInit, momentum, beta1 and their like.
   */
  solver?: Solver;
  /** Share of each hidden layer's outputs set to 0 in training, 0 to below 1, or one per layer. Default 0. */
  dropout?: number | readonly number[];
  /** L2 penalty, ≥ 0: a batch of n rows adds ½ · alpha · Σ weight² / n to its loss. Default 1e-4. */
  alpha?: number;
  /** Rows per update, ≥ 1; 'auto' (default) is min(200, rows). */
  batchSize?: number | 'auto';
  /** Schedule of sgd: 'constant' (default), 'invscaling' (÷ t^powerT) or 'adaptive' (÷ 5 on a plateau). */
  learningRate?: 'constant' | 'invscaling' | 'adaptive';
  /** Initial learning rate, > 0. Default 1e-3. */
  learningRateInit?: number;
  /** Exponent of 'invscaling', ≥ 0. Default 0.5. */
  powerT?: number;
  /** Most epochs of a call of fit, or iterations of lbfgs, ≥ 1. Default 200. */
  maxIter?: number;
  /** Shuffle the rows before every epoch. Default true. */
  shuffle?: boolean;
  /** Seed of weights, shuffles and split, 0 to 4294967295. Default: a fresh one, which getParams() tells. */
  randomState?: number | RandomState | null;
  /**
   * Least improvement of the loss (or validation score) that counts, ≥ 0; lbfgs: where the largest gradient
   * is small enough. Default 1e-4.
   */
  tol?: number;
  /** Print the loss of every epoch; a number > 0 counts as true. Default false. */
  verbose?: boolean | number;
  /** Continue from the current weights in the next fit. Default false. */
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
  /** Evaluations of the loss after which lbfgs begins no further iteration, ≥ 1. Default 15000. */
  maxFun?: number;
  /** Receives warnings instead of console.warn. */
  onWarning?: OnWarning | null;
}

/** Options with their defaults filled in, in canonical form. */
export interface MLPParams {
  readonly hiddenLayerSizes: readonly number[];
  readonly activation: HiddenActivation | readonly HiddenActivation[];
  readonly solver: Solver;
  readonly dropout: number | readonly number[];
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
  readonly maxFun: number;
  readonly onWarning: OnWarning | null;
}

/** Options of MLPClassifier. */
export interface MLPClassifierOptions extends MLPOptions {
  /**
   * Weight of each class: 'balanced' (rows / (classes · rows of the class)), a Map, or an object by label.
   * Default null: 1.
   */
  classWeight?: ClassWeight | null;
}

export interface MLPClassifierParams extends MLPParams {
  readonly classWeight: ClassWeight | null;
}

/** Options of MLPRegressor. */
export interface MLPRegressorOptions extends MLPOptions {
  /**
   * 'squaredError' (default): ½ (y − prediction)²; 'poisson': half the Poisson deviance of predictions
   * exp(z), for y ≥ 0.
   */
  loss?: 'squaredError' | 'poisson';
}

export interface MLPRegressorParams extends MLPParams {
  readonly loss: 'squaredError' | 'poisson';
}

/** Options of score. */
export interface ScoreOptions {
  /** A weight >= 0 per row. */
  readonly sampleWeight?: ArrayInput;
}

const decay = number({ min: 0, below: 1 });

const schedule: Rule<MLPParams['learningRate']> = {
  ...oneOf(['constant', 'invscaling', 'adaptive']),
  expected: "one of 'constant', 'invscaling', 'adaptive' (learningRateInit is the number)",
};

const schema = {
  hiddenLayerSizes: anyOf(positiveInteger, listOf(positiveInteger)),
  activation: anything<unknown>(),
  solver: anything<unknown>(),
  alpha: number({ min: 0 }),
  batchSize: anyOf(oneOf<'auto'>(['auto']), positiveInteger),
  learningRate: schedule,
  learningRateInit: number({ above: 0 }),
  powerT: number({ min: 0 }),
  maxIter: positiveInteger,
  shuffle: boolean,
  randomState: seedRule,
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
  nIterNoChange: patienceRule,
  maxFun: positiveInteger,
  dropout: anyOf(decay, listOf(decay)),
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
  maxFun: 15000,
  dropout: 0,
  onWarning: null,
};

/** What each estimator takes, and what it takes where nothing is given. */
const kinds: Readonly<Record<string, { readonly schema: Schema; readonly defaults: MLPParams }>> = {
  MLPClassifier: {
    schema: { ...schema, classWeight: nullable(classWeightRule) },
    defaults: { ...defaults, classWeight: null } as MLPClassifierParams,
  },
  MLPRegressor: {
    schema: { ...schema, loss: oneOf(['squaredError', 'poisson']) },
    defaults: { ...defaults, loss: 'squaredError' } as MLPRegressorParams,
  },
};

/**
 * Check the options of an estimator and lay them over `base` (default: the defaults).
 *
 * @param owner 'MLPClassifier' or 'MLPRegressor'
 * @throws ValueError for unknown names, bad values, and values that do not go together
 */
export function readOptions<P extends MLPParams>(owner: string, given: unknown, base?: P): P {
  return read(owner, given, base, readSolver);
}

/** The options of a saved estimator that only predicts: an optimizer that is its solver is not looked at. */
export function readOptionsToPredict(owner: string, given: unknown): MLPParams {
  return read<MLPParams>(owner, given, undefined, readUnusedSolver);
}

function read<P extends MLPParams>(
  owner: string,
  given: unknown,
  base: P | undefined,
  solverOf: typeof readSolver,
): P {
  const kind = kinds[owner];
  const { hiddenLayerSizes, activation, solver, dropout, ...rest } = checkOptions(
    owner,
    given,
    kind.schema as typeof schema,
  );
  const params: Record<string, unknown> = { ...(base ?? kind.defaults), ...rest };
  if (hiddenLayerSizes !== undefined) params.hiddenLayerSizes = readSizes(owner, hiddenLayerSizes);
  if (activation !== undefined) params.activation = readActivations(owner, activation);
  if (solver !== undefined) params.solver = solverOf(owner, solver);
  if (dropout !== undefined) params.dropout = typeof dropout === 'number' ? dropout : Object.freeze(dropout);
  checkLayers(owner, params as unknown as P);
  return Object.freeze(params) as unknown as P;
}

/** Checks that options of the hidden layers fit their number, and each other. @throws ValueError */
function checkLayers(owner: string, { hiddenLayerSizes, activation, dropout, solver }: MLPParams): void {
  const layers = hiddenLayerSizes.length;
  for (const [name, value] of Object.entries({ activation, dropout })) {
    if (!Array.isArray(value) || value.length === layers) continue;
    throw new ValueError(
      `${owner}: ${name} must hold one value for each of the ${layers} hidden layers, but received ${describe(value)}.`,
    );
  }
  if (solver === 'lbfgs' && layers > 0 && [dropout].flat().some((rate) => rate > 0)) {
    throw new ValueError(
      `${owner}: solver 'lbfgs' needs a loss that does not change, expected dropout 0, but received ${describe(dropout)}.`,
    );
  }
}

function readSizes(owner: string, given: number | number[]): readonly number[] {
  const sizes = typeof given === 'number' ? [given] : given;
  if (sizes.some((units) => units > 65536)) {
    throw new ValueError(
      `${owner}: hiddenLayerSizes must be at most 65536 units each, but received ${Math.max(...sizes)}.`,
    );
  }
  return Object.freeze(sizes);
}

/** The option of an estimator's constructor that a name stands for, here, in scikit-learn or elsewhere. */
export function constructorOption(owner: string, name: string): string | undefined {
  return knownFor(name, Object.keys(kinds[owner].schema));
}
