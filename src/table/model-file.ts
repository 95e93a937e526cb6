/**
 * Models of tables as files and back: the encoders in the metadata, the estimator's own file inside. Nothing
 * in a file is trusted, and no code is stored.
 */
import { anything, checkOptions, integer, listOf, nullable, number, rule, text } from '../check.js';
import { formatErrors } from '../data/stored.js';
import { FormatError } from '../errors.js';
import { heldFile, writeHolding } from '../estimators/held-estimator.js';
import { asFormatError, copyBytes } from '../io/model-file.js';
import { readModelFile } from '../io/read-model-file.js';
import type { Label } from '../data/labels.js';
import type { TableModelParams } from './options.js';
import type { FeatureEstimator } from './evaluate.js';
import type { FittedTable } from './predictor.js';
import { readEvaluation } from './stored-evaluation.js';
import { TableVectorizer } from './vectorizer.js';

/** @throws ValueError for an estimator or a transformer that cannot be stored */
export function saveTable(
  kind: string,
  { onWarning: _onWarning, estimator: given, columns: _columns, ...params }: TableModelParams,
  { target, vectorizer, estimator, heldOut, decisions, baseline, targetScale }: FittedTable,
): Uint8Array<ArrayBuffer> {
  const config = {
    params: { ...params, target },
    // The user's own estimator is stored as it was fitted; refitting takes its options.
    ...{ ownEstimator: given !== null },
    vectorizer: vectorizer.toJSON(),
    ...{ heldOut, decisions, baseline, targetScale: targetScale ?? null },
  };
  return writeHolding(kind, config, estimator, `${kind}.toBytes: the estimator`);
}

const label = rule(
  'a string, boolean or finite number',
  (value): value is Label =>
    typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value as number),
);
const configSchema = {
  params: anything<object>(),
  ownEstimator: anything<boolean>(),
  vectorizer: anything<unknown>(),
  heldOut: nullable(anything<object>()),
  decisions: listOf(text),
  baseline: label,
  targetScale: nullable(anything<object>()),
};

/** A model as a file holds it. */
export interface StoredTable {
  readonly params: object;
  readonly fitted: FittedTable;
}

/**
 * A model of tables of one kind from the bytes of a file.
 *
 * @param readEstimator reads the estimator's own file
 * @throws FormatError for anything else, damaged files and files of later versions
 */
export async function readTable(
  bytes: Uint8Array,
  kind: string,
  readEstimator: (bytes: Uint8Array) => Promise<FeatureEstimator>,
): Promise<StoredTable> {
  const { config, arrays } = await readModelFile(copyBytes(bytes), kind);
  const checked = asFormatError(() => checkOptions(`The config of a ${kind}`, config, configSchema));
  const { params, vectorizer, heldOut, decisions, baseline, targetScale } = checked;
  if (baseline === undefined || decisions === undefined) {
    throw new FormatError(
      `A model file of kind '${kind}' must hold an estimator and what was learned of it, but does not.`,
    );
  }
  const estimator = await readEstimator(heldFile(kind, arrays));
  const classes = kind === 'TableClassifier' ? (estimator.classes ?? []) : undefined;
  checkTask(kind, { classes, estimator, baseline, targetScale });
  const fitted: FittedTable = {
    target: targetOf(params),
    vectorizer: TableVectorizer.fromJSON(vectorizer),
    ...{ estimator, decisions, baseline },
    heldOut: heldOut ? readEvaluation(heldOut, classes) : null,
    targetScale: targetScale ? readScale(targetScale) : undefined,
  };
  checkWidth(kind, fitted);
  return { params: params!, fitted };
}

/** Throws FormatError unless the estimator does what the model does: tells known labels, or numbers. */
function checkTask(kind: string, { classes, estimator, baseline, targetScale }: TaskParts): void {
  const sound = classes
    ? classes.includes(baseline)
    : estimator.classes === undefined && typeof baseline === 'number' && Boolean(targetScale);
  if (sound) return;
  throw new FormatError(
    `A model file of kind '${kind}' must hold ${classes ? 'a classifier and one of its labels' : 'a regressor and the mean of its target'}, but does not.`,
  );
}

/** What tells whether an estimator fits its model. */
interface TaskParts {
  /** Labels of a classifier; undefined for regressors. */
  readonly classes: readonly Label[] | undefined;
  readonly estimator: FeatureEstimator;
  readonly baseline: Label;
  readonly targetScale: object | null | undefined;
}

function targetOf(params: unknown): string {
  const { target } = (params ?? {}) as { target?: unknown };
  if (typeof target === 'string' && target !== '') return target;
  throw new FormatError('The config of a model of tables must have the name of its target, but has none.');
}

function readScale(stored: unknown): { mean: number; scale: number } {
  return formatErrors(() => {
    const schema = { mean: number(), scale: number({ above: 0 }) };
    const { mean, scale } = checkOptions('The scale of a target', stored, schema);
    if (mean !== undefined && scale !== undefined) return { mean, scale };
    throw new FormatError('The scale of a target must have mean and scale, but has not.');
  });
}

const count = integer({ min: 1 });

/** Throws FormatError unless the estimator takes as many features as the encoders give. */
function checkWidth(kind: string, { vectorizer, estimator }: FittedTable): void {
  const features = vectorizer.featureNames().length;
  const { nFeaturesIn } = estimator as { nFeaturesIn?: unknown };
  if (count.accept(nFeaturesIn) === features) return;
  throw new FormatError(
    `A model file of kind '${kind}' must have an estimator of ${features} features, as its encoders give, but has one of ${String(nFeaturesIn)}.`,
  );
}
