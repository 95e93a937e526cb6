import type { AsyncOptions, ThreadsOption } from '../check/async-options.js';
import { anything } from '../check.js';
import type { Label } from '../data/labels.js';
import { ready } from '../engine/engine.js';
import { keptBytes } from '../io/kept-bytes.js';
import { later } from '../later.js';
import type { ArrayInput, NdArray, Rows } from '../ndarray.js';
import { rowsInPieces } from '../ndarray.js';
import type { Predictions, ProbabilityOptions } from './classifier-predictions.js';
import {
  logProbabilities,
  predictLabels,
  predictLabelsAsync,
  probabilities,
  probabilitiesAsync,
} from './classifier-predictions.js';
import type { ScoreOptions } from './classifier-score.js';
import { scoreLabels, scoreLabelsAsync } from './classifier-score.js';
import { knownTargetsInPieces, targetsInPieces } from './classifier-targets.js';
import { isMultilabel } from './outputs.js';
import type { MLPFitOptions } from './fit-options.js';
import { mlpFitSchema, readFitOptions, rowWeights } from './fit-options.js';
import type { LabelInput } from './labels.js';
import { checkSameClasses, readClasses, readLabels } from './labels.js';
import type { Pieces } from '../yielding.js';
import { runInSlices, Yielder } from '../yielding.js';
import type { Validation } from './training.js';
import { MLP } from './mlp.js';
import type { Task } from './model.js';
import type { MLPClassifierOptions, MLPClassifierParams } from './options.js';
import { readOptions } from './read-options.js';
import type { LabelSequence } from './outputs.js';

/**
 * A multi-layer perceptron that classifies: scikit-learn's MLPClassifier.
 *
 * Hidden layers, then softmax; for two classes, one logistic unit; for several labels per row, one logistic unit each.
 * Minimises the mean cross-entropy plus ½ · alpha · Σ weight² / rows, by adam, sgd, lbfgs or another optimizer. With the
 * same data and `randomState`, initial weights, shuffles and splits are scikit-learn 1.9's; only float32 rounding differs.
 */
export class MLPClassifier extends MLP<MLPClassifierParams> {
  /** Survives minifiers. */
  static override readonly name: string = 'MLPClassifier';
  protected readonly name = 'MLPClassifier';

  constructor(options: MLPClassifierOptions = {}) {
    super('MLPClassifier', options);
  }

  /**
   * The estimator that `toBytes` made these bytes of, to predict or to train on with `warmStart` or `partialFit`.
   *
   * @throws FormatError for anything else, damaged files and such of later versions
   */
  static async fromBytes(bytes: Uint8Array): Promise<MLPClassifier> {
    const file = keptBytes(bytes);
    const { readMLP } = await later(() => import('./loading.js'));
    const { params, model } = await readMLP(file, 'MLPClassifier', readOptions, ready);
    const classifier = new MLPClassifier(params);
    classifier.model = model;
    return classifier;
  }

  /** The labels, sorted: strings by code point, numbers by value, false before true; 0 … k − 1 for k labels per row. */
  get classes(): Label[] {
    return [...this.fitted('classes').classes];
  }

  /**
   * Train on rows X (rows, features) with a label per row, or several. Starts anew unless `warmStart`.
   *
   * @param y strings, booleans or whole numbers, one per row; at least 2 classes; or a matrix (rows, labels) of 0 and 1,
   *   two labels or more, of which a row may have any number
   * @returns this estimator
   * @throws ShapeError, ValueError for data that do not fit, and with warmStart for other classes than before;
   *   UnsupportedError if memory does not suffice; DivergedError if loss or weights become non-finite: the weights of the
   *   last finite epoch are restored
   */
  fit(x: ArrayInput, y: LabelInput, options: MLPFitOptions = {}): Promise<this> {
    return this.exclusively('fit', async () => {
      const given = readFitOptions(this.name, 'fit', options, mlpFitSchema);
      const present = this.continues ? this.model : undefined;
      const yielder = new Yielder(given.signal);
      const rows = await runInSlices(this.readRows(x, present), yielder);
      const task = await runInSlices(targetsInPieces(this.name, y, rows.rows, present), yielder);
      await this.#train(rows, task, given, false);
    });
  }

  /**
   * One epoch on rows X with their labels, going on from the present weights and optimizer.
   *
   * @param options those of fit, and `classes`: all labels that will ever occur, in any order; needed in the first call
   *   unless fit came before or rows have several labels
   * @returns this estimator
   * @throws ValueError without classes in the first call, for labels that are not among them, with earlyStopping and lbfgs
   */
  partialFit(
    x: ArrayInput,
    y: LabelInput,
    options: MLPFitOptions & { readonly classes?: LabelInput } = {},
  ): Promise<this> {
    return this.exclusively('partialFit', async () => {
      const schema = { ...mlpFitSchema, classes: anything<LabelInput>() };
      const { classes: announced, ...given } = readFitOptions(this.name, 'partialFit', options, schema);
      this.checkIncremental();
      const classes = this.#allClasses(announced);
      const yielder = new Yielder(given.signal);
      const rows = await runInSlices(this.readRows(x, this.model), yielder);
      const several = this.model && isMultilabel(this.model);
      const known = knownTargetsInPieces(y, rows.rows, { classes, several });
      await this.#train(rows, await runInSlices(known, yielder), given, true);
    });
  }

  #allClasses(announced: LabelInput | undefined): readonly Label[] | undefined {
    const present = this.model?.classes;
    if (announced === undefined) return present;
    const { classes } = readClasses(readLabels(announced, 'classes'), 'classes');
    if (present) checkSameClasses(this.name, 'partialFit', classes, present);
    return classes;
  }

  async #train(rows: Rows, task: Task, given: MLPFitOptions, incremental: boolean): Promise<void> {
    const { sampleWeight, validationData, ...options } = given;
    const weights = rowWeights(sampleWeight, rows.rows);
    const yielder = new Yielder(options.signal);
    const { weighClasses } = await later(() => import('./class-weights.js'));
    await this.train({
      rows,
      task,
      weights: weighClasses(this.name, this.begun.classWeight, task, weights, incremental),
      validation:
        validationData &&
        (await runInSlices(validationInPieces(validationData, rows.features, task), yielder)),
      goOn: incremental ? this.model !== undefined : this.continues,
      incremental,
      options,
    });
  }

  /**
   * The label of the most probable class of every row; with several labels per row an NdArray (rows, labels) of 0 and 1,
   * 1 where the probability is above ½.
   *
   * @param options `out`: an array with one element per row to fill and return; a typed array for numeric labels; with
   *   several labels per row a Uint8Array of rows · labels
   */
  predict<R extends Predictions = Label[]>(x: ArrayInput): R;
  predict<T extends LabelSequence = Label[]>(x: ArrayInput, options: { readonly out?: T } & ThreadsOption): T;
  predict(x: ArrayInput): Label[];
  predict(
    x: ArrayInput,
    options?: { readonly out?: LabelSequence } & ThreadsOption,
  ): LabelSequence | Predictions {
    return predictLabels(this.fitted('predict'), x, options);
  }

  /**
   * `predict` in slices of about 25 ms, between which other work of the program runs. All rows are predicted by the
   * same weights, whatever is trained meanwhile.
   *
   * @param options those of predict, and `signal`
   */
  predictAsync<R extends Predictions = Label[]>(x: ArrayInput, options?: AsyncOptions): Promise<R>;
  predictAsync<T extends LabelSequence>(
    x: ArrayInput,
    options: { readonly out?: T } & AsyncOptions,
  ): Promise<T>;
  predictAsync(x: ArrayInput, options?: AsyncOptions): Promise<Label[]>;
  async predictAsync(
    x: ArrayInput,
    options?: { readonly out?: LabelSequence } & AsyncOptions,
  ): Promise<LabelSequence | Predictions> {
    return predictLabelsAsync(this.fitted('predictAsync'), x, options);
  }

  /**
   * Probability of every class: (rows, classes), columns in the order of `classes`, each row summing to 1.
   *
   * @param options `out`: a Float32Array of rows · classes to fill
   */
  predictProba(x: ArrayInput, options?: ProbabilityOptions): NdArray {
    return probabilities(this.fitted('predictProba'), x, options);
  }

  /**
   * `predictProba` in slices of about 25 ms, between which other work of the program runs. All rows are predicted by the
   * same weights, whatever is trained meanwhile.
   *
   * @param options those of predictProba, and `signal`
   */
  async predictProbaAsync(x: ArrayInput, options?: ProbabilityOptions & AsyncOptions): Promise<NdArray> {
    return probabilitiesAsync(this.fitted('predictProbaAsync'), x, options);
  }

  /** Natural logarithm of predictProba; −∞ where a probability is 0. `out` as there. */
  predictLogProba(x: ArrayInput, options?: ProbabilityOptions): NdArray {
    return logProbabilities(this.fitted('predictLogProba'), x, options);
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
   * `score` in slices of about 25 ms, between which other work of the program runs. All rows are predicted by the
   * same weights, whatever is trained meanwhile.
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
