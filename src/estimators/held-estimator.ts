/**
 * Estimators inside the files of other models, of tables and pipelines: the estimator's own file is one array
 * of bytes in theirs. Reading it back is left to the caller, since lamella/predict reads it otherwise.
 */
import { describe } from '../check.js';
import { FormatError, ValueError } from '../errors.js';
import { writeModelFile } from '../io/model-file.js';
import type { Tensor } from '../io/safetensors.js';

/** Name of the array that holds the estimator's file. */
const ESTIMATOR = 'estimator';

/** Estimators that can be held. */
const HELD_KINDS = ['MLPClassifier', 'MLPRegressor', 'Perceptron'];

/**
 * The file of a model that holds an estimator.
 *
 * @param what the estimator, for errors: 'TableClassifier.toBytes: the estimator'
 * @throws ValueError for estimators of other classes, whose code no file holds
 */
export function writeHolding(
  kind: string,
  config: object,
  estimator: unknown,
  what: string,
): Uint8Array<ArrayBuffer> {
  const { name } = (estimator as object).constructor;
  if (!HELD_KINDS.includes(name)) {
    throw new ValueError(`${what} must be one of ${HELD_KINDS.join(', ')} to be stored, but is ${name}.`);
  }
  const data = (estimator as { toBytes(): Uint8Array }).toBytes();
  return writeModelFile({
    kind,
    config,
    arrays: new Map([[ESTIMATOR, { dtype: 'U8', shape: [data.length], data }]]),
  });
}

/** The file of the estimator in that of a model. @throws FormatError if it holds none, or something else */
export function heldFile(kind: string, arrays: ReadonlyMap<string, Tensor>): Uint8Array {
  const file = arrays.get(ESTIMATOR);
  if (file?.dtype === 'U8' && arrays.size === 1) return file.data as Uint8Array;
  throw new FormatError(
    `A model file of kind '${kind}' must hold the file of an estimator and nothing else, but holds ${arrays.size} arrays.`,
  );
}

/** The error for a file that holds a model of a kind that is no estimator. */
export function notHeld(kind: string): FormatError {
  return new FormatError(
    `A model file must hold an estimator, one of ${HELD_KINDS.join(', ')}, but holds a model of kind ${describe(kind)}.`,
  );
}
