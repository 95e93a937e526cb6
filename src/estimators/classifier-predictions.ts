import { anything, checkOptions, float32Array } from '../check.js';
import type { Label } from '../data/labels.js';
import { log } from '../math.js';
import { isAgain, remember } from '../model/last-call.js';
import { newPredictions } from '../model/prediction.js';
import type { ArrayInput, NdArray } from '../ndarray.js';
import { toRows } from '../ndarray.js';
import { decide, decideEach, decideRow, isMultilabel } from './decisions.js';
import type { Model } from './model.js';
import type { LabelSequence } from './out.js';
import { checkOut, fillLabels, labelRows, writeLabel } from './out.js';
import { finiteOutputs, outputsOf } from './outputs.js';

const OUT = { out: float32Array };
const LABELS_OUT = { out: anything<LabelSequence>() };

/** One label per row, or for several an NdArray (rows, labels) of 0 and 1. */
export type Predictions = Label[] | NdArray<Uint8Array>;

/** Where probabilities may be written. */
export interface ProbabilityOptions {
  /** A Float32Array of rows · classes to fill. A row asked for again with the same objects makes no new ones: the result is the last. */
  readonly out?: Float32Array;
}

/** MLPClassifier.predict with a trained model. */
export function predictLabels(
  model: Model,
  x: ArrayInput,
  options: { readonly out?: LabelSequence } | undefined,
): LabelSequence | Predictions {
  const { network, classes } = model;
  const last = network.lastCall;
  if (isAgain(last, 'predict', x, options)) {
    const { result, rows: again, out } = last;
    const code = decideRow(finiteOutputs(network, again, result as Float32Array), 0, network.outputShape[0]);
    writeLabel(out as LabelSequence, 0, classes[code]);
    return out as LabelSequence;
  }
  const { out } = checkOptions('MLPClassifier.predict', options, LABELS_OUT);
  const { values, rows } = outputsOf(model, x);
  if (isMultilabel(model)) return labelRows(decideEach(values), rows.rows, out);
  const codes = decide(values, rows.rows);
  if (out === undefined) return Array.from(codes, (code) => classes[code]);
  const filled = fillLabels(out, codes, classes);
  network.lastCall = remember('predict', x, options, rows, values);
  return filled;
}

/** MLPClassifier.predictProba with a trained model; `wanted` is the method that options belong to. */
export function probabilities(
  { network, classes }: Model,
  x: ArrayInput,
  options: ProbabilityOptions | undefined,
  wanted = 'predictProba',
): NdArray {
  const last = network.lastCall;
  if (isAgain(last, wanted, x, options)) {
    const result = last.result as NdArray;
    finiteOutputs(network, last.rows, result.data);
    if (network.outputShape[0] === 1) bothClasses(result.data);
    return result;
  }
  const { out } = checkOptions(`MLPClassifier.${wanted}`, options, OUT);
  const given = toRows(x, { flatten: true, expectedFeatures: network.spec.inputShape[0], unchecked: true });
  const shape = [given.rows, classes.length];
  if (out) checkOut(out.length, given.rows * classes.length, `(${shape.join(', ')})`);
  const data = finiteOutputs(network, given, out ?? newPredictions(given.rows, classes.length));
  if (network.outputShape[0] === 1) bothClasses(data);
  const result = { data, shape };
  network.lastCall = remember(wanted, x, options, given, result);
  return result;
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
