import { call, type Call } from '../engine/kernels.js';
import type { Matrix } from './layout.js';
import type { Parameter } from './parameters.js';
import type { NetworkSpec, RegularizerSpec } from './spec.js';

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
export function planPenalties(spec: NetworkSpec, parameters: readonly Parameter[]): Penalties {
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
