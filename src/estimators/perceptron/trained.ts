import type { Label } from '../../data/labels.js';
import { notJson } from '../../check.js';
import { NotFittedError } from '../../errors.js';
import type { NdArray } from '../../ndarray.js';
import type { Fitted } from './training.js';

/** What a trained Perceptron tells of itself. Every attribute throws a NotFittedError before fit. */
export abstract class TrainedPerceptron {
  protected fittedState: Fitted | undefined;

  /** The labels, sorted: strings by code point, numbers by value, false before true. */
  get classes(): Label[] {
    return [...this.fitted('classes').classes];
  }

  /** Weights, (1, features) for two classes, else (classes, features). A copy. */
  get coef(): NdArray<Float64Array> {
    const { coef, intercept, features } = this.fitted('coef');
    return { data: coef.slice(), shape: [intercept.length, features] };
  }

  /** Intercepts, one per row of `coef`. A copy. */
  get intercept(): Float64Array {
    return this.fitted('intercept').intercept.slice();
  }

  /** Mean perceptron loss of the last epoch, summed over the one-vs-all problems; NaN before the first has ended. */
  get loss(): number {
    return this.fitted('loss').lossCurve.at(-1) ?? NaN;
  }

  /** That loss of every epoch. */
  get lossCurve(): number[] {
    return [...this.fitted('lossCurve').lossCurve];
  }

  /** Epochs of the last call: the most that a class needed. */
  get nIter(): number {
    return this.fitted('nIter').nIter;
  }

  /** Features of a row of X. */
  get nFeaturesIn(): number {
    return this.fitted('nFeaturesIn').features;
  }

  /** 1 + rows seen in training, over all epochs. */
  get t(): number {
    return this.fitted('t').t;
  }

  /** What JSON.stringify calls. @throws ValueError always: models are saved by `toBytes` */
  toJSON(): never {
    throw notJson('Perceptron', 'keep the bytes of toBytes()');
  }

  /** The trained state; `wanted` is what errors say needs it. */
  protected fitted(wanted: string): Fitted {
    if (this.fittedState) return this.fittedState;
    const state = this.training
      ? 'fit has not ended; await its promise first'
      : 'fit has not been called; call await fit(X, y) first';
    throw new NotFittedError(`Perceptron: ${wanted} needs a trained model, but ${state}.`);
  }

  /** Whether a call of fit or partialFit is under way. */
  protected abstract readonly training: boolean;
}
