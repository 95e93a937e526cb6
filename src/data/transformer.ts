/**
 * The base class of transformers: fit, transform, their Async forms, names of features, and JSON, for what
 * each transformer learns and computes. Not for reading rows, which columns.ts and matrix.ts do.
 */
import type { AsyncOptions, Schema } from '../check.js';
import { checkOptions, runAsync } from '../check.js';
import { FormatError, NotFittedError } from '../errors.js';
import type { NdArray } from '../ndarray.js';
import type { Pieces } from '../yielding.js';
import { runAtOnce } from '../yielding.js';
import type { TransformerInput } from './columns.js';
import { columnNames, inputNames } from './columns.js';
import type { StoredTransformer } from './stored.js';
import { formatErrors, readStored } from './stored.js';

/** What fit has learned. */
export interface Learned<Fitted> {
  readonly fitted: Fitted;
  /** Names of the columns, if fit has seen a table. */
  readonly names?: readonly string[];
}

/**
 * Base class of transformers, which turn rows into other rows by what `fit` has learned. They never change
 * their input.
 */
export abstract class Transformer<
  Params extends object,
  Fitted extends object,
  Rows,
  Input = TransformerInput,
  Output = NdArray<Float64Array>,
> {
  /** Name of the class, which minifiers cannot change. */
  abstract readonly name: string;
  protected abstract readonly schema: Schema;
  protected params: Params;
  #learned: Learned<Fitted> | undefined;

  protected constructor(params: Params) {
    this.params = params;
  }

  /** Rows in any accepted form. @param learned what fit has learned, unless it is fit that reads them */
  protected abstract read(x: Input, learned?: Learned<Fitted>): Pieces<Rows>;
  /** Learns what the transformer remembers of rows. */
  protected abstract learn(rows: Rows, y: unknown): Pieces<Fitted>;
  protected abstract apply(rows: Rows, fitted: Fitted): Pieces<Output>;
  /** Number of columns that fit has seen. */
  protected abstract columns(fitted: Fitted): number;

  /** What transform uses before fit; undefined if it needs fit. */
  protected unfitted(): Learned<Fitted> | undefined {
    return undefined;
  }

  /** Names of the features by those of the columns. */
  protected outputNames(names: readonly string[], _fitted: Fitted): string[] {
    return [...names];
  }

  /** What errors call the transformer. */
  protected get noun(): string {
    return 'transformer';
  }

  /**
   * Learn from rows X (rows, columns): an array of any form, or a Table.
   *
   * @returns this transformer
   * @throws ShapeError for another rank than 2, ValueError for values that it cannot take; what was learned
   *   before stays
   */
  fit(x: Input): this {
    return this.fitTo(x);
  }

  /**
   * Transform rows. Of a Table, the columns that fit has seen are read by name.
   *
   * @returns an array (rows, features) of float64
   * @throws NotFittedError before fit, ShapeError for another width, ValueError for an absent column and for
   *   values that it cannot take
   */
  transform(x: Input): Output {
    return runAtOnce(this.#transformed('transform', x));
  }

  /** Fit to the rows, then transform them. */
  fitTransform(x: Input): Output {
    return this.fitTransformTo(x);
  }

  /**
   * `transform` in slices of about 25 ms, between which other work of the program runs.
   *
   * @param options `signal`: aborts
   */
  async transformAsync(x: Input, options?: AsyncOptions): Promise<Output> {
    return runAsync(`${this.name}.transformAsync`, options, {}, () => this.#transformed('transformAsync', x));
  }

  /**
   * `fitTransform` in slices of about 25 ms, between which other work of the program runs.
   *
   * @param options `signal`: aborts; what was learned before stays unless all rows have been read
   */
  async fitTransformAsync(x: Input, options?: AsyncOptions): Promise<Output> {
    return runAsync(`${this.name}.fitTransformAsync`, options, {}, () => this.fitTransformed(x));
  }

  /** `fit`, with targets. */
  protected fitTo(x: Input, y?: unknown): this {
    this.#learned = runAtOnce(this.#learnedOf(x, y));
    return this;
  }

  /** `fitTransform`, with targets. */
  protected fitTransformTo(x: Input, y?: unknown): Output {
    return runAtOnce(this.fitTransformed(x, y));
  }

  *#learnedOf(x: Input, y: unknown): Pieces<Learned<Fitted>> {
    const rows = yield* this.read(x);
    return { fitted: yield* this.learn(rows, y), names: columnNames(x) };
  }

  *#transformed(wanted: string, x: Input): Pieces<Output> {
    const learned = this.#learned ?? this.unfitted() ?? this.#need(wanted);
    return yield* this.apply(yield* this.read(x, learned), learned.fitted);
  }

  /** `fitTransform` in pieces, with targets. */
  protected *fitTransformed(x: Input, y?: unknown): Pieces<Output> {
    const rows = yield* this.read(x);
    const fitted = yield* this.learn(rows, y);
    this.#learned = { fitted, names: columnNames(x) };
    return yield* this.applyAfterFit(rows, fitted, y);
  }

  /** What fitTransform gives, which TargetEncoder has reason to compute otherwise than transform. */
  protected applyAfterFit(rows: Rows, fitted: Fitted, _y: unknown): Pieces<Output> {
    return this.apply(rows, fitted);
  }

  /** Number of columns of the rows that fit has seen. */
  get nFeaturesIn(): number {
    return this.columns(this.fitted('nFeaturesIn'));
  }

  /**
   * Names of the features that transform gives: scikit-learn's get_feature_names_out.
   *
   * @param input names of the columns; default: those of the Table that fit has seen, else x0, x1, …
   * @throws NotFittedError before fit; ShapeError for another number of names; ValueError for others than fit
   *   has seen
   */
  featureNames(input?: readonly string[]): string[] {
    const { fitted, names } = this.#need('featureNames');
    return this.outputNames(inputNames(this.name, input, names, this.columns(fitted)), fitted);
  }

  /** Options, defaults filled in. */
  getParams(): Params {
    return { ...this.params };
  }

  /**
   * Change options; they apply from the next call of fit. @throws ValueError for unknown names and bad values
   */
  setParams(params: Partial<Params>): this {
    this.params = this.check({ ...this.params, ...checkOptions(this.name, params, this.schema) } as Params);
    return this;
  }

  /** Checks that options fit together. @throws ValueError if not */
  protected check(params: Params): Params {
    return params;
  }

  /** Options and learned values, as plain data for JSON; fromJSON of the class reads them. */
  toJSON(): StoredTransformer {
    const { fitted, names } = this.#learned ?? {};
    return {
      kind: this.name,
      params: this.storedParams(),
      fitted: fitted ? this.stored(fitted) : null,
      ...(names && { featureNames: [...names] }),
    };
  }

  protected storedParams(): object {
    return this.getParams();
  }

  /** Learned values as plain data, null for NaN. */
  protected stored(fitted: Fitted): object {
    const entries = Object.entries(fitted).map(([name, value]: [string, unknown]) => [
      name,
      value instanceof Float64Array ? Array.from(value, (each) => (each === each ? each : null)) : value,
    ]);
    return Object.fromEntries(entries) as object;
  }

  /** Take over the output of toJSON. */
  protected restore(json: unknown, readFitted: (fitted: unknown) => Fitted): this {
    const { params, fitted: given, featureNames: names } = readStored(this.name, json);
    formatErrors(() => this.setParams(params as Partial<Params>));
    if (given === null) return this;
    const fitted = readFitted(given);
    const width = this.columns(fitted);
    if (names !== undefined && names.length !== width) {
      throw new FormatError(
        `${this.name}.fromJSON: featureNames must hold the names of ${width} columns, but received ${names.length}.`,
      );
    }
    this.#learned = { fitted, names };
    return this;
  }

  #need(wanted: string): Learned<Fitted> {
    if (this.#learned) return this.#learned;
    throw new NotFittedError(
      `${this.name}: ${wanted} needs a fitted ${this.noun}, but fit has not been called; call fit(X) first.`,
    );
  }

  /** Learned values. @throws NotFittedError, in which `wanted` names what needs them */
  protected fitted(wanted: string): Fitted {
    return this.#need(wanted).fitted;
  }

  /** Learned values and the names of the columns. @throws NotFittedError */
  protected learned(wanted: string): Learned<Fitted> {
    return this.#need(wanted);
  }
}
