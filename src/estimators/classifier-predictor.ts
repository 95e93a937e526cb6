/**
 * ClassifierPredictor: what a trained MLPClassifier predicts, as labels or probabilities, at once or in
 * slices. Not for training (mlp-classifier.ts); lamella/predict loads this file without it.
 */
import type { AsyncOptions, ThreadsOption } from '../check.js';
import { runAsync, threadsRule, anything, checkOptions, float32Array } from '../check.js';
import type { Label } from '../data/labels.js';
import { log } from '../math.js';
import { isRepeated, memoize } from '../network/prediction-memo.js';
import { newPredictions } from '../network/network.js';
import type { ArrayInput, NdArray, Rows } from '../ndarray.js';
import { ranges } from '../yielding.js';
import {
  decideEach,
  decideRow,
  isMultilabel,
  checkOut,
  labelRows,
  labelSequence,
  writeLabel,
  finiteOutputs,
  outputsInPieces,
  outputsOf,
} from './outputs.js';
import { FittedMLP } from './fitted-mlp.js';
import type { Model } from './model.js';
import type { LabelSequence } from './outputs.js';

const OUT = { out: float32Array, threads: threadsRule };
const LABELS_OUT = { out: anything<LabelSequence>(), threads: threadsRule };

/** One label per row, or for several an NdArray (rows, labels) of 0 and 1. */
export type Predictions = Label[] | NdArray<Uint8Array>;

/** Where probabilities may be written. */
export interface ProbabilityOptions extends ThreadsOption {
  /**
   * A Float32Array of rows · classes to fill. A row asked for again with the same objects makes no new ones:
   * the result is the last.
   */
  readonly out?: Float32Array;
}

/** A saved MLPClassifier: its attributes and predictions. It cannot be trained. */
export class ClassifierPredictor extends FittedMLP {
  /** Survives minifiers. */
  static override readonly name: string = 'ClassifierPredictor';
  protected readonly name = 'MLPClassifier';

  /**
   * The labels, sorted: strings by code point, numbers by value, false before true; 0 … k − 1 for k labels
   * per row.
   */
  get classes(): Label[] {
    return [...this.fitted('classes').classes];
  }

  /**
   * The label of the most probable class of every row; with several labels per row an NdArray (rows, labels)
   * of 0 and 1, 1 where the probability is above ½.
   *
   * @param options `out`: an array with one element per row to fill and return; a typed array for numeric
   *   labels; with several labels per row a Uint8Array of rows · labels
   */
  predict<R extends Predictions = Label[]>(x: ArrayInput): R;
  predict<T extends LabelSequence = Label[]>(x: ArrayInput, options: { readonly out?: T } & ThreadsOption): T;
  predict(x: ArrayInput): Label[];
  predict(
    x: ArrayInput,
    options?: { readonly out?: LabelSequence } & ThreadsOption,
  ): LabelSequence | Predictions {
    return predictLabels(this.fitted('predict'), x, options);
  }

  /**
   * `predict` in slices of about 25 ms, between which other work of the program runs. All rows are predicted
   * by the same weights, whatever is trained meanwhile.
   *
   * @param options those of predict, and `signal`
   */
  predictAsync<R extends Predictions = Label[]>(x: ArrayInput, options?: AsyncOptions): Promise<R>;
  predictAsync<T extends LabelSequence>(
    x: ArrayInput,
    options: { readonly out?: T } & AsyncOptions,
  ): Promise<T>;
  predictAsync(x: ArrayInput, options?: AsyncOptions): Promise<Label[]>;
  async predictAsync(
    x: ArrayInput,
    options?: { readonly out?: LabelSequence } & AsyncOptions,
  ): Promise<LabelSequence | Predictions> {
    return predictLabelsAsync(this.fitted('predictAsync'), x, options);
  }

  /**
   * Probability of every class: (rows, classes), columns in the order of `classes`, each row summing to 1.
   *
   * @param options `out`: a Float32Array of rows · classes to fill
   */
  predictProba(x: ArrayInput, options?: ProbabilityOptions): NdArray {
    return probabilities(this.fitted('predictProba'), x, options);
  }

  /**
   * `predictProba` in slices of about 25 ms, between which other work of the program runs. All rows are
   * predicted by the same weights, whatever is trained meanwhile.
   *
   * @param options those of predictProba, and `signal`
   */
  async predictProbaAsync(x: ArrayInput, options?: ProbabilityOptions & AsyncOptions): Promise<NdArray> {
    return probabilitiesAsync(this.fitted('predictProbaAsync'), x, options);
  }

  /** Natural logarithm of predictProba; −∞ where a probability is 0. `out` as there. */
  predictLogProba(x: ArrayInput, options?: ProbabilityOptions): NdArray {
    return logProbabilities(this.fitted('predictLogProba'), x, options);
  }
}

/** MLPClassifier.predict with a trained model. */
function predictLabels(
  model: Model,
  x: ArrayInput,
  options: ({ readonly out?: LabelSequence } & ThreadsOption) | undefined,
): LabelSequence | Predictions {
  const { network, classes } = model;
  const { memo } = network;
  if (isRepeated(memo, 'predict', x, options)) {
    const { result, rows: again, out } = memo;
    const code = decideRow(finiteOutputs(network, again, result as Float32Array), 0, network.outputShape[0]);
    writeLabel(out as LabelSequence, 0, classes[code]);
    return out as LabelSequence;
  }
  const { out } = checkOptions('MLPClassifier.predict', options, LABELS_OUT);
  const { values, rows } = outputsOf(model, x);
  if (isMultilabel(model)) return labelRows(decideEach(values), rows.rows, out);
  const labels = labelSequence(out, rows.rows, classes);
  decideLabels(labels, model, values, 0, rows.rows);
  network.memo = memoize('predict', x, options, rows, values);
  return labels;
}

/** MLPClassifier.predictAsync with a trained model. */
function predictLabelsAsync(
  model: Model,
  x: ArrayInput,
  options: ({ readonly out?: LabelSequence } & AsyncOptions) | undefined,
): Promise<LabelSequence | Predictions> {
  const { classes } = model;
  return runAsync('MLPClassifier.predictAsync', options, LABELS_OUT, function* ({ out }) {
    const { values, rows } = yield* outputsInPieces(model, x);
    if (isMultilabel(model)) return labelRows(decideEach(values), rows.rows, out);
    const labels = labelSequence(out, rows.rows, classes);
    yield* ranges(rows.rows, classes.length, (begin, end) => {
      decideLabels(labels, model, values, begin, end);
    });
    return labels;
  });
}

/** Write the labels of the rows [begin, end) by the outputs of the network. */
function decideLabels(
  labels: LabelSequence,
  { classes, outputs: width }: Model,
  outputs: Float32Array,
  begin: number,
  end: number,
): void {
  for (let row = begin; row < end; row++) {
    writeLabel(labels, row, classes[decideRow(outputs, row * width, width)]);
  }
}

/** MLPClassifier.predictProba with a trained model; `wanted` is the method that options belong to. */
function probabilities(
  model: Model,
  x: ArrayInput,
  options: ProbabilityOptions | undefined,
  wanted = 'predictProba',
): NdArray {
  const { network } = model;
  const { memo } = network;
  if (isRepeated(memo, wanted, x, options)) {
    const result = memo.result as NdArray;
    finiteOutputs(network, memo.rows, result.data);
    if (network.outputShape[0] === 1) bothClasses(result.data);
    return result;
  }
  const { out } = checkOptions(`MLPClassifier.${wanted}`, options, OUT);
  const { values, rows } = outputsOf(model, x, (count) => probabilitiesOut(model, count, out));
  const result = probabilitiesResult(model, values, rows);
  network.memo = memoize(wanted, x, options, rows, result);
  return result;
}

/** MLPClassifier.predictProbaAsync with a trained model. */
function probabilitiesAsync(
  model: Model,
  x: ArrayInput,
  options: (ProbabilityOptions & AsyncOptions) | undefined,
): Promise<NdArray> {
  return runAsync('MLPClassifier.predictProbaAsync', options, OUT, function* ({ out }) {
    const { values, rows } = yield* outputsInPieces(model, x, (count) => probabilitiesOut(model, count, out));
    return probabilitiesResult(model, values, rows);
  });
}

/** The array to fill for some rows: `out`, if it is as long as it must be. */
function probabilitiesOut({ classes }: Model, rows: number, out: Float32Array | undefined): Float32Array {
  const length = rows * classes.length;
  if (out) checkOut(out.length, length, `(${rows}, ${classes.length})`);
  return out ?? newPredictions(rows, classes.length);
}

function probabilitiesResult({ network, classes }: Model, data: Float32Array, { rows }: Rows): NdArray {
  if (network.outputShape[0] === 1) bothClasses(data);
  return { data, shape: [rows, classes.length] };
}

/** (rows, 2) from the probabilities of the second class, which are in the first half. */
function bothClasses(data: Float32Array): void {
  for (let row = data.length / 2 - 1; row >= 0; row--) {
    const positive = data[row];
    data[2 * row] = 1 - positive;
    data[2 * row + 1] = positive;
  }
}

/** MLPClassifier.predictLogProba with a trained model. */
function logProbabilities(model: Model, x: ArrayInput, options: ProbabilityOptions | undefined): NdArray {
  const result = probabilities(model, x, options, 'predictLogProba');
  const { data } = result;
  for (let i = 0; i < data.length; i++) data[i] = log(data[i]);
  return result;
}
