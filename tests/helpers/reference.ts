/**
 * A network in float64, written as its definitions: what every kernel and plan is compared with. It is itself checked by
 * finite differences. Another layer, activation, loss or optimizer is one more entry in reference/.
 */
import type { ReferenceLayer } from './reference/layers.js';
import type { LossName, ReferenceLoss, ReferenceTargets } from './reference/losses.js';
import { losses } from './reference/losses.js';
import type { ReferenceOptimizer } from './reference/optimizers.js';

export { activations, type ActivationName } from './reference/activations.js';
export { activation, dense, type ReferenceLayer } from './reference/layers.js';
export { losses, type LossName, type ReferenceTargets } from './reference/losses.js';
export { addOuterProducts, columnSums, product, transpose } from './reference/matrix.js';
export { adam, momentum, sgd, type ReferenceOptimizer } from './reference/optimizers.js';

export interface ReferenceBatch {
  /** (rows, inputs) row-major. */
  readonly x: ArrayLike<number>;
  readonly targets: ReferenceTargets;
  readonly rows: number;
}

export class ReferenceNetwork {
  readonly layers: readonly ReferenceLayer[];
  readonly #loss: ReferenceLoss;
  readonly #alpha: number;

  /** @param alpha L2: the loss of a batch gains ½ · alpha · Σ weight² / rows */
  constructor(layers: readonly ReferenceLayer[], loss: LossName, alpha = 0) {
    this.layers = layers;
    this.#loss = losses[loss];
    this.#alpha = alpha;
  }

  /** Outputs of the last layer. */
  forward({ x, rows }: ReferenceBatch): Float64Array {
    return this.layers.reduce<Float64Array>((y, layer) => layer.forward(y, rows), Float64Array.from(x));
  }

  /** Mean loss of the rows, penalty included. */
  loss(batch: ReferenceBatch): number {
    const { outputs, targets } = this.#pairs(batch);
    const sum = outputs.reduce((total, row, i) => total + this.#loss.row(row, targets[i]), 0);
    const squares = this.#penalized().reduce(
      (total, w) => w.reduce((s, value) => s + value * value, total),
      0,
    );
    return (sum + 0.5 * this.#alpha * squares) / batch.rows;
  }

  /** Gradient of `loss` with respect to every parameter of every layer. */
  gradients(batch: ReferenceBatch): Record<string, Float64Array>[] {
    const { outputs, targets } = this.#pairs(batch);
    const width = outputs[0].length;
    let delta = new Float64Array(batch.rows * width);
    outputs.forEach((row, i) => {
      delta.set(
        this.#loss.gradient(row, targets[i]).map((g) => g / batch.rows),
        i * width,
      );
    });
    const all: Record<string, Float64Array>[] = [];
    for (const layer of [...this.layers].reverse()) {
      const { input, parameters } = layer.backward(delta);
      for (const name of layer.penalized) {
        const weight = layer.parameters[name];
        parameters[name] = parameters[name].map((g, i) => g + (this.#alpha / batch.rows) * weight[i]);
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

  #penalized(): Float64Array[] {
    return this.layers.flatMap(({ parameters, penalized }) => penalized.map((name) => parameters[name]));
  }

  /** Outputs and targets by rows. */
  #pairs(batch: ReferenceBatch): { outputs: Float64Array[]; targets: number[][] } {
    const values = this.forward(batch);
    const width = values.length / batch.rows;
    const perRow = this.#loss.targets(width);
    const rows = Array.from({ length: batch.rows }, (_, i) => i);
    return {
      outputs: rows.map((i) => values.slice(i * width, (i + 1) * width)),
      targets: rows.map((i) => Array.from({ length: perRow }, (_, j) => batch.targets[i * perRow + j])),
    };
  }
}
