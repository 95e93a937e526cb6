/**
 * TableRegressor, the class that users make. Preparing and training are in fitting.ts and training.ts,
 * predicting in predictor.ts, storing in model-file.ts.
 */
import type { Table } from '../data/table/table.js';
import { MLPRegressor } from '../estimators/mlp-regressor.js';
import { FitGuard } from '../train/fit-guard.js';
import { runAtOnce } from '../yielding.js';
import type { TableSize } from './architecture.js';
import { networkFor } from './architecture.js';
import type { MLPOptions } from '../estimators/options.js';
import type { Begun, Estimator, PreparedRows } from './fitting.js';
import { copyOf, fitTable, trainOneEpoch } from './fitting.js';
import { readEstimator } from '../estimators/read-estimator.js';
import { asFormatError } from '../io/model-file.js';
import { readTable, saveTable } from './model-file.js';
import type { TableRegressorOptions, TableFitOptions, TableModelParams } from './options.js';
import { readFit, readModelOptions } from './options.js';
import { TableRegressorPredictor } from './regressor-predictor.js';
import { numberTargets } from './target.js';
import type { EncodedRows } from './training.js';

/**
 * Learns to predict a column of numbers from the other columns of a table, whatever these are: gaps, words,
 * dates. Encoders and network are one model, which takes records as they come and is stored in one file.
 *
 * A tenth of the rows is held out: training stops by it, and `heldOut` evaluates it. Every
 * decision is in `report()` and `decisions`.
 *
 * @example
 * const model = new TableRegressor({ target: 'price', randomState: 0 });
 * await model.fit(await readCsv('houses.csv'));
 * model.predict([{ rooms: 4, district: 'North', built: null }]);
 */
export class TableRegressor extends TableRegressorPredictor {
  /** Survives minifiers. */
  static override readonly name: string = 'TableRegressor';
  #params: TableModelParams;
  #seed: number | null = null;
  readonly #guard = new FitGuard();

  /** @throws ValueError without target, for unknown options and bad values */
  constructor(options: TableRegressorOptions) {
    super();
    this.#params = readModelOptions('TableRegressor', options, false);
    this.onWarning = this.#params.onWarning;
  }

  /** The model that `toBytes` made these bytes of. @throws FormatError for anything else */
  static async fromBytes(bytes: Uint8Array): Promise<TableRegressor> {
    const { params, fitted } = await readTable(bytes, 'TableRegressor', readEstimator);
    const { columns } = fitted.vectorizer.getParams();
    const options = { ...(params as TableRegressorOptions), columns };
    const model = asFormatError(() => new TableRegressor(options));
    model.fittedTable = fitted;
    return model;
  }

  /**
   * Learn encoders and network from a table, or from a stream of tables such as `readCsvChunks` gives: it is
   * read twice, and only the encoded rows are kept. Rows without a target are left out, with a warning.
   *
   * @returns this model
   * @throws ValueError for a target that is not there or is not numbers; DivergedError as
   *   MLPRegressor. What was fitted before stays unless training has begun
   */
  fit(table: Table | AsyncIterable<Table>, options?: TableFitOptions): Promise<this> {
    return this.#guard.run(this, 'TableRegressor', 'fit', async () => {
      const checked = readFit('TableRegressor.fit', table, options);
      await fitTable(
        { owner: 'TableRegressor.fit', params: this.#params, ...checked },
        {
          readTargets: numberTargets,
          begin: (prepared) => this.#begin(prepared),
          keep: (fitted) => (this.fittedTable = fitted),
          evaluate: ({ x, y }) => this.evaluateFeatures(x, y),
        },
      );
    });
  }

  #begin(prepared: PreparedRows<number>): Begun<number> {
    const { estimator: given } = this.#params;
    const { train: rows, heldOut, seed } = prepared;
    const targetScale = scaleOfTargets(rows.y);
    this.#seed = seed;
    return {
      estimator: given ? copyOf(given) : this.#network(prepared),
      ...{ rows: scaled(rows, targetScale), heldOut: heldOut && scaled(heldOut, targetScale) },
      decisions: [
        'The target is scaled to mean 0 and standard deviation 1 for training; predictions are in its own units.',
      ],
      ...{ baseline: targetScale.mean, targetScale },
    };
  }

  #network({ train: { x }, heldOut, seed }: PreparedRows<number>): Estimator {
    return new MLPRegressor({
      ...this.networkOptions({ rows: x.shape[0], features: x.shape[1] }),
      ...{ earlyStopping: heldOut !== undefined, randomState: seed, onWarning: this.#params.onWarning },
    }) as unknown as Estimator;
  }

  /** Options of the network for so many rows and features. Subclasses may choose others. */
  protected networkOptions(size: TableSize): MLPOptions {
    return networkFor(size);
  }

  /**
   * One epoch on the rows of a table, going on from the present weights; encoders and the scale of the
   * target stay as they are.
   *
   * @returns this model
   * @throws NotFittedError before fit
   */
  partialFit(table: Table): Promise<this> {
    return this.#guard.run(this, 'TableRegressor', 'partialFit', async () => {
      const { estimator, targetScale } = this.need('partialFit');
      const { values, table: rows } = this.rowsWithTarget<number>('partialFit', table, numberTargets);
      const x = runAtOnce(this.features('partialFit', rows));
      const { mean, scale } = targetScale!;
      const y = values.map((value) => (value - mean) / scale);
      await trainOneEpoch('TableRegressor.partialFit', estimator, x, y);
    });
  }

  /** The options, defaults filled in. Without `randomState`, the seed that fit has drawn. */
  getParams(): TableModelParams {
    return { ...this.#params, randomState: this.#params.randomState ?? this.#seed };
  }

  /** Change options; they count from the next call of fit. @throws ValueError */
  setParams(params: Partial<TableRegressorOptions>): this {
    const { classWeight: _classWeight, ...own } = this.#params;
    this.#params = readModelOptions('TableRegressor', { ...own, ...params }, false);
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
    return saveTable('TableRegressor', this.getParams(), this.need('toBytes'));
  }
}

/** Mean and standard deviation of targets; a constant target has 1 as its deviation. */
function scaleOfTargets(y: readonly number[]): { mean: number; scale: number } {
  const mean = y.reduce((sum, value) => sum + value, 0) / y.length;
  const variance = y.reduce((sum, value) => sum + (value - mean) * (value - mean), 0) / y.length;
  return { mean, scale: variance > 0 ? Math.sqrt(variance) : 1 };
}

function scaled(
  rows: EncodedRows<number>,
  { mean, scale }: { mean: number; scale: number },
): EncodedRows<number> {
  return { ...rows, y: rows.y.map((value) => (value - mean) / scale) };
}
