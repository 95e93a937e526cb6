/**
 * TableClassifier, the class that users make. Preparing and training are in fitting.ts and training.ts,
 * predicting in predictor.ts, storing in model-file.ts.
 */
import { encodeLabels, type Label } from '../data/labels.js';
import type { Table } from '../data/table/table.js';
import { MLPClassifier } from '../estimators/mlp-classifier.js';
import { ValueError } from '../errors.js';
import { FitGuard } from '../train/fit-guard.js';
import { runAtOnce } from '../yielding.js';
import type { TableSize } from './architecture.js';
import { isImbalanced, networkFor } from './architecture.js';
import type { MLPOptions } from '../estimators/options.js';
import { largestClass } from './evaluate.js';
import type { Begun, Estimator, PreparedRows } from './fitting.js';
import { copyOf, fitTable, trainOneEpoch } from './fitting.js';
import { readEstimator } from '../estimators/read-estimator.js';
import { asFormatError } from '../io/model-file.js';
import { readTable, saveTable } from './model-file.js';
import type { TableClassifierOptions, TableFitOptions, TableModelParams } from './options.js';
import { readFit, readModelOptions } from './options.js';
import { TableClassifierPredictor } from './classifier-predictor.js';
import { labelTargets } from './target.js';

/**
 * Learns to predict a column of labels from the other columns of a table, whatever these are: gaps, words,
 * dates. Encoders and network are one model, which takes records as they come and is stored in one file.
 *
 * A tenth of the rows, stratified, is held out: training stops by it, and `heldOut` evaluates it. Every
 * decision is in `report()` and `decisions`.
 *
 * @example
 * const model = new TableClassifier({ target: 'species', randomState: 0 });
 * await model.fit(await readCsv('penguins.csv'));
 * model.predict([{ island: 'Dream', bill_length_mm: 41.1, sex: null }]);
 */
export class TableClassifier extends TableClassifierPredictor {
  /** Survives minifiers. */
  static override readonly name: string = 'TableClassifier';
  #params: TableModelParams;
  #seed: number | null = null;
  readonly #guard = new FitGuard();

  /** @throws ValueError without target, for unknown options and bad values */
  constructor(options: TableClassifierOptions) {
    super();
    this.#params = readModelOptions('TableClassifier', options, true);
    this.onWarning = this.#params.onWarning;
  }

  /** The model that `toBytes` made these bytes of. @throws FormatError for anything else */
  static async fromBytes(bytes: Uint8Array): Promise<TableClassifier> {
    const { params, fitted } = await readTable(bytes, 'TableClassifier', readEstimator);
    const { columns } = fitted.vectorizer.getParams();
    const options = { ...(params as TableClassifierOptions), columns };
    const model = asFormatError(() => new TableClassifier(options));
    model.fittedTable = fitted;
    return model;
  }

  /**
   * Learn encoders and network from a table, or from a stream of tables such as `readCsvChunks` gives: it is
   * read twice, and only the encoded rows are kept. Rows without a target are left out, with a warning.
   *
   * @returns this model
   * @throws ValueError for a target that is not there, is not labels or has one class only; DivergedError as
   *   MLPClassifier. What was fitted before stays unless training has begun
   */
  fit(table: Table | AsyncIterable<Table>, options?: TableFitOptions): Promise<this> {
    return this.#guard.run(this, 'TableClassifier', 'fit', async () => {
      const checked = readFit('TableClassifier.fit', table, options);
      await fitTable(
        { owner: 'TableClassifier.fit', params: this.#params, ...checked },
        {
          readTargets: labelTargets,
          begin: (prepared) => this.#begin(prepared),
          keep: (fitted) => (this.fittedTable = fitted),
          evaluate: ({ x, y }) => this.evaluateFeatures(x, y),
        },
      );
    });
  }

  #begin(prepared: PreparedRows<Label>): Begun<Label> {
    const { target, estimator: given, classWeight } = this.#params;
    const { train: rows, heldOut } = prepared;
    const { classes, counts } = encodeLabels<Label>(rows.y);
    if (classes.length < 2) {
      throw new ValueError(
        `TableClassifier.fit: target '${target}' must have at least 2 classes, but has one only, ${JSON.stringify(classes[0])}.`,
      );
    }
    this.#seed = prepared.seed;
    const weighted = given === null && classWeight === 'auto' && isImbalanced(counts);
    const why = 'Classes are weighted, since the largest has 5 times the rows of the smallest.';
    return {
      estimator: given ? copyOf(given) : this.#network(prepared, weighted),
      ...{ rows, heldOut, decisions: weighted ? [why] : [], baseline: largestClass(rows.y) },
    };
  }

  #network({ train: { x }, heldOut, seed }: PreparedRows<Label>, weighted: boolean): Estimator {
    const { classWeight, onWarning } = this.#params;
    return new MLPClassifier({
      ...this.networkOptions({ rows: x.shape[0], features: x.shape[1] }),
      ...{ earlyStopping: heldOut !== undefined, randomState: seed, onWarning },
      classWeight: classWeight === 'auto' ? (weighted ? 'balanced' : null) : classWeight,
    }) as unknown as Estimator;
  }

  /** Options of the network for so many rows and features. Subclasses may choose others. */
  protected networkOptions(size: TableSize): MLPOptions {
    return networkFor(size);
  }

  /**
   * One epoch on the rows of a table, going on from the present weights; encoders and classes stay as they
   * are.
   *
   * @returns this model
   * @throws NotFittedError before fit; ValueError for a label that fit has not seen
   */
  partialFit(table: Table): Promise<this> {
    return this.#guard.run(this, 'TableClassifier', 'partialFit', async () => {
      const { estimator } = this.need('partialFit');
      const { values, table: rows } = this.rowsWithTarget<Label>('partialFit', table, labelTargets);
      const x = runAtOnce(this.features('partialFit', rows));
      await trainOneEpoch('TableClassifier.partialFit', estimator, x, values);
    });
  }

  /** The options, defaults filled in. Without `randomState`, the seed that fit has drawn. */
  getParams(): TableModelParams {
    return { ...this.#params, randomState: this.#params.randomState ?? this.#seed };
  }

  /** Change options; they count from the next call of fit. @throws ValueError */
  setParams(params: Partial<TableClassifierOptions>): this {
    this.#params = readModelOptions('TableClassifier', { ...this.#params, ...params }, true);
    this.onWarning = this.#params.onWarning;
    return this;
  }

  /**
   * The fitted model as the bytes of one file, for `fromBytes`, `loadModel` or a disk: encoders, network and
   * options.
   *
   * @throws NotFittedError before fit; ValueError for an estimator or a transformer that cannot be stored
   */
  toBytes(): Uint8Array<ArrayBuffer> {
    return saveTable('TableClassifier', this.getParams(), this.need('toBytes'));
  }
}
