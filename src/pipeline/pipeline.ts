/**
 * Pipeline: transformers and an estimator that work as one estimator. Not for predicting (predictor.ts), the
 * names and checks of its steps (steps.ts), reading files (model-file.ts), nor for calling steps without
 * blocking the event loop (slices.ts).
 */
import { abortSignal, describe, refused } from '../check.js';
import type { AsyncOptions } from '../check.js';
import { storeTransformer } from '../data/stored.js';
import { NotFittedError, ValueError } from '../errors.js';
import { writeHolding } from '../estimators/held-estimator.js';
import { copyBytes } from '../io/model-file.js';
import { FitGuard } from '../train/fit-guard.js';
import { lazyImport } from '../lazy.js';
import type { Estimator, Params } from './estimator.js';
import { cloneEstimator, isPlainObject } from './estimator.js';
import { PipelinePredictor } from './predictor.js';
import type { PipelineSteps, Step, Transformer } from './steps.js';
import { fitTransformers, transformInSlices } from './slices.js';
import { readSteps, unknownStep } from './steps.js';

export type { Step, Transformer } from './steps.js';

/**
 * Transformers followed by an estimator, used as one estimator. Each step is fitted on the output of the step
 * before.
 *
 * In cross-validation and searches every fold fits its own copy of all steps on its training rows alone.
 * Steps are named by their classes, with a small initial ('standardScaler', 'mlpClassifier'; a second one
 * 'standardScaler2'), or as given.
 */
export class Pipeline extends PipelinePredictor implements Estimator {
  /** Class name, which minifiers leave as it is. */
  static override readonly name: string = 'Pipeline';
  declare protected readonly steps: PipelineSteps<Estimator>;
  #fitted = false;
  readonly #guard = new FitGuard();

  /** @param steps transformers, and an estimator at the end; each may be [name, step] */
  constructor(steps: readonly Step<Transformer | Estimator>[]) {
    super(readSteps(steps));
  }

  /** The pipeline that `toBytes` made these bytes of. @throws FormatError for anything else */
  static async fromBytes(bytes: Uint8Array): Promise<Pipeline> {
    const { readTrainable } = await lazyImport(() => import('./loading.js'));
    const pipe = new Pipeline(await readTrainable(copyBytes(bytes)));
    pipe.#fitted = true;
    return pipe;
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
      await this.steps.estimator.fit(rows, y, await this.#forEstimator(options));
    });
  }

  /**
   * Continue training the estimator. The first call fits the transformers, unless `fit` did; later calls
   * leave them as they are.
   */
  partialFit(x: unknown, y: unknown, options?: object): Promise<this> {
    return this.#guard.run(this, 'Pipeline', 'partialFit', async () => {
      const partialFit = this.method('partialFit');
      const signal = signalOf(options);
      const rows = this.#fitted
        ? await this.#transformed(x, signal)
        : await this.#fitTransformers(x, y, signal);
      await partialFit(rows, y, await this.#forEstimator(options));
    });
  }

  async #fitTransformers(x: unknown, y: unknown, signal: AbortSignal | undefined): Promise<unknown> {
    const rows = await fitTransformers(this.steps.transformers, x, y, signal);
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
    return transformInSlices(this.steps.transformers, x, signal);
  }

  score(x: unknown, y: unknown, options?: object): number {
    return this.method('score')(this.transform(x), y, options) as number;
  }

  /**
   * `score` in slices of about 25 ms, between which other work of the program runs: of this package's
   * transformers and estimators; steps of other kinds are called as they are.
   *
   * @param options those of score, and `signal`
   */
  async scoreAsync(x: unknown, y: unknown, options?: AsyncOptions & object): Promise<number> {
    return (await this.inSlices('score', x, [y], options)) as number;
  }

  /** The options of every step by the step's name. */
  getParams(): Record<string, object> {
    const steps = [...this.steps.transformers, this.steps.estimator];
    return Object.fromEntries(steps.map((step, i) => [this.steps.names[i], step.getParams()]));
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

  /**
   * The fitted pipeline as the bytes of one file, for `fromBytes`, `loadModel` or a disk.
   *
   * @throws NotFittedError before fit; ValueError, with its name, for a step that cannot be stored: functions
   *   and classes of your own are code, which no file holds
   */
  toBytes(): Uint8Array<ArrayBuffer> {
    const { names, transformers, estimator } = this.steps;
    const what = (i: number) => `Pipeline.toBytes: step '${names[i]}'`;
    const stored = transformers.map((step, i) =>
      storeTransformer(what(i), step, ['ColumnTransformer', 'TableVectorizer']),
    );
    const unfitted = stored.findIndex(({ fitted }) => fitted === null);
    if (unfitted >= 0)
      throw new NotFittedError(`${what(unfitted)} must be fitted, but is not; call fit first.`);
    return writeHolding('Pipeline', { names, transformers: stored }, estimator, what(transformers.length));
  }

  /** An unfitted copy of the pipeline and all its steps, with some options changed. */
  clone(params: Params = {}): Pipeline {
    const changes = this.#byStep(params);
    const steps = [...this.steps.transformers, this.steps.estimator];
    return new Pipeline(
      steps.map(
        (step, i) => [this.steps.names[i], cloneEstimator(step, changes.get(this.steps.names[i]))] as const,
      ),
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
      if (!this.steps.names.includes(name)) throw unknownStep(name, this.steps.names);
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
