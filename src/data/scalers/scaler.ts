/**
 * The base class of the scalers: transforming cell by cell and back, by a formula that each scaler adds. Not
 * for what all transformers share (transformer.ts), nor for labels, which the encoders turn into numbers.
 */
import type { Rule } from '../../check.js';
import { listOf, nullable, number, refused } from '../../check.js';
import { FormatError, ValueError } from '../../errors.js';
import type { NdArray } from '../../ndarray.js';
import type { Pieces } from '../../yielding.js';
import { ranges, runAtOnce } from '../../yielding.js';
import type { TransformerInput } from '../columns.js';
import type { Matrix } from '../matrix.js';
import { matrixInPieces } from '../matrix.js';
import type { Learned } from '../transformer.js';
import { Transformer } from '../transformer.js';

/** A function of a value and its column. */
export type CellFunction = (value: number, column: number) => number;

/**
 * Base class of the scalers, which shift and scale columns of numbers by values that `fit` has learned. They
 * compute in float64 and never change their input.
 */
export abstract class Scaler<Params extends object, Fitted extends object> extends Transformer<
  Params,
  Fitted,
  Matrix
> {
  protected abstract forward(fitted: Fitted): CellFunction;
  protected abstract backward(fitted: Fitted): CellFunction;

  protected override get noun(): string {
    return 'scaler';
  }

  /** True if values may be missing. */
  protected get missing(): boolean {
    return false;
  }

  /** Undo the scaling: the original rows, up to rounding. */
  inverseTransform(x: TransformerInput): NdArray<Float64Array> {
    return runAtOnce(this.#inverse(x));
  }

  protected read(x: TransformerInput, learned?: Learned<Fitted>): Pieces<Matrix> {
    const width = learned && this.columns(learned.fitted);
    return matrixInPieces(this.name, x, width, { missing: this.missing, seen: learned?.names });
  }

  protected apply(matrix: Matrix, fitted: Fitted): Pieces<NdArray<Float64Array>> {
    return mapCells(matrix, this.forward(fitted));
  }

  *#inverse(x: TransformerInput): Pieces<NdArray<Float64Array>> {
    const learned = this.learned('inverseTransform');
    return yield* mapCells(yield* this.read(x, learned), this.backward(learned.fitted));
  }
}

/** A function of every cell of a matrix, as a new one. */
export function* mapCells(
  { data, scale, rows, columns }: Matrix,
  cell: CellFunction,
): Pieces<NdArray<Float64Array>> {
  const result = new Float64Array(rows * columns);
  yield* ranges(rows, 2 * columns, (begin, end) => {
    for (let i = begin * columns, column = 0; i < end * columns; i++) {
      result[i] = cell(data[i] * scale, column);
      if (++column === columns) column = 0;
    }
  });
  return { data: result, shape: [rows, columns] };
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

const numbersOrNull = listOf(nullable(number()), 1);

/** Finite numbers or null, which stands for NaN, one per column, as a Float64Array. */
export const perColumnOrMissing: Rule<Float64Array> = {
  expected: numbersOrNull.expected,
  accept: (value) => {
    const list = numbersOrNull.accept(value);
    return list === refused ? refused : Float64Array.from(list, (each) => each ?? NaN);
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
