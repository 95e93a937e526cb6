/**
 * The base class of the scalers: fit, transform, their Async forms, and JSON, for a formula that each scaler
 * adds. Not for labels, which the encoders turn into numbers.
 */
import type { AsyncOptions, Rule, Schema } from '../../check.js';
import { runAsync, checkOptions, listOf, number, refused } from '../../check.js';
import { NotFittedError, FormatError, ValueError } from '../../errors.js';
import type { ArrayInput, NdArray } from '../../ndarray.js';
import type { Pieces } from '../../yielding.js';
import { ranges, runAtOnce } from '../../yielding.js';
import type { StoredTransformer } from '../stored.js';
import { formatErrors, readStored } from '../stored.js';
import type { Matrix } from '../matrix.js';
import { matrixInPieces } from '../matrix.js';

/** A function of a value and its column. */
export type CellFunction = (value: number, column: number) => number;

/**
 * Base class of the scalers, which shift and scale columns of numbers by values that `fit` has learned. They
 * compute in float64 and never change their input.
 */
export abstract class Scaler<Params extends object, Fitted extends object> {
  /** Name of the class, which minifiers cannot change. */
  abstract readonly name: string;
  protected abstract readonly schema: Schema;
  protected params: Params;
  #fitted: Fitted | undefined;

  protected constructor(params: Params) {
    this.params = params;
  }

  /** Learns the values that the scaler remembers of a matrix. */
  protected abstract learn(matrix: Matrix): Pieces<Fitted>;
  /** Number of columns that fit has seen. */
  protected abstract columns(fitted: Fitted): number;
  protected abstract forward(fitted: Fitted): CellFunction;
  protected abstract backward(fitted: Fitted): CellFunction;

  /**
   * Learn from rows X (rows, columns).
   *
   * @returns this scaler
   * @throws ShapeError for another rank than 2, ValueError for NaN and infinities; what was learned before
   *   stays
   */
  fit(x: ArrayInput): this {
    this.#fitted = runAtOnce(this.#learned(x));
    return this;
  }

  /**
   * Scale rows. Returns (rows, columns) of float64. @throws NotFittedError before fit, ShapeError for another
   * width
   */
  transform(x: ArrayInput): NdArray<Float64Array> {
    return runAtOnce(this.#transformed('transform', x));
  }

  /** Fit to the rows, then transform them. */
  fitTransform(x: ArrayInput): NdArray<Float64Array> {
    return this.fit(x).transform(x);
  }

  /**
   * `transform` in slices of about 25 ms, between which other work of the program runs.
   *
   * @param options `signal`: aborts
   */
  async transformAsync(x: ArrayInput, options?: AsyncOptions): Promise<NdArray<Float64Array>> {
    return runAsync(`${this.name}.transformAsync`, options, {}, () => this.#transformed('transformAsync', x));
  }

  /**
   * `fitTransform` in slices of about 25 ms, between which other work of the program runs.
   *
   * @param options `signal`: aborts; what was learned before stays unless all rows have been read
   */
  async fitTransformAsync(x: ArrayInput, options?: AsyncOptions): Promise<NdArray<Float64Array>> {
    return runAsync(`${this.name}.fitTransformAsync`, options, {}, () => this.#fitTransformed(x));
  }

  /** Undo the scaling: the original rows, up to rounding. */
  inverseTransform(x: ArrayInput): NdArray<Float64Array> {
    const fitted = this.fitted('inverseTransform');
    return runAtOnce(this.#map(x, fitted, this.backward(fitted)));
  }

  *#learned(x: ArrayInput): Pieces<Fitted> {
    return yield* this.learn(yield* matrixInPieces(this.name, x));
  }

  *#transformed(wanted: string, x: ArrayInput): Pieces<NdArray<Float64Array>> {
    const fitted = this.fitted(wanted);
    return yield* this.#map(x, fitted, this.forward(fitted));
  }

  *#fitTransformed(x: ArrayInput): Pieces<NdArray<Float64Array>> {
    const fitted = yield* this.#learned(x);
    this.#fitted = fitted;
    return yield* this.#map(x, fitted, this.forward(fitted));
  }

  *#map(x: ArrayInput, fitted: Fitted, cell: CellFunction): Pieces<NdArray<Float64Array>> {
    const { data, scale, rows, columns } = yield* matrixInPieces(this.name, x, this.columns(fitted));
    const result = new Float64Array(rows * columns);
    yield* ranges(rows, 2 * columns, (begin, end) => {
      for (let i = begin * columns, column = 0; i < end * columns; i++) {
        result[i] = cell(data[i] * scale, column);
        if (++column === columns) column = 0;
      }
    });
    return { data: result, shape: [rows, columns] };
  }

  /** Number of columns of the rows that fit has seen. */
  get nFeaturesIn(): number {
    return this.columns(this.fitted('nFeaturesIn'));
  }

  /** Options of this scaler, defaults filled in. */
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
    const fitted = this.#fitted;
    const entries = Object.entries(fitted ?? {}).map(([name, value]: [string, unknown]) => [
      name,
      value instanceof Float64Array ? Array.from(value) : value,
    ]);
    return { kind: this.name, params: this.getParams(), fitted: fitted ? Object.fromEntries(entries) : null };
  }

  /** Take over the output of toJSON. */
  protected restore(json: unknown, readFitted: (fitted: unknown) => Fitted): this {
    const { params, fitted } = readStored(this.name, json);
    formatErrors(() => this.setParams(params as Partial<Params>));
    if (fitted !== null) this.#fitted = readFitted(fitted);
    return this;
  }

  /** Learned values. @throws NotFittedError, in which `wanted` names what needs them */
  protected fitted(wanted: string): Fitted {
    if (this.#fitted) return this.#fitted;
    throw new NotFittedError(
      `${this.name}: ${wanted} needs a fitted scaler, but fit has not been called; call fit(X) first.`,
    );
  }
}

/** float64's epsilon, 2^-52. */
export const EPSILON = 2.220446049250313e-16;

const numbers = listOf(number(), 1);

/** Finite numbers, one per column, as a Float64Array. */
export const perColumn: Rule<Float64Array> = {
  expected: numbers.expected,
  accept: (value) => {
    const list = numbers.accept(value);
    return list === refused ? refused : Float64Array.from(list);
  },
};

/** Throws FormatError unless all given lists have the same length. */
export function checkColumns(kind: string, lists: Readonly<Record<string, Float64Array | null>>): void {
  const given = Object.entries(lists).filter(([, list]) => list !== null) as [string, Float64Array][];
  for (const [name, { length }] of given) {
    const [first, { length: columns }] = given[0];
    if (length === columns) continue;
    throw new FormatError(
      `${kind}.fromJSON: ${name} must have as many values as ${first}, ${columns}, but received ${length}.`,
    );
  }
}

/** A copy of a learned list. */
export function copied<T extends Float64Array | null>(list: T): T {
  return (list && list.slice()) as T;
}

/**
 * Throws ValueError if a number computed from a column is not finite: its values are too far apart for
 * float64.
 */
export function checkFinite(owner: string, column: number, value: number): void {
  if (Number.isFinite(value)) return;
  throw new ValueError(
    `${owner}: X must have columns whose spread is within float64's range, but column ${column} has values too large for it.`,
  );
}
