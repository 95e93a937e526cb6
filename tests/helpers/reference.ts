/**
 * A network in float64, written as its definitions: what every kernel and plan is compared with. It is itself
 * checked by finite differences. Another layer, activation, loss or optimizer is one more entry in
 * reference/.
 */
import type { Clipping } from './reference/clipping.js';
import { clip } from './reference/clipping.js';
import type { ReferenceLayer } from './reference/layers.js';
import type { ReferenceLoss, ReferenceTargets } from './reference/losses.js';
import type { ReferenceOptimizer } from './reference/optimizers.js';

export { activations, type ActivationName } from './reference/activations.js';
export * from './reference/images.js';
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
export * from './reference/whole-images.js';

export interface ReferenceBatch {
  /** (rows, inputs) row-major. */
  readonly x: ArrayLike<number>;
  readonly targets: ReferenceTargets;
  readonly rows: number;
  /** Of the rows in the loss. Default 1 each. */
  readonly weights?: ArrayLike<number>;
}

export interface ReferenceOptions extends Clipping {
  /**
   * Whether everything is divided by Σ weights, penalties included (scikit-learn), or rows alone by their
   * number (Keras).
   */
  readonly penaltyPerRow?: boolean;
  /** What weights are multiplied with before every update: 1 − learning rate · weight decay. */
  readonly keep?: number;
}

/** Gradients by layer and name. */
type Gradients = Record<string, Float64Array>[];

/** A forward pass: outputs, targets and weights by rows. */
interface Pass {
  readonly outputs: readonly Float64Array[];
  readonly targets: readonly number[][];
  readonly weights: readonly number[];
}

export class ReferenceNetwork {
  readonly layers: readonly ReferenceLayer[];
  readonly #loss: ReferenceLoss;
  readonly #options: ReferenceOptions;

  constructor(layers: readonly ReferenceLayer[], loss: ReferenceLoss, options: ReferenceOptions = {}) {
    this.layers = layers;
    this.#loss = loss;
    this.#options = options;
  }

  /** Outputs of the last layer. */
  forward({ x, rows }: ReferenceBatch): Float64Array {
    return this.layers.reduce<Float64Array>((y, layer) => layer.forward(y, rows), Float64Array.from(x));
  }

  /** Mean loss of the rows, penalties included. */
  loss(batch: ReferenceBatch): number {
    return this.#lossOf(this.#pass(batch));
  }

  /** Gradient of `loss` with respect to every parameter of every layer. */
  gradients(batch: ReferenceBatch): Gradients {
    return this.#gradientsOf(this.#pass(batch));
  }

  /** One update; the loss before it. */
  step(batch: ReferenceBatch, optimizer: ReferenceOptimizer): number {
    const pass = this.#pass(batch);
    const loss = this.#lossOf(pass);
    const gradients = clip(this.#gradientsOf(pass), this.#options);
    const { keep = 1 } = this.#options;
    this.layers.forEach(({ parameters }, i) => {
      for (const [name, parameter] of Object.entries(parameters)) {
        parameter.forEach((value, j) => (parameter[j] = keep * value));
        optimizer(parameter, gradients[i][name]);
      }
    });
    return loss;
  }

  #pass(batch: ReferenceBatch): Pass {
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

  #lossOf({ outputs, targets, weights }: Pass): number {
    const sum = outputs.reduce((total, row, i) => total + weights[i] * this.#loss.row(row, targets[i]), 0);
    const penalty = this.#penalized().reduce(
      (total, { values, l1, l2 }) => values.reduce((s, w) => s + l1 * Math.abs(w) + l2 * w * w, total),
      0,
    );
    const activity = this.layers.reduce((total, layer) => total + (layer.loss?.() ?? 0), 0);
    return sum / this.#divisor(weights) + penalty * this.#penaltyShare(weights) + activity;
  }

  #gradientsOf({ outputs, targets, weights }: Pass): Gradients {
    const width = outputs[0].length;
    let delta = new Float64Array(outputs.length * width);
    outputs.forEach((row, i) => {
      const share = weights[i] / this.#divisor(weights);
      const gradient = this.#loss.gradient(row, targets[i]).map((g) => g * share);
      delta.set(gradient, i * width);
    });
    const all: Gradients = [];
    const share = this.#penaltyShare(weights);
    for (const layer of [...this.layers].reverse()) {
      const { input, parameters } = layer.backward(delta);
      for (const [name, { l1, l2 }] of Object.entries(layer.penalties ?? {})) {
        const w = layer.parameters[name];
        parameters[name] = parameters[name].map((g, i) => g + share * (l1 * Math.sign(w[i]) + 2 * l2 * w[i]));
      }
      all.unshift(parameters);
      delta = Float64Array.from(input);
    }
    return all;
  }

  #divisor(weights: readonly number[]): number {
    return this.#options.penaltyPerRow ? weights.reduce((a, b) => a + b, 0) : weights.length;
  }

  #penaltyShare(weights: readonly number[]): number {
    return this.#options.penaltyPerRow ? 1 / this.#divisor(weights) : 1;
  }

  #penalized(): { values: Float64Array; l1: number; l2: number }[] {
    return this.layers.flatMap(({ parameters, penalties = {} }) =>
      Object.entries(penalties).map(([name, penalty]) => ({ values: parameters[name], ...penalty })),
    );
  }
}
