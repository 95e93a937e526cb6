import { anything, checkOptions, instance } from '../check.js';
import type { Label } from '../data/labels.js';
import { log } from '../math.js';
import type { ArrayInput, NdArray } from '../ndarray.js';
import { toRows } from '../ndarray.js';
import { decide, decideEach, isMultilabel } from './decisions.js';
import type { Model } from './model.js';
import type { LabelSequence } from './out.js';
import { checkOut, fillLabels, labelRows } from './out.js';
import { outputsOf } from './outputs.js';

const OUT = { out: instance(Float32Array) };
const LABELS_OUT = { out: anything<LabelSequence>() };

/** One label per row, or for several an NdArray (rows, labels) of 0 and 1. */
export type Predictions = Label[] | NdArray<Uint8Array>;

/** Where probabilities may be written. */
export interface ProbabilityOptions {
  /** A Float32Array of rows · classes to fill. */
  readonly out?: Float32Array;
}

/** MLPClassifier.predict with a trained model. */
export function predictLabels(
  model: Model,
  x: ArrayInput,
  options: { readonly out?: LabelSequence } | undefined,
): LabelSequence | Predictions {
  const { out } = checkOptions('MLPClassifier.predict', options, LABELS_OUT);
  const { values, rows } = outputsOf(model, x);
  if (isMultilabel(model)) return labelRows(decideEach(values), rows, out);
  const codes = decide(values, rows);
  const { classes } = model;
  if (out === undefined) return Array.from(codes, (code) => classes[code]);
  return fillLabels(out, codes, classes);
}

/** MLPClassifier.predictProba with a trained model; `wanted` is the method that options belong to. */
export function probabilities(
  { network, classes }: Model,
  x: ArrayInput,
  options: ProbabilityOptions | undefined,
  wanted = 'predictProba',
): NdArray {
  const { out } = checkOptions(`MLPClassifier.${wanted}`, options, OUT);
  const given = toRows(x, { flatten: true, expectedFeatures: network.spec.inputShape[0], unchecked: true });
  const shape = [given.rows, classes.length];
  if (out) checkOut(out.length, given.rows * classes.length, `(${shape.join(', ')})`);
  if (network.outputShape[0] > 1) return { data: network.forward(given, out), shape };
  const positive = network.forward(given);
  const data = out ?? new Float32Array(2 * given.rows);
  positive.forEach((p, row) => {
    data[2 * row] = 1 - p;
    data[2 * row + 1] = p;
  });
  return { data, shape };
}

/** MLPClassifier.predictLogProba with a trained model. */
export function logProbabilities(
  model: Model,
  x: ArrayInput,
  options: ProbabilityOptions | undefined,
): NdArray {
  const result = probabilities(model, x, options, 'predictLogProba');
  const { data } = result;
  for (let i = 0; i < data.length; i++) data[i] = log(data[i]);
  return result;
}
