/**
 * MLPClassifier, the class that users make. It checks what it is given and leaves predictions to
 * ClassifierPredictor, options and the start of training to MLPFit (mlp.ts), and training to training.ts,
 * which is loaded when fit is called.
 */
import type { AsyncOptions } from '../check.js';
import { runAsync, anything, checkOptions } from '../check.js';
import { readWeights } from '../data/weights.js';
import type { Label } from '../data/labels.js';
import { ready } from '../engine/engine.js';
import { copyBytes } from '../io/model-file.js';
import { lazyImport } from '../lazy.js';
import type { ArrayInput, Rows } from '../ndarray.js';
import { rowsInPieces } from '../ndarray.js';
import { ClassifierPredictor } from './classifier-predictor.js';
import { knownTargetsInPieces, subsetAccuracy, targetsInPieces } from './targets.js';
import type { Outputs } from './outputs.js';
import { decide, decideEach, isMultilabel, outputsInPieces, outputsOf } from './outputs.js';
import {
  accuracy,
  checkLength,
  checkSameClasses,
  labelsInPieces,
  mlpFitSchema,
  positionsInPieces,
  readClasses,
  readFitOptions,
  readLabels,
  rowWeights,
} from './fit-inputs.js';
import type {
  LabelInput,
  MLPClassifierOptions,
  MLPClassifierParams,
  MLPFitOptions,
  ScoreOptions,
} from './options.js';
import { readOptions } from './read-options.js';
import type { Pieces } from '../yielding.js';
import { runAtOnce, runInSlices, Yielder } from '../yielding.js';
import type { Training, Validation } from './training.js';
import { MLPFit } from './mlp.js';
import type { Model } from './model.js';
import type { Task } from './targets.js';

const scoreSchema = { sampleWeight: anything<ArrayInput>() };

/**
 * A multi-layer perceptron that classifies: scikit-learn's MLPClassifier.
 *
 * Hidden layers, then softmax; for two classes, one logistic unit; for several labels per row, one logistic
 * unit each. Minimises the mean cross-entropy plus ½ · alpha · Σ weight² / rows, by adam, sgd, lbfgs or
 * another optimizer. With the same data and `randomState`, initial weights, shuffles and splits are
 * scikit-learn 1.9's; only float32 rounding differs.
 */
export class MLPClassifier extends ClassifierPredictor {
  /** Survives minifiers. */
  static override readonly name: string = 'MLPClassifier';
  /** Options, and what trains by them. */
  protected readonly mlp: MLPFit<MLPClassifierParams>;

  constructor(options: MLPClassifierOptions = {}) {
    super();
    this.mlp = new MLPFit('MLPClassifier', options);
  }

  /**
   * The estimator that `toBytes` made these bytes of, to predict or to train on with `warmStart` or
   * `partialFit`.
   *
   * @throws FormatError for anything else, damaged files and files of later versions
   */
  static async fromBytes(bytes: Uint8Array): Promise<MLPClassifier> {
    const file = copyBytes(bytes);
    const { readMLP } = await lazyImport(() => import('./loading.js'));
    const { params, model } = await readMLP(file, 'MLPClassifier', readOptions, ready);
    const classifier = new MLPClassifier(params);
    classifier.model = model;
    return classifier;
  }

  /** The options, defaults filled in. Without `randomState`, the seed that fit has drawn. */
  getParams(): MLPClassifierParams {
    return this.mlp.getParams();
  }

  /**
   * Change options; they count from the next call of fit. @throws ValueError for unknown names and bad values
   */
  setParams(options: Partial<MLPClassifierOptions>): this {
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
   * Train on rows X (rows, features) with a label per row, or several. Starts anew unless `warmStart`.
   *
   * @param y strings, booleans or integers, one per row; at least 2 classes; or a matrix (rows, labels) of 0
   *   and 1, two labels or more, of which a row may have any number
   * @returns this estimator
   * @throws ShapeError, ValueError for data that do not fit, and with warmStart for other classes than
   *   before; UnsupportedError if memory does not suffice; DivergedError if loss or weights become
   *   non-finite: the weights of the last finite epoch are restored
   */
  fit(x: ArrayInput, y: LabelInput, options: MLPFitOptions = {}): Promise<this> {
    return this.mlp.run(this, this.name, 'fit', async () => {
      const { warmStart } = this.mlp.begin();
      const given = readFitOptions(this.name, 'fit', options, mlpFitSchema);
      const present = warmStart ? this.model : undefined;
      const yielder = new Yielder(given.signal);
      const rows = await runInSlices(this.mlp.readRows(x, present), yielder);
      const task = await runInSlices(targetsInPieces(this.name, y, rows.rows, present), yielder);
      const training = await this.#training(rows, task, given, false);
      await this.mlp.train(training, present, (model) => (this.model = model));
    });
  }

  /**
   * One epoch on rows X with their labels, going on from the present weights and optimizer.
   *
   * @param options those of fit, and `classes`: all labels that will ever occur, in any order; needed in the
   *   first call unless fit came before or rows have several labels
   * @returns this estimator
   * @throws ValueError without classes in the first call, for labels that are not among them, with
   *   earlyStopping and lbfgs
   */
  partialFit(
    x: ArrayInput,
    y: LabelInput,
    options: MLPFitOptions & { readonly classes?: LabelInput } = {},
  ): Promise<this> {
    return this.mlp.run(this, this.name, 'partialFit', async () => {
      this.mlp.begin();
      const schema = { ...mlpFitSchema, classes: anything<LabelInput>() };
      const { classes: announced, ...given } = readFitOptions(this.name, 'partialFit', options, schema);
      this.mlp.checkIncremental();
      const classes = this.#allClasses(announced);
      const yielder = new Yielder(given.signal);
      const rows = await runInSlices(this.mlp.readRows(x, this.model), yielder);
      const several = this.model && isMultilabel(this.model);
      const known = knownTargetsInPieces(y, rows.rows, { classes, several });
      const training = await this.#training(rows, await runInSlices(known, yielder), given, true);
      await this.mlp.train(training, this.model, (model) => (this.model = model));
    });
  }

  #allClasses(announced: LabelInput | undefined): readonly Label[] | undefined {
    const present = this.model?.classes;
    if (announced === undefined) return present;
    const { classes } = readClasses(readLabels(announced, 'classes'), 'classes');
    if (present) checkSameClasses(this.name, 'partialFit', classes, present);
    return classes;
  }

  /** Weighs the rows, and reads those to validate with. */
  async #training(rows: Rows, task: Task, given: MLPFitOptions, incremental: boolean): Promise<Training> {
    const { sampleWeight, validationData, ...options } = given;
    const { classWeight } = this.mlp.begun;
    let weights = rowWeights(sampleWeight, rows.rows);
    if (classWeight !== null) {
      const { weighClasses } = await lazyImport(() => import('./class-weights.js'));
      weights = weighClasses(this.name, classWeight, task, weights, incremental);
    }
    const validation =
      validationData &&
      (await runInSlices(
        validationInPieces(validationData, rows.features, task),
        new Yielder(options.signal),
      ));
    return { rows, task, weights, validation, incremental, options };
  }

  /**
   * Share of rows whose predicted label is y; of several labels, all must be.
   *
   * @param options `sampleWeight`: a weight >= 0 per row
   */
  score(x: ArrayInput, y: LabelInput, options?: ScoreOptions): number {
    return scoreLabels(this.fitted('score'), x, y, options);
  }

  /**
   * `score` in slices of about 25 ms, between which other work of the program runs. All rows are predicted by
   * the same weights, whatever is trained meanwhile.
   *
   * @param options those of score, and `signal`
   */
  async scoreAsync(x: ArrayInput, y: LabelInput, options?: ScoreOptions & AsyncOptions): Promise<number> {
    return scoreLabelsAsync(this.fitted('scoreAsync'), x, y, options);
  }
}

function* validationInPieces(
  [x, y]: readonly [ArrayInput, LabelInput],
  expectedFeatures: number,
  task: Task,
): Pieces<Validation> {
  const rows = yield* rowsInPieces(x, { name: 'X of validationData', flatten: true, expectedFeatures });
  const known = { classes: task.classes, several: isMultilabel(task) };
  return { rows, task: yield* knownTargetsInPieces(y, rows.rows, known, 'y of validationData') };
}

/** MLPClassifier.score with a trained model. */
function scoreLabels(model: Model, x: ArrayInput, y: LabelInput, options: ScoreOptions | undefined): number {
  const { sampleWeight } = checkOptions('MLPClassifier.score', options, scoreSchema);
  return runAtOnce(scored(model, y, outputsOf(model, x), sampleWeight));
}

/** MLPClassifier.scoreAsync with a trained model. */
function scoreLabelsAsync(
  model: Model,
  x: ArrayInput,
  y: LabelInput,
  options: (ScoreOptions & AsyncOptions) | undefined,
): Promise<number> {
  return runAsync('MLPClassifier.scoreAsync', options, scoreSchema, function* ({ sampleWeight }) {
    return yield* scored(model, y, yield* outputsInPieces(model, x), sampleWeight);
  });
}

function* scored(
  model: Model,
  y: LabelInput,
  { values, rows }: Outputs,
  sampleWeight: ArrayInput | undefined,
): Pieces<number> {
  const weights = sampleWeight === undefined ? undefined : readWeights(sampleWeight, rows.rows);
  if (isMultilabel(model)) {
    const truth = yield* knownTargetsInPieces(y, rows.rows, { classes: model.classes, several: true });
    return subsetAccuracy(decideEach(values), truth.targets.data, model.outputs, weights);
  }
  const labels = yield* labelsInPieces(y);
  checkLength(labels.length, rows.rows);
  const decided = yield* decide(values, rows.rows);
  return accuracy(decided, yield* positionsInPieces(labels, model.classes), weights);
}
