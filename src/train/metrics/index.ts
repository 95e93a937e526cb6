/**
 * The metrics by name, and the factory `metrics`: which metric stands for a name, a config or a function.
 * The sums are in classification.ts and regression.ts.
 */
import type { Schema } from '../../check.js';
import { number, positiveInteger } from '../../check.js';
import type { LossConfig } from '../../network/loss-options.js';
import { LOSSES } from '../../network/loss-options.js';
import type { Config } from '../../check/named.js';
import { makeConfig, resolveConfig } from '../../check/named.js';
import type { Shape } from '../../network/spec.js';
import type { NdArray } from '../../ndarray.js';
import {
  accuracy,
  binaryAccuracy,
  categoricalAccuracy,
  topK,
  Auc,
  F1Score,
  Precision,
  Recall,
} from './classification.js';
import { LossMean, R2Score, cosineSimilarity } from './regression.js';
import type { MetricState, ResolvedMetric } from './state.js';
import { RowMean, HostMetric, byLastAxis } from './state.js';

export type { ResolvedMetric } from './state.js';

/** A metric as data: what the factories of `metrics` return. */
export type MetricConfig = Config<MetricName> & {
  readonly threshold?: number;
  readonly k?: number;
};

type MetricName =
  | 'accuracy'
  | 'binaryAccuracy'
  | 'categoricalAccuracy'
  | 'sparseCategoricalAccuracy'
  | 'topKCategoricalAccuracy'
  | 'precision'
  | 'recall'
  | 'f1Score'
  | 'auc'
  | 'rootMeanSquaredError'
  | 'r2Score'
  | 'cosineSimilarity';

/** A metric of the user's, from a batch: both arrays have shape (rows, outputs), class numbers (rows, 1). */
export type MetricFunction = (yTrue: NdArray, yPred: NdArray) => number;

/** Outputs and loss that a metric is computed from. */
export interface MetricPlace {
  /** Name of the loss: it says whether outputs are classes or answers of their own. */
  readonly loss: string;
  /** The shape of one row of predictions. */
  readonly outputShape: Shape;
}

/** Keras's bounds, but for binaryAccuracy, which takes 0 too: the threshold of logits. */
const THRESHOLDS = {
  binaryAccuracy: { threshold: number({ min: 0, below: 1 }) },
  counts: { threshold: number({ min: 0, max: 1 }) },
  f1Score: { threshold: number({ above: 0, max: 1 }) },
} as const;

const schemas: Record<MetricName, Schema> = {
  accuracy: {},
  binaryAccuracy: THRESHOLDS.binaryAccuracy,
  categoricalAccuracy: {},
  sparseCategoricalAccuracy: {},
  topKCategoricalAccuracy: { k: positiveInteger },
  precision: THRESHOLDS.counts,
  recall: THRESHOLDS.counts,
  f1Score: THRESHOLDS.f1Score,
  auc: {},
  rootMeanSquaredError: {},
  r2Score: {},
  cosineSimilarity: {},
};

const METRICS = { kind: 'metric', group: 'metrics', schemas } as const;

/** Every loss is a metric too. */
const ALL = {
  ...METRICS,
  schemas: { ...LOSSES.schemas, ...schemas },
  aliases: {
    ...LOSSES.aliases,
    acc: 'accuracy',
    rmse: 'rootMeanSquaredError',
    sparseTopKCategoricalAccuracy: 'topKCategoricalAccuracy',
  },
} as const;

const make = (name: MetricName, options: unknown): MetricConfig =>
  makeConfig(METRICS, name, options) as MetricConfig;

type Threshold = { readonly threshold?: number };
type None = Record<string, never>;

/**
 * Metrics, over all rows of an epoch or an evaluation. Everywhere a metric is taken, its name will do:
 * 'accuracy'; so will the name or config of any loss, and a function `(yTrue, yPred) => number`, whose values
 * are averaged over the batches by their rows. Targets may be class numbers wherever they may be one-hot.
 */
export const metrics = {
  /** binaryAccuracy for one output, categoricalAccuracy for more. Alias acc. */
  accuracy: (options: None = {}): MetricConfig => make('accuracy', options),
  /**
   * Share of the outputs that are above the threshold just where the target is 1.
   *
   * @param options.threshold >= 0 and < 1, default .5
   */
  binaryAccuracy: (options: Threshold = {}): MetricConfig => make('binaryAccuracy', options),
  /** Share of the rows whose largest output is that of the class. */
  categoricalAccuracy: (options: None = {}): MetricConfig => make('categoricalAccuracy', options),
  /**
   * Share of the rows whose most probable class is the target's, under Keras's name for class numbers as
   * targets.
   */
  sparseCategoricalAccuracy: (options: None = {}): MetricConfig => make('sparseCategoricalAccuracy', options),
  /** Share of the rows where the class is among the k largest outputs. @param options.k default 5 */
  topKCategoricalAccuracy: (options: { readonly k?: number } = {}): MetricConfig =>
    make('topKCategoricalAccuracy', options),
  /**
   * Share of the outputs above the threshold whose target is 1; 0 without any. Over all outputs.
   *
   * @param options.threshold 0 to 1, default .5
   */
  precision: (options: Threshold = {}): MetricConfig => make('precision', options),
  /**
   * Share of the outputs whose target is 1 that lie above the threshold; 0 without any. Over all outputs.
   *
   * @param options.threshold 0 to 1, default .5
   */
  recall: (options: Threshold = {}): MetricConfig => make('recall', options),
  /**
   * 2 · precision · recall / (precision + recall) of every output, averaged. Positive is what is above the
   * threshold (0 < threshold <= 1); by default the largest output of a row, but .5 for a single output and
   * for binaryCrossentropy.
   */
  f1Score: (options: Threshold = {}): MetricConfig => make('f1Score', options),
  /**
   * Area under the ROC curve over all outputs, exact by rank; NaN where positives or negatives are missing.
   */
  auc: (options: None = {}): MetricConfig => make('auc', options),
  /** √ of the mean squared error. Alias rmse. */
  rootMeanSquaredError: (options: None = {}): MetricConfig => make('rootMeanSquaredError', options),
  /** 1 − Σ (t − p)² / Σ (t − mean t)², averaged over the outputs. */
  r2Score: (options: None = {}): MetricConfig => make('r2Score', options),
  /** Σ t · p / (|t| · |p|), averaged over the rows. */
  cosineSimilarity: (options: None = {}): MetricConfig => make('cosineSimilarity', options),
};

/**
 * The metric that a name, a config or a function `(yTrue, yPred) => number` stands for. It is reported under
 * the name as it was written, or the function's name.
 *
 * @throws ValueError for unknown names, unknown options and bad values
 */
export function resolveMetric(given: unknown, place: MetricPlace, owner: string): ResolvedMetric {
  if (typeof given === 'function') {
    const name = given.name === '' ? 'metric' : given.name;
    return { name, config: null, create: () => new HostMetric(given as MetricFunction, name, owner) };
  }
  const config = resolveConfig(ALL, given, owner) as MetricConfig | LossConfig;
  const create = (): MetricState => byLastAxis(stateOf(config, place), place.outputShape);
  return { name: typeof given === 'string' ? given : config.name, config, create };
}

function stateOf(config: MetricConfig | LossConfig, place: MetricPlace): MetricState {
  const { threshold: limit = 0.5, k = 5 } = config as MetricConfig;
  switch (config.name) {
    case 'accuracy':
      return new RowMean(accuracy());
    case 'binaryAccuracy':
      return new RowMean(binaryAccuracy(limit));
    case 'categoricalAccuracy':
    case 'sparseCategoricalAccuracy':
      return new RowMean(categoricalAccuracy);
    case 'topKCategoricalAccuracy':
      return new RowMean(topK(k));
    case 'precision':
      return new Precision(limit);
    case 'recall':
      return new Recall(limit);
    case 'f1Score':
      return new F1Score(config.threshold ?? (ownAnswers(place) ? 0.5 : undefined));
    case 'auc':
      return new Auc();
    case 'rootMeanSquaredError':
      return new LossMean('meanSquaredError', {}, Math.sqrt);
    case 'r2Score':
      return new R2Score();
    case 'cosineSimilarity':
      return new RowMean(cosineSimilarity);
    default:
      return new LossMean(config.name, config);
  }
}

/** True if every output is a question of its own, answered by yes or no. */
function ownAnswers({ loss, outputShape }: MetricPlace): boolean {
  return loss === 'binaryCrossentropy' || outputShape[outputShape.length - 1] === 1;
}
