/** How the options of Sequential.fit are read. Loaded when fit is first called. */
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
import { ValueError } from '../errors.js';
import type { ArrayInput } from '../ndarray.js';
import { readCallbacks } from '../train/callbacks/list.js';
import type { OnWarning } from '../warnings.js';
import type { Sample } from './prepare.js';
import type { ClassWeight } from './row-weights.js';
import type { Stream } from './stream.js';

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
