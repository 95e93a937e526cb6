import { describe } from '../../check.js';
import { ShapeError, ValueError } from '../../errors.js';
import { arrayInPieces, isCsr, readList } from '../../ndarray.js';
import type { Pieces } from '../../yielding.js';
import { ranges } from '../../yielding.js';
import type { Label } from '../labels.js';
import { encodeLabelsInPieces, VALUES_PER_LABEL } from '../labels.js';

/** Columns of labels: numbers, strings or booleans, each column of one type. */
export interface LabelColumns {
  readonly columns: readonly (readonly Label[])[];
  readonly rows: number;
}

/**
 * Rows of labels by column.
 *
 * @param width required number of columns, as in fit; default: any number
 * @throws ShapeError for what is not 2-dimensional, ragged rows and another width
 */
export function* columnsInPieces(owner: string, input: unknown, width?: number): Pieces<LabelColumns> {
  const rows = yield* rowsOf(owner, input);
  if (rows.length === 0 || rows[0].length === 0) {
    throw new ShapeError(`${owner}: X must have at least 1 row and 1 column, but received none.`);
  }
  const expected = width ?? rows[0].length;
  const bad = rows.findIndex((row) => row.length !== expected);
  if (bad >= 0) {
    const why = width === undefined ? 'as row 0' : 'as in fit';
    throw new ShapeError(
      `${owner}: X must have ${expected} columns, ${why}, but received ${rows[bad].length} in row ${bad}.`,
    );
  }
  const columns = Array.from({ length: expected }, (): Label[] => []);
  yield* ranges(rows.length, 2 * expected, (begin, end) => {
    for (let i = begin; i < end; i++) for (let j = 0; j < expected; j++) columns[j][i] = rows[i][j];
  });
  return { columns, rows: rows.length };
}

function* rowsOf(owner: string, input: unknown): Pieces<ArrayLike<Label>[]> {
  const all: ArrayLike<Label>[] = [];
  if (Array.isArray(input)) {
    yield* ranges(input.length, VALUES_PER_LABEL, (begin, end) => {
      for (let i = begin; i < end; i++) all[i] = checkedRow(owner, input[i], i);
    });
    return all;
  }
  const { data, shape, scale = 1 } = yield* arrayInPieces(input, 'X');
  if (shape.length !== 2 || isCsr(input)) {
    throw new ShapeError(
      `${owner}: X must be a 2-d array, rows of labels, but received the shape (${shape.join(', ')}).`,
    );
  }
  const [rows, width] = shape;
  yield* ranges(rows, 4 * width, (begin, end) => {
    for (let i = begin; i < end; i++) {
      all[i] = Array.from(data.subarray(i * width, (i + 1) * width), (value) => value * scale);
    }
  });
  return all;
}

function checkedRow(owner: string, row: unknown, i: number): ArrayLike<Label> {
  const list = readList(row, 'X');
  if (list) return list as ArrayLike<Label>;
  throw new ShapeError(
    `${owner}: X must be a 2-d array, rows of labels, but received ${describe(row)} in row ${i}; use [[...]] for one row, values.map((value) => [value]) for one column.`,
  );
}

/** The sorted labels of every column. @throws ValueError for NaN, missing labels and columns of two types */
export function* categoriesOf(owner: string, { columns }: LabelColumns): Pieces<Label[][]> {
  const categories: Label[][] = [];
  for (const [j, column] of columns.entries()) {
    categories.push((yield* encodeLabelsInPieces(column, `${owner}: column ${j}`)).classes);
  }
  return categories;
}

/** Throws ValueError for a label that is not among the categories of its column. */
export function unknownLabel(
  owner: string,
  label: unknown,
  place: string,
  categories: readonly Label[],
): ValueError {
  return new ValueError(
    `${owner}: X must hold only the categories ${describe(categories)} in ${place}, but received ${describe(label)}.`,
  );
}
