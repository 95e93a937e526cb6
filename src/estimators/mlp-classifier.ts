import { anything, checkOptions, instance } from '../check.js';
import type { Label } from '../data/labels.js';
import { ValueError } from '../errors.js';
import { log } from '../math.js';
import type { ArrayInput, NdArray } from '../ndarray.js';
import { toRows } from '../ndarray.js';
import { accuracy, readWeights } from './accuracy.js';
import { classification, decide } from './classification.js';
import type { FitOptions } from './fit-options.js';
import { fitSchema, readFitOptions } from './fit-options.js';
import type { LabelInput } from './labels.js';
import { checkLength, checkSameClasses, encodeAs, positionsIn, readClasses, readLabels } from './labels.js';
import { MLP } from './mlp.js';
import type { MLPClassifierOptions, MLPClassifierParams } from './options.js';
import type { LabelSequence } from './out.js';
import { checkOut, fillLabels } from './out.js';
import { readOptions } from './read-options.js';
import type { MLPKind } from './saving.js';
import { readMLP } from './saving.js';

const kind: MLPKind = {
  name: 'MLPClassifier',
  readOptions: (given) => readOptions('MLPClassifier', given),
  fits: (outputs, outActivation, { length }) =>
    outActivation === 'softmax' ? length > 2 && outputs === length : length === 2 && outputs === 1,
};

/**
 * A multi-layer perceptron that classifies: scikit-learn's MLPClassifier.
 *
 * Hidden layers with one activation, then softmax (or, for two classes, one logistic unit); minimises the mean
 * cross-entropy plus ½ · alpha · Σ weight² / rows, by sgd or adam. With the same data and `randomState`, initial weights,
 * shuffles and splits are scikit-learn 1.2.1's; only float32 rounding differs.
 */
export class MLPClassifier extends MLP<MLPClassifierParams> {
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
    const { params, model } = await readMLP(bytes, kind);
    const classifier = new MLPClassifier(params);
    classifier.model = model;
    return classifier;
  }

  /** The labels, sorted: strings by code point, numbers by value, false before true. */
  get classes(): Label[] {
    return [...this.fitted('classes').classes];
  }

  /**
   * Train on rows X (rows, features) with a label per row. Starts anew unless `warmStart`.
   *
   * @param y strings, booleans or whole numbers, one per row; at least 2 classes
   * @returns this estimator
   * @throws ShapeError, ValueError for data that do not fit, and with warmStart for other classes than before;
   *   UnsupportedError if memory does not suffice; DivergedError if loss or weights become non-finite: the weights of the
   *   last finite epoch are restored
   */
  fit(x: ArrayInput, y: LabelInput, options: FitOptions = {}): Promise<this> {
    return this.exclusively('fit', async () => {
      const given = readFitOptions(this.name, 'fit', options, fitSchema);
      const present = this.continues ? this.model : undefined;
      const rows = toRows(x, { flatten: true, expectedFeatures: present?.network.spec.inputShape[0] });
      const labels = readLabels(y);
      checkLength(labels.length, rows.rows);
      const { classes, indices } = readClasses(labels);
      if (present) checkSameClasses(this.name, 'warmStart', classes, present.classes);
      const task = classification(indices, classes);
      await this.train({ rows, task, goOn: present !== undefined, incremental: false, options: given });
    });
  }

  /**
   * One epoch on rows X with a label per row, going on from the present weights and optimizer.
   *
   * @param options those of fit, and `classes`: all labels that will ever occur, in any order; needed in the first call
   *   unless fit came before
   * @returns this estimator
   * @throws ValueError without classes in the first call, for labels that are not among them, and with earlyStopping
   */
  partialFit(
    x: ArrayInput,
    y: LabelInput,
    options: FitOptions & { readonly classes?: LabelInput } = {},
  ): Promise<this> {
    return this.exclusively('partialFit', async () => {
      const schema = { ...fitSchema, classes: anything<LabelInput>() };
      const { classes: announced, ...given } = readFitOptions(this.name, 'partialFit', options, schema);
      if (this.params.earlyStopping) {
        throw new ValueError('MLPClassifier: partialFit does not support earlyStopping: true, use fit.');
      }
      const classes = this.#allClasses(announced);
      const expectedFeatures = this.model?.network.spec.inputShape[0];
      const rows = toRows(x, { flatten: true, expectedFeatures });
      const labels = readLabels(y);
      checkLength(labels.length, rows.rows);
      const task = classification(encodeAs(labels, classes), classes);
      await this.train({ rows, task, goOn: this.model !== undefined, incremental: true, options: given });
    });
  }

  #allClasses(announced: LabelInput | undefined): readonly Label[] {
    const present = this.model?.classes;
    if (announced === undefined) {
      if (present) return present;
      throw new ValueError(
        'MLPClassifier: partialFit needs all classes in its first call, but received none; pass { classes: [...] }.',
      );
    }
    const { classes } = readClasses(readLabels(announced, 'classes'), 'classes');
    if (present) checkSameClasses(this.name, 'partialFit', classes, present);
    return classes;
  }

  /**
   * The label of the most probable class of every row.
   *
   * @param options `out`: an array with one element per row to fill and return; a typed array for numeric labels
   */
  predict(x: ArrayInput): Label[];
  predict<T extends LabelSequence>(x: ArrayInput, options: { readonly out?: T }): T;
  predict(x: ArrayInput, options?: { readonly out?: LabelSequence }): LabelSequence {
    const { classes } = this.fitted('predict');
    const { out } = checkOptions('MLPClassifier.predict', options, { out: anything<LabelSequence>() });
    const codes = this.#decided(x, 'predict');
    if (out === undefined) return Array.from(codes, (code) => classes[code]);
    return fillLabels(out, codes, classes);
  }

  #decided(x: ArrayInput, wanted: string): Int32Array {
    const { values, rows } = this.outputs(x, wanted);
    return decide(values, rows);
  }

  /**
   * Probability of every class: (rows, classes), columns in the order of `classes`, each row summing to 1.
   *
   * @param options `out`: a Float32Array of rows · classes to fill
   */
  predictProba(x: ArrayInput, options?: { readonly out?: Float32Array }): NdArray {
    return this.#probabilities(x, 'predictProba', options);
  }

  /** Natural logarithm of predictProba; −∞ where a probability is 0. `out` as there. */
  predictLogProba(x: ArrayInput, options?: { readonly out?: Float32Array }): NdArray {
    const result = this.#probabilities(x, 'predictLogProba', options);
    const { data } = result;
    for (let i = 0; i < data.length; i++) data[i] = log(data[i]);
    return result;
  }

  #probabilities(
    x: ArrayInput,
    wanted: string,
    options: { readonly out?: Float32Array } | undefined,
  ): NdArray {
    const { network, classes } = this.fitted(wanted);
    const { out } = checkOptions(`MLPClassifier.${wanted}`, options, { out: instance(Float32Array) });
    const given = toRows(x, { flatten: true, expectedFeatures: network.spec.inputShape[0] });
    const shape = [given.rows, classes.length];
    if (out) checkOut(out.length, given.rows * classes.length, `(${shape.join(', ')})`);
    if (classes.length > 2) return { data: network.forward(given, out), shape };
    const positive = network.forward(given);
    const data = out ?? new Float32Array(2 * given.rows);
    positive.forEach((p, row) => {
      data[2 * row] = 1 - p;
      data[2 * row + 1] = p;
    });
    return { data, shape };
  }

  /**
   * Share of rows whose predicted label is y.
   *
   * @param options `sampleWeight`: a weight >= 0 per row
   */
  score(x: ArrayInput, y: LabelInput, options?: { readonly sampleWeight?: ArrayInput }): number {
    const { classes } = this.fitted('score');
    const schema = { sampleWeight: anything<ArrayInput>() };
    const { sampleWeight } = checkOptions('MLPClassifier.score', options, schema);
    const codes = this.#decided(x, 'score');
    const labels = readLabels(y);
    checkLength(labels.length, codes.length);
    const weights = sampleWeight === undefined ? undefined : readWeights(sampleWeight, codes.length);
    return accuracy(codes, positionsIn(labels, classes), weights);
  }
}
