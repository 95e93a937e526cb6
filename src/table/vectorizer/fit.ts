/**
 * Fits a TableVectorizer, table by table, so that a file larger than memory can be learned from; and encodes
 * rows by what was learned. Each column for itself: no column sees another.
 */
import { describe } from '../../check.js';
import type { Column, ColumnType, TableView } from '../../data/table/table.js';
import { unknownColumn } from '../../data/table/table.js';
import { ShapeError, ValueError } from '../../errors.js';
import type { Pieces } from '../../yielding.js';
import { ranges } from '../../yielding.js';
import type { ColumnSource } from './convert.js';
import { convertColumn, emptyColumn } from './convert.js';
import type { CategoryLimits, Decision } from './decide.js';
import { decide, TYPE_OF } from './decide.js';
import type { ColumnEncoder, FeatureBlock, Features, UserTransformer } from './encoders.js';
import { featuresOf, oneColumn, TransformerEncoder } from './encoders.js';
import type { Learner } from './learners.js';
import { learnColumn, learnerOf } from './learners.js';

/** What the user wants of a column. */
export type ColumnChoice = 'number' | 'category' | 'boolean' | 'date' | 'drop' | UserTransformer;

/** Options of the vectorizer, as fit needs them. */
export interface VectorizerSettings extends CategoryLimits {
  readonly columns: ReadonlyMap<string, ColumnChoice>;
}

/** A column that fit has seen. */
export interface FittedColumn {
  readonly name: string;
  /** Its type in the table. */
  readonly type: ColumnType;
  readonly decision: Decision;
}

/** What fit has learned. */
export interface FittedVectorizer {
  readonly columns: readonly FittedColumn[];
  /** Names of the features. */
  readonly names: readonly string[];
}

/** The features of all columns, in order. */
export function fittedOf(columns: readonly FittedColumn[]): FittedVectorizer {
  return { columns, names: columns.flatMap(({ decision }) => decision.encoder?.names ?? []) };
}

/** A column while it is being learned. */
interface LearningColumn {
  readonly name: string;
  readonly type: ColumnType;
  readonly choice: ColumnChoice | undefined;
  readonly learner: Learner;
  /** For a transformer of the user's. */
  column?: Column;
}

/** Learns from tables; then `finish` decides. */
export class VectorizerFit {
  readonly #owner: string;
  readonly #settings: VectorizerSettings;
  #columns: LearningColumn[] | undefined;
  #fitted: FittedVectorizer | undefined;
  /** What fitTransform of transformers of the user's gave for the rows of fit, by column. */
  readonly #trained = new Map<string, FeatureBlock>();
  rows = 0;

  constructor(owner: string, settings: VectorizerSettings) {
    this.#owner = owner;
    this.#settings = settings;
  }

  /**
   * Learns from a table. The first one tells the columns.
   *
   * @param whole true if there are no more tables
   */
  *add(table: TableView, whole: boolean): Pieces<void> {
    this.#columns ??= this.#begin(table);
    this.rows += table.rows;
    for (const each of this.#columns) {
      const { name, type, choice, learner } = each;
      const column = table.column(name);
      if (choice === 'drop') continue;
      if (isTransformer(choice)) {
        if (!whole) throw this.#needsWhole(name);
        each.column = column;
        continue;
      }
      const converted = convertColumn(this.#owner, name, column, type, learner.type);
      yield* learnColumn(learner, converted, whole);
    }
  }

  #begin(table: TableView): LearningColumn[] {
    for (const name of this.#settings.columns.keys()) {
      if (!table.has(name)) throw unknownColumn(this.#owner, name, table.columns);
    }
    return table.columns.map((name) => {
      const choice = this.#settings.columns.get(name);
      const type = table.types[name];
      const own = typeof choice === 'string' && choice !== 'drop' ? TYPE_OF[choice] : type;
      return { name, type, choice, learner: learnerOf(own) };
    });
  }

  #needsWhole(name: string): ValueError {
    return new ValueError(
      `${this.#owner}: column '${name}' has a transformer of its own, which needs a whole table, but the rows come in chunks; choose 'number', 'category', 'boolean', 'date' or 'drop' for it.`,
    );
  }

  /** @throws ValueError without rows, or if no column is left */
  *finish(y?: unknown): Pieces<FittedVectorizer> {
    if (this.#columns === undefined || this.rows === 0) {
      throw new ShapeError(`${this.#owner}: the table must have at least 1 row, but has none.`);
    }
    const columns: FittedColumn[] = [];
    for (const each of this.#columns) {
      columns.push({ name: each.name, type: each.type, decision: yield* this.#decide(each, y) });
    }
    const fitted = fittedOf(columns);
    this.#fitted = fitted;
    if (fitted.names.length > 0) return fitted;
    const reasons = columns.map(({ name, decision }) => `${describe(name)}: ${decision.reason}`).slice(0, 5);
    throw new ValueError(
      `${this.#owner}: at least one column must tell something, but received none that does (${reasons.join('; ')}).`,
    );
  }

  /**
   * Writes into features of the rows of fit, in their order, what fitTransform of transformers gave, which
   * may differ from transform: TargetEncoder encodes each of these rows without its own target.
   */
  writeTrained(data: Features['data']): void {
    const { columns, names } = this.#fitted!;
    let offset = 0;
    for (const { name, decision } of columns) {
      const trained = this.#trained.get(name);
      for (let row = 0; trained && row < this.rows; row++) {
        for (let j = 0; j < trained.width; j++) {
          data[row * names.length + offset + j] = trained.data[row * trained.width + j];
        }
      }
      offset += decision.encoder?.names.length ?? 0;
    }
  }

  *#decide({ name, type, choice, learner, column }: LearningColumn, y: unknown): Pieces<Decision> {
    if (choice === 'drop')
      return { encoder: undefined, treatment: 'drop', reason: 'as columns says', missing: 0 };
    if (isTransformer(choice)) {
      const { decision, trained } = fitTransformer(name, type, choice, column!, y);
      this.#trained.set(name, trained);
      return decision;
    }
    return yield* decide(name, learner, this.#settings, choice !== undefined);
  }
}

/** True for a transformer of the user's. */
export function isTransformer(choice: unknown): choice is UserTransformer {
  if (typeof choice !== 'object' || choice === null) return false;
  const { fit, transform } = choice as Partial<UserTransformer>;
  return typeof fit === 'function' && typeof transform === 'function';
}

function fitTransformer(
  name: string,
  type: ColumnType,
  transformer: UserTransformer,
  column: Column,
  y: unknown,
): { decision: Decision; trained: FeatureBlock } {
  const table = oneColumn(name, type, column);
  const result = transformer.fitTransform
    ? transformer.fitTransform(table, y)
    : (transformer.fit(table, y), transformer.transform(table));
  const trained = featuresOf(result, table.rows, name);
  const { width } = trained;
  const names = transformer.featureNames?.([name]) ?? Array.from({ length: width }, (_, i) => `${name}_${i}`);
  const encoder = new TransformerEncoder(name, type, transformer, names);
  const kind = (transformer as { name?: unknown }).name ?? transformer.constructor?.name;
  const missing = (column as (string | null)[]).filter((value) => value === null || value !== value).length;
  const reason = `${String(kind)}, as columns says`;
  return { decision: { encoder, treatment: 'transformer', reason, missing }, trained };
}

/** Rows that are encoded at once. */
const BLOCK_ROWS = 8192;

/** Columns that a model needs and rows do not have, and those that they have and it does not know. */
export interface Differences {
  readonly absent: readonly string[];
  readonly unknown: readonly string[];
}

/** How the columns of rows differ from those that fit has seen. `ignored` are not looked at. */
export function differences(
  { columns }: FittedVectorizer,
  source: ColumnSource,
  ignored: readonly string[],
): Differences {
  const known = new Set([...columns.map(({ name }) => name), ...ignored]);
  return {
    absent: columns
      .filter(({ name, decision }) => decision.encoder && !source.names.has(name))
      .map(({ name }) => name),
    unknown: [...source.names].filter((name) => !known.has(name)),
  };
}

/**
 * Writes the features of rows, one row after the other.
 *
 * @throws ValueError with row and column for a value of another type than in fit
 */
export function* encodeRows(
  owner: string,
  { columns, names }: FittedVectorizer,
  source: ColumnSource,
  data: Features['data'],
): Pieces<void> {
  const width = names.length;
  let offset = 0;
  for (const { name, type, decision } of columns) {
    const { encoder } = decision;
    if (encoder === undefined) continue;
    const column = columnFor(owner, name, type, encoder, source);
    const first = offset;
    yield* ranges(
      Math.ceil(source.rows / BLOCK_ROWS),
      BLOCK_ROWS * (2 + encoder.names.length),
      (begin, end) => {
        for (let block = begin; block < end; block++) {
          const row = block * BLOCK_ROWS;
          const part = Array.isArray(column)
            ? column.slice(row, row + BLOCK_ROWS)
            : column.subarray(row, row + BLOCK_ROWS);
          encoder.encode(part, { data: data.subarray(row * width), width }, first);
        }
      },
    );
    offset += encoder.names.length;
  }
}

/** The column that an encoder needs; all missing if the rows have none of its name. */
function columnFor(
  owner: string,
  name: string,
  type: ColumnType,
  encoder: ColumnEncoder,
  source: ColumnSource,
): Column {
  if (encoder.type === type) return source.column(name, type) ?? emptyColumn(source.rows, type);
  let column: Column | undefined;
  try {
    column = source.column(name, type);
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    // Fit was told to take the column for another type: rows may have values of that one.
    return source.column(name, encoder.type) ?? emptyColumn(source.rows, encoder.type);
  }
  if (column === undefined) return emptyColumn(source.rows, encoder.type);
  return convertColumn(owner, name, column, type, encoder.type);
}
