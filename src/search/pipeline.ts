/**
 * Pipeline: transformers and an estimator that work as one estimator. Not for the names and checks of its
 * steps (steps.ts), nor for calling steps without blocking the event loop (slices.ts).
 */
import { abortSignal, describe, refused, notJson } from '../check.js';
import { throwIfAborted } from '../yielding.js';
import type { AsyncOptions } from '../check.js';
import { ValueError } from '../errors.js';
import { FitGuard } from '../train/fit-guard.js';
import { lazyImport } from '../lazy.js';
import type { Estimator, Params } from './estimator.js';
import { cloneEstimator, isClassifier, isEstimator, isPlainObject } from './estimator.js';
import type { Step, Transformer } from './steps.js';
import { checkTransformer, distinctNames, readStep, unknownStep } from './steps.js';

export type { Step, Transformer } from './steps.js';

/**
 * Transformers followed by an estimator, used as one estimator. Each step is fitted on the output of the step
 * before.
 *
 * In cross-validation and searches every fold fits its own copy of all steps on its training rows alone.
 * Steps are named by their classes, with a small initial ('standardScaler', 'mlpClassifier'; a second one
 * 'standardScaler2'), or as given.
 */
export class Pipeline implements Estimator {
  /** Class name, which minifiers leave as it is. */
  static readonly name: string = 'Pipeline';
  readonly #names: readonly string[];
  readonly #transformers: readonly Transformer[];
  readonly #estimator: Estimator & { setParams?(params: object): unknown };
  #fitted = false;
  readonly #guard = new FitGuard();

  /** @param steps transformers, and an estimator at the end; each may be [name, step] */
  constructor(steps: readonly Step<Transformer | Estimator>[]) {
    if (!Array.isArray(steps) || steps.length === 0) {
      throw new ValueError(
        `pipeline: steps must be an array of transformers and an estimator at its end, but received ${describe(steps)}.`,
      );
    }
    const named = Array.from(steps as readonly unknown[], readStep);
    const last = named[named.length - 1].step;
    if (!isEstimator(last)) {
      throw new ValueError(
        `pipeline: the last step must be an estimator with fit, predict and getParams, but received ${describe(last)}.`,
      );
    }
    this.#names = distinctNames(named);
    this.#estimator = last;
    this.#transformers = named.slice(0, -1).map(({ step }, i) => checkTransformer(step, i));
  }

  /** Kind of the pipeline: that of its estimator. */
  get estimatorType(): 'classifier' | 'regressor' {
    return isClassifier(this.#estimator) ? 'classifier' : 'regressor';
  }

  /** The steps by their names, in order. */
  get namedSteps(): Record<string, any> {
    return Object.fromEntries(
      [...this.#transformers, this.#estimator].map((step, i) => [this.#names[i], step]),
    );
  }

  /** Sorted labels of the classifier; undefined for regressors. */
  get classes(): readonly unknown[] {
    return this.#estimator.classes ?? [];
  }

  /**
   * Fit all steps from scratch.
   *
   * @param options go to the estimator; rows in `validationData` are transformed first
   * @returns this pipeline
   */
  fit(x: unknown, y: unknown, options?: object): Promise<this> {
    return this.#guard.run(this, 'Pipeline', 'fit', async () => {
      this.#fitted = false;
      const rows = await this.#fitTransformers(x, y, signalOf(options));
      await this.#estimator.fit(rows, y, await this.#forEstimator(options));
    });
  }

  /**
   * Continue training the estimator. The first call fits the transformers, unless `fit` did; later calls
   * leave them as they are.
   */
  partialFit(x: unknown, y: unknown, options?: object): Promise<this> {
    return this.#guard.run(this, 'Pipeline', 'partialFit', async () => {
      const partialFit = this.#method('partialFit');
      const signal = signalOf(options);
      const rows = this.#fitted
        ? await this.#transformed(x, signal)
        : await this.#fitTransformers(x, y, signal);
      await partialFit(rows, y, await this.#forEstimator(options));
    });
  }

  async #fitTransformers(x: unknown, y: unknown, signal: AbortSignal | undefined): Promise<unknown> {
    const { fitTransformers } = await lazyImport(() => import('./slices.js'));
    const rows = await fitTransformers(this.#transformers, x, y, signal);
    this.#fitted = true;
    return rows;
  }

  async #forEstimator(options: object | undefined): Promise<object | undefined> {
    const { validationData } = (options ?? {}) as { validationData?: unknown };
    if (!Array.isArray(validationData)) return options;
    const [x, ...rest] = validationData as unknown[];
    return { ...options, validationData: [await this.#transformed(x, signalOf(options)), ...rest] };
  }

  /** Output of the transformers, computed in slices of about 25 ms between which the event loop runs. */
  async #transformed(x: unknown, signal: AbortSignal | undefined): Promise<unknown> {
    const { transformInSlices } = await lazyImport(() => import('./slices.js'));
    return transformInSlices(this.#transformers, x, signal);
  }

  /** Output of the transformers: the rows that the estimator sees. */
  transform(x: unknown): unknown {
    return this.#transformers.reduce((rows, step) => step.transform(rows), x);
  }

  /**
   * Names of the features that the estimator sees, if all transformers name theirs.
   *
   * @param input names of the columns; default: those of the Table that fit has seen, else x0, x1, …
   * @throws ValueError for a transformer without featureNames
   */
  featureNames(input?: readonly string[]): string[] {
    let names = input;
    this.#transformers.forEach((step, i) => {
      if (!step.featureNames) {
        throw new ValueError(
          `Pipeline: featureNames needs it of every transformer, but '${this.#names[i]}' has none.`,
        );
      }
      names = step.featureNames(names);
    });
    return [...(names ?? [])];
  }

  predict(x: unknown, options?: object): any {
    return this.#method('predict')(this.transform(x), options);
  }

  predictProba(x: unknown, options?: object): any {
    return this.#method('predictProba')(this.transform(x), options);
  }

  predictLogProba(x: unknown, options?: object): any {
    return this.#method('predictLogProba')(this.transform(x), options);
  }

  decisionFunction(x: unknown): any {
    return this.#method('decisionFunction')(this.transform(x));
  }

  score(x: unknown, y: unknown, options?: object): number {
    return this.#method('score')(this.transform(x), y, options) as number;
  }

  /**
   * `predict` in slices of about 25 ms, between which other work of the program runs: of this package's
   * transformers and estimators; steps of other kinds are called as they are.
   *
   * @param options those of predict, and `signal`
   */
  async predictAsync(x: unknown, options?: AsyncOptions & object): Promise<any> {
    return this.#inSlices('predict', x, [], options);
  }

  /**
   * `predictProba` in slices of about 25 ms, between which other work of the program runs: of this package's
   * transformers and estimators; steps of other kinds are called as they are.
   *
   * @param options those of predictProba, and `signal`
   */
  async predictProbaAsync(x: unknown, options?: AsyncOptions & object): Promise<any> {
    return this.#inSlices('predictProba', x, [], options);
  }

  /**
   * `score` in slices of about 25 ms, between which other work of the program runs: of this package's
   * transformers and estimators; steps of other kinds are called as they are.
   *
   * @param options those of score, and `signal`
   */
  async scoreAsync(x: unknown, y: unknown, options?: AsyncOptions & object): Promise<number> {
    return (await this.#inSlices('score', x, [y], options)) as number;
  }

  /** A method of the estimator on transformed rows. */
  async #inSlices(
    name: string,
    x: unknown,
    args: readonly unknown[],
    options: AsyncOptions | undefined,
  ): Promise<unknown> {
    const method = this.#method(name);
    const { signal, threads, ...own } = options ?? {};
    throwIfAborted(signal);
    const { hasAsync, transformInSlices } = await lazyImport(() => import('./slices.js'));
    const rows = await transformInSlices(this.#transformers, x, signal);
    if (!hasAsync(this.#estimator, name)) return method(rows, ...args, own);
    return this.#method(`${name}Async`)(rows, ...args, { ...own, signal, threads });
  }

  /** True if the last step has a method of this name: 'predictProba', 'decisionFunction'. */
  supports(method: string): boolean {
    if (typeof method !== 'string') return false;
    return typeof (this.#estimator as unknown as Record<string, unknown>)[method] === 'function';
  }

  /** A method of the estimator. ValueError if it has none of this name. */
  #method(name: string): (...args: unknown[]) => unknown {
    const method = (this.#estimator as unknown as Record<string, unknown>)[name];
    if (typeof method === 'function') return method.bind(this.#estimator) as (...args: unknown[]) => unknown;
    const last = this.#names[this.#names.length - 1];
    throw new ValueError(`Pipeline: ${name} needs an estimator that has it, but '${last}' has not.`);
  }

  /** The options of every step by the step's name. */
  getParams(): Record<string, object> {
    const steps = [...this.#transformers, this.#estimator];
    return Object.fromEntries(steps.map((step, i) => [this.#names[i], step.getParams()]));
  }

  /**
   * Change options: { step: { option: value } } or { 'step__option': value }. ValueError for unknown steps
   * and options.
   */
  setParams(params: object): this {
    for (const [name, options] of this.#byStep(params)) {
      const step = this.namedSteps[name] as { setParams(options: Params): unknown };
      step.setParams(options);
    }
    return this;
  }

  /** Throws ValueError whenever JSON.stringify calls it: steps are saved one by one. */
  toJSON(): never {
    throw notJson('Pipeline', 'save toJSON() of its transformers and toBytes() of its estimator');
  }

  /** An unfitted copy of the pipeline and all its steps, with some options changed. */
  clone(params: Params = {}): Pipeline {
    const changes = this.#byStep(params);
    const steps = [...this.#transformers, this.#estimator];
    return new Pipeline(
      steps.map((step, i) => [this.#names[i], cloneEstimator(step, changes.get(this.#names[i]))] as const),
    );
  }

  /** Changed options by the name of the step. */
  #byStep(params: unknown): Map<string, Params> {
    if (!isPlainObject(params)) {
      throw new ValueError(`Pipeline: options must be an object by step, but received ${describe(params)}.`);
    }
    const changes = new Map<string, Params>();
    for (const [key, value] of Object.entries(params)) {
      const [name, ...option] = key.split('__');
      if (!this.#names.includes(name)) throw unknownStep(name, this.#names);
      const options = option.length > 0 ? { [option.join('__')]: value } : value;
      if (!isPlainObject(options)) {
        throw new ValueError(
          `Pipeline: ${name} must be an object of options of that step, but received ${describe(options)}.`,
        );
      }
      changes.set(name, { ...changes.get(name), ...options });
    }
    return changes;
  }
}

/**
 * Make a Pipeline of transformers and an estimator.
 *
 * @example pipeline([new StandardScaler(), new MLPClassifier({ randomState: 1 })])
 */
export function pipeline(steps: readonly Step<Transformer | Estimator>[]): Pipeline {
  return new Pipeline(steps);
}

/** The signal among options, whatever else they are. */
function signalOf(options: object | undefined): AbortSignal | undefined {
  const { signal } = (options ?? {}) as { readonly signal?: unknown };
  const accepted = abortSignal.accept(signal);
  return accepted === refused ? undefined : accepted;
}
