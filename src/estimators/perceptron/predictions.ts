import type { AsyncOptions, ThreadsOption } from '../../check/async-options.js';
import { runAsync, threadsRule } from '../../check/async-options.js';
import { anything, checkOptions } from '../../check.js';
import { VALUES_PER_LABEL } from '../../data/labels.js';
import { readWeights } from '../../data/weights.js';
import type { ArrayInput, NdArray } from '../../ndarray.js';
import { dotOf, exactRowsInPieces } from '../../ndarray/exact-rows.js';
import type { Pieces } from '../../yielding.js';
import { ranges, runAtOnce } from '../../yielding.js';
import { accuracy, checkLength, labelsInPieces, positionsInPieces } from '../labels.js';
import type { LabelInput } from '../labels.js';
import type { LabelSequence } from '../outputs.js';
import { labelSequence, writeLabel } from '../outputs.js';
import type { Fitted } from './training.js';

const PREDICT = { out: anything<LabelSequence>(), threads: threadsRule };
const SCORE = { sampleWeight: anything<ArrayInput>() };

/** Options of Perceptron.predict. */
export interface PredictOptions extends ThreadsOption {
  /** An array with one element per row to fill and return; a typed array for numeric labels. */
  readonly out?: LabelSequence;
}

/** Options of Perceptron.score. */
export interface ScoreOptions {
  /** A weight >= 0 per row. */
  readonly sampleWeight?: ArrayInput;
}

/** Perceptron.predict with a trained model. */
export function predictClasses(
  model: Fitted,
  x: ArrayInput,
  options: PredictOptions | undefined,
): LabelSequence {
  const { out } = checkOptions('Perceptron.predict', options, PREDICT);
  return runAtOnce(predictedLabels(model, x, out));
}

/** Perceptron.predictAsync with a trained model. */
export function predictClassesAsync(
  model: Fitted,
  x: ArrayInput,
  options: (PredictOptions & AsyncOptions) | undefined,
): Promise<LabelSequence> {
  return runAsync('Perceptron.predictAsync', options, PREDICT, ({ out }) => predictedLabels(model, x, out));
}

function* predictedLabels(model: Fitted, x: ArrayInput, out?: LabelSequence): Pieces<LabelSequence> {
  const codes = yield* decided(model, x);
  const labels = labelSequence(out, codes.length, model.classes);
  yield* ranges(codes.length, VALUES_PER_LABEL, (begin, end) => {
    for (let row = begin; row < end; row++) writeLabel(labels, row, model.classes[codes[row]]);
  });
  return labels;
}

/** Perceptron.score with a trained model. */
export function scoreClasses(
  model: Fitted,
  x: ArrayInput,
  y: LabelInput,
  options: ScoreOptions | undefined,
): number {
  const { sampleWeight } = checkOptions('Perceptron.score', options, SCORE);
  return runAtOnce(scored(model, x, y, sampleWeight));
}

/** Perceptron.scoreAsync with a trained model. */
export function scoreClassesAsync(
  model: Fitted,
  x: ArrayInput,
  y: LabelInput,
  options: (ScoreOptions & AsyncOptions) | undefined,
): Promise<number> {
  return runAsync('Perceptron.scoreAsync', options, SCORE, ({ sampleWeight }) =>
    scored(model, x, y, sampleWeight),
  );
}

function* scored(model: Fitted, x: ArrayInput, y: LabelInput, sampleWeight?: ArrayInput): Pieces<number> {
  const codes = yield* decided(model, x);
  const labels = yield* labelsInPieces(y);
  checkLength(labels.length, codes.length);
  const weights = sampleWeight === undefined ? undefined : readWeights(sampleWeight, codes.length);
  return accuracy(codes, yield* positionsInPieces(labels, model.classes), weights);
}

/** Perceptron.decisionFunction with a trained model. */
export function decisionFunction(model: Fitted, x: ArrayInput): NdArray<Float64Array> {
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
function* decided(model: Fitted, x: ArrayInput): Pieces<Int32Array> {
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
