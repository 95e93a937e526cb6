// Losses as the plan takes them: which kernel computes a loss and its gradient, and how it goes together with
// the output activation. Options are in loss-options.ts, apart from here because lamella/predict loads this.
import { ElementLoss } from '../engine/generated/abi.js';
import { call, type Call } from '../engine/kernels.js';
import type { Activation } from './activations.js';
import type { Matrix } from './layout.js';

export type LossName =
  | ElementLoss
  | 'meanSquaredError'
  | 'categoricalCrossentropy'
  | 'sparseCategoricalCrossentropy'
  | 'categoricalHinge'
  | 'custom';

/** A loss as the plan takes it. */
export interface LossSpec {
  readonly name: LossName;
  /** Predictions are logits: the sigmoid or softmax is part of the loss. */
  readonly fromLogits?: boolean;
  /** Huber's delta. */
  readonly delta?: number;
  /** Sum over the outputs instead of the mean, as scikit-learn reports it. */
  readonly sumOutputs?: boolean;
  /** ½ (y − t)², whose gradient is not divided by the outputs, as scikit-learn has it. */
  readonly half?: boolean;
  /** The cross-entropy that is reported is kept in this range; the gradient is not clipped. */
  readonly range?: readonly [number, number];
}

/** True if the gradient of the loss with respect to the logits is prediction − target. */
export function isFused(loss: LossSpec, activation: Activation): boolean {
  if (loss.fromLogits) return false;
  const categorical =
    loss.name === 'categoricalCrossentropy' || loss.name === 'sparseCategoricalCrossentropy';
  return (
    (activation === 'softmax' && categorical) ||
    (activation === 'sigmoid' && loss.name === 'binaryCrossentropy')
  );
}

/** True if kernels take targets as labels rather than values: sparse cross-entropy from logits. */
export function usesLabels(loss: LossSpec, fused: boolean): boolean {
  return loss.name === 'sparseCategoricalCrossentropy' && (fused || (loss.fromLogits ?? false));
}

/** Where a loss finds what it needs. */
export interface LossPlace {
  readonly delta: Matrix;
  /** Predictions, or logits where the loss is fused. */
  readonly outputs: Matrix;
  readonly targets: Matrix;
  /** float32 per row. */
  readonly weights: number;
  /** float32: 1 / rows, or 1 / Σ weights. */
  readonly scale: number;
  /** float64 per row. */
  readonly rowLoss: number;
}

/** The call that writes delta and the loss of every row. A custom loss has none: the host computes it. */
export function lossCalls(loss: LossSpec, place: LossPlace, rows: number, fused: boolean): Call[] {
  const { delta, outputs, targets, weights, scale, rowLoss } = place;
  const common = [delta, outputs, targets, weights, scale, rowLoss, rows, outputs.columns] as const;
  const mean = loss.sumOutputs ? 1 : 1 / outputs.columns;
  const range = loss.range ?? ([-Infinity, Infinity] as const);
  const logits = fused || (loss.fromLogits ?? false);
  switch (loss.name) {
    case 'custom':
      return [];
    case 'meanSquaredError':
      return [
        loss.half
          ? call('squaredError', ...common, 0.5 * mean, 0.5)
          : call('squaredError', ...common, mean, mean),
      ];
    case 'sparseCategoricalCrossentropy':
      return [
        logits
          ? call('softmaxCrossEntropy', ...common, ...range)
          : call('categoricalCrossEntropy', ...common),
      ];
    case 'categoricalCrossentropy':
      return [
        logits
          ? call('softmaxCrossEntropyTargets', ...common, ...range)
          : call('categoricalCrossEntropy', ...common),
      ];
    case 'categoricalHinge':
      return [call('categoricalHinge', ...common)];
    case 'binaryCrossentropy':
      if (logits) return [call('sigmoidCrossEntropy', ...common, mean, mean, ...range)];
      break;
  }
  const factor = loss.name === 'kullbackLeiblerDivergence' ? 1 : mean;
  return [call('elementLoss', ElementLoss[loss.name], ...common, factor, loss.delta ?? 1)];
}
