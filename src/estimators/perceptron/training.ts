/**
 * Trains a Perceptron: one binary problem per class (binary.ts), in slices between which other work runs.
 * Not for checking what fit is given, which perceptron.ts does.
 */
import type { Label } from '../../data/labels.js';
import { splitIndices, splitSizes } from '../../data/split.js';
import { newTable } from '../../budget.js';
import { ValueError } from '../../errors.js';
import { RandomState, toRandomState } from '../../random.js';
import { Yielder } from '../../yielding.js';
import type { FitOptions } from '../options.js';
import type { Problem, Side } from './binary.js';
import { BinaryTraining } from './binary.js';
import type { PerceptronParams } from './options.js';
import type { Samples } from './samples.js';

/** Seeds of the shuffles are below 2^31 − 1, as numpy draws them for scikit-learn. */
const MAX_SEED = 2147483647;

/** Values of the rows that are trained on between two looks at the clock: about a millisecond's work. */
const MAX_VALUES = 262144;

/** Floating-point operations that a value counts as where the clock stands still. */
const FLOPS_PER_VALUE = 16;

/** Training copies the weights at every epoch. */
const MAX_COEF_BYTES = 1073741824;

/** Weights, and what they were trained with. */
export interface Fitted {
  readonly classes: readonly Label[];
  readonly features: number;
  /** (1 or classes, features), row by row. */
  readonly coef: Float64Array;
  readonly intercept: Float64Array;
  /**
   * Loss of every epoch, to which later ones add: mean over the training rows, summed over the one-vs-all
   * problems.
   */
  readonly lossCurve: readonly number[];
  /** Epochs of the last call. */
  readonly nIter: number;
  /** 1 + rows seen. */
  readonly t: number;
}

export interface TrainingRequest extends FitOptions {
  readonly params: PerceptronParams;
  readonly samples: Samples;
  readonly codes: Int32Array;
  readonly classes: readonly Label[];
  readonly classWeight: Float64Array;
  readonly sampleWeight?: ArrayLike<number>;
  /** Weights to go on from. */
  readonly present?: Fitted;
  /** One epoch, counted on top of the present ones. */
  readonly incremental: boolean;
  /** Called with how things stand, at the end of every epoch and when training is cut short. */
  readonly onState: (fitted: Fitted) => void;
}

/**
 * Train one perceptron per class (one for two classes), epoch by epoch in turns; they are independent of each
 * other. Draws are scikit-learn's: a seed for each class, a stratified validation split.
 *
 * @throws ValueError on overflow; the signal's reason; whatever a callback throws
 */
export async function trainPerceptron(request: TrainingRequest): Promise<Fitted> {
  const { params, samples, classes, incremental, signal } = request;
  const problem: Problem = {
    params: incremental ? { ...params, maxIter: 1, tol: null } : params,
    samples,
    codes: request.codes,
    sampleWeight: request.sampleWeight,
    heldOut: params.earlyStopping ? holdOut(request) : undefined,
  };
  const run = new Run(request, problem, newSides(request));
  const yielder = new Yielder(signal);
  const chunk = Math.max(1, Math.floor(MAX_VALUES / Math.max(1, samples.width)));
  try {
    while (run.goesOn) {
      for (const training of run.unfinished) {
        for (let ended = false; !ended;) {
          samples.check();
          ended = training.advance(chunk);
          if (yielder.due(FLOPS_PER_VALUE * MAX_VALUES)) await yielder.rest();
        }
      }
      const { epoch, loss } = run.endEpoch();
      await request.onEpoch?.({ epoch, loss });
      if (yielder.due()) await yielder.rest();
      yielder.throwIfAborted();
    }
  } catch (error) {
    if (!(error instanceof ValueError)) request.onState(run.state());
    throw error;
  }
  if (params.verbose) console.log(`Trained ${classes.length} classes in ${run.epochs} epochs.`);
  return run.state();
}

/** The one-vs-all problems of a call, side by side. */
class Run {
  readonly #request: TrainingRequest;
  readonly #rows: number;
  readonly #coef: Float64Array;
  readonly #trainings: BinaryTraining[];
  readonly #lossCurve: number[];
  #running: BinaryTraining[];
  epochs = 0;

  constructor(request: TrainingRequest, problem: Problem, sides: readonly Omit<Side, 'weight'>[]) {
    const { present, samples, incremental } = request;
    const { features } = samples;
    const losses = present?.lossCurve ?? [];
    // One epoch of many adds to the curve in place: a copy would take the longer the more there have been.
    this.#lossCurve = incremental ? (losses as number[]) : [...losses];
    this.#request = request;
    this.#rows = problem.heldOut ? problem.heldOut.filter((held) => held === 0).length : samples.rows;
    this.#coef = present?.coef.slice() ?? newCoef(sides.length, features);
    this.#trainings = sides.map((side, k) => {
      const weight = this.#coef.subarray(k * features, (k + 1) * features);
      return new BinaryTraining(problem, { ...side, weight });
    });
    this.#running = this.#trainings;
  }

  get goesOn(): boolean {
    return this.#running.length > 0;
  }

  get unfinished(): readonly BinaryTraining[] {
    return this.#running;
  }

  endEpoch(): { epoch: number; loss: number } {
    const { params, present, onState } = this.#request;
    this.epochs += 1;
    const loss = this.#trainings.reduce((sum, training) => sum + training.loss, 0) / this.#rows;
    this.#lossCurve.push(loss);
    if (params.verbose) console.log(`Iteration ${this.epochs}, loss = ${loss.toFixed(8)}`);
    this.#running = this.#running.filter((training) => !training.finished);
    onState(this.state());
    return { epoch: (present?.lossCurve.length ?? 0) + this.epochs, loss };
  }

  /** Copies of the weights as they are. */
  state(): Fitted {
    const { classes, samples, present, incremental } = this.#request;
    const lossCurve = this.#lossCurve;
    const coef = this.#coef.slice();
    this.#trainings.forEach(({ scale }, k) => {
      const end = (k + 1) * samples.features;
      for (let j = k * samples.features; j < end; j++) coef[j] *= scale;
    });
    return {
      classes,
      features: samples.features,
      coef,
      intercept: Float64Array.from(this.#trainings, ({ intercept }) => intercept),
      lossCurve,
      nIter: this.epochs,
      t: (incremental ? (present?.t ?? 1) : 1) + this.epochs * samples.rows,
    };
  }
}

function newCoef(sides: number, features: number): Float64Array {
  const what = `Perceptron: a table of ${sides} x ${features} weights`;
  return newTable([sides, features], what, 'give X fewer columns', MAX_COEF_BYTES);
}

/** The stratified validation split: 1 for rows held out. */
function holdOut({ params, samples, codes, classes, sampleWeight }: TrainingRequest): Uint8Array {
  const { validationFraction, randomState } = params;
  const { rows } = samples;
  const random = toRandomState(randomState);
  // With a generator that goes on, scikit-learn draws for two classes once before it splits.
  if (classes.length === 2 && randomState instanceof RandomState) random.randint(1, MAX_SEED);
  const held = new Uint8Array(rows);
  try {
    const sizes = splitSizes(rows, validationFraction);
    for (const row of splitIndices(rows, codes, random, sizes, classes).test) held[row] = 1;
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    const part = `validationFraction ${validationFraction} of ${rows} rows`;
    throw new ValueError(`Perceptron: earlyStopping cannot hold out ${part}: ${error.message}`);
  }
  if (sampleWeight && held.every((each, row) => each === 0 || sampleWeight[row] === 0)) {
    throw new ValueError(
      'Perceptron: The sample weights for validation set are all zero, consider using a different random state.',
    );
  }
  return held;
}

/** Classes, weights and seeds of the one-vs-all problems. */
function newSides({ params, classes, classWeight, present }: TrainingRequest): Omit<Side, 'weight'>[] {
  const { randomState, earlyStopping } = params;
  const random = toRandomState(randomState);
  if (classes.length === 2) {
    const drawn = earlyStopping && randomState instanceof RandomState;
    if (!drawn) random.randint(1, MAX_SEED);
    const seed = random.randint(0, MAX_SEED);
    const [negativeWeight, positiveWeight] = classWeight;
    return [{ positive: 1, positiveWeight, negativeWeight, seed, intercept: present?.intercept[0] ?? 0 }];
  }
  const seeds = classes.map(() => random.randint(0, MAX_SEED));
  return seeds.map((each, k) => {
    const own = new RandomState(each);
    own.randint(1, MAX_SEED);
    const seed = own.randint(0, MAX_SEED);
    const intercept = present?.intercept[k] ?? 0;
    return { positive: k, positiveWeight: classWeight[k], negativeWeight: 1, seed, intercept };
  });
}
