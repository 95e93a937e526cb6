/**
 * The public functions of model selection, and the distributions for randomizedSearch. Not their
 * implementations: each function loads its own, from cross-validation.ts, search.ts or a neighbour, when it
 * is first called.
 */
import { lazyImport } from '../lazy.js';
import type {
  CrossValPredictOptions,
  Curve,
  LearningCurve,
  LearningCurveOptions,
  ValidationCurveOptions,
} from './cross-validation.js';
import type { CrossValidateOptions, CrossValidateResult } from './cross-validate.js';
import type { Estimator, EstimatorSource } from '../pipeline/estimator.js';
import type { ScoringOptions } from './experiment.js';
import type { ParamDistributions, ParamGrid, Distribution } from './grid.js';
import type { PermutationImportance, PermutationImportanceOptions } from './importance.js';
import type { RandomizedSearchOptions, SearchOptions, SearchResult } from './search.js';
import type { Table } from '../data/table/table.js';
import type { TablePredictor } from '../table/predictor.js';
import { describe } from '../check.js';
import { ValueError } from '../errors.js';
import { exp, log } from '../math.js';

/**
 * Cross-validation: the score of an estimator on each fold, fitted on the rows of the other folds.
 *
 * @param estimator an estimator (its own state is neither used nor changed), a class, or a function that
 *   makes one
 * @param x rows in any form
 * @param y targets, one per row
 * @returns a score per fold, in order
 * @throws ShapeError if x and y differ in rows; ValueError for unknown scorings and folds that do not fit;
 *   whatever fit throws
 */
export async function crossValScore(
  estimator: EstimatorSource,
  x: unknown,
  y: unknown,
  options: ScoringOptions = {},
): Promise<number[]> {
  const selection = await lazyImport(() => import('./cross-validation.js'));
  return selection.crossValScore(estimator, x, y, options);
}

/**
 * Cross-validation with details: scores by one or several scorers, times and, if wanted, the scores of
 * training rows and the fitted estimators of each fold. scikit-learn's cross_validate.
 *
 * @param estimator an estimator (its own state is neither used nor changed), a class, or a function that
 *   makes one
 * @param options `scoring`: a name, a function, an array of names, or an object of scorers by name, for which
 *   `testScore` has an array of scores by name
 * @returns arrays with one entry per fold, in order
 * @throws ShapeError if x and y differ in rows; ValueError for unknown scorings and folds that do not fit;
 *   whatever fit throws
 */
export async function crossValidate<
  E extends Estimator,
  const O extends CrossValidateOptions = Record<never, never>,
>(
  estimator: EstimatorSource<E>,
  x: unknown,
  y: unknown,
  options?: O,
): Promise<CrossValidateResult<E, O extends { readonly scoring: infer S } ? S : null>> {
  const selection = await lazyImport(() => import('./cross-validate.js'));
  return selection.crossValidate(estimator, x, y, options) as Promise<CrossValidateResult<E, any>>;
}

/**
 * Importance of every column that a fitted model of tables uses: the loss of score when the values of the
 * column, as the table has them, are shuffled among rows.
 *
 * @param model a TableClassifier or TableRegressor; it is not changed
 * @param table rows with their target, best those that the model was not fitted on
 * @returns as for arrays, with the `names` of the columns
 * @throws ValueError without the target's column, for unknown scorings and options
 */
export async function permutationImportance(
  model: TablePredictor,
  table: Table,
  options?: PermutationImportanceOptions,
): Promise<PermutationImportance>;
/**
 * Importance of every column of x for a fitted model: the loss of score when the values of the column are
 * shuffled, which breaks their relation to y. scikit-learn's permutation_importance, seed for seed.
 *
 * @param model a fitted estimator; it is not changed
 * @param x rows (rows, columns), best those that the model was not fitted on
 * @param y targets, one per row
 * @throws ShapeError if x is no matrix or differs from y in rows, ValueError for unknown scorings
 */
export async function permutationImportance(
  model: object,
  x: unknown,
  y: unknown,
  options?: PermutationImportanceOptions,
): Promise<PermutationImportance>;
export async function permutationImportance(
  model: unknown,
  ...rest: readonly unknown[]
): Promise<PermutationImportance> {
  const selection = await lazyImport(() => import('./table-importance.js'));
  return selection.permutationImportanceOf(model, ...rest);
}

/**
 * Predictions by cross-validation: each row is predicted by an estimator that was fitted without it.
 *
 * @returns what `predict` returns, in the order of the rows; for probabilities an NdArray (rows, classes)
 *   with all classes of y in sorted order, where a class that a fold has not seen has the probability 0
 * @throws ValueError if the folds do not test every row exactly once; otherwise as crossValScore
 */
export async function crossValPredict(
  estimator: EstimatorSource,
  x: unknown,
  y: unknown,
  options: CrossValPredictOptions = {},
): Promise<any> {
  const selection = await lazyImport(() => import('./cross-validation.js'));
  return selection.crossValPredict(estimator, x, y, options);
}

/**
 * Cross-validated scores for growing numbers of training rows: scikit-learn's learning_curve, seed for seed.
 *
 * @throws ValueError for sizes that are no share and no count of a fold's training rows; otherwise as
 *   crossValScore
 */
export async function learningCurve(
  estimator: EstimatorSource,
  x: unknown,
  y: unknown,
  options: LearningCurveOptions = {},
): Promise<LearningCurve> {
  const selection = await lazyImport(() => import('./cross-validation.js'));
  return selection.learningCurve(estimator, x, y, options);
}

/**
 * Cross-validated scores for each value of one option: scikit-learn's validation_curve. Throws as gridSearch
 * does.
 */
export async function validationCurve(
  estimator: EstimatorSource<Estimator>,
  x: unknown,
  y: unknown,
  options: ValidationCurveOptions,
): Promise<Curve> {
  const selection = await lazyImport(() => import('./cross-validation.js'));
  return selection.validationCurve(estimator, x, y, options);
}

/**
 * Try every combination of some options by cross-validation, then fit the best one on all rows:
 * scikit-learn's GridSearchCV.
 *
 * Every combination is checked before the first fit. Estimators without a seed get one, the same in all
 * trials.
 *
 * @param estimator an estimator (unchanged), a class, or a function of options that makes one
 * @param grid arrays of values by option name; or several such grids
 * @throws ValueError for an empty grid and for options that the estimator refuses; errors of `fit`, unless
 *   `errorScore` is given
 */
export async function gridSearch<E extends Estimator>(
  estimator: EstimatorSource<E>,
  grid: ParamGrid | readonly ParamGrid[],
  x: unknown,
  y: unknown,
  options: SearchOptions = {},
): Promise<SearchResult<E>> {
  const selection = await lazyImport(() => import('./search.js'));
  return selection.gridSearch(estimator, grid, x, y, options);
}

/**
 * Search over `nIter` randomly drawn sets of options, those of scikit-learn's ParameterSampler, seed for seed
 * (values of `distributions.logUniform` may differ in their last bits).
 *
 * @param distributions arrays of values, or functions of a RandomState that draw one (`distributions` makes
 *   some), by option name
 */
export async function randomizedSearch<E extends Estimator>(
  estimator: EstimatorSource<E>,
  distributions: ParamDistributions,
  x: unknown,
  y: unknown,
  options: RandomizedSearchOptions = {},
): Promise<SearchResult<E>> {
  const selection = await lazyImport(() => import('./search.js'));
  return selection.randomizedSearch(estimator, distributions, x, y, options);
}

/** Distributions for randomizedSearch. */
export const distributions = {
  /** Uniformly distributed numbers in [low, high). */
  uniform(low: number, high: number): Distribution {
    checkBounds('uniform', low, high, () => low < high);
    return (random) => random.uniform(low, high);
  },
  /**
   * Numbers in [low, high), low > 0, whose logarithm is uniformly distributed: for learning rates and
   * penalties.
   */
  logUniform(low: number, high: number): Distribution {
    checkBounds('logUniform', low, high, () => low > 0 && low < high);
    return (random) => Math.min(high, Math.max(low, exp(random.uniform(log(low), log(high)))));
  },
  /** Uniformly distributed integers from low to high, both included. */
  integers(low: number, high: number): Distribution {
    const whole = Number.isSafeInteger(low) && Number.isSafeInteger(high);
    checkBounds('integers', low, high, () => whole && low <= high && high - low < 0xffffffff);
    return (random) => random.randint(low, high + 1);
  },
};

function checkBounds(name: string, low: number, high: number, sound: () => boolean): void {
  if (Number.isFinite(low) && Number.isFinite(high) && sound()) return;
  const expected = {
    uniform: 'numbers with low < high',
    logUniform: 'numbers with 0 < low < high',
    integers: 'whole numbers with low <= high',
  }[name];
  throw new ValueError(
    `distributions.${name}: low and high must be ${expected}, but received ${describe(low)} and ${describe(high)}.`,
  );
}
