import { anything, checkOptions } from '../../check.js';
import type { ArrayInput, NdArray } from '../../ndarray.js';
import { toExactRows } from '../../ndarray/exactRows.js';
import type { LabelSequence } from '../out.js';
import { fillLabels } from '../out.js';
import { toSamples } from './samples.js';
import type { Fitted } from './training.js';

/** Perceptron.predict with a trained model. */
export function predictClasses(
  model: Fitted,
  x: ArrayInput,
  options: { readonly out?: LabelSequence } | undefined,
): LabelSequence {
  const { classes } = model;
  const { out } = checkOptions('Perceptron.predict', options, { out: anything<LabelSequence>() });
  const codes = decided(model, x);
  if (out === undefined) return Array.from(codes, (code) => classes[code]);
  return fillLabels(out, codes, classes);
}

/** Perceptron.decisionFunction with a trained model. */
export function decisionFunction(model: Fitted, x: ArrayInput): NdArray<Float64Array> {
  const { values, width } = decisions(model, x);
  const rows = values.length / width;
  return { data: values, shape: width === 1 ? [rows] : [rows, width] };
}

function decisions(
  { coef, intercept, features }: Fitted,
  x: ArrayInput,
): { values: Float64Array<ArrayBuffer>; width: number } {
  const samples = toSamples(toExactRows(x, features));
  const width = intercept.length;
  const values = new Float64Array(samples.rows * width);
  const weights = Array.from(intercept, (_b, k) => coef.subarray(k * features, (k + 1) * features));
  for (let row = 0; row < samples.rows; row++) {
    for (let k = 0; k < width; k++) {
      values[row * width + k] = samples.dot(row, weights[k]) + intercept[k];
    }
  }
  return { values, width };
}

/** Positions of the decided classes: above 0, or the first of the largest. */
export function decided(model: Fitted, x: ArrayInput): Int32Array {
  const { values, width } = decisions(model, x);
  const codes = new Int32Array(values.length / width);
  for (let row = 0; row < codes.length; row++) {
    if (width === 1) codes[row] = values[row] > 0 ? 1 : 0;
    for (let k = 1; k < width; k++) {
      if (values[row * width + k] > values[row * width + codes[row]]) codes[row] = k;
    }
  }
  return codes;
}
