/**
 * PerceptronPredictor: the attributes and predictions of a trained Perceptron. Not for training
 * (perceptron.ts); lamella/predict loads this file without it.
 */
import type { AsyncOptions, ThreadsOption } from '../../check.js';
import { runAsync, threadsRule, anything, checkOptions, notJson } from '../../check.js';
import type { Label } from '../../data/labels.js';
import { VALUES_PER_LABEL } from '../../data/labels.js';
import { NotFittedError } from '../../errors.js';
import type { ArrayInput, NdArray } from '../../ndarray.js';
import { dotOf, exactRowsInPieces } from '../../ndarray/exact-rows.js';
import type { Pieces } from '../../yielding.js';
import { ranges, runAtOnce } from '../../yielding.js';
import type { LabelSequence } from '../outputs.js';
import { labelSequence, writeLabel } from '../outputs.js';
import type { Fitted } from './training.js';

const PREDICT = { out: anything<LabelSequence>(), threads: threadsRule };

/** Options of Perceptron.predict. */
export interface PredictOptions extends ThreadsOption {
  /** An array with one element per row to fill and return; a typed array for numeric labels. */
  readonly out?: LabelSequence;
}

/** A saved Perceptron: its attributes and predictions. It cannot be trained. */
export class PerceptronPredictor {
  /** Survives minifiers. */
  static readonly name: string = 'PerceptronPredictor';
  protected fittedState: Fitted | undefined;

  /** @internal Use `loadModel`. */
  constructor(fitted?: Fitted) {
    this.fittedState = fitted;
  }

  /** The labels, sorted: strings by code point, numbers by value, false before true. */
  get classes(): Label[] {
    return [...this.fitted('classes').classes];
  }

  /** Weights, (1, features) for two classes, else (classes, features). A copy. */
  get coef(): NdArray<Float64Array> {
    const { coef, intercept, features } = this.fitted('coef');
    return { data: coef.slice(), shape: [intercept.length, features] };
  }

  /** Intercepts, one per row of `coef`. A copy. */
  get intercept(): Float64Array {
    return this.fitted('intercept').intercept.slice();
  }

  /**
   * Mean perceptron loss of the last epoch, summed over the one-vs-all problems; NaN before the first has
   * ended.
   */
  get loss(): number {
    return this.fitted('loss').lossCurve.at(-1) ?? NaN;
  }

  /** That loss of every epoch. */
  get lossCurve(): number[] {
    return [...this.fitted('lossCurve').lossCurve];
  }

  /** Epochs of the last call: the most that a class needed. */
  get nIter(): number {
    return this.fitted('nIter').nIter;
  }

  /** Features of a row of X. */
  get nFeaturesIn(): number {
    return this.fitted('nFeaturesIn').features;
  }

  /** 1 + rows seen in training, over all epochs. */
  get t(): number {
    return this.fitted('t').t;
  }

  /** What JSON.stringify calls. @throws ValueError always: models are saved by `toBytes` */
  toJSON(): never {
    throw notJson('Perceptron', 'keep the bytes of toBytes()');
  }

  /** The trained state; `wanted` is what errors say needs it. */
  protected fitted(wanted: string): Fitted {
    if (this.fittedState) return this.fittedState;
    const state = this.training
      ? 'fit has not ended; await its promise first'
      : 'fit has not been called; call await fit(X, y) first';
    throw new NotFittedError(`Perceptron: ${wanted} needs a trained model, but ${state}.`);
  }

  /** True while a call of fit or partialFit is under way. */
  protected get training(): boolean {
    return false;
  }

  /**
   * The label of every row.
   *
   * @param options `out`: an array with one element per row to fill and return; a typed array for numeric
   *   labels
   */
  predict(x: ArrayInput): Label[];
  predict<T extends LabelSequence = Label[]>(x: ArrayInput, options: { readonly out?: T } & ThreadsOption): T;
  predict(x: ArrayInput, options?: PredictOptions): LabelSequence {
    return predictClasses(this.fitted('predict'), x, options);
  }

  /**
   * `predict` in slices of about 25 ms, between which other work of the program runs.
   *
   * @param options those of predict, and `signal`
   */
  predictAsync(x: ArrayInput, options?: AsyncOptions): Promise<Label[]>;
  predictAsync<T extends LabelSequence = Label[]>(
    x: ArrayInput,
    options: { readonly out?: T } & AsyncOptions,
  ): Promise<T>;
  async predictAsync(x: ArrayInput, options?: PredictOptions & AsyncOptions): Promise<LabelSequence> {
    return predictClassesAsync(this.fitted('predictAsync'), x, options);
  }

  /** w · x + b of every row: (rows) for two classes, positive for the second; else (rows, classes). */
  decisionFunction(x: ArrayInput): NdArray<Float64Array> {
    return decisionFunction(this.fitted('decisionFunction'), x);
  }
}

/** Perceptron.predict with a trained model. */
function predictClasses(model: Fitted, x: ArrayInput, options: PredictOptions | undefined): LabelSequence {
  const { out } = checkOptions('Perceptron.predict', options, PREDICT);
  return runAtOnce(predictedLabels(model, x, out));
}

/** Perceptron.predictAsync with a trained model. */
function predictClassesAsync(
  model: Fitted,
  x: ArrayInput,
  options: (PredictOptions & AsyncOptions) | undefined,
): Promise<LabelSequence> {
  return runAsync('Perceptron.predictAsync', options, PREDICT, ({ out }) => predictedLabels(model, x, out));
}

function* predictedLabels(model: Fitted, x: ArrayInput, out?: LabelSequence): Pieces<LabelSequence> {
  const codes = yield* decidedCodes(model, x);
  const labels = labelSequence(out, codes.length, model.classes);
  yield* ranges(codes.length, VALUES_PER_LABEL, (begin, end) => {
    for (let row = begin; row < end; row++) writeLabel(labels, row, model.classes[codes[row]]);
  });
  return labels;
}

/** Perceptron.decisionFunction with a trained model. */
function decisionFunction(model: Fitted, x: ArrayInput): NdArray<Float64Array> {
  const { values, width } = runAtOnce(decisions(model, x));
  const rows = values.length / width;
  return { data: values, shape: width === 1 ? [rows] : [rows, width] };
}

function* decisions(
  { coef, intercept, features }: Fitted,
  x: ArrayInput,
): Pieces<{ values: Float64Array<ArrayBuffer>; width: number }> {
  const rows = yield* exactRowsInPieces(x, features);
  const dot = dotOf(rows);
  const width = intercept.length;
  const values = new Float64Array(rows.rows * width);
  const weights = Array.from(intercept, (_b, k) => coef.subarray(k * features, (k + 1) * features));
  yield* ranges(rows.rows, (width * rows.data.length) / rows.rows, (begin, end) => {
    for (let row = begin; row < end; row++) {
      for (let k = 0; k < width; k++) {
        values[row * width + k] = dot(row, weights[k]) + intercept[k];
      }
    }
  });
  return { values, width };
}

/** Positions of the decided classes: above 0, or the first of the largest. */
export function* decidedCodes(model: Fitted, x: ArrayInput): Pieces<Int32Array> {
  const { values, width } = yield* decisions(model, x);
  const codes = new Int32Array(values.length / width);
  yield* ranges(codes.length, width, (begin, end) => {
    for (let row = begin; row < end; row++) {
      if (width === 1) codes[row] = values[row] > 0 ? 1 : 0;
      for (let k = 1; k < width; k++) {
        if (values[row * width + k] > values[row * width + codes[row]]) codes[row] = k;
      }
    }
  });
  return codes;
}
