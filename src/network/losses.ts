// The loss of a batch as the plan takes it: which kernel computes a loss and its gradient, how it goes
// together with the output activation, the penalties that regularizers add, and where all of it lies. Options
// are in loss-options.ts, apart from here because lamella/predict loads this.
import { ElementLoss } from '../engine/generated/abi.js';
import { call, type Call } from '../engine/kernels.js';
import type { Activation } from './activations.js';
import type { Layout, Matrix } from './layout.js';
import type { Parameter } from './parameters.js';
import type { NetworkSpec, RegularizerSpec } from './spec.js';

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

/** Offsets of what the loss compares and reports. */
export interface LossPlan {
  readonly spec: LossSpec;
  readonly fused: boolean;
  readonly delta: Matrix;
  readonly targets: Matrix;
  readonly labels: boolean;
  readonly weights: number;
  readonly scale: number;
  readonly rowLoss: number;
  /** float64: Σ rowLoss, then what the penalties sum. */
  readonly sums: number;
  readonly penalties: Penalties;
  /** Finished predictions of the batch; undefined if they are not read. */
  readonly predictions?: Matrix;
}

/** The activation that ends the network, if its last layer has one. */
export function outputActivation({ layers }: NetworkSpec): Activation {
  const last = layers[layers.length - 1];
  return 'activation' in last ? last.activation : 'linear';
}

/** Finds out if a loss is fused with the last activation, and if it takes its targets as labels. */
export function lossForm(spec: NetworkSpec, loss: LossSpec): { fused: boolean; labels: boolean } {
  const last = spec.layers[spec.layers.length - 1];
  const plain = !('activityRegularizer' in last && last.activityRegularizer);
  const fused = plain && isFused(loss, outputActivation(spec));
  return { fused, labels: usesLabels(loss, fused) };
}

interface LossSizes {
  readonly spec: NetworkSpec;
  readonly rows: number;
  readonly output: Matrix;
  /** Gradient at the output; undefined in plans without updates. */
  readonly delta?: Matrix;
  readonly parameters: readonly Parameter[];
  /** True if predictions are read. */
  readonly predictions: boolean;
}

/** Sets aside what the loss of a batch needs. */
export function planLoss(layout: Layout, loss: LossSpec, sizes: LossSizes): LossPlan {
  const { spec, rows, output, delta, parameters } = sizes;
  const { fused, labels } = lossForm(spec, loss);
  const penalties = planPenalties(spec, parameters);
  const outputs = (): Matrix => layout.matrix(rows, output.columns);
  const predictions = sizes.predictions ? output : undefined;
  return {
    spec: loss,
    fused,
    labels,
    penalties,
    delta: delta ?? outputs(),
    targets: labels ? { offset: layout.take(4 * rows), stride: 4, columns: 1 } : outputs(),
    weights: layout.floats(rows),
    scale: layout.floats(1),
    rowLoss: layout.take(8 * rows),
    sums: layout.take(8 * (1 + penalties.count)),
    predictions: predictions && fused ? outputs() : predictions,
  };
}

interface Term {
  readonly regularizer: RegularizerSpec;
  /** Position of the first of two sums (squares, magnitudes) among the float64 sums. */
  readonly first: number;
}

/** Penalties that regularizers add to the loss. The sums lie behind the sum of the rows' losses. */
export interface Penalties {
  /** float64 sums needed. */
  readonly count: number;
  readonly weights: readonly (Term & { readonly parameter: Parameter })[];
  readonly activities: readonly (Term & { readonly layer: number })[];
}

/** Penalties of the trainable parameters and of activities. Frozen parameters add nothing, as in Keras. */
function planPenalties(spec: NetworkSpec, parameters: readonly Parameter[]): Penalties {
  let count = 0;
  const weights = parameters.flatMap((parameter) => {
    const { regularizer } = parameter.rules;
    if (!regularizer || !parameter.trainable) return [];
    count += 2;
    return [{ parameter, regularizer, first: count - 1 }];
  });
  const activities = spec.layers.flatMap((layer, i) => {
    if (!('activityRegularizer' in layer) || !layer.activityRegularizer) return [];
    count += 1;
    return [{ layer: i, regularizer: layer.activityRegularizer, first: count }];
  });
  return { count, weights, activities };
}

/** Calls that sum weight² and |weight|, each where its penalty is not 0. */
export function weightPenaltyCalls({ weights }: Penalties, block: number, sums: number): Call[] {
  return weights.flatMap(({ parameter, regularizer, first }) => {
    const args = [block + 4 * parameter.position, parameter.length] as const;
    const calls: Call[] = [];
    if (regularizer.l2 > 0) calls.push(call('sumSquares', sums + 8 * first, ...args));
    if (regularizer.l1 > 0) calls.push(call('sumMagnitudes', sums + 8 * (first + 1), ...args));
    return calls;
  });
}

/** Calls that sum the penalties of outputs. */
export function activityPenaltyCalls(
  { activities }: Penalties,
  outputs: readonly Matrix[],
  sums: number,
  rows: number,
): Call[] {
  return activities.map(({ layer, regularizer: { l1, l2 }, first }) => {
    const y = outputs[layer];
    return call('activityPenalty', sums + 8 * first, y, rows, y.columns, l1, l2);
  });
}

/**
 * Calls that add the gradient of a layer's activity penalty, divided by the rows of the batch, to its delta.
 */
export function activityGradientCalls(
  { activities }: Penalties,
  layer: number,
  delta: Matrix,
  output: Matrix,
  rows: number,
): Call[] {
  return activities
    .filter((term) => term.layer === layer)
    .map(({ regularizer: { l1, l2 } }) =>
      call('activityGradient', delta, output, rows, output.columns, l1, l2, Math.fround(1 / rows)),
    );
}

/**
 * The penalty of a batch, from its sums (float64, the first is the rows' loss). `share` scales weight
 * penalties: 1 in Keras, 1 / Σ row weights in scikit-learn.
 */
export function penaltyOf(
  { weights, activities }: Penalties,
  sums: Float64Array,
  rows: number,
  share: number,
): number {
  let total = 0;
  for (const { regularizer, first } of weights) {
    total += (regularizer.l2 * sums[first] + regularizer.l1 * sums[first + 1]) * share;
  }
  for (const { first } of activities) total += sums[first] / rows;
  return total;
}
