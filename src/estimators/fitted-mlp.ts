/**
 * FittedMLP: the attributes that scikit-learn's perceptrons have after fit. Predictions are in classifier-
 * predictor.ts and regressor-predictor.ts.
 */
import { notJson } from '../check.js';
import { NotFittedError } from '../errors.js';
import type { NdArray } from '../ndarray.js';
import type { Model } from './model.js';

/** scikit-learn's names of activations where ours differ. */
const OUT_ACTIVATIONS: ReadonlyMap<string, string> = new Map([
  ['sigmoid', 'logistic'],
  ['linear', 'identity'],
  ['exponential', 'exp'],
]);

/**
 * The state and the results of training a multi-layer perceptron. Every attribute throws a NotFittedError
 * before fit.
 */
export abstract class FittedMLP {
  protected abstract readonly name: string;
  #model: Model | undefined;

  /** @internal Use `loadModel`. */
  constructor(model?: Model) {
    this.#model = model;
  }

  /** Weight matrices, (inputs, units) each. Copies. */
  get coefs(): NdArray[] {
    const { network } = this.fitted('coefs');
    const values = network.weights.values();
    return network.parameters.flatMap(({ shape }, i) =>
      shape.length === 2 ? [{ data: values[i], shape }] : [],
    );
  }

  /** Bias vectors, (units) each. Copies. */
  get intercepts(): Float32Array[] {
    const { network } = this.fitted('intercepts');
    return network.weights.values().filter((_values, i) => network.parameters[i].shape.length === 1);
  }

  /** Loss of the last epoch or iteration, L2 penalty included; NaN before the first has ended. */
  get loss(): number {
    return this.fitted('loss').progress.loss;
  }

  /** Lowest loss of an epoch; null with early stopping and after lbfgs. */
  get bestLoss(): number | null {
    const { progress, params } = this.fitted('bestLoss');
    const { validated, stopping } = progress;
    return validated || params.solver === 'lbfgs' ? null : stopping.bestLoss;
  }

  /**
   * Loss of every epoch: the mean of the batches' losses before their updates, L2 penalty included. lbfgs has
   * no epochs and adds nothing.
   */
  get lossCurve(): number[] {
    return [...this.fitted('lossCurve').progress.lossCurve];
  }

  /** Score of the rows held out, or of validationData, after every epoch; null with neither. */
  get validationScores(): number[] | null {
    const { validated, watched, validationScores } = this.fitted('validationScores').progress;
    return validated || watched ? [...validationScores] : null;
  }

  /** Best of validationScores; null where these are, and if all are NaN. */
  get bestValidationScore(): number | null {
    const { validated, stopping } = this.fitted('bestValidationScore').progress;
    if (validated) return Number.isFinite(stopping.bestScore) ? stopping.bestScore : null;
    const scores = this.validationScores?.filter((score) => !Number.isNaN(score)) ?? [];
    return scores.length > 0 ? scores.reduce((best, score) => Math.max(best, score)) : null;
  }

  /**
   * Loss of validationData after every epoch, as if they were one batch, L2 penalty included; null without.
   */
  get validationLossCurve(): number[] | null {
    const { watched, validationLossCurve } = this.fitted('validationLossCurve').progress;
    return watched ? [...validationLossCurve] : null;
  }

  /** Epochs of the last call of fit, or iterations of lbfgs; 1 after partialFit. */
  get nIter(): number {
    return this.fitted('nIter').progress.nIter;
  }

  /** Layers, input and output included. */
  get nLayers(): number {
    const { layers } = this.fitted('nLayers').network.spec;
    return layers.filter(({ type }) => type === 'dense').length + 1;
  }

  /** Units of the output layer. */
  get nOutputs(): number {
    return this.fitted('nOutputs').outputs;
  }

  /** Features of a row of X. */
  get nFeaturesIn(): number {
    return this.fitted('nFeaturesIn').network.spec.inputShape[0];
  }

  /** Activation of the output layer: 'softmax', 'logistic', 'identity' or 'exp'. */
  get outActivation(): string {
    const { outActivation } = this.fitted('outActivation');
    return OUT_ACTIVATIONS.get(outActivation) ?? outActivation;
  }

  /** Rows seen in training, counted over all epochs of solvers that go step by step. */
  get t(): number {
    return this.fitted('t').progress.t;
  }

  /** What JSON.stringify calls. @throws ValueError always: models are saved by `toBytes` */
  toJSON(): never {
    throw notJson(this.name, 'keep the bytes of toBytes()');
  }

  /** The model; `wanted` is what errors say needs it. */
  protected fitted(wanted: string): Model {
    if (this.#model) return this.#model;
    const state = this.training
      ? 'fit has not ended; await its promise first'
      : 'fit has not been called; call await fit(X, y) first';
    throw new NotFittedError(`${this.name}: ${wanted} needs a trained model, but ${state}.`);
  }

  /** The model, if there is one. */
  protected get model(): Model | undefined {
    return this.#model;
  }

  protected set model(model: Model | undefined) {
    this.#model = model;
  }

  /** True while a call of fit or partialFit is under way. */
  protected get training(): boolean {
    return false;
  }
}
