/**
 * A fitted pipeline, for predicting. Not for training, which pipeline.ts adds; lamella/predict loads this
 * file without it.
 */
import type { AsyncOptions } from '../check.js';
import { notJson } from '../check.js';
import { ValueError } from '../errors.js';
import { throwIfAborted } from '../yielding.js';
import type { Estimator } from './estimator.js';
import { isClassifier } from './estimator.js';
import { hasAsync, transformInSlices } from './slices.js';
import type { PipelineSteps } from './steps.js';

/** Transformers and an estimator that predict as one. */
export class PipelinePredictor {
  /** Class name, which minifiers leave as it is. */
  static readonly name: string = 'PipelinePredictor';
  protected readonly steps: PipelineSteps;

  constructor(steps: PipelineSteps) {
    this.steps = steps;
  }

  /** Kind of the pipeline: that of its estimator. */
  get estimatorType(): 'classifier' | 'regressor' {
    return isClassifier(this.steps.estimator as Estimator) ? 'classifier' : 'regressor';
  }

  /** The steps by their names, in order. */
  get namedSteps(): Record<string, any> {
    const { names, transformers, estimator } = this.steps;
    return Object.fromEntries([...transformers, estimator].map((step, i) => [names[i], step]));
  }

  /** Sorted labels of the classifier; empty for regressors. */
  get classes(): readonly unknown[] {
    return this.steps.estimator.classes ?? [];
  }

  /** Output of the transformers: the rows that the estimator sees. */
  transform(x: unknown): unknown {
    return this.steps.transformers.reduce((rows, step) => step.transform(rows), x);
  }

  /**
   * Names of the features that the estimator sees, if all transformers name theirs.
   *
   * @param input names of the columns; default: those of the Table that fit has seen, else x0, x1, …
   * @throws ValueError for a transformer without featureNames
   */
  featureNames(input?: readonly string[]): string[] {
    let names = input;
    this.steps.transformers.forEach((step, i) => {
      if (!step.featureNames) {
        throw new ValueError(
          `Pipeline: featureNames needs it of every transformer, but '${this.steps.names[i]}' has none.`,
        );
      }
      names = step.featureNames(names);
    });
    return [...(names ?? [])];
  }

  predict(x: unknown, options?: object): any {
    return this.method('predict')(this.transform(x), options);
  }

  predictProba(x: unknown, options?: object): any {
    return this.method('predictProba')(this.transform(x), options);
  }

  predictLogProba(x: unknown, options?: object): any {
    return this.method('predictLogProba')(this.transform(x), options);
  }

  decisionFunction(x: unknown): any {
    return this.method('decisionFunction')(this.transform(x));
  }

  /**
   * `predict` in slices of about 25 ms, between which other work of the program runs: of this package's
   * transformers and estimators; steps of other kinds are called as they are.
   *
   * @param options those of predict, and `signal`
   */
  async predictAsync(x: unknown, options?: AsyncOptions & object): Promise<any> {
    return this.inSlices('predict', x, [], options);
  }

  /**
   * `predictProba` in slices of about 25 ms, between which other work of the program runs: of this package's
   * transformers and estimators; steps of other kinds are called as they are.
   *
   * @param options those of predictProba, and `signal`
   */
  async predictProbaAsync(x: unknown, options?: AsyncOptions & object): Promise<any> {
    return this.inSlices('predictProba', x, [], options);
  }

  /** A method of the estimator on transformed rows. */
  protected async inSlices(
    name: string,
    x: unknown,
    args: readonly unknown[],
    options: AsyncOptions | undefined,
  ): Promise<unknown> {
    const method = this.method(name);
    const { signal, threads, ...own } = options ?? {};
    throwIfAborted(signal);
    const { transformers, estimator } = this.steps;
    const rows = await transformInSlices(transformers, x, signal);
    if (!hasAsync(estimator, name)) return method(rows, ...args, own);
    return this.method(`${name}Async`)(rows, ...args, { ...own, signal, threads });
  }

  /** Throws ValueError whenever JSON.stringify calls it. */
  toJSON(): never {
    throw notJson('Pipeline', 'keep the bytes of toBytes()');
  }

  /** True if the last step has a method of this name: 'predictProba', 'decisionFunction'. */
  supports(method: string): boolean {
    if (typeof method !== 'string') return false;
    return typeof (this.steps.estimator as unknown as Record<string, unknown>)[method] === 'function';
  }

  /** A method of the estimator. ValueError if it has none of this name. */
  protected method(name: string): (...args: unknown[]) => unknown {
    const { names, estimator } = this.steps;
    const method = (estimator as unknown as Record<string, unknown>)[name];
    if (typeof method === 'function') return method.bind(estimator) as (...args: unknown[]) => unknown;
    throw new ValueError(`Pipeline: ${name} needs an estimator that has it, but '${names.at(-1)}' has not.`);
  }
}
