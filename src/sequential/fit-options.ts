/**
 * The options of Sequential.fit and how they are read. Loaded when fit is first called: until then only the
 * types of this file may be imported.
 */
import type { Rule } from '../check.js';
import {
  abortSignal,
  anything,
  boolean,
  checkOptions,
  describe,
  func,
  integer,
  number,
  positiveInteger,
  refused,
  refuseMisplaced,
  verbosity,
} from '../check.js';
import type { ClassWeight } from '../data/weights.js';
import { ValueError } from '../errors.js';
import type { ArrayInput } from '../ndarray.js';
import { readCallbacks } from '../train/callbacks/list.js';
import type { Callback } from '../train/callbacks/types.js';
import type { OnWarning } from '../warnings.js';
import type { Stream } from './batches.js';
import type { Sample } from './data.js';

/** Options of `fit`. Defaults are Keras's. */
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
  /**
   * Epochs from one validation to the next, or the epochs (counted from 1) after which to validate. Default
   * 1.
   */
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
  /**
   * Threads to compute on, at most 16, as `init` takes them; the results are the same. Default: what `init`
   * was told.
   */
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

const frequency: Rule<number | readonly number[]> = {
  expected: 'an integer >= 1 or an array of such',
  accept: (value) => {
    if (Array.isArray(value)) {
      return value.every((each) => positiveInteger.accept(each) !== refused) ? (value as number[]) : refused;
    }
    return positiveInteger.accept(value);
  },
};

const schema = {
  epochs: integer({ min: 0 }),
  batchSize: positiveInteger,
  shuffle: boolean,
  validationSplit: number({ min: 0, below: 1 }),
  validationData: anything<Sample | Stream>(),
  validationFreq: frequency,
  classWeight: anything<ClassWeight>(),
  sampleWeight: anything<ArrayInput | null>(),
  initialEpoch: integer({ min: 0 }),
  callbacks: anything<unknown>(),
  verbose: verbosity,
  signal: abortSignal,
  threads: anything<number | 'auto'>(),
  maxTimeMs: number({ min: 0 }),
  maxSteps: positiveInteger,
  stepsPerEpoch: positiveInteger,
  validationSteps: positiveInteger,
  onWarning: func<OnWarning>(),
};

const COMPILE_OPTIONS = {
  optimizer: 'compile({ ... })',
  loss: 'compile({ ... })',
  metrics: 'compile({ ... })',
  learningRate: 'an optimizer, as in compile({ optimizer: optimizers.adam({ learningRate }) })',
};

/** The options of fit, defaults filled in. */
export type FitSettings = ReturnType<typeof readFitOptions>;

/** @throws ValueError for unknown options, bad values, and options that exclude each other */
export function readFitOptions(owner: string, given: unknown) {
  refuseMisplaced(`${owner}.fit`, given, COMPILE_OPTIONS);
  const options = checkOptions(`${owner}.fit`, given, schema);
  if (options.threads !== undefined && options.threads !== 'auto') positive(owner, options.threads);
  const settings = {
    ...{ epochs: 1, batchSize: 32, shuffle: true, initialEpoch: 0, validationSplit: 0 },
    ...{ validationFreq: 1, verbose: 1 as 0 | 1 | 2 },
    ...options,
    callbacks: readCallbacks(`${owner}.fit`, options.callbacks),
  };
  if (settings.validationSplit > 0 && settings.validationData !== undefined) {
    throw new ValueError(`${owner}.fit: expected validationSplit or validationData, but received both.`);
  }
  return settings;
}

function positive(owner: string, threads: unknown): void {
  if (positiveInteger.accept(threads) !== refused) return;
  throw new ValueError(
    `${owner}.fit: threads must be 'auto' or an integer >= 1, but received ${describe(threads)}.`,
  );
}
