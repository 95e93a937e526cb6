/**
 * Scorers by name or function, and the check that one suits an estimator. Not for the formulas of the scores
 * (src/data/scores).
 */
import { canonicalName, closestName, describe } from '../check.js';
import type { Label } from '../data/labels.js';
import type { LabelRows } from '../data/scores.js';
import * as scores from '../data/scores.js';
import { ValueError } from '../errors.js';
import type { ArrayInput } from '../ndarray.js';
import { readArray } from '../ndarray.js';
import type { Estimator } from '../pipeline/estimator.js';
import { callInSlices } from '../pipeline/slices.js';

/** A function that scores a fitted estimator on rows; higher is better. */
export type Scorer = (estimator: Estimator, x: unknown, y: unknown) => number | Promise<number>;

/** A fitted estimator with rows to score. */
export interface ScoredRows {
  readonly estimator: Estimator;
  readonly x: unknown;
  readonly y: unknown;
  readonly signal?: AbortSignal;
  /** The output of a method of the estimator for the rows. */
  readonly call: (method: string) => Promise<unknown>;
}

/** A scorer as trials call it. */
export type TrialScorer = (rows: ScoredRows) => number | Promise<number>;

/**
 * Rows to score. Estimators of this package predict in slices, until the signal aborts, and once for all
 * scorers.
 */
export function scoredRows(estimator: Estimator, x: unknown, y: unknown, signal?: AbortSignal): ScoredRows {
  const outputs = new Map<string, Promise<unknown>>();
  const call = (method: string): Promise<unknown> => {
    const output = outputs.get(method) ?? callInSlices(estimator, method, [x], signal);
    outputs.set(method, output);
    return output;
  };
  return { estimator, x, y, signal, call };
}

/** Names of scorers. */
export type ScoringName = keyof typeof predictionScorers | keyof typeof probabilityScorers;

/**
 * How to score: a name ('accuracy', 'f1Macro', also as 'f1_macro'), a function, or null for the estimator's
 * own score.
 */
export type Scoring = ScoringName | (string & {}) | Scorer | null;

type OfPredictions = (y: any, predicted: any) => number;
type OfProbabilities = (y: LabelRows, probabilities: ArrayInput, labels: readonly Label[]) => number;

const averaged =
  (score: (y: LabelRows, predicted: LabelRows, options: scores.PrecisionRecallOptions) => number) =>
  (average: 'binary' | 'micro' | 'macro' | 'weighted' | 'samples'): OfPredictions =>
  (y, predicted) =>
    score(y, predicted, { average });

const precision = averaged((y, predicted, options) => scores.precisionScore(y, predicted, options));
const recall = averaged((y, predicted, options) => scores.recallScore(y, predicted, options));
const f1 = averaged((y, predicted, options) => scores.f1Score(y, predicted, options));
const jaccard = averaged((y, predicted, options) => scores.jaccardScore(y, predicted, options));

/** Scores of the output of `predict`. Errors are negated, so that higher is better. */
const predictionScorers = {
  accuracy: (y, predicted) => scores.accuracyScore(y, predicted),
  balancedAccuracy: (y, predicted) => scores.balancedAccuracyScore(y, predicted),
  matthewsCorrcoef: (y, predicted) => scores.matthewsCorrcoef(y, predicted),
  precision: precision('binary'),
  precisionMicro: precision('micro'),
  precisionMacro: precision('macro'),
  precisionWeighted: precision('weighted'),
  precisionSamples: precision('samples'),
  recall: recall('binary'),
  recallMicro: recall('micro'),
  recallMacro: recall('macro'),
  recallWeighted: recall('weighted'),
  recallSamples: recall('samples'),
  f1: f1('binary'),
  f1Micro: f1('micro'),
  f1Macro: f1('macro'),
  f1Weighted: f1('weighted'),
  f1Samples: f1('samples'),
  jaccard: jaccard('binary'),
  jaccardMicro: jaccard('micro'),
  jaccardMacro: jaccard('macro'),
  jaccardWeighted: jaccard('weighted'),
  jaccardSamples: jaccard('samples'),
  r2: (y, predicted) => scores.r2Score(y, predicted),
  explainedVariance: (y, predicted) => scores.explainedVarianceScore(y, predicted),
  negMeanSquaredError: (y, predicted) => -scores.meanSquaredError(y, predicted),
  negRootMeanSquaredError: (y, predicted) => -scores.rootMeanSquaredError(y, predicted),
  negMeanAbsoluteError: (y, predicted) => -scores.meanAbsoluteError(y, predicted),
  negMeanAbsolutePercentageError: (y, predicted) => -scores.meanAbsolutePercentageError(y, predicted),
  negMedianAbsoluteError: (y, predicted) => -scores.medianAbsoluteError(y, predicted),
  negMeanPoissonDeviance: (y, predicted) => -scores.meanPoissonDeviance(y, predicted),
} satisfies Record<string, OfPredictions>;

/** Scores of the output of `predictProba`; those in `byDecision` also accept `decisionFunction`. */
const probabilityScorers = {
  negLogLoss: (y, probabilities, labels) => -scores.logLoss(y, probabilities, { labels }),
  negBrierScore: (y, probabilities, labels) => -scores.brierScoreLoss(y, probabilities, { labels }),
  averagePrecision: (y, probabilities, labels) =>
    scores.averagePrecisionScore(y, positiveColumn(probabilities, labels)),
  topKAccuracy: (y, probabilities, labels) => scores.topKAccuracyScore(y, probabilities, { labels }),
  rocAuc: (y, probabilities, labels) => scores.rocAucScore(y, probabilities, { labels }),
  rocAucOvr: (y, probabilities, labels) =>
    scores.rocAucScore(y, probabilities, { labels, multiClass: 'ovr' }),
  rocAucOvo: (y, probabilities, labels) =>
    scores.rocAucScore(y, probabilities, { labels, multiClass: 'ovo' }),
  rocAucOvrWeighted: (y, probabilities, labels) =>
    scores.rocAucScore(y, probabilities, { labels, multiClass: 'ovr', average: 'weighted' }),
  rocAucOvoWeighted: (y, probabilities, labels) =>
    scores.rocAucScore(y, probabilities, { labels, multiClass: 'ovo', average: 'weighted' }),
} satisfies Record<string, OfProbabilities>;

/** Scores that depend on ranks alone, so that any measure of confidence will do. */
const byDecision: ReadonlySet<string> = new Set(['rocAuc', 'averagePrecision', 'topKAccuracy']);

/** The column of class 1, or true, of two; all columns of more classes. */
function positiveColumn(confidences: ArrayInput, labels: readonly Label[]): ArrayInput {
  const { data, shape } = readArray(confidences, 'confidences');
  if (labels?.length !== 2 || shape[1] !== 2) return confidences;
  const column = labels[0] === 1 ? 0 : 1;
  return Float64Array.from({ length: shape[0] }, (_, row) => data[2 * row + column]);
}

const names = [...Object.keys(predictionScorers), ...Object.keys(probabilityScorers)];

/**
 * The scorer for a name, a function or null.
 *
 * @throws ValueError for unknown names, with the nearest known one
 */
export function scorerOf(owner: string, scoring: Scoring | undefined): TrialScorer {
  if (typeof scoring === 'function') return ({ estimator, x, y }) => scoring(estimator, x, y);
  if (scoring === undefined || scoring === null) return (rows) => ownScore(owner, rows);
  const name = typeof scoring === 'string' ? canonicalName(scoring, names) : undefined;
  if (name === undefined) throw unknownScoring(owner, scoring);
  const ofPredictions = own<OfPredictions>(predictionScorers, name);
  if (ofPredictions) return async ({ y, call }) => ofPredictions(y, await call('predict'));
  const ofProbabilities = own<OfProbabilities>(probabilityScorers, name)!;
  return async (rows) => {
    const confidences = await confidencesOf(owner, name, rows);
    return ofProbabilities(rows.y as LabelRows, confidences, rows.estimator.classes as readonly Label[]);
  };
}

/** Probabilities or decision values of a fitted estimator, as the score needs them. */
async function confidencesOf(
  owner: string,
  name: string,
  { estimator, call }: ScoredRows,
): Promise<ArrayInput> {
  if (supports(estimator, 'predictProba')) return call('predictProba') as Promise<ArrayInput>;
  const decides = byDecision.has(name);
  if (decides && supports(estimator, 'decisionFunction')) {
    return call('decisionFunction') as Promise<ArrayInput>;
  }
  const methods = decides ? 'predictProba or decisionFunction' : 'predictProba';
  throw new ValueError(`${owner}: scoring '${name}' needs an estimator with ${methods}.`);
}

function own<T>(record: Record<string, T>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

async function ownScore(owner: string, { estimator, x, y, signal }: ScoredRows): Promise<number> {
  if (typeof estimator.score === 'function') {
    return (await callInSlices(estimator, 'score', [x, y], signal)) as number;
  }
  throw new ValueError(
    `${owner}: scoring must be a name or a function for an estimator without a score method, but received none.`,
  );
}

function unknownScoring(owner: string, scoring: unknown): ValueError {
  const nearest = typeof scoring === 'string' ? closestName(scoring, names) : undefined;
  const offer = nearest === undefined ? '' : ` (did you mean '${nearest}'?)`;
  return new ValueError(
    `${owner}: scoring must be a function, null or one of ${names.map((name) => `'${name}'`).join(', ')}, but received ${describe(scoring)}${offer}.`,
  );
}

/** True if an estimator has a method and can use it. */
function supports(
  estimator: Estimator,
  method: 'predictProba' | 'predictLogProba' | 'decisionFunction',
): boolean {
  const there = typeof (estimator as unknown as Record<string, unknown>)[method] === 'function';
  return there && (estimator.supports?.(method) ?? true);
}
