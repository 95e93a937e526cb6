import { NotFittedError } from '../errors.js';
import type { NdArray } from '../ndarray.js';
import type { Model } from './model.js';

/** What a trained perceptron tells of itself. Every attribute throws a NotFittedError before fit. */
export abstract class Trained {
  protected abstract readonly name: string;
  #model: Model | undefined;

  /** Weight matrices, (inputs, units) each. Copies. */
  get coefs(): NdArray[] {
    const { network } = this.fitted('coefs');
    const values = network.getParameters();
    return network.parameters.flatMap(({ shape }, i) =>
      shape.length === 2 ? [{ data: values[i], shape }] : [],
    );
  }

  /** Bias vectors, (units) each. Copies. */
  get intercepts(): Float32Array[] {
    const { network } = this.fitted('intercepts');
    return network.getParameters().filter((_values, i) => network.parameters[i].shape.length === 1);
  }

  /** Loss of the last epoch, L2 penalty included; NaN before the first has ended. */
  get loss(): number {
    return this.fitted('loss').progress.lossCurve.at(-1) ?? NaN;
  }

  /** Lowest loss of an epoch; null with early stopping. */
  get bestLoss(): number | null {
    const { validated, stopping } = this.fitted('bestLoss').progress;
    return validated ? null : stopping.bestLoss;
  }

  /** Loss of every epoch: the mean of the batches' losses before their updates, L2 penalty included. */
  get lossCurve(): number[] {
    return [...this.fitted('lossCurve').progress.lossCurve];
  }

  /** Score of the rows held out, after every epoch; null without early stopping. */
  get validationScores(): number[] | null {
    const { validated, validationScores } = this.fitted('validationScores').progress;
    return validated ? [...validationScores] : null;
  }

  /** Best of validationScores; null without early stopping. */
  get bestValidationScore(): number | null {
    const { validated, stopping } = this.fitted('bestValidationScore').progress;
    return validated ? stopping.bestScore : null;
  }

  /** Epochs run, over all calls with warmStart and partialFit. */
  get nIter(): number {
    return this.fitted('nIter').progress.nIter;
  }

  /** Layers, input and output included. */
  get nLayers(): number {
    return this.fitted('nLayers').network.spec.layers.length + 1;
  }

  /** Units of the output layer. */
  get nOutputs(): number {
    return this.fitted('nOutputs').outputs;
  }

  /** Features of a row of X. */
  get nFeaturesIn(): number {
    return this.fitted('nFeaturesIn').network.spec.inputShape[0];
  }

  /** Activation of the output layer: 'softmax', 'logistic' or 'identity'. */
  get outActivation(): string {
    const { outActivation } = this.fitted('outActivation');
    return { sigmoid: 'logistic', linear: 'identity' }[outActivation as string] ?? outActivation;
  }

  /** Rows seen in training, counted over all epochs. */
  get t(): number {
    return this.fitted('t').progress.t;
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

  /** Whether a call of fit or partialFit is under way. */
  protected abstract readonly training: boolean;
}
