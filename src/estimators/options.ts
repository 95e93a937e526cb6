/**
 * The types of the options of estimators: those of the constructors of MLPClassifier and MLPRegressor, and
 * those of fit and score. Nothing here runs: read-options.ts and fit-inputs.ts check what callers give.
 * Options of Perceptron are in perceptron/options.ts.
 */
import type { Label } from '../data/labels.js';
import type { ArrayInput, NdArray, TypedArray } from '../ndarray.js';
import type { Activation } from '../network/activations.js';
import type { OptimizerConfig } from '../network/optimizer-options.js';
import type { RandomState } from '../random.js';
import type { OnWarning } from '../warnings.js';

/** Labels as they may be given: a list, a typed array, or an NdArray of shape (n) or (n, 1). */
export type LabelInput =
  readonly Label[] | readonly (readonly Label[])[] | TypedArray | NdArray<TypedArray> | ArrayInput;

/** Activations that a hidden layer can train through. */
export type HiddenActivation = Exclude<Activation, 'sign' | 'heaviside'>;

export type ActivationName = HiddenActivation | 'logistic' | 'identity' | 'swish';

/** An optimizer of scikit-learn's by name, or any by what `optimizers` makes. */
export type Solver = 'adam' | 'sgd' | 'lbfgs' | OptimizerConfig;

/** 'balanced', or the weight of each class by its label; classes that are not named weigh 1. */
export type ClassWeight = 'balanced' | ReadonlyMap<Label, number> | Readonly<Record<string, number>>;

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
  /** Epochs in a row without improvement that are tolerated, ≥ 1; may be Infinity. Default 10. */
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

/** What onEpoch is told. */
export interface EpochInfo {
  /** Counted from 1, over all calls that continue this training. */
  readonly epoch: number;
  readonly loss: number;
  /** The score of the rows held out, or of validationData. */
  readonly validationScore?: number;
  /** The loss of validationData. */
  readonly validationLoss?: number;
}

/** Options of a call of fit. */
export interface FitOptions {
  /**
   * Aborts training: the promise rejects with the signal's reason; the weights are those of the last whole
   * step, the attributes report the epochs that were finished.
   */
  readonly signal?: AbortSignal;
  /**
   * Called after every epoch and awaited; what it returns is ignored, what it throws ends training, and fit
   * rejects with it.
   */
  readonly onEpoch?: (info: EpochInfo) => unknown;
}

/** Options of fit of the multi-layer perceptrons. */
export interface MLPFitOptions extends FitOptions {
  /**
   * A weight >= 0 per row: losses, gradients and scores of held-out rows are weighted means, and the L2
   * penalty of a batch is divided by the sum of its weights.
   */
  readonly sampleWeight?: ArrayInput;
  /**
   * Rows and targets that are looked at after every epoch, for validationLossCurve and validationScores. With
   * earlyStopping these decide, and no training rows are held out.
   */
  readonly validationData?: readonly [x: ArrayInput, y: LabelInput];
  /**
   * What earlyStopping goes by with validationData: 'score' (default), accuracy or R²; or 'loss', which shows
   * more of few rows. Then `bestValidationScore` is minus the lowest loss.
   */
  readonly stopBy?: 'score' | 'loss';
  /** Threads to compute on, as `init` takes them; the results are the same. Default: what `init` was told. */
  readonly threads?: number | 'auto';
}

/** Options of score. */
export interface ScoreOptions {
  /** A weight >= 0 per row. */
  readonly sampleWeight?: ArrayInput;
}
