/**
 * Perceptron, the class that users make. It checks what it is given and leaves predictions to
 * PerceptronPredictor and training to training.ts, which is loaded when fit is called. Not for multi-layer
 * perceptrons, which run in WebAssembly.
 */
import type { AsyncOptions } from '../../check.js';
import { runAsync, anything, checkOptions } from '../../check.js';
import type { Label } from '../../data/labels.js';
import { ValueError } from '../../errors.js';
import { copyBytes, writeModelFile } from '../../io/model-file.js';
import { lazyImport } from '../../lazy.js';
import { readWeights } from '../../data/weights.js';
import type { ArrayInput } from '../../ndarray.js';
import type { ExactRows } from '../../ndarray/exact-rows.js';
import { exactRowsInPieces } from '../../ndarray/exact-rows.js';
import { freshSeed } from '../../random.js';
import { ConvergenceWarning, warn } from '../../warnings.js';
import type { Pieces } from '../../yielding.js';
import { runAtOnce, runInSlices, throwIfAborted, Yielder } from '../../yielding.js';
import {
  accuracy,
  checkLength,
  checkSameClasses,
  classesInPieces,
  codesInPieces,
  fitSchema,
  labelsInPieces,
  positionsInPieces,
  readClasses,
  readFitOptions,
  readLabels,
} from '../fit-inputs.js';
import type { FitOptions, LabelInput, ScoreOptions } from '../options.js';
import { FitGuard } from '../../train/fit-guard.js';
import type { PerceptronOptions, PerceptronParams } from './options.js';
import { PERCEPTRON, perceptronOption, readPerceptronOptions } from './options.js';
import { decidedCodes, PerceptronPredictor } from './predictor.js';
import type { Fitted } from './training.js';

/** Options of Perceptron.fit. */
export interface PerceptronFitOptions extends FitOptions {
  /** A weight ≥ 0 per row, which its updates are multiplied with. */
  readonly sampleWeight?: ArrayInput;
}

const SCORE = { sampleWeight: anything<ArrayInput>() };

const schema = { ...fitSchema, sampleWeight: anything<ArrayInput>() };

/** A call of fit or partialFit, its labels checked. */
interface Call {
  readonly rows: ExactRows;
  readonly codes: Int32Array;
  readonly classes: readonly Label[];
  readonly present: Fitted | undefined;
  readonly incremental: boolean;
  readonly options: PerceptronFitOptions;
}

/**
 * A linear classifier that learns from its mistakes: scikit-learn's Perceptron (F. Rosenblatt, 1958).
 *
 * For each row that is on the wrong side of its hyperplane, y · (w · x + b) ≤ 0 with y = ±1, w += eta0 · y ·
 * x and b += eta0 · y; more than two classes are one against all others each. Computes in float64 on the
 * values as given. With the same data and `randomState`, weights are scikit-learn 1.9's, epoch by epoch.
 */
export class Perceptron extends PerceptronPredictor {
  /** Survives minifiers. */
  static override readonly name: string = 'Perceptron';
  #params: PerceptronParams;
  readonly #guard = new FitGuard();

  constructor(options: PerceptronOptions = {}) {
    super();
    this.#params = readPerceptronOptions(options);
  }

  /**
   * The estimator that `toBytes` made these bytes of, to predict or to train on with `warmStart` or
   * `partialFit`.
   *
   * @throws FormatError for anything else, damaged files and files of later versions
   */
  static async fromBytes(bytes: Uint8Array): Promise<Perceptron> {
    const file = copyBytes(bytes);
    const { readPerceptron } = await lazyImport(() => import('../loading.js'));
    const { params, fitted } = await readPerceptron(file);
    const perceptron = new Perceptron(params);
    perceptron.fittedState = fitted;
    return perceptron;
  }

  /**
   * The trained estimator as bytes of a safetensors file, for `fromBytes`, `loadModel` or a disk. Functions
   * are left out.
   */
  toBytes(): Uint8Array<ArrayBuffer> {
    const { onWarning: _onWarning, ...params } = this.#params;
    const { coef, intercept, ...fitted } = this.fitted('toBytes');
    const shape = [intercept.length, fitted.features];
    return writeModelFile({
      kind: PERCEPTRON,
      config: { params, fitted },
      arrays: new Map([
        ['coef', { dtype: 'F64', shape, data: coef }],
        ['intercept', { dtype: 'F64', shape: [intercept.length], data: intercept }],
      ]),
    });
  }

  /** The options, defaults filled in. With `randomState: null`, the seed that fit has drawn. */
  getParams(): PerceptronParams {
    return { ...this.#params };
  }

  /**
   * Change options; they count from the next call of fit. @throws ValueError for unknown names and bad values
   */
  setParams(options: PerceptronOptions): this {
    this.#params = readPerceptronOptions(options, this.#params);
    return this;
  }

  protected override get training(): boolean {
    return this.#guard.busy;
  }

  /**
   * Train on rows X (rows, features) with a label per row. Starts anew unless `warmStart`.
   *
   * @param x dense rows, or CSR rows, which stay sparse: their intercept moves in steps of 0.01 · eta0
   * @param y strings, booleans or integers, one per row; at least 2 classes
   * @returns this estimator
   * @throws ShapeError, ValueError for data that do not fit, with warmStart for other classes than before,
   *   and when numbers overflow: the model stays as it was at the last whole epoch
   */
  fit(x: ArrayInput, y: LabelInput, options: PerceptronFitOptions = {}): Promise<this> {
    return this.#guard.run(this, 'Perceptron', 'fit', async () => {
      const given = readFitOptions('Perceptron', 'fit', options, schema, perceptronOption);
      const yielder = new Yielder(given.signal);
      const present = this.#params.warmStart ? this.fittedState : undefined;
      const rows = await runInSlices(exactRowsInPieces(x, present?.features), yielder);
      const labels = await runInSlices(labelsInPieces(y), yielder);
      checkLength(labels.length, rows.rows);
      const minClasses = present ? 1 : 2;
      const { classes, indices } = await runInSlices(classesInPieces(labels, 'y', minClasses), yielder);
      if (present) checkSameClasses('Perceptron', 'warmStart', classes, present.classes);
      await this.#train({ rows, codes: indices, classes, present, incremental: false, options: given });
      const { tol, maxIter, onWarning } = this.#params;
      if (tol === null || this.nIter < maxIter) return;
      const message =
        'Maximum number of iteration reached before convergence. Consider increasing maxIter to improve the fit.';
      warn(new ConvergenceWarning(message), onWarning);
    });
  }

  /**
   * One epoch on rows X with a label per row, going on from the present weights.
   *
   * @param options those of fit, and `classes`: all labels that will ever occur, in any order; needed in the
   *   first call unless fit came before
   * @returns this estimator
   * @throws ValueError without classes in the first call, for labels that are not among them, with
   *   earlyStopping, and with classWeight 'balanced'
   */
  partialFit(
    x: ArrayInput,
    y: LabelInput,
    options: PerceptronFitOptions & { readonly classes?: LabelInput } = {},
  ): Promise<this> {
    return this.#guard.run(this, 'Perceptron', 'partialFit', async () => {
      const { classes: announced, ...given } = readFitOptions(
        'Perceptron',
        'partialFit',
        options,
        { ...schema, classes: anything<LabelInput>() },
        perceptronOption,
      );
      if (this.#params.earlyStopping) {
        throw new ValueError('Perceptron: partialFit does not support earlyStopping: true, use fit.');
      }
      if (this.#params.classWeight === 'balanced') {
        throw new ValueError(
          "Perceptron: partialFit does not support classWeight: 'balanced', which needs all rows; give the weight of each class.",
        );
      }
      const classes = this.#allClasses(announced);
      const yielder = new Yielder(given.signal);
      const present = this.fittedState;
      const rows = await runInSlices(exactRowsInPieces(x, present?.features), yielder);
      const labels = await runInSlices(labelsInPieces(y), yielder);
      checkLength(labels.length, rows.rows);
      const codes = await runInSlices(codesInPieces(labels, classes), yielder);
      await this.#train({ rows, codes, classes, present, incremental: true, options: given });
    });
  }

  #allClasses(announced: LabelInput | undefined): readonly Label[] {
    const present = this.fittedState?.classes;
    if (announced === undefined) {
      if (present) return present;
      throw new ValueError(
        'Perceptron: partialFit needs all classes in its first call, but received none; pass { classes: [...] }.',
      );
    }
    const { classes } = readClasses(readLabels(announced, 'classes'), 'classes');
    if (present) checkSameClasses('Perceptron', 'partialFit', classes, present);
    return classes;
  }

  async #train({ rows, codes, classes, present, incremental, options }: Call): Promise<void> {
    const { sampleWeight, signal, onEpoch } = options;
    throwIfAborted(signal);
    const weights = sampleWeight === undefined ? undefined : readWeights(sampleWeight, rows.rows);
    if (this.#params.randomState === null) this.setParams({ randomState: freshSeed() });
    const params = this.#params;
    const { classWeights } = await lazyImport(() => import('../class-weights.js'));
    const classWeight = classWeights('Perceptron', params.classWeight, classes, codes);
    const { trainPerceptron } = await lazyImport(() => import('./training.js'));
    const { toSamples } = await lazyImport(() => import('./samples.js'));
    this.fittedState = await trainPerceptron({
      params,
      samples: toSamples(rows),
      codes,
      classes,
      classWeight,
      sampleWeight: weights,
      present,
      incremental,
      signal,
      onEpoch,
      onState: (fitted) => {
        this.fittedState = fitted;
      },
    });
  }

  /**
   * Share of rows whose predicted label is y.
   *
   * @param options `sampleWeight`: a weight >= 0 per row
   */
  score(x: ArrayInput, y: LabelInput, options?: ScoreOptions): number {
    return scoreClasses(this.fitted('score'), x, y, options);
  }

  /**
   * `score` in slices of about 25 ms, between which other work of the program runs.
   *
   * @param options those of score, and `signal`
   */
  async scoreAsync(x: ArrayInput, y: LabelInput, options?: ScoreOptions & AsyncOptions): Promise<number> {
    return scoreClassesAsync(this.fitted('scoreAsync'), x, y, options);
  }
}

/** Perceptron.score with a trained model. */
function scoreClasses(
  model: Fitted,
  x: ArrayInput,
  y: LabelInput,
  options: ScoreOptions | undefined,
): number {
  const { sampleWeight } = checkOptions('Perceptron.score', options, SCORE);
  return runAtOnce(scored(model, x, y, sampleWeight));
}

/** Perceptron.scoreAsync with a trained model. */
function scoreClassesAsync(
  model: Fitted,
  x: ArrayInput,
  y: LabelInput,
  options: (ScoreOptions & AsyncOptions) | undefined,
): Promise<number> {
  return runAsync('Perceptron.scoreAsync', options, SCORE, ({ sampleWeight }) =>
    scored(model, x, y, sampleWeight),
  );
}

function* scored(model: Fitted, x: ArrayInput, y: LabelInput, sampleWeight?: ArrayInput): Pieces<number> {
  const codes = yield* decidedCodes(model, x);
  const labels = yield* labelsInPieces(y);
  checkLength(labels.length, codes.length);
  const weights = sampleWeight === undefined ? undefined : readWeights(sampleWeight, codes.length);
  return accuracy(codes, yield* positionsInPieces(labels, model.classes), weights);
}
