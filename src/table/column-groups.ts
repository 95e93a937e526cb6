/**
 * Steps of a ColumnTransformer: their checks, which columns they take, and the rows of these columns. Not for
 * fitting and transforming.
 */
import type { Rule } from '../check.js';
import { anything, boolean, checkOptions, describe, refused } from '../check.js';
import { isTable } from '../data/columns.js';
import type { LabelTable } from '../data/encoders/cells.js';
import { readMatrix } from '../data/matrix.js';
import { unknownColumn } from '../data/table/table.js';
import { FormatError, ShapeError, ValueError } from '../errors.js';
import type { NdArray } from '../ndarray.js';
import { isTypedArray } from '../ndarray/types.js';
import { RandomState } from '../random.js';

/** A transformer of columns: one of this package, or any object with these methods. */
export interface StepTransformer {
  fit(x: any, y?: any): unknown;
  transform(x: any): unknown;
  fitTransform?(x: any, y?: any): unknown;
  featureNames?(input?: readonly string[]): string[];
  getParams(): object;
  setParams(params: any): unknown;
  clone?(params?: any): any;
}

/** Names of columns of a Table, or numbers of columns from 0. */
export type ColumnChoice = string | number | readonly string[] | readonly number[];

/** What becomes of some columns: [name, transformer, columns]. */
export type ColumnStep = readonly [
  name: string,
  transformer: StepTransformer | 'drop' | 'passthrough',
  columns: ColumnChoice,
];

/** A step and the numbers of its columns. */
export interface Group {
  readonly name: string;
  readonly step: StepTransformer | 'passthrough';
  readonly columns: readonly number[];
}

function isTransformer(value: unknown): value is StepTransformer {
  const { fit, transform, getParams } = (value ?? {}) as Partial<StepTransformer>;
  return [fit, transform, getParams].every((each) => typeof each === 'function');
}

/** A transformer, 'drop' or 'passthrough'. */
export const remainderRule: Rule<StepTransformer | 'drop' | 'passthrough'> = {
  expected: "'drop', 'passthrough' or a transformer with fit, transform and getParams",
  accept: (value) => (value === 'drop' || value === 'passthrough' || isTransformer(value) ? value : refused),
};

function isColumns(value: unknown): value is ColumnChoice {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return ['string', 'number'].some((type) => list.every((each) => typeof each === type)) && list.length > 0;
}

/** Steps that are checked. @throws ValueError for names that occur twice, and for steps that are none */
export function readSteps(steps: unknown): ColumnStep[] {
  if (!Array.isArray(steps) || steps.length === 0) {
    throw new ValueError(
      `ColumnTransformer: steps must be an array of [name, transformer, columns], but received ${describe(steps)}.`,
    );
  }
  const names = new Set<unknown>(['remainder', 'verboseFeatureNamesOut']);
  // Array.from reads holes too.
  return Array.from(steps, (entry: unknown, i): ColumnStep => {
    const [name, step, columns] = (Array.isArray(entry) ? entry : []) as unknown[];
    const named = typeof name === 'string' && name !== '' && !name.includes('__') && !names.has(name);
    if (named && remainderRule.accept(step) !== refused && isColumns(columns)) {
      names.add(name);
      return [name, step as StepTransformer, columns];
    }
    throw new ValueError(
      `ColumnTransformer: step ${i} must be [name, transformer, columns], a name of its own without '__', ${remainderRule.expected}, and names or numbers of columns, but received ${describe(entry)}.`,
    );
  });
}

/** The options of stored steps, of which only the transformers are unread. */
export function readChoices(
  owner: string,
  params: unknown,
): {
  transformers: [string, unknown, ColumnChoice][];
  remainder: unknown;
  verboseFeatureNamesOut: boolean;
} {
  const schema = {
    transformers: anything<unknown>(),
    remainder: anything<unknown>(),
    verboseFeatureNamesOut: boolean,
  };
  const {
    transformers,
    remainder = 'drop',
    verboseFeatureNamesOut = true,
  } = checkOptions(owner, params, schema);
  const entries: unknown[] | undefined = Array.isArray(transformers) ? Array.from(transformers) : undefined;
  if (entries?.every((each) => Array.isArray(each))) {
    return {
      transformers: entries as [string, unknown, ColumnChoice][],
      remainder,
      verboseFeatureNamesOut,
    };
  }
  throw new FormatError(
    `${owner}: transformers must be an array of [name, transformer, columns], but received ${describe(transformers)}.`,
  );
}

/**
 * The steps that give features, with the numbers of their columns; that of the remainder last.
 *
 * @param names names of the columns of a table
 * @param width number of columns
 * @throws ValueError for columns that there are not
 */
export function resolveGroups(
  steps: readonly ColumnStep[],
  remainder: StepTransformer | 'drop' | 'passthrough',
  names: readonly string[] | undefined,
  width: number,
): Group[] {
  const used = new Set<number>();
  const groups: Group[] = [];
  for (const [name, step, choice] of steps) {
    const list: readonly (string | number)[] = Array.isArray(choice) ? choice : [choice as string | number];
    const columns = list.map((each) => columnNumber(each, names, width));
    for (const column of columns) used.add(column);
    if (step !== 'drop') groups.push({ name, step, columns });
  }
  const rest = Array.from({ length: width }, (_, j) => j).filter((j) => !used.has(j));
  if (remainder !== 'drop' && rest.length > 0)
    groups.push({ name: 'remainder', step: remainder, columns: rest });
  if (groups.length > 0) return groups;
  throw new ValueError('ColumnTransformer: at least one step must keep columns, but all drop theirs.');
}

function columnNumber(choice: string | number, names: readonly string[] | undefined, width: number): number {
  if (typeof choice === 'number') {
    const column = choice < 0 ? choice + width : choice;
    if (Number.isInteger(column) && column >= 0 && column < width) return column;
    throw new ValueError(
      `ColumnTransformer: columns must be integers from 0 to ${width - 1}, but received ${describe(choice)}.`,
    );
  }
  if (names === undefined) {
    throw new ValueError(
      `ColumnTransformer: columns must be numbers for arrays, which have no names, but received ${describe(choice)}.`,
    );
  }
  const column = names.indexOf(choice);
  if (column < 0) throw unknownColumn('ColumnTransformer', choice, names);
  return column;
}

/** Number of columns of rows in any form. @throws ShapeError for what has no columns */
export function widthOf(x: unknown): number {
  if (isTable(x)) return x.columns.length;
  // Whatever has no rows as arrays is checked whole: what it says of its width may be wrong.
  if (!Array.isArray(x)) return readMatrix('ColumnTransformer', x, undefined, { missing: true }).columns;
  const first: unknown = x[0];
  if ((Array.isArray(first) || isTypedArray(first)) && first.length > 0) return first.length;
  throw new ShapeError(
    `ColumnTransformer: X must be a Table or a 2-d array with at least 1 row and 1 column, but received ${describe(x)}.`,
  );
}

/** Some columns of rows, in a form that transformers take. */
export function partOf(
  x: LabelTable,
  columns: readonly number[],
  names: readonly string[] | undefined,
): LabelTable {
  if (isTable(x)) {
    const own = names ?? x.columns;
    const absent = columns.find((j) => !x.has(own[j]));
    if (absent !== undefined) throw unknownColumn('ColumnTransformer', own[absent], x.columns);
    return x.select(columns.map((j) => own[j]));
  }
  if (Array.isArray(x)) {
    const width = widthOf(x);
    return Array.from(x, (row: ArrayLike<number>, i) => {
      if (row?.length === width) return columns.map((j) => row[j]);
      throw new ShapeError(
        `ColumnTransformer: X must have ${width} columns, as row 0, but received ${describe(row)} in row ${i}.`,
      );
    });
  }
  const matrix = readMatrix('ColumnTransformer', x, undefined, { missing: true });
  const data = new Float64Array(matrix.rows * columns.length);
  columns.forEach((column, j) => {
    for (let row = 0; row < matrix.rows; row++) {
      data[row * columns.length + j] = matrix.data[row * matrix.columns + column] * matrix.scale;
    }
  });
  return { data, shape: [matrix.rows, columns.length] };
}

/** Number of rows of a part. */
function rowsOf(part: LabelTable): number {
  if (isTable(part)) return part.rows;
  return Array.isArray(part) ? part.length : (part as NdArray).shape[0];
}

/**
 * The features that a step gives for rows.
 *
 * @throws ValueError unless they are numbers; ShapeError for more rows or fewer
 */
export function featuresOfStep(
  name: string,
  step: StepTransformer | 'passthrough',
  part: LabelTable,
  transform: (step: StepTransformer) => unknown,
): NdArray<Float64Array> {
  const result = step === 'passthrough' ? part : transform(step);
  const owner = `ColumnTransformer: the result of step '${name}'`;
  const { data, scale, rows, columns } = readMatrix(owner, result, undefined, { missing: true });
  if (rows !== rowsOf(part)) {
    throw new ShapeError(
      `ColumnTransformer: step '${name}' must give a row for each row, ${rowsOf(part)}, but gave ${rows}.`,
    );
  }
  const values =
    data instanceof Float64Array && scale === 1 ? data : Float64Array.from(data, (value) => value * scale);
  return { data: values, shape: [rows, columns] };
}

/** An unfitted copy of a transformer, and of the generators among its options. */
export function cloneStep<T extends StepTransformer | 'drop' | 'passthrough'>(step: T): T {
  if (typeof step === 'string') return step;
  if (step.clone) return step.clone() as T;
  const params = Object.entries(step.getParams()).map(([name, value]: [string, unknown]) => [
    name,
    value instanceof RandomState ? RandomState.fromState(value.getState()) : value,
  ]);
  const Class = step.constructor as new (params: object) => T;
  return new Class(Object.fromEntries(params) as object);
}
