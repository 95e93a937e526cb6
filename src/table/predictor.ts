/**
 * The base class of fitted models of tables: encodes a Table or records, and reports what was decided. Not
 * for predictions, which the two kinds of models add, nor for training (classifier.ts, regressor.ts).
 */
import { notJson } from '../check.js';
import type { Label } from '../data/labels.js';
import { NotFittedError, ValueError } from '../errors.js';
import type { NdArray } from '../ndarray.js';
import type { OnWarning, WarningCode } from '../warnings.js';
import { LamellaWarning, warn } from '../warnings.js';
import type { Pieces } from '../yielding.js';
import type { ClassifierEvaluation, FeatureEstimator, RegressorEvaluation } from './evaluate.js';
import type { ReadTargets } from './target.js';
import { rowsOf } from './target.js';
import { columnSource } from './vectorizer/convert.js';
import { differences, encodeRows } from './vectorizer/fit.js';
import type { ColumnReport } from './vectorizer.js';
import type { TableVectorizer } from './vectorizer.js';
import { reportOf } from './vectorizer.js';
import { learnedBy } from './vectorizer/learned.js';
import { Table } from '../data/table/table.js';

/** What fit leaves behind. */
export interface FittedTable {
  readonly target: string;
  readonly vectorizer: TableVectorizer;
  readonly estimator: FeatureEstimator;
  /** Evaluation of the rows held out; null if there were too few. */
  readonly heldOut: ClassifierEvaluation | RegressorEvaluation | null;
  /** What the network is, and why, in sentences. */
  readonly decisions: readonly string[];
  /** What evaluations are compared with: the largest class, or the mean. */
  readonly baseline: Label | number;
  /** Scale of the targets of a regressor, which its network sees as (y − mean) / scale. */
  readonly targetScale: { readonly mean: number; readonly scale: number } | undefined;
}

/** Base class of the fitted models of tables. */
export abstract class TablePredictor {
  /** Name of the class, which minifiers cannot change. */
  abstract readonly name: string;
  protected fittedTable: FittedTable | undefined;
  protected onWarning: OnWarning | null = null;
  readonly #told = new Set<WarningCode>();

  protected need(wanted: string): FittedTable {
    if (this.fittedTable) return this.fittedTable;
    throw new NotFittedError(
      `${this.name}: ${wanted} needs a fitted model, but fit has not been called; call fit(table) first.`,
    );
  }

  /** Features of rows. Warns once of columns that are unknown, and once of those that are missing. */
  protected *features(wanted: string, rows: unknown): Pieces<NdArray<Float32Array>> {
    const { vectorizer, target } = this.need(wanted);
    const fitted = learnedBy(vectorizer, wanted);
    const source = columnSource(`${this.name}.${wanted}`, rows);
    const { absent, unknown } = differences(fitted, source, [target]);
    if (unknown.length > 0)
      this.#tell('UNKNOWN_COLUMNS', `ignores the columns ${listed(unknown)}, which fit has not seen`);
    if (absent.length > 0 && source.rows > 0) {
      this.#tell(
        'MISSING_COLUMNS',
        `takes the columns ${listed(absent)} as missing values, since the rows have none`,
      );
    }
    const width = fitted.names.length;
    const data = new Float32Array(source.rows * width);
    yield* encodeRows(`${this.name}.${wanted}`, fitted, source, data);
    return { data, shape: [source.rows, width] };
  }

  #tell(code: WarningCode, what: string): void {
    if (this.#told.has(code)) return;
    this.#told.add(code);
    warn(new LamellaWarning(`${this.name} ${what}.`, code), this.onWarning);
  }

  /** What was made of every column, and why, in the order of the table. @throws NotFittedError before fit */
  report(): ColumnReport[] {
    return reportOf(learnedBy(this.need('report').vectorizer, 'report'));
  }

  /** Name of every input of the network: 'age', 'age_missing', 'island_Dream'. */
  featureNames(): string[] {
    return this.need('featureNames').vectorizer.featureNames();
  }

  /** The fitted encoders of the columns. */
  get vectorizer(): TableVectorizer {
    return this.need('vectorizer').vectorizer;
  }

  /** The fitted estimator on the encoded rows. */
  get estimator(): any {
    return this.need('estimator').estimator;
  }

  /** The column that is predicted. */
  get target(): string {
    return this.need('target').target;
  }

  /** What the network is and how it was trained, in sentences. */
  get decisions(): readonly string[] {
    return this.need('decisions').decisions;
  }

  /** Throws ValueError whenever JSON.stringify calls it. */
  toJSON(): never {
    throw notJson(this.name, 'keep the bytes of toBytes()');
  }

  /** A table whose rows have a target, of which some are warned about and left out. */
  protected rowsWithTarget<T>(wanted: string, table: unknown, read: ReadTargets<T>) {
    if (!(table instanceof Table)) {
      throw new ValueError(
        `${this.name}.${wanted}: rows must be a Table; use fromRecords(records) to make one.`,
      );
    }
    const owner = `${this.name}.${wanted}`;
    const { values, rows } = read(owner, table, this.need(wanted).target);
    if (rows.length === 0) throw new ValueError(`${owner}: at least 1 row must have a target, but none has.`);
    const dropped = table.rows - rows.length;
    if (dropped > 0)
      this.#tell('DROPPED_ROWS', `leaves out ${dropped} of ${table.rows} rows, which have no target`);
    return { values, table: dropped === 0 ? table : tableOf(table, rows) };
  }
}

function tableOf(table: Table, rows: Int32Array): Table {
  const view = rowsOf(table, rows);
  const columns = new Map(table.columns.map((name) => [name, view.column(name)]));
  return new Table({ columns, types: new Map(Object.entries(table.types)), rows: rows.length });
}

function listed(names: readonly string[]): string {
  const some = names
    .slice(0, 10)
    .map((name) => `'${name}'`)
    .join(', ');
  return names.length > 10 ? `${some} and ${names.length - 10} more` : some;
}
