/**
 * The part of fit that both models of tables share: prepares rows, makes the estimator, trains it, and tells
 * what was decided. Preparing is in training.ts, the choice of the network in architecture.ts.
 */
import { describe } from '../check.js';
import type { Label } from '../data/labels.js';
import { FormatError } from '../errors.js';
import { Perceptron } from '../estimators/perceptron/perceptron.js';
import { readKind } from '../io/read-model-file.js';
import { MLPClassifier } from '../estimators/mlp-classifier.js';
import { MLPRegressor } from '../estimators/mlp-regressor.js';
import type { NdArray } from '../ndarray.js';
import { warn } from '../warnings.js';
import { freshSeed } from '../random.js';
import type { TableFitOptions, TableModelParams, TrainableEstimator } from './options.js';
import type { FeatureEstimator } from './evaluate.js';
import type { EncodedRows, Prepared, TableInput } from './training.js';
import { prepare } from './training.js';
import type { ReadTargets } from './target.js';
import { TableVectorizer } from './vectorizer.js';

/** An estimator that trains and predicts. */
export type Estimator = TrainableEstimator & FeatureEstimator & { fitted?: boolean };

/** A call of fit. */
export interface FitCall {
  readonly owner: string;
  readonly params: TableModelParams;
  readonly input: TableInput;
  readonly options: TableFitOptions;
}

/** The rows of a call of fit, encoded. */
export async function prepareFit<T extends Label>(
  { owner, params, input, options }: FitCall,
  readTargets: ReadTargets<T>,
): Promise<Prepared<T> & { readonly seed: number }> {
  const seed = params.randomState ?? freshSeed();
  const { columns, ...limits } = vectorizerParams(params);
  const prepared = await prepare<T>({
    ...{ owner, input, target: params.target, readTargets, seed },
    settings: { ...limits, columns: new Map(Object.entries(columns)) },
    sampleWeight: options.sampleWeight,
    validationFraction: params.validationFraction,
    warn: (warning) => warn(warning, params.onWarning),
    signal: options.signal,
  });
  return { ...prepared, seed };
}

function vectorizerParams({ columns }: TableModelParams) {
  return new TableVectorizer({ columns }).getParams();
}

/** The vectorizer of a model, fitted. */
export function fittedVectorizer<T>(params: TableModelParams, { vectorizer }: Prepared<T>): TableVectorizer {
  return TableVectorizer.of({ columns: params.columns }, vectorizer);
}

/** An unfitted copy of an estimator of the user's. */
export function copyOf(estimator: TrainableEstimator): Estimator {
  const { clone } = estimator as { clone?: () => unknown };
  if (typeof clone === 'function') return clone.call(estimator) as Estimator;
  const Class = estimator.constructor as new (params: object) => Estimator;
  return new Class(estimator.getParams());
}

/** Trains an estimator on encoded rows; a multi-layer perceptron stops by the rows held out. */
export async function train<T>(
  estimator: Estimator,
  rows: EncodedRows<T>,
  heldOut: EncodedRows<T> | undefined,
  { signal, onEpoch, threads }: TableFitOptions,
): Promise<void> {
  const { x, y, weights } = rows;
  const isPerceptron = estimator instanceof MLPClassifier || estimator instanceof MLPRegressor;
  const own = isPerceptron
    ? { threads, ...(heldOut && { validationData: [heldOut.x, heldOut.y], stopBy: 'loss' }) }
    : {};
  const known = isPerceptron || 'toBytes' in estimator ? { signal, onEpoch } : {};
  await estimator.fit(x, y, { ...own, ...known, ...(weights && { sampleWeight: weights }) });
}

/** What was decided about rows, in sentences. */
export function rowDecisions<T>({ train: { x }, heldOut, dropped, vectorizer }: Prepared<T>): string[] {
  const [rows, features] = x.shape;
  const held = heldOut?.x.shape[0] ?? 0;
  return [
    `${rows} rows to train on, ${held === 0 ? 'none' : held} held out to stop by and to evaluate${dropped > 0 ? `, ${dropped} without a target left out` : ''}.`,
    `${vectorizer.columns.filter(({ decision }) => decision.encoder).length} of ${vectorizer.columns.length} columns are used, as ${features} features.`,
  ];
}

/** What an estimator is, in a sentence. */
export function estimatorDecision(
  estimator: Estimator,
  chosen: boolean,
  rows: number,
  features: number,
): string {
  const { name } = estimator.constructor;
  if (!chosen) return `The estimator is the ${name} that was given.`;
  const { hiddenLayerSizes, alpha, batchSize, maxIter } = estimator.getParams() as {
    hiddenLayerSizes: readonly number[];
    alpha: number;
    batchSize: number | 'auto';
    maxIter: number;
  };
  return `The network has hidden layers of ${hiddenLayerSizes.join(' and ')} units, L2 penalty ${alpha}, batches of ${batchSize} rows and at most ${maxIter} epochs, for ${rows} rows and ${features} features.`;
}

/** The estimator that a file holds, to predict or to train on. @throws FormatError for any other model */
export async function readEstimator(bytes: Uint8Array): Promise<Estimator> {
  const kind = readKind(bytes);
  const Class = [MLPClassifier, MLPRegressor, Perceptron].find(({ name }) => name === kind);
  if (Class) return (await Class.fromBytes(bytes)) as unknown as Estimator;
  throw new FormatError(
    `A model of tables must hold an estimator, but holds a model of kind ${describe(kind)}.`,
  );
}

/** True if training has left an estimator that predicts. */
export function canPredict(estimator: Estimator, width: number): boolean {
  try {
    estimator.predict({ data: new Float32Array(width), shape: [1, width] } satisfies NdArray<Float32Array>);
    return true;
  } catch {
    return false;
  }
}
