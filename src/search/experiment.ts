/**
 * The setup that cross-validation, curves and searches share: checks data, estimator and folds, draws seeds,
 * and runs trials one after another. Not for a single trial (trial.ts), nor for making folds (folds.ts).
 */
import type { Rule } from '../check.js';
import {
  abortSignal,
  anyOf,
  anything,
  func,
  number,
  oneOf,
  rule,
  describe,
  checkOptions,
  integer,
  type refused,
} from '../check.js';
import { countRows } from '../data/take.js';
import { ShapeError, ValueError } from '../errors.js';
import { runInSlices, Yielder } from '../yielding.js';
import type { Estimator, EstimatorFactory, EstimatorSource, Params } from '../pipeline/estimator.js';
import { isClassifier, cloneEstimator, isEstimator, isPlainObject } from '../pipeline/estimator.js';
import type { Fold, FoldOptions } from './folds.js';
import type { Scoring } from './scoring.js';
import { scorerOf } from './scoring.js';
import type { Trial, TrialResult } from './trial.js';
import { runTrial } from './trial.js';
import { freshSeed } from '../random.js';
import { rowLabels } from '../data/labels.js';
import { isList, isTypedArray, readList } from '../ndarray.js';
import type { Pieces } from '../yielding.js';
import { foldSchema, kFoldInPieces, stratifiedKFoldInPieces } from './folds.js';

/**
 * Split of the rows for cross-validation: a number of folds (stratified for classifiers, in order otherwise),
 * options of kFold with the kind of split, or the folds themselves.
 */
export type CrossValidation =
  number | (FoldOptions & { readonly kind?: 'kFold' | 'stratifiedKFold' }) | readonly Fold[];

const parts = integer({ min: 2 });

/** The rule of the option `cv`. The contents of an object or an array are checked when the folds are made. */
const crossValidation: Rule<CrossValidation> = {
  expected: `${parts.expected}, options { kind, nSplits, shuffle, randomState } or an array of { train, test }`,
  accept: (value) => {
    if (Array.isArray(value) && value.length > 0) return value as Fold[];
    const options = typeof value === 'object' && value !== null && !Array.isArray(value);
    return options && !isTypedArray(value)
      ? (value as FoldOptions)
      : (parts.accept(value) as number | typeof refused);
  },
};

/**
 * The folds that `cv` stands for.
 *
 * @param stratify true keeps the shares of the classes, where `cv` does not say
 * @throws ValueError for folds that are empty or name rows that are not there
 */
function* foldsFor(
  owner: string,
  cv: CrossValidation,
  { rows, y, classifier }: { readonly rows: number; readonly y: unknown; readonly classifier: boolean },
): Pieces<Fold[]> {
  const stratify = classifier && oneLabelPerRow(y);
  if (Array.isArray(cv))
    return Array.from(cv as readonly unknown[], (fold, i) => readFold(owner, fold, i, rows));
  const given = typeof cv === 'number' ? { nSplits: cv } : (cv as FoldOptions);
  const schema = { ...foldSchema, kind: oneOf<'kFold' | 'stratifiedKFold'>(['kFold', 'stratifiedKFold']) };
  const { kind = stratify ? 'stratifiedKFold' : 'kFold', ...options } = checkOptions(
    `${owner}: cv`,
    given,
    schema,
  );
  if (kind === 'kFold') return yield* kFoldInPieces(rows, options);
  return yield* stratifiedKFoldInPieces(rowLabels(y, 'y'), options);
}

function oneLabelPerRow(y: unknown): boolean {
  if (Array.isArray(y)) {
    const first: unknown = y[0];
    return !isList(first) || first.length === 1;
  }
  const { shape } = y as { readonly shape?: readonly number[] };
  return shape === undefined || shape.length === 1 || shape[1] === 1;
}

function readFold(owner: string, fold: unknown, i: number, rows: number): Fold {
  const { train, test } = (fold ?? {}) as Record<string, unknown>;
  return {
    train: readRows(owner, train, `cv[${i}].train`, rows),
    test: readRows(owner, test, `cv[${i}].test`, rows),
  };
}

function readRows(owner: string, list: unknown, name: string, rows: number): Int32Array {
  const values = Array.from<unknown>(readList(list, name) ?? []);
  if (values.length === 0) {
    throw new ValueError(
      `${owner}: ${name} must be an array of at least 1 row number, but received ${describe(list)}.`,
    );
  }
  const bad = values.find(
    (row) => !(Number.isInteger(row) && (row as number) >= 0 && (row as number) < rows),
  );
  if (bad === undefined) return Int32Array.from(values as number[]);
  throw new ValueError(
    `${owner}: ${name} must hold row numbers from 0 to ${rows - 1}, but received ${describe(bad)}.`,
  );
}

/** Options that cross-validation, curves and searches share. */
export interface ExperimentOptions {
  /** Folds. Default 5: stratified for classifiers with one label per row, else in order. */
  readonly cv?: CrossValidation;
  /**
   * Aborts the run within 100 ms: the promise rejects with the signal's reason. The signal is also passed to
   * `fit`. Fitting, scoring and splitting run in slices of about 25 ms.
   */
  readonly signal?: AbortSignal;
  /** Called after every trial, and awaited. An error that it throws ends the run. */
  readonly onTrial?: (result: TrialResult) => void | Promise<void>;
}

/** Options of cross-validation, curves and searches that score estimators. */
export interface ScoringOptions extends ExperimentOptions {
  /** A name, a function (estimator, x, y) => number, or null for the estimator's own score. Default null. */
  readonly scoring?: Scoring;
  /**
   * Score for a fit that this package refuses or that diverges, and for a scorer that throws; 'raise' throws
   * the error instead. Default 'raise'.
   */
  readonly errorScore?: number | 'raise';
}

export const experimentSchema = {
  cv: crossValidation,
  signal: abortSignal,
  onTrial: func<NonNullable<ExperimentOptions['onTrial']>>(),
};

const nan: Rule<number> = rule('NaN', (value): value is number => Number.isNaN(value));

export const scoringSchema = {
  ...experimentSchema,
  scoring: anything<Scoring>(),
  errorScore: anyOf(oneOf<'raise'>(['raise']), number(), nan),
};

/** A trial to run, without the number and the seeds that the experiment adds. */
export type Task = Omit<Trial, 'number' | 'params'> & { readonly params?: Params };

/** Data, folds and a factory, checked, with the seeds of all trials drawn. */
export interface Experiment<E extends Estimator = Estimator> {
  readonly owner: string;
  readonly x: unknown;
  readonly y: unknown;
  readonly rows: number;
  readonly folds: readonly Fold[];
  readonly create: EstimatorFactory<E>;
  readonly seeds: Params;
  readonly options: ScoringOptions;
}

/**
 * Check everything that can be checked before the first fit.
 *
 * @throws ShapeError if x and y differ in rows, ValueError for unfit options, of the experiment or of the
 *   estimator
 */
export async function experiment<E extends Estimator>(
  owner: string,
  source: EstimatorSource<E>,
  { x, y }: { readonly x: unknown; readonly y: unknown },
  options: ScoringOptions,
): Promise<Experiment<E>> {
  scorerOf(owner, options.scoring);
  const create = factoryOf(owner, source);
  const rows = countRows(x, 'x');
  const targets = countRows(y, 'y');
  if (rows !== targets) {
    throw new ShapeError(
      `${owner}: y must have one entry for each of the ${rows} rows of x, but has ${targets}.`,
    );
  }
  const sample = create({});
  const classifier = isClassifier(sample);
  const folds = await runInSlices(
    foldsFor(owner, options.cv ?? 5, { rows, y, classifier }),
    new Yielder(options.signal),
  );
  return { owner, x, y, rows, folds, create, seeds: seedsFor(sample), options };
}

/** Make an estimator of each set of options once, so that unfit options throw before the first fit. */
export async function checkCandidates(
  { create, seeds, options }: Experiment,
  candidates: readonly Params[],
): Promise<void> {
  const yielder = new Yielder(options.signal);
  for (const params of candidates) {
    create(mergeParams(seeds, params));
    if (yielder.due()) await yielder.rest();
  }
}

/** Run tasks one after the other. Returns their results in order. */
export async function runTasks(
  { owner, x, y, create, seeds, options }: Experiment,
  tasks: readonly Task[],
): Promise<TrialResult[]> {
  const { signal, onTrial, errorScore = 'raise' } = options;
  const context = { owner, data: { x, y }, create, signal, errorScore };
  const results: TrialResult[] = [];
  const yielder = new Yielder(signal);
  for (const [number, task] of tasks.entries()) {
    await yielder.pause();
    yielder.throwIfAborted();
    const trial = { ...task, number, params: mergeParams(seeds, task.params ?? {}) };
    const result = await runTrial(trial, context);
    results.push(result);
    await onTrial?.(result);
  }
  yielder.throwIfAborted();
  return results;
}

/**
 * The factory that an estimator, a class or a function stands for.
 *
 * @throws ValueError for anything else, and if the function gives no estimator
 */
function factoryOf<E extends Estimator>(owner: string, source: EstimatorSource<E>): EstimatorFactory<E> {
  const make = (params: Params): E => {
    if (typeof source !== 'function') return cloneEstimator(source, params);
    const isClass = typeof (source.prototype as Partial<Estimator> | undefined)?.fit === 'function';
    if (isClass) return new (source as new (params: Params) => E)(params);
    return (source as (params: Params) => E)(params);
  };
  return (params) => {
    const estimator: unknown = typeof source === 'function' || isEstimator(source) ? make(params) : source;
    if (isEstimator(estimator)) return estimator as E;
    throw new ValueError(
      `${owner}: estimator must have fit, predict and getParams, or be a function that returns such, but received ${describe(estimator)}.`,
    );
  };
}

/**
 * Seeds for the options `randomState` of an estimator that are unset. They are drawn once for all trials, so
 * that a trial depends on its parameters and rows only.
 */
function seedsFor(estimator: Pick<Estimator, 'getParams'>): Params {
  return seedsOf(estimator.getParams() as Params);
}

function seedsOf(params: Params): Params {
  const seeds: Params = {};
  for (const [name, value] of Object.entries(params)) {
    if (name === 'randomState' && value === null) seeds[name] = freshSeed();
    else if (isPlainObject(value)) {
      const inner = seedsOf(value);
      if (Object.keys(inner).length > 0) seeds[name] = inner;
    }
  }
  return seeds;
}

/** Options merged into others, nested ones step by step; `over` wins. */
export function mergeParams(base: Params, over: Params): Params {
  const merged = { ...base };
  for (const [name, value] of Object.entries(over)) {
    const below = Object.hasOwn(merged, name) ? merged[name] : undefined;
    const nested = isPlainObject(value) && isPlainObject(below);
    merged[name] = nested ? mergeParams(below, value) : value;
  }
  return merged;
}
