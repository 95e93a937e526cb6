/**
 * Trains a model of tables: takes the rows whose target is there, holds some out, learns the encoders from
 * the others, encodes, and trains the estimator. A table in memory and a stream of tables go the same way; a
 * stream is read twice, and only its encoded rows are kept.
 */
import type { NdArray } from '../ndarray.js';
import type { Label } from '../data/labels.js';
import { encodeLabels } from '../data/labels.js';
import { splitIndices } from '../data/split.js';
import type { Table, TableView } from '../data/table/table.js';
import { ValueError } from '../errors.js';
import { RandomState } from '../random.js';
import { LamellaWarning } from '../warnings.js';
import type { Pieces } from '../yielding.js';
import { runInSlices, Yielder } from '../yielding.js';
import type { ReadTargets } from './target.js';
import { rangeOf, rowsOf, weightsOf, without } from './target.js';
import { tableSource } from './vectorizer/convert.js';
import type { FittedVectorizer, VectorizerSettings } from './vectorizer/fit.js';
import { encodeRows, VectorizerFit } from './vectorizer/fit.js';

/** A table, or tables one after the other, which may be asked for twice. */
export type TableInput = Table | AsyncIterable<Table>;

/** How rows are prepared for training. */
export interface PrepareRequest<T> {
  readonly owner: string;
  readonly input: TableInput;
  readonly target: string;
  readonly readTargets: ReadTargets<T>;
  readonly settings: VectorizerSettings;
  /** Column of weights, which is no feature. */
  readonly sampleWeight: string | undefined;
  readonly validationFraction: number;
  readonly seed: number;
  readonly warn: (warning: LamellaWarning) => void;
  readonly signal: AbortSignal | undefined;
}

/** Encoded rows with their targets. */
export interface EncodedRows<T> {
  readonly x: NdArray<Float32Array>;
  readonly y: T[];
  readonly weights: Float64Array | undefined;
}

/** Rows to train on, rows held out, and what the encoders learned. */
export interface Prepared<T> {
  readonly vectorizer: FittedVectorizer;
  readonly train: EncodedRows<T>;
  /** Undefined if there are too few rows to hold any out. */
  readonly heldOut: EncodedRows<T> | undefined;
  /** Rows without a target. */
  readonly dropped: number;
}

/** Rows of a part of a table in memory. */
const PART_ROWS = 16384;

/** Targets and weights of all rows that count, as a first pass collects them. */
class Collected<T> {
  readonly values: T[] = [];
  readonly weights: number[] = [];
  /** Rows of each table that count; undefined if all do. */
  rows = 0;

  add({ values }: { readonly values: readonly T[] }, rows: number): void {
    for (const value of values) this.values.push(value);
    this.rows += rows;
  }
}

const isTable = (input: TableInput): input is Table => !(Symbol.asyncIterator in input);

/** Rows to train on, encoded. @throws ValueError if no row has a target */
export async function prepare<T extends Label>(request: PrepareRequest<T>): Promise<Prepared<T>> {
  const yielder = new Yielder(request.signal);
  const { owner, target, input, settings } = request;
  const collected = new Collected<T>();
  const learning = new VectorizerFit(owner, settings);
  if (isTable(input)) collect(request, input, collected);
  else {
    for await (const table of input) {
      const kept = collect(request, table, collected);
      if (kept.rows > 0) await runInSlices(learning.add(kept, false), yielder);
    }
    tellIfSorted(request, collected.values);
  }
  const { values, rows } = collected;
  const dropped = rows - values.length;
  if (values.length === 0) {
    throw new ValueError(
      `${owner}: at least 1 row must have a target '${target}', but received ${rows === 0 ? 'no rows' : `${rows} rows without one`}.`,
    );
  }
  if (dropped > 0) request.warn(droppedRows(owner, target, dropped));
  const split = splitRows(values, request);
  if (isTable(input)) {
    const { rows: present } = request.readTargets(owner, input, target);
    const chosen = split.train.map((row) => present[row]).sort();
    const features = without(input, notFeatures(request));
    await runInSlices(learning.add(rowsOf(features, chosen), true), yielder);
  }
  const y = isTable(input) ? Array.from(split.train.slice().sort(), (row) => values[row]) : undefined;
  const vectorizer = await runInSlices(learning.finish(y), yielder);
  const places = placesOf(values.length, split);
  const parts = new Parts<T>(vectorizer, split, request.sampleWeight !== undefined);
  let begin = 0;
  for await (const table of tablesOf(input)) {
    const { values: own, rows: present } = request.readTargets(owner, table, target);
    const kept = present.length === table.rows ? table : rowsOf(table, present);
    await runInSlices(parts.add(request, kept, own, places.subarray(begin, begin + own.length)), yielder);
    begin += own.length;
  }
  learning.writeTrained(parts.train.x.data);
  return { vectorizer, dropped, train: parts.train, heldOut: split.test.length > 0 ? parts.test : undefined };
}

/** Columns that are no features. */
function notFeatures({ target, sampleWeight }: PrepareRequest<never> | PrepareRequest<Label>): string[] {
  return sampleWeight === undefined ? [target] : [target, sampleWeight];
}

/** Notes the targets of a table. @returns its features in the rows that have one */
function collect<T extends Label>(
  request: PrepareRequest<T>,
  table: TableView,
  collected: Collected<T>,
): TableView {
  const targets = request.readTargets(request.owner, table, request.target);
  collected.add(targets, table.rows);
  const features = without(table, notFeatures(request as PrepareRequest<Label>));
  return targets.rows.length === table.rows ? features : rowsOf(features, targets.rows);
}

function droppedRows(owner: string, target: string, count: number): LamellaWarning {
  const rows = count === 1 ? '1 row has' : `${count} rows have`;
  return new LamellaWarning(`${owner}: ${rows} no target '${target}' and will not be used.`, 'DROPPED_ROWS');
}

/** Warns if the rows of a stream are sorted by a target of few different values. */
function tellIfSorted<T extends Label>(
  { owner, target, warn }: PrepareRequest<T>,
  values: readonly T[],
): void {
  let runs = 1;
  for (let i = 1; i < values.length; i++) if (values[i] !== values[i - 1]) runs++;
  const distinct = new Set(values).size;
  if (distinct < 2 || runs !== distinct || distinct > values.length / 10) return;
  warn(
    new LamellaWarning(
      `${owner}: the rows are sorted by the target '${target}'; they are shuffled for training, but the first rows of the file show one class only.`,
      'SORTED_TARGET',
    ),
  );
}

/** Numbers of the rows to train on and to hold out. */
interface Split {
  readonly train: Int32Array;
  readonly test: Int32Array;
}

/** Rows below which none are held out. */
const MIN_ROWS_TO_HOLD_OUT = 20;

/** How rows are split into those to train on and those held out. */
type SplitRequest<T> = Pick<PrepareRequest<T>, 'validationFraction' | 'seed' | 'readTargets'>;

/** Numbers of the rows of a table that fit holds out. */
export function heldOutRows<T extends Label>(
  table: Table,
  target: string,
  request: SplitRequest<T>,
): Int32Array {
  const { values, rows } = request.readTargets('heldOutRows', table, target);
  return splitRows(values, request).test.map((i) => rows[i]);
}

/** A random split: stratified by the labels of a classifier, whose rare classes are trained on only. */
function splitRows<T extends Label>(
  values: readonly T[],
  { validationFraction, seed, readTargets }: SplitRequest<T>,
): Split {
  const rows = values.length;
  const test = Math.ceil(validationFraction * rows);
  const all = Int32Array.from({ length: rows }, (_, row) => row);
  if (rows < MIN_ROWS_TO_HOLD_OUT || test === 0) return { train: all, test: new Int32Array(0) };
  const random = new RandomState(seed);
  const stratified = readTargets.stratified === true;
  if (!stratified) return splitIndices(rows, null, random, { train: rows - test, test });
  const { indices, counts } = encodeLabels<Label>(values);
  const frequent = all.filter((row) => counts[indices[row]] >= 2);
  const rare = all.filter((row) => counts[indices[row]] < 2);
  const classes = counts.filter((count) => count >= 2).length;
  const held = Math.max(Math.min(test, frequent.length - classes), classes);
  if (held > frequent.length / 2) return { train: all, test: new Int32Array(0) };
  const codes = frequent.map((row) => indices[row]);
  const dense = new Map([...new Set(codes)].sort((a, b) => a - b).map((code, i) => [code, i]));
  const strata = codes.map((code) => dense.get(code)!);
  const split = splitIndices(frequent.length, strata, random, { train: frequent.length - held, test: held });
  const train = Int32Array.from([...split.train.map((i) => frequent[i]), ...rare]);
  return { train, test: split.test.map((i) => frequent[i]) };
}

/** For each row where it goes: row i of the training rows is i, row i of those held out is -1 - i. */
function placesOf(rows: number, { test }: Split): Int32Array {
  const places = new Int32Array(rows);
  for (const row of test) places[row] = -1;
  let [train, held] = [0, 0];
  for (let row = 0; row < rows; row++) places[row] = places[row] === 0 ? train++ : -1 - held++;
  return places;
}

async function* tablesOf(input: TableInput): AsyncGenerator<TableView> {
  if (!isTable(input)) {
    yield* input;
    return;
  }
  for (let begin = 0; begin < input.rows; begin += PART_ROWS) {
    yield rangeOf(input, begin, Math.min(begin + PART_ROWS, input.rows));
  }
}

/** The encoded rows of both parts, in the order of the rows. */
class Parts<T extends Label> {
  readonly train: EncodedRows<T>;
  readonly test: EncodedRows<T>;
  readonly #vectorizer: FittedVectorizer;

  constructor(vectorizer: FittedVectorizer, { train, test }: Split, weighted: boolean) {
    this.#vectorizer = vectorizer;
    const width = vectorizer.names.length;
    const part = (rows: number): EncodedRows<T> => ({
      x: { data: new Float32Array(rows * width), shape: [rows, width] },
      y: new Array<T>(rows),
      weights: weighted ? new Float64Array(rows) : undefined,
    });
    this.train = part(train.length);
    this.test = part(test.length);
  }

  /** Encodes rows and puts each in its place. */
  *add(
    request: PrepareRequest<T>,
    table: TableView,
    targets: readonly T[],
    places: Int32Array,
  ): Pieces<void> {
    const { owner, sampleWeight } = request;
    const width = this.#vectorizer.names.length;
    const data = new Float32Array(table.rows * width);
    const features = without(table, notFeatures(request as PrepareRequest<Label>));
    yield* encodeRows(owner, this.#vectorizer, tableSource(owner, features), data);
    const weights = sampleWeight === undefined ? undefined : weightsOf(owner, table, sampleWeight);
    for (let row = 0; row < table.rows; row++) {
      const [part, at] = places[row] >= 0 ? [this.train, places[row]] : [this.test, -1 - places[row]];
      part.x.data.set(data.subarray(row * width, (row + 1) * width), at * width);
      part.y[at] = targets[row];
      if (weights) part.weights![at] = weights[row];
    }
  }
}
