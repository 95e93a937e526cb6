/**
 * The options of fit and partialFit: types, schemas, and the reading of what callers give.
 * Options of the constructor are in options.ts and perceptron/options.ts.
 */
import type { Checked, Rule, Schema } from '../check.js';
import { abortSignal, anyOf, anything, checkOptions, func, oneOf, positiveInteger, rule } from '../check.js';
import { readWeights } from '../data/weights.js';
import { ValueError } from '../errors.js';
import type { ArrayInput } from '../ndarray.js';
import type { LabelInput } from './labels.js';
import { constructorOption } from './options.js';

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
   * step, the attributes tell of the epochs that were finished.
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
  /** Threads to compute on, as `init` takes them; the results are the same. Default: what `init` was told. */
  readonly threads?: number | 'auto';
}

/** The rules of the options of fit. */
export const fitSchema = { signal: abortSignal, onEpoch: func<NonNullable<FitOptions['onEpoch']>>() };

const pair: Rule<readonly [ArrayInput, LabelInput]> = rule(
  'an array [x, y]',
  (value): value is readonly [ArrayInput, LabelInput] => Array.isArray(value) && value.length === 2,
);

/** The rules of the options of fit of the multi-layer perceptrons. */
export const mlpFitSchema = {
  ...fitSchema,
  sampleWeight: anything<ArrayInput>(),
  validationData: pair,
  threads: anyOf(oneOf<'auto'>(['auto']), positiveInteger),
};

/**
 * The options of a call, by a schema.
 *
 * @param constructorName the option of the constructor that a name stands for
 * @throws ValueError for bad values and unknown names; it tells of those that belong to the constructor
 */
export function readFitOptions<S extends Schema>(
  owner: string,
  call: string,
  given: unknown,
  schema: S,
  constructorName = (name: string): string | undefined => constructorOption(owner, name),
): Checked<S> {
  if (typeof given === 'object' && given !== null && !Array.isArray(given)) {
    for (const name of Object.keys(given)) {
      const meant = Object.hasOwn(schema, name) ? undefined : constructorName(name);
      if (meant === undefined) continue;
      const it = meant === name ? 'it' : `'${meant}'`;
      throw new ValueError(
        `${owner}.${call}: '${name}' is not an option; ${it} goes to new ${owner}({ ... }).`,
      );
    }
  }
  return checkOptions(`${owner}.${call}`, given, schema);
}

/** The weight of every row in float32; undefined without any. @throws ShapeError, ValueError */
export function rowWeights(sampleWeight: ArrayInput | undefined, rows: number): Float32Array | undefined {
  if (sampleWeight === undefined) return undefined;
  const weights = Float32Array.from(readWeights(sampleWeight, rows));
  if (weights.every((weight) => weight === 0) || weights.some((weight) => weight === Infinity)) {
    throw new ValueError(
      'sampleWeight must hold weights within the range of float32 (1e-45 to 3.4e38), but received others.',
    );
  }
  return weights;
}
