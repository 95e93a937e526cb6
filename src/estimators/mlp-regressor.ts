/**
 * MLPRegressor, the class that users make. It checks what it is given and leaves predictions to
 * RegressorPredictor, options and the start of training to MLPFit (mlp.ts), and training to training.ts,
 * which is loaded when fit is called.
 */
import type { AsyncOptions } from '../check.js';
import { runAsync, anything, checkOptions } from '../check.js';
import { r2Score } from '../data/scores/regression.js';
import { ready } from '../engine/engine.js';
import { copyBytes } from '../io/model-file.js';
import { lazyImport } from '../lazy.js';
import type { ArrayInput } from '../ndarray.js';
import { rowsInPieces } from '../ndarray.js';
import type { Pieces } from '../yielding.js';
import { runAtOnce, runInSlices, Yielder } from '../yielding.js';
import { checkLength, mlpFitSchema, readFitOptions, rowWeights } from './fit-inputs.js';
import type {
  LabelInput,
  MLPFitOptions,
  MLPRegressorOptions,
  MLPRegressorParams,
  ScoreOptions,
} from './options.js';
import { readOptions } from './read-options.js';
import type { Training, Validation } from './training.js';
import { MLPFit } from './mlp.js';
import type { Outputs } from './outputs.js';
import { outputsInPieces, outputsOf } from './outputs.js';
import { checkOutputs, regression, targetValuesInPieces } from './targets.js';
import { RegressorPredictor } from './regressor-predictor.js';

const scoreSchema = { sampleWeight: anything<ArrayInput>() };

/**
 * A multi-layer perceptron that predicts values: scikit-learn's MLPRegressor.
 *
 * Hidden layers, then linear outputs (exponential ones with the Poisson loss); minimises the mean loss of the
 * rows plus ½ · alpha · Σ weight² / rows, by adam, sgd, lbfgs or another optimizer. With the same data and
 * `randomState`, initial weights, shuffles and splits are scikit-learn 1.9's; only float32 rounding differs.
 */
export class MLPRegressor extends RegressorPredictor {
  /** Survives minifiers. */
  static override readonly name: string = 'MLPRegressor';
  /** Options, and what trains by them. */
  protected readonly mlp: MLPFit<MLPRegressorParams>;

  constructor(options: MLPRegressorOptions = {}) {
    super();
    this.mlp = new MLPFit('MLPRegressor', options);
  }

  /**
   * The estimator that `toBytes` made these bytes of, to predict or to train on with `warmStart` or
   * `partialFit`.
   *
   * @throws FormatError for anything else, damaged files and files of later versions
   */
  static async fromBytes(bytes: Uint8Array): Promise<MLPRegressor> {
    const file = copyBytes(bytes);
    const { readMLP } = await lazyImport(() => import('./loading.js'));
    const { params, model } = await readMLP(file, 'MLPRegressor', readOptions, ready);
    const regressor = new MLPRegressor(params as MLPRegressorParams);
    regressor.model = model;
    return regressor;
  }

  /** The options, defaults filled in. Without `randomState`, the seed that fit has drawn. */
  getParams(): MLPRegressorParams {
    return this.mlp.getParams();
  }

  /**
   * Change options; they count from the next call of fit. @throws ValueError for unknown names and bad values
   */
  setParams(options: Partial<MLPRegressorOptions>): this {
    this.mlp.setParams(options);
    return this;
  }

  /**
   * The trained estimator as bytes of a safetensors file, for `fromBytes`, `loadModel` or a disk: options but
   * functions, weights, attributes, and the optimizer, so that partialFit can go on. While fit runs: the
   * weights of the last whole step, without the optimizer.
   */
  toBytes(): Uint8Array<ArrayBuffer> {
    return this.mlp.toBytes(this.fitted('toBytes'));
  }

  protected override get training(): boolean {
    return this.mlp.busy;
  }

  /**
   * Train on rows X (rows, features) with values y, (rows) or (rows, outputs). Starts anew unless
   * `warmStart`.
   *
   * @returns this estimator
   * @throws ShapeError, ValueError for data that do not fit, and with warmStart for another number of outputs
   *   than before; UnsupportedError if memory does not suffice; DivergedError if loss or weights become
   *   non-finite: the weights of the last finite epoch are restored
   */
  fit(x: ArrayInput, y: ArrayInput, options: MLPFitOptions = {}): Promise<this> {
    return this.mlp.run(this, this.name, 'fit', () => this.#train('fit', x, y, options));
  }

  /**
   * One epoch on rows X with values y, going on from the present weights and optimizer.
   *
   * @returns this estimator
   * @throws ValueError for another number of outputs than before, with earlyStopping and with lbfgs
   */
  partialFit(x: ArrayInput, y: ArrayInput, options: MLPFitOptions = {}): Promise<this> {
    return this.mlp.run(this, this.name, 'partialFit', () => this.#train('partialFit', x, y, options));
  }

  async #train(
    call: 'fit' | 'partialFit',
    x: ArrayInput,
    y: ArrayInput,
    given: MLPFitOptions,
  ): Promise<void> {
    const { loss, warmStart } = this.mlp.begin();
    const incremental = call === 'partialFit';
    if (incremental) this.mlp.checkIncremental();
    const { sampleWeight, validationData, ...options } = readFitOptions(this.name, call, given, mlpFitSchema);
    const present = incremental || warmStart ? this.model : undefined;
    const yielder = new Yielder(options.signal);
    const rows = await runInSlices(this.mlp.readRows(x, present), yielder);
    const values = await runInSlices(targetValuesInPieces(y), yielder);
    checkLength(values.rows, rows.rows);
    const training: Training = {
      rows,
      task: regression(values, loss),
      weights: rowWeights(sampleWeight, rows.rows),
      validation:
        validationData &&
        (await runInSlices(this.#validation(validationData, rows.features, values.outputs), yielder)),
      incremental,
      options,
    };
    await this.mlp.train(training, present, (model) => (this.model = model));
  }

  *#validation(
    [x, y]: readonly [ArrayInput, LabelInput],
    features: number,
    outputs: number,
  ): Pieces<Validation> {
    const rows = yield* rowsInPieces(x, {
      name: 'X of validationData',
      flatten: true,
      expectedFeatures: features,
    });
    const values = yield* targetValuesInPieces(y, 'y of validationData');
    checkLength(values.rows, rows.rows, 'y of validationData');
    checkOutputs(values, outputs, 'y of validationData');
    return { rows, task: regression(values, this.mlp.begun.loss) };
  }

  /**
   * R², averaged over the outputs: 1 at best; NaN for a single row.
   *
   * @param options `sampleWeight`: a weight >= 0 per row
   */
  score(x: ArrayInput, y: ArrayInput, options?: ScoreOptions): number {
    const { sampleWeight } = checkOptions('MLPRegressor.score', options, scoreSchema);
    const model = this.fitted('score');
    return scored(y, outputsOf(model, x), sampleWeight);
  }

  /**
   * `score` in slices of about 25 ms, between which other work of the program runs. All rows are predicted by
   * the same weights, whatever is trained meanwhile.
   *
   * @param options those of score, and `signal`
   */
  async scoreAsync(x: ArrayInput, y: ArrayInput, options?: ScoreOptions & AsyncOptions): Promise<number> {
    const model = this.fitted('scoreAsync');
    return runAsync('MLPRegressor.scoreAsync', options, scoreSchema, function* ({ sampleWeight }) {
      return scored(y, yield* outputsInPieces(model, x), sampleWeight);
    });
  }
}

function scored(y: ArrayInput, { values, rows }: Outputs, sampleWeight: ArrayInput | undefined): number {
  const truth = runAtOnce(targetValuesInPieces(y));
  checkLength(truth.rows, rows.rows);
  checkOutputs(truth, values.length / rows.rows);
  return r2Score(y, { data: values, shape: [rows.rows, truth.outputs] }, { sampleWeight });
}
