/**
 * The options of Perceptron: types, defaults, schema, and the reading of what callers give. Rules that the
 * multi-layer perceptrons share are in ../option-rules.ts.
 */
import {
  anyOf,
  boolean,
  checkOptions,
  func,
  integer,
  knownFor,
  nullable,
  number,
  oneOf,
  positiveInteger,
} from '../../check.js';
import type { RandomState } from '../../random.js';
import type { OnWarning } from '../../warnings.js';
import type { ClassWeight } from '../options.js';
import { classWeightRule, patienceRule, seedRule } from '../read-options.js';

/** The kind of a Perceptron in files. */
export const PERCEPTRON = 'Perceptron';

/** scikit-learn's parameters of Perceptron, in camelCase, with its defaults. */
export interface PerceptronOptions {
  /** Penalty on the weights: 'l2', 'l1', 'elasticnet' or null (default). */
  penalty?: 'l2' | 'l1' | 'elasticnet' | null;
  /** Strength of the penalty, ≥ 0. Default 1e-4. */
  alpha?: number;
  /** Share of l1 in 'elasticnet', 0 to 1. Default 0.15. */
  l1Ratio?: number;
  /** Train an intercept. Default true. */
  fitIntercept?: boolean;
  /** Most epochs of a call of fit, ≥ 1. Default 1000. */
  maxIter?: number;
  /**
   * Least improvement of the mean loss (or validation score) that counts, ≥ 0; null never stops early.
   * Default 1e-3.
   */
  tol?: number | null;
  /** Shuffle the rows before every epoch. Default true. */
  shuffle?: boolean;
  /** Print the loss of every epoch; a number > 0 counts as true. Default 0. */
  verbose?: boolean | number;
  /** Size of the updates, > 0. Default 1. */
  eta0?: number;
  /**
   * Seed of shuffles and validation split, 0 to 4294967295. Default 0; null: a fresh one, which getParams()
   * tells.
   */
  randomState?: number | RandomState | null;
  /** Hold out rows and stop when their score no longer improves. Default false. */
  earlyStopping?: boolean;
  /** Share of rows held out by earlyStopping, above 0 and below 1. Default 0.1. */
  validationFraction?: number;
  /** Epochs in a row without improvement after which training stops, ≥ 1; may be Infinity. Default 5. */
  nIterNoChange?: number;
  /**
   * Weight of each class: 'balanced' (rows / (classes · rows of the class)), a Map, or an object by label.
   * Default null.
   */
  classWeight?: ClassWeight | null;
  /** Continue from the current weights in the next fit. Default false. */
  warmStart?: boolean;
  /** Receives warnings instead of console.warn. */
  onWarning?: OnWarning | null;
}

/** Options with their defaults filled in. */
export type PerceptronParams = Readonly<Required<PerceptronOptions>>;

const schema = {
  penalty: nullable(oneOf<'l2' | 'l1' | 'elasticnet'>(['l2', 'l1', 'elasticnet'])),
  alpha: number({ min: 0 }),
  l1Ratio: number({ min: 0, max: 1 }),
  fitIntercept: boolean,
  maxIter: positiveInteger,
  tol: nullable(number({ min: 0 })),
  shuffle: boolean,
  verbose: anyOf(boolean, integer({ min: 0 })),
  eta0: number({ above: 0 }),
  randomState: seedRule,
  earlyStopping: boolean,
  validationFraction: number({ above: 0, below: 1 }),
  nIterNoChange: patienceRule,
  classWeight: nullable(classWeightRule),
  warmStart: boolean,
  onWarning: nullable(func<OnWarning>()),
};

const defaults: PerceptronParams = {
  penalty: null,
  alpha: 1e-4,
  l1Ratio: 0.15,
  fitIntercept: true,
  maxIter: 1000,
  tol: 1e-3,
  shuffle: true,
  verbose: 0,
  eta0: 1,
  randomState: 0,
  earlyStopping: false,
  validationFraction: 0.1,
  nIterNoChange: 5,
  classWeight: null,
  warmStart: false,
  onWarning: null,
};

/** Check options and lay them over `base` (default: the defaults). */
export function readPerceptronOptions(given: unknown, base: PerceptronParams = defaults): PerceptronParams {
  return Object.freeze({ ...base, ...checkOptions('Perceptron', given, schema) });
}

/** The option of the constructor that a name stands for, here or elsewhere. */
export function perceptronOption(name: string): string | undefined {
  return knownFor(name, Object.keys(schema));
}
