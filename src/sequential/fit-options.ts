import { anything, checkOptions, positiveInteger, verbosity } from '../check.js';
import type { ArrayInput } from '../ndarray.js';
import type { Callback } from '../train/callbacks/types.js';
import type { OnWarning } from '../warnings.js';
import type { Sample } from './prepare.js';
import type { ClassWeight } from './row-weights.js';
import type { Stream } from './stream.js';

/** How a model is trained. Defaults are Keras's. */
export interface FitOptions<M extends object = any> {
  /** Index of the epoch to stop before, counted from 0. Default 1. */
  readonly epochs?: number;
  /** Rows of a step. Default 32. Streams bring their own. */
  readonly batchSize?: number;
  /** Another order of the rows in every epoch, given by the model's seed. Default true. */
  readonly shuffle?: boolean;
  /** Share of the rows, taken from the end before shuffling, that validate instead of training: 0 to 1. */
  readonly validationSplit?: number;
  /** [x, y], [x, y, sampleWeight], or a function returning such batches. */
  readonly validationData?: Sample | Stream;
  /** Epochs from one validation to the next, or the epochs (counted from 1) after which to validate. Default 1. */
  readonly validationFreq?: number | readonly number[];
  /** Weight of each class in the loss. */
  readonly classWeight?: ClassWeight;
  /** Weight of each row in the loss, >= 0. */
  readonly sampleWeight?: ArrayInput | null;
  /** Index of the first epoch. Default 0. */
  readonly initialEpoch?: number;
  readonly callbacks?: readonly Callback<M & any>[] | Callback<M & any>;
  /** 0: silent, 1: a bar (default), 2: a line per epoch. */
  readonly verbose?: 0 | 1 | 2;
  /** Aborts between two steps: fit rejects with its reason. */
  readonly signal?: AbortSignal;
  /** Threads to compute on, at most 16, as `init` takes them; the results are the same. Default: what `init` was told. */
  readonly threads?: number | 'auto';
  /** Milliseconds after which training ends, at most one step later. */
  readonly maxTimeMs?: number;
  /** Steps after which training ends. */
  readonly maxSteps?: number;
  /** Steps that make an epoch; arrays go on in the next epoch where this one ended. */
  readonly stepsPerEpoch?: number;
  /** Batches to validate on. Default: all. */
  readonly validationSteps?: number;
  readonly onWarning?: OnWarning;
}

/** The rules of the options of evaluate. */
export const evaluateSchema = {
  batchSize: positiveInteger,
  sampleWeight: anything<ArrayInput | null>(),
  verbose: verbosity,
};

export interface EvaluateOptions {
  /** Rows of a step. Default 32. */
  readonly batchSize?: number;
  /** Weight of each row in the loss, >= 0. */
  readonly sampleWeight?: ArrayInput | null;
  /** Accepted for Keras's sake: nothing is printed. */
  readonly verbose?: 0 | 1 | 2;
}

const trainOnBatchSchema = {
  sampleWeight: anything<ArrayInput | null>(),
  classWeight: anything<ClassWeight>(),
};

export interface TrainOnBatchOptions {
  /** Weight of each row in the loss, >= 0. */
  readonly sampleWeight?: ArrayInput | null;
  /** Weight of each class in the loss. */
  readonly classWeight?: ClassWeight;
}

export function readBatchOptions(owner: string, call: string, given: unknown) {
  return checkOptions(`${owner}.${call}`, given, trainOnBatchSchema);
}

export type TestOnBatchOptions = Pick<EvaluateOptions, 'sampleWeight'>;

export function readTestOptions(owner: string, given: unknown) {
  return checkOptions(`${owner}.testOnBatch`, given, { sampleWeight: trainOnBatchSchema.sampleWeight });
}
