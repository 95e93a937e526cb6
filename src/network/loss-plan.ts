import type { Activation } from './activations.js';
import type { Layout, Matrix } from './layout.js';
import type { LossSpec } from './losses.js';
import { isFused, usesLabels } from './losses.js';
import type { Parameter } from './parameters.js';
import type { Penalties } from './penalties.js';
import { planPenalties } from './penalties.js';
import type { NetworkSpec } from './spec.js';

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
