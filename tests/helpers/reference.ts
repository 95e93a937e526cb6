/**
 * A network in float64, written as its definitions: what every kernel and plan is compared with. It is itself checked by
 * finite differences. Another layer, activation, loss or optimizer is one more entry in reference/.
 */
import type { ReferenceLayer } from './reference/layers.js';
import type { ReferenceLoss, ReferenceTargets } from './reference/losses.js';
import type { ReferenceOptimizer } from './reference/optimizers.js';

export { activations, type ActivationName } from './reference/activations.js';
export * from './reference/layers.js';
export {
  huber,
  losses,
  type ReferenceLoss,
  type ReferenceLossName,
  type ReferenceTargets,
} from './reference/losses.js';
export * from './reference/matrix.js';
export * from './reference/normalization.js';
export * from './reference/optimizers.js';

export interface ReferenceBatch {
  /** (rows, inputs) row-major. */
  readonly x: ArrayLike<number>;
  readonly targets: ReferenceTargets;
  readonly rows: number;
  /** Of the rows in the loss. Default 1 each. */
  readonly weights?: ArrayLike<number>;
}

export interface ReferenceOptions {
  /** Whether everything is divided by Σ weights, penalties included (scikit-learn), or rows alone by their number (Keras). */
  readonly penaltyPerRow?: boolean;
}

export class ReferenceNetwork {
  readonly layers: readonly ReferenceLayer[];
  readonly #loss: ReferenceLoss;
  readonly #penaltyPerRow: boolean;

  constructor(layers: readonly ReferenceLayer[], loss: ReferenceLoss, options: ReferenceOptions = {}) {
    this.layers = layers;
    this.#loss = loss;
    this.#penaltyPerRow = options.penaltyPerRow ?? false;
  }

  /** Outputs of the last layer. */
  forward({ x, rows }: ReferenceBatch): Float64Array {
    return this.layers.reduce<Float64Array>((y, layer) => layer.forward(y, rows), Float64Array.from(x));
  }

  /** Mean loss of the rows, penalties included. */
  loss(batch: ReferenceBatch): number {
    const { outputs, targets, weights } = this.#rows(batch);
    const sum = outputs.reduce((total, row, i) => total + weights[i] * this.#loss.row(row, targets[i]), 0);
    const penalty = this.#penalized().reduce(
      (total, { values, l1, l2 }) => values.reduce((s, w) => s + l1 * Math.abs(w) + l2 * w * w, total),
      0,
    );
    const activity = this.layers.reduce((total, layer) => total + (layer.loss?.() ?? 0), 0);
    return sum / this.#divisor(weights) + penalty / this.#penaltyDivisor(weights) + activity;
  }

  /** Gradient of `loss` with respect to every parameter of every layer. */
  gradients(batch: ReferenceBatch): Record<string, Float64Array>[] {
    const { outputs, targets, weights } = this.#rows(batch);
    const width = outputs[0].length;
    let delta = new Float64Array(batch.rows * width);
    outputs.forEach((row, i) => {
      const share = weights[i] / this.#divisor(weights);
      delta.set(
        this.#loss.gradient(row, targets[i]).map((g) => g * share),
        i * width,
      );
    });
    const all: Record<string, Float64Array>[] = [];
    for (const layer of [...this.layers].reverse()) {
      const { input, parameters } = layer.backward(delta);
      for (const [name, { l1, l2 }] of Object.entries(layer.penalties ?? {})) {
        const w = layer.parameters[name];
        const share = 1 / this.#penaltyDivisor(weights);
        parameters[name] = parameters[name].map((g, i) => g + share * (l1 * Math.sign(w[i]) + 2 * l2 * w[i]));
      }
      all.unshift(parameters);
      delta = Float64Array.from(input);
    }
    return all;
  }

  /** One update; the loss before it. */
  step(batch: ReferenceBatch, optimizer: ReferenceOptimizer): number {
    const loss = this.loss(batch);
    const gradients = this.gradients(batch);
    this.layers.forEach(({ parameters }, i) => {
      for (const [name, parameter] of Object.entries(parameters)) optimizer(parameter, gradients[i][name]);
    });
    return loss;
  }

  #divisor(weights: readonly number[]): number {
    return this.#penaltyPerRow ? weights.reduce((a, b) => a + b, 0) : weights.length;
  }

  #penaltyDivisor(weights: readonly number[]): number {
    return this.#penaltyPerRow ? this.#divisor(weights) : 1;
  }

  #penalized(): { values: Float64Array; l1: number; l2: number }[] {
    return this.layers.flatMap(({ parameters, penalties = {} }) =>
      Object.entries(penalties).map(([name, penalty]) => ({ values: parameters[name], ...penalty })),
    );
  }

  /** Outputs, targets and weights by rows. */
  #rows(batch: ReferenceBatch): { outputs: Float64Array[]; targets: number[][]; weights: number[] } {
    const values = this.forward(batch);
    const width = values.length / batch.rows;
    const perRow = this.#loss.labels ? 1 : width;
    const rows = Array.from({ length: batch.rows }, (_, i) => i);
    return {
      outputs: rows.map((i) => values.slice(i * width, (i + 1) * width)),
      targets: rows.map((i) => Array.from({ length: perRow }, (_, j) => batch.targets[i * perRow + j])),
      weights: rows.map((i) => batch.weights?.[i] ?? 1),
    };
  }
}
