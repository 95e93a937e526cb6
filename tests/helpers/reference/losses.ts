import { sigmoid, softmax } from './activations.js';

/** Labels (rows) for classes, values (rows, outputs) otherwise. */
export type ReferenceTargets = ArrayLike<number>;

/** Loss of one row from the outputs of the last layer, and its gradient with respect to them. */
export interface ReferenceLoss {
  /** Targets per row, of `outputs` outputs. */
  readonly targets: (outputs: number) => number;
  readonly row: (outputs: Float64Array, targets: readonly number[]) => number;
  readonly gradient: (outputs: Float64Array, targets: readonly number[]) => Float64Array;
}

const all = (outputs: number): number => outputs;

/** ln Σ e^z without overflow. */
function logSumExp(z: Float64Array): number {
  const largest = z.reduce((a, b) => Math.max(a, b), -Infinity);
  return largest + Math.log(z.reduce((sum, value) => sum + Math.exp(value - largest), 0));
}

/** The fused ones take logits: the derivative of the pair is simpler than that of its halves. */
export const losses = {
  softmaxCrossEntropy: {
    targets: () => 1,
    row: (logits, [label]) => logSumExp(logits) - logits[label],
    gradient: (logits, [label]) => softmax(logits).map((p, j) => p - (j === label ? 1 : 0)),
  },
  sigmoidCrossEntropy: {
    targets: all,
    row: (logits, targets) =>
      logits.reduce(
        (sum, z, j) => sum + Math.max(z, 0) - z * targets[j] + Math.log1p(Math.exp(-Math.abs(z))),
        0,
      ),
    gradient: (logits, targets) => logits.map((z, j) => sigmoid(z) - targets[j]),
  },
  squaredError: {
    targets: all,
    row: (outputs, targets) => outputs.reduce((sum, y, j) => sum + 0.5 * (y - targets[j]) ** 2, 0),
    gradient: (outputs, targets) => outputs.map((y, j) => y - targets[j]),
  },
} as const satisfies Record<string, ReferenceLoss>;

export type LossName = keyof typeof losses;
