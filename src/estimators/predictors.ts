import type { AsyncOptions, ThreadsOption } from '../check/async-options.js';
import type { Label } from '../data/labels.js';
import type { Engine } from '../engine/engines.js';
import type { ArrayInput, NdArray } from '../ndarray.js';
import type { Predictions, ProbabilityOptions } from './classifier-predictions.js';
import {
  logProbabilities,
  predictLabels,
  predictLabelsAsync,
  probabilities,
  probabilitiesAsync,
} from './classifier-predictions.js';
import { readMLP, readPerceptron } from './loading.js';
import type { Model } from './model.js';
import type { LabelSequence } from './outputs.js';
import { decisionFunction, predictClasses, predictClassesAsync } from './perceptron/predictions.js';
import { readOptionsToPredict } from './read-options.js';
import { TrainedPerceptron } from './perceptron/trained.js';
import type { Fitted } from './perceptron/training.js';
import { predictValues, predictValuesAsync } from './regressor-predictions.js';
import { Trained } from './trained.js';

/** A saved MLPClassifier: its attributes and predictions, as documented there. It cannot be trained. */
export class ClassifierPredictor extends Trained {
  /** Survives minifiers. */
  static override readonly name: string = 'ClassifierPredictor';
  protected readonly name = 'MLPClassifier';
  protected readonly training = false;

  /** @internal Use `loadModel`. */
  constructor(model: Model) {
    super();
    this.model = model;
  }

  get classes(): Label[] {
    return [...this.fitted('classes').classes];
  }

  predict<R extends Predictions = Label[]>(x: ArrayInput): R;
  predict<T extends LabelSequence = Label[]>(x: ArrayInput, options: { readonly out?: T } & ThreadsOption): T;
  predict(x: ArrayInput): Label[];
  predict(
    x: ArrayInput,
    options?: { readonly out?: LabelSequence } & ThreadsOption,
  ): LabelSequence | Predictions {
    return predictLabels(this.fitted('predict'), x, options);
  }

  predictAsync<R extends Predictions = Label[]>(x: ArrayInput, options?: AsyncOptions): Promise<R>;
  predictAsync<T extends LabelSequence>(
    x: ArrayInput,
    options: { readonly out?: T } & AsyncOptions,
  ): Promise<T>;
  predictAsync(x: ArrayInput, options?: AsyncOptions): Promise<Label[]>;
  async predictAsync(
    x: ArrayInput,
    options?: { readonly out?: LabelSequence } & AsyncOptions,
  ): Promise<LabelSequence | Predictions> {
    return predictLabelsAsync(this.fitted('predictAsync'), x, options);
  }

  predictProba(x: ArrayInput, options?: ProbabilityOptions): NdArray {
    return probabilities(this.fitted('predictProba'), x, options);
  }

  async predictProbaAsync(x: ArrayInput, options?: ProbabilityOptions & AsyncOptions): Promise<NdArray> {
    return probabilitiesAsync(this.fitted('predictProbaAsync'), x, options);
  }

  predictLogProba(x: ArrayInput, options?: ProbabilityOptions): NdArray {
    return logProbabilities(this.fitted('predictLogProba'), x, options);
  }
}

/** A saved MLPRegressor: its attributes and predictions, as documented there. It cannot be trained. */
export class RegressorPredictor extends Trained {
  /** Survives minifiers. */
  static override readonly name: string = 'RegressorPredictor';
  protected readonly name = 'MLPRegressor';
  protected readonly training = false;

  /** @internal Use `loadModel`. */
  constructor(model: Model) {
    super();
    this.model = model;
  }

  predict<T extends Float32Array | NdArray = Float32Array>(
    x: ArrayInput,
    options?: { readonly out?: Float32Array } & ThreadsOption,
  ): T;
  predict(x: ArrayInput): Float32Array;
  predict(x: ArrayInput, options?: { readonly out?: Float32Array } & ThreadsOption): Float32Array | NdArray {
    return predictValues(this.fitted('predict'), x, options);
  }

  predictAsync<T extends Float32Array | NdArray = Float32Array>(
    x: ArrayInput,
    options?: { readonly out?: Float32Array } & AsyncOptions,
  ): Promise<T>;
  predictAsync(x: ArrayInput, options?: AsyncOptions): Promise<Float32Array>;
  async predictAsync(
    x: ArrayInput,
    options?: { readonly out?: Float32Array } & AsyncOptions,
  ): Promise<Float32Array | NdArray> {
    return predictValuesAsync(this.fitted('predictAsync'), x, options);
  }
}

/** A saved Perceptron: its attributes and predictions, as documented there. It cannot be trained. */
export class PerceptronPredictor extends TrainedPerceptron {
  /** Survives minifiers. */
  static override readonly name: string = 'PerceptronPredictor';
  protected readonly training = false;

  /** @internal Use `loadModel`. */
  constructor(fitted: Fitted) {
    super();
    this.fittedState = fitted;
  }

  predict(x: ArrayInput): Label[];
  predict<T extends LabelSequence = Label[]>(x: ArrayInput, options: { readonly out?: T } & ThreadsOption): T;
  predict(x: ArrayInput, options?: { readonly out?: LabelSequence } & ThreadsOption): LabelSequence {
    return predictClasses(this.fitted('predict'), x, options);
  }

  predictAsync(x: ArrayInput, options?: AsyncOptions): Promise<Label[]>;
  predictAsync<T extends LabelSequence = Label[]>(
    x: ArrayInput,
    options: { readonly out?: T } & AsyncOptions,
  ): Promise<T>;
  async predictAsync(
    x: ArrayInput,
    options?: { readonly out?: LabelSequence } & AsyncOptions,
  ): Promise<LabelSequence> {
    return predictClassesAsync(this.fitted('predictAsync'), x, options);
  }

  decisionFunction(x: ArrayInput): NdArray<Float64Array> {
    return decisionFunction(this.fitted('decisionFunction'), x);
  }
}

type GetEngine = () => Promise<Engine>;

export async function readClassifier(bytes: Uint8Array, engine: GetEngine): Promise<ClassifierPredictor> {
  return new ClassifierPredictor((await readMLP(bytes, 'MLPClassifier', readOptionsToPredict, engine)).model);
}

export async function readRegressor(bytes: Uint8Array, engine: GetEngine): Promise<RegressorPredictor> {
  return new RegressorPredictor((await readMLP(bytes, 'MLPRegressor', readOptionsToPredict, engine)).model);
}

export async function readPerceptronPredictor(bytes: Uint8Array): Promise<PerceptronPredictor> {
  return new PerceptronPredictor((await readPerceptron(bytes)).fitted);
}
