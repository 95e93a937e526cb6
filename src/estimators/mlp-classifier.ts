import { ValueError } from '../errors.js';
import type { ArrayInput, NdArray } from '../ndarray.js';
import { toRows } from '../ndarray.js';
import type { Label } from '../data/labels.js';
import { encodeLabels } from '../data/labels.js';
import type { LabelInput } from './labels.js';
import { checkLength, readLabels } from './labels.js';
import type { FitOptions, Task } from './mlp.js';
import { MLP } from './mlp.js';
import type { MLPOptions } from './options.js';

/** scikit-learn reports −ln of probabilities clipped to [2^-23, 1 − 2^-23], float32's epsilon. */
const LOSS_RANGE = [1.1920929665620834e-7, 15.942385152878742] as const;

/**
 * A multi-layer perceptron that classifies: scikit-learn's MLPClassifier.
 *
 * Hidden layers with one activation, then softmax (or, for two classes, one logistic unit); minimises the mean
 * cross-entropy plus ½ · alpha · Σ weight² / rows, by sgd or adam. With the same data and `randomState`, initial weights,
 * shuffles and splits are scikit-learn 1.2.1's; only float32 rounding differs.
 */
export class MLPClassifier extends MLP {
  protected readonly name = 'MLPClassifier';
  #classes: readonly Label[] = [];

  constructor(options: MLPOptions = {}) {
    super('MLPClassifier', options);
  }

  /** The labels, sorted: strings by code point, numbers by value. */
  get classes(): Label[] {
    this.fitted('classes');
    return [...this.#classes];
  }

  /**
   * Train on rows X (rows, features) with a label per row. Starts anew unless `warmStart`.
   *
   * @returns this estimator
   * @throws ShapeError, ValueError for data that do not fit; DivergedError if the loss becomes non-finite
   */
  async fit(x: ArrayInput, y: LabelInput, options: FitOptions = {}): Promise<this> {
    return this.exclusively('fit', async () => {
      const goOn = this.continues;
      const rows = toRows(x, { flatten: true, expectedFeatures: goOn ? this.nFeaturesIn : undefined });
      const labels = readLabels(y);
      checkLength(labels.length, rows.rows);
      const { classes, indices } = encodeLabels(labels);
      if (classes.length < 2) {
        throw new ValueError(
          `y must hold at least 2 classes, but received only ${JSON.stringify(classes[0])}.`,
        );
      }
      if (goOn && !sameClasses(classes, this.#classes)) {
        throw new ValueError(
          `warmStart needs the classes of the first fit, ${JSON.stringify(this.#classes)}, but received ${JSON.stringify(classes)}.`,
        );
      }
      const task = classification(indices, classes.length);
      if (!goOn) this.#classes = classes;
      await this.train(rows, task, goOn, false, options);
      return this;
    });
  }

  /** The label of the most probable class of every row. */
  predict(x: ArrayInput): Label[] {
    const { values, rows } = this.outputs(x, 'predict');
    const width = values.length / rows;
    return Array.from({ length: rows }, (_, row) => this.#classes[decide(values, row, width)]);
  }

  /**
   * Probability of every class: (rows, classes), columns in the order of `classes`, each row summing to 1.
   *
   * @param options `out`: a Float32Array of rows · classes to fill
   */
  predictProba(x: ArrayInput, options: { out?: Float32Array } = {}): NdArray {
    const binary = this.#classes.length === 2;
    const { out } = options;
    const { values, rows } = this.outputs(x, 'predictProba', binary ? undefined : out);
    if (!binary) return { data: values, shape: [rows, this.#classes.length] };
    const data = out ?? new Float32Array(2 * rows);
    for (let row = 0; row < rows; row++) {
      data[2 * row] = 1 - values[row];
      data[2 * row + 1] = values[row];
    }
    return { data, shape: [rows, 2] };
  }

  /** Share of rows whose predicted label is y. */
  score(x: ArrayInput, y: LabelInput): number {
    const predicted = this.predict(x);
    const labels = readLabels(y);
    checkLength(labels.length, predicted.length);
    return predicted.filter((label, i) => label === labels[i]).length / predicted.length;
  }
}

function sameClasses(a: readonly Label[], b: readonly Label[]): boolean {
  return a.length === b.length && a.every((label, i) => label === b[i]);
}

/** Position of the class of a row: the first of the largest probabilities, or p > 0.5 for one unit. */
function decide(values: Float32Array, row: number, width: number): number {
  if (width === 1) return values[row] > 0.5 ? 1 : 0;
  let best = 0;
  for (let j = 1; j < width; j++) if (values[row * width + j] > values[row * width + best]) best = j;
  return best;
}

function classification(codes: Int32Array, classes: number): Task {
  const binary = classes === 2;
  const score = (outputs: Float32Array, rows: Int32Array): number => {
    const width = outputs.length / rows.length;
    let right = 0;
    for (let i = 0; i < rows.length; i++) if (decide(outputs, i, width) === codes[rows[i]]) right++;
    return right / rows.length;
  };
  if (!binary) {
    return {
      targets: { kind: 'labels', data: codes },
      outputs: classes,
      outActivation: 'softmax',
      loss: { kind: 'softmaxCrossEntropy', range: LOSS_RANGE },
      score,
    };
  }
  return {
    targets: { kind: 'values', data: Float32Array.from(codes), outputs: 1 },
    outputs: 1,
    outActivation: 'sigmoid',
    loss: { kind: 'sigmoidCrossEntropy', range: LOSS_RANGE },
    strata: codes,
    score,
  };
}
