/**
 * The work of permutationImportance: the loss of score when the values of one column are shuffled; loaded
 * when it is first called. What is scored stands behind `Permutable`, so that other data than matrices fit
 * in. Not for models of tables (table-importance.ts), nor for scorers (scoring.ts).
 */
import { abortSignal, anything, checkOptions, describe, positiveInteger } from '../check.js';
import { countRows } from '../data/take.js';
import { ShapeError, ValueError } from '../errors.js';
import type { NdArray, TypedArray } from '../ndarray.js';
import { arrayInPieces, formatShape, isList } from '../ndarray.js';
import type { RandomState } from '../random.js';
import { ascending, RandomState as Generator, toRandomState } from '../random.js';
import type { Pieces } from '../yielding.js';
import { ranges, runInSlices, Yielder } from '../yielding.js';
import type { Estimator } from '../pipeline/estimator.js';
import { foldSchema } from './folds.js';
import type { Scoring } from './scoring.js';
import { scoredRows, scorerOf } from './scoring.js';

export interface PermutationImportanceOptions {
  /** A name, a function (model, x, y) => number, or null for the model's own score. Default null. */
  readonly scoring?: Scoring;
  /** How often every column is shuffled. Default 5. */
  readonly nRepeats?: number;
  /** Seed, or generator to continue. Default: a fresh seed. */
  readonly randomState?: number | RandomState | null;
  /** Aborts: the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** How much score is lost when the values of a column are shuffled. */
export interface PermutationImportance {
  /** Names of the columns, where they have some. */
  readonly names?: readonly string[];
  /** Mean loss of every column. */
  readonly means: Float64Array;
  /** Standard deviation of the losses of every column. */
  readonly stds: Float64Array;
  /** Score of the data as they are minus the score with the column shuffled: (columns, repeats). */
  readonly importances: NdArray<Float64Array>;
}

/** Rows that can be scored with the values of one column in another order. */
export interface Permutable {
  readonly rows: number;
  readonly columns: number;
  readonly names?: readonly string[];
  /** Gives row i, in one column, the value that row order[i] had in the beginning. */
  permute(column: number, order: Int32Array): Pieces<void>;
  /** Score of the rows as they are now. */
  score(): number | Promise<number>;
}

/** Rules of the options. */
export const importanceSchema = {
  scoring: anything<Scoring>(),
  nRepeats: positiveInteger,
  randomState: foldSchema.randomState,
  signal: abortSignal,
};

/** The loss of score by the columns of x. */
export async function permutationImportance(
  model: unknown,
  x: unknown,
  y: unknown,
  options: PermutationImportanceOptions = {},
): Promise<PermutationImportance> {
  const owner = 'permutationImportance';
  const { scoring, ...given } = checkOptions(owner, options, importanceSchema);
  const scorer = scorerOf(owner, scoring);
  if (typeof (model as Partial<Estimator> | null | undefined)?.predict !== 'function') {
    throw new ValueError(
      `${owner}: model must be a fitted estimator with predict, but received ${describe(model)}.`,
    );
  }
  const yielder = new Yielder(given.signal);
  const { shuffled, ...matrix } = await runInSlices(copyOf(owner, x), yielder);
  const targets = countRows(y, 'y');
  if (targets !== matrix.rows) {
    throw new ShapeError(
      `${owner}: y must have one entry for each of the ${matrix.rows} rows of x, but has ${targets}.`,
    );
  }
  const score = async (): Promise<number> => {
    const value: unknown = await scorer(scoredRows(model as Estimator, shuffled, y, given.signal));
    if (typeof value === 'number') return value;
    throw new ValueError(`${owner}: scoring must give a number, but received ${describe(value)}.`);
  };
  return importancesOf({ ...matrix, score }, given);
}

/**
 * The loss of score by the columns of anything that can be scored with one of them shuffled.
 *
 * Every column is shuffled by the same draws, each time anew from the order of the time before, as
 * scikit-learn does.
 */
export async function importancesOf(
  data: Permutable,
  { nRepeats = 5, randomState, signal }: PermutationImportanceOptions,
): Promise<PermutationImportance> {
  const { rows, columns, names } = data;
  const seed = toRandomState(randomState).bounded(0x7fffffff);
  const yielder = new Yielder(signal);
  yielder.throwIfAborted();
  const baseline = await data.score();
  const importances = new Float64Array(columns * nRepeats);
  for (let column = 0; column < columns; column++) {
    const random = new Generator(seed);
    const draw = ascending(rows);
    let order: Int32Array = ascending(rows);
    for (let repeat = 0; repeat < nRepeats; repeat++) {
      await runInSlices(random.shuffleInPieces(draw), yielder);
      order = await runInSlices(taken(order, draw), yielder);
      await runInSlices(data.permute(column, order), yielder);
      importances[column * nRepeats + repeat] = baseline - (await data.score());
      await yielder.pause();
    }
    await runInSlices(data.permute(column, ascending(rows)), yielder);
  }
  yielder.throwIfAborted();
  const means = new Float64Array(columns);
  const stds = new Float64Array(columns);
  for (let column = 0; column < columns; column++) {
    const own = importances.subarray(column * nRepeats, (column + 1) * nRepeats);
    means[column] = own.reduce((sum, value) => sum + value, 0) / nRepeats;
    const squares = own.map((value) => (value - means[column]) * (value - means[column]));
    stds[column] = Math.sqrt(squares.reduce((sum, value) => sum + value, 0) / nRepeats);
  }
  return {
    ...(names ? { names } : {}),
    means,
    stds,
    importances: { data: importances, shape: [columns, nRepeats] },
  };
}

function* taken(order: Int32Array, rows: Int32Array): Pieces<Int32Array> {
  const result = new Int32Array(rows.length);
  yield* ranges(rows.length, 2, (begin, end) => {
    for (let i = begin; i < end; i++) result[i] = order[rows[i]];
  });
  return result;
}

/** A copy of x, `shuffled`, whose columns can be permuted. */
type Copy = Omit<Permutable, 'score'> & { readonly shuffled: unknown };

function* copyOf(owner: string, x: unknown): Pieces<Copy> {
  if (Array.isArray(x) && isList(x[0]) && x.every(isList)) return yield* copyOfRows(owner, x as Row[]);
  const source = yield* arrayInPieces(x, 'x');
  const { data, shape } = source;
  if (shape.length !== 2 || data.length === 0) throw notMatrix(owner, `the shape ${formatShape(shape)}`);
  const [rows, columns] = shape;
  const copy: TypedArray = data.slice();
  const permute = (column: number, order: Int32Array) =>
    ranges(rows, 2, (begin, end) => {
      for (let i = begin; i < end; i++) copy[i * columns + column] = data[order[i] * columns + column];
    });
  return { rows, columns, permute, shuffled: { ...source, data: copy } };
}

type Row = ArrayLike<unknown>;

/** Rows of anything: numbers, or labels that a pipeline encodes. */
function* copyOfRows(owner: string, given: readonly Row[]): Pieces<Copy> {
  const columns = given[0].length;
  const bad = given.findIndex((row) => row.length !== columns);
  if (columns === 0) throw notMatrix(owner, 'rows without a column');
  if (bad >= 0) throw notMatrix(owner, `${given[bad].length} columns in row ${bad} and ${columns} in row 0`);
  const copy: unknown[][] = [];
  yield* ranges(given.length, columns, (begin, end) => {
    for (let row = begin; row < end; row++) copy.push(Array.from(given[row]));
  });
  const permute = (column: number, order: Int32Array) =>
    ranges(given.length, 2, (begin, end) => {
      for (let i = begin; i < end; i++) copy[i][column] = given[order[i]][column];
    });
  return { rows: given.length, columns, permute, shuffled: copy };
}

function notMatrix(owner: string, received: string): ShapeError {
  return new ShapeError(`${owner}: x must be of shape (rows, columns), but received ${received}.`);
}
