/**
 * The part of fit that both models of tables share: prepares rows, makes the estimator, trains it, and tells
 * what was decided. Preparing is in training.ts, the choice of the network in architecture.ts.
 */
import type { Label } from '../data/labels.js';
import { MLPClassifier } from '../estimators/mlp-classifier.js';
import { MLPRegressor } from '../estimators/mlp-regressor.js';
import { ValueError } from '../errors.js';
import type { NdArray } from '../ndarray.js';
import { warn } from '../warnings.js';
import { freshSeed } from '../random.js';
import type { TableFitOptions, TableModelParams, TrainableEstimator } from './options.js';
import type { FeatureEstimator } from './evaluate.js';
import type { EncodedRows, Prepared, TableInput } from './training.js';
import { prepare } from './training.js';
import type { ReadTargets } from './target.js';
import { TableVectorizer } from './vectorizer.js';
import type { UserTransformer } from './vectorizer/encoders.js';
import type { ColumnChoice } from './vectorizer/fit.js';
import { remember } from './vectorizer/learned.js';
import type { StepTransformer } from './column-groups.js';
import { cloneStep } from './column-groups.js';
import type { FittedTable } from './predictor.js';

/** An estimator that trains and predicts. */
export type Estimator = TrainableEstimator & FeatureEstimator & { fitted?: boolean };

/** A call of fit. */
export interface FitCall {
  readonly owner: string;
  readonly params: TableModelParams;
  readonly input: TableInput;
  readonly options: TableFitOptions;
}

/** What a model makes of encoded rows, to train on. */
export interface Begun<T> {
  readonly estimator: Estimator;
  /** Rows to train on and to stop by, whose targets may be scaled. */
  readonly rows: EncodedRows<T>;
  readonly heldOut: EncodedRows<T> | undefined;
  /** What was decided about targets, in sentences. */
  readonly decisions: readonly string[];
  readonly baseline: FittedTable['baseline'];
  readonly targetScale?: FittedTable['targetScale'];
}

/** What the two kinds of models differ in. */
export interface FitParts<T extends Label> {
  readonly readTargets: ReadTargets<T>;
  /** @throws ValueError for targets that cannot be learned */
  begin(prepared: PreparedRows<T>): Begun<T>;
  /** Takes over what was fitted. */
  keep(fitted: FittedTable): void;
  /** Evaluates what was kept. */
  evaluate(heldOut: EncodedRows<T>): FittedTable['heldOut'];
}

/** Prepares rows, trains an estimator on them and evaluates it: fit of both models. */
export async function fitTable<T extends Label>(call: FitCall, parts: FitParts<T>): Promise<void> {
  const { params, options } = call;
  const prepared = await prepareFit(call, parts.readTargets);
  const { estimator, rows, heldOut, decisions, ...learned } = parts.begin(prepared);
  const [count, width] = rows.x.shape;
  const keep = (): void => {
    const fitted: FittedTable = {
      ...{ target: params.target, estimator, heldOut: null, targetScale: undefined, ...learned },
      vectorizer: remember(new TableVectorizer({ columns: params.columns }), prepared.vectorizer),
      decisions: [
        ...rowDecisions(prepared),
        ...decisions,
        estimatorDecision(estimator, params.estimator === null, count, width),
      ],
    };
    parts.keep(fitted);
    if (prepared.heldOut) parts.keep({ ...fitted, heldOut: parts.evaluate(prepared.heldOut) });
  };
  try {
    await train(estimator, rows, heldOut, options);
  } catch (error) {
    // What was trained until then is of use; an estimator that has not begun is not.
    if (canPredict(estimator, width)) keep();
    throw error;
  }
  keep();
}

/** Encoded rows, and the seed that they were split by. */
export type PreparedRows<T> = Prepared<T> & { readonly seed: number };

/** The rows of a call of fit, encoded. */
async function prepareFit<T extends Label>(
  { owner, params, input, options }: FitCall,
  readTargets: ReadTargets<T>,
): Promise<PreparedRows<T>> {
  const seed = params.randomState ?? freshSeed();
  const { columns, ...limits } = vectorizerParams(params);
  const prepared = await prepare<T>({
    ...{ owner, input, target: params.target, readTargets, seed },
    settings: { ...limits, columns: ownChoices(columns, seed) },
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

/**
 * The choices for columns, with unfitted copies of the transformers: two models must not share what they
 * learn.
 */
function ownChoices(
  columns: Readonly<Record<string, ColumnChoice>>,
  seed: number,
): ReadonlyMap<string, ColumnChoice> {
  return new Map(
    Object.entries(columns).map(([name, choice]) => [
      name,
      typeof choice === 'string' ? choice : ownTransformer(choice as UserTransformer & StepTransformer, seed),
    ]),
  );
}

/** A copy that draws by the seed of the model, unless it has one. */
function ownTransformer(transformer: UserTransformer & StepTransformer, seed: number): UserTransformer {
  if (typeof transformer.getParams !== 'function') return transformer;
  const copy = cloneStep(transformer);
  const { randomState } = copy.getParams() as { randomState?: unknown };
  if (randomState === null) copy.setParams({ randomState: seed });
  return copy;
}

/** An unfitted copy of an estimator of the user's. */
export function copyOf(estimator: TrainableEstimator): Estimator {
  const { clone } = estimator as { clone?: () => unknown };
  if (typeof clone === 'function') return clone.call(estimator) as Estimator;
  const Class = estimator.constructor as new (params: object) => Estimator;
  return new Class(estimator.getParams());
}

/** Trains an estimator on encoded rows; a multi-layer perceptron stops by the rows held out. */
async function train<T>(
  estimator: Estimator,
  rows: EncodedRows<T>,
  heldOut: EncodedRows<T> | undefined,
  { signal, onEpoch, threads }: TableFitOptions,
): Promise<void> {
  const { x, y, weights } = rows;
  const isPerceptron = isMLP(estimator);
  const own = isPerceptron
    ? { threads, ...(heldOut && { validationData: [heldOut.x, heldOut.y], stopBy: 'loss' }) }
    : {};
  const known = isPerceptron || 'toBytes' in estimator ? { signal, onEpoch } : {};
  await estimator.fit(x, y, { ...own, ...known, ...(weights && { sampleWeight: weights }) });
}

/** An epoch on encoded rows, for partialFit. @throws ValueError for an estimator that has no partialFit */
export async function trainOneEpoch<T>(
  owner: string,
  estimator: FeatureEstimator,
  x: NdArray<Float32Array>,
  y: readonly T[],
): Promise<void> {
  // The network that fit chose stops early, which means nothing for a single epoch.
  if (isMLP(estimator)) estimator.setParams({ earlyStopping: false });
  const { partialFit } = estimator as { partialFit?(x: unknown, y: unknown): unknown };
  if (typeof partialFit !== 'function') {
    throw new ValueError(
      `${owner}: the estimator must have partialFit, but ${estimator.constructor.name} has none.`,
    );
  }
  await partialFit.call(estimator, x, y);
}

function isMLP(estimator: unknown): estimator is MLPClassifier | MLPRegressor {
  return estimator instanceof MLPClassifier || estimator instanceof MLPRegressor;
}

/** What was decided about rows, in sentences. */
function rowDecisions<T>({ train: { x }, heldOut, dropped, vectorizer }: Prepared<T>): string[] {
  const [rows, features] = x.shape;
  const held = heldOut?.x.shape[0] ?? 0;
  return [
    `${rows} rows to train on, ${held === 0 ? 'none' : held} held out to stop by and to evaluate${dropped > 0 ? `, ${dropped} without a target left out` : ''}.`,
    `${vectorizer.columns.filter(({ decision }) => decision.encoder).length} of ${vectorizer.columns.length} columns are used, as ${features} features.`,
  ];
}

/** What an estimator is, in a sentence. */
function estimatorDecision(estimator: Estimator, chosen: boolean, rows: number, features: number): string {
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

/** True if training has left an estimator that predicts. */
function canPredict(estimator: Estimator, width: number): boolean {
  try {
    estimator.predict({ data: new Float32Array(width), shape: [1, width] } satisfies NdArray<Float32Array>);
    return true;
  } catch {
    return false;
  }
}
