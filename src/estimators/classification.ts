import type { Label } from '../data/labels.js';
import { runAtOnce } from '../yielding.js';
import { accuracy } from './accuracy.js';
import { decide } from './decisions.js';
import type { Task } from './model.js';

/** scikit-learn reports −ln of probabilities clipped to [2^-23, 1 − 2^-23], float32's epsilon. */
export const LOSS_RANGE = [1.1920929665620834e-7, 15.942385152878742] as const;

/** One label of `classes` per row: softmax with cross-entropy, or a logistic unit for two classes. */
export function classification(codes: Int32Array, classes: readonly Label[]): Task {
  const score = (outputs: Float32Array, rows: Int32Array, weights?: Float32Array): number => {
    const truth = Int32Array.from(rows, (row) => codes[row]);
    return accuracy(runAtOnce(decide(outputs, rows.length)), truth, weights);
  };
  if (classes.length === 2) {
    return {
      targets: { kind: 'values', data: Float32Array.from(codes) },
      outputs: 1,
      outActivation: 'sigmoid',
      loss: { name: 'binaryCrossentropy', sumOutputs: true, range: LOSS_RANGE },
      classes,
      codes,
      strata: codes,
      score,
    };
  }
  return {
    targets: { kind: 'labels', data: codes },
    outputs: classes.length,
    outActivation: 'softmax',
    loss: { name: 'sparseCategoricalCrossentropy', range: LOSS_RANGE },
    classes,
    codes,
    score,
  };
}
