import type { AsyncOptions, ThreadsOption } from '../check.js';
import {
  runAsync,
  threadsRule,
  checkOptions,
  float32Array,
  func,
  positiveInteger,
  verbosity,
} from '../check.js';
import { ShapeError } from '../errors.js';
import { isRepeated, memoize } from '../network/prediction-memo.js';
import { sizeOf } from '../network/spec.js';
import type { ArrayInput, NdArray } from '../ndarray.js';
import { formatShape } from '../ndarray.js';
import type { Pieces } from '../yielding.js';
import { readRows, readRowsInPieces } from './input.js';
import { Layered } from './layered.js';
import type { Structure } from './structure.js';
import { countValues } from './structure.js';
import { summaryLines } from './summary.js';

export interface PredictOptions extends ThreadsOption {
  /** Receives the predictions, row-major. A row asked for again with the same objects makes no new ones: the result is the last. */
  readonly out?: Float32Array;
  /** Accepted for Keras's sake: a row's prediction does not depend on it. */
  readonly batchSize?: number;
  /** Accepted for Keras's sake: nothing is printed. */
  readonly verbose?: 0 | 1 | 2;
}

const PREDICT_OPTIONS = {
  threads: threadsRule,
  out: float32Array,
  batchSize: positiveInteger,
  verbose: verbosity,
};

export interface SummaryOptions {
  /** Receives the lines one by one. Default console.log. */
  readonly print?: (line: string) => void;
}

/** Layers with weights that predict. */
export abstract class Predicting extends Layered {
  /** What errors of predict call it. */
  readonly #owner = `${this.name}.predict`;

  /**
   * Predictions for rows: an NdArray (rows, outputs), or (rows, ...outputShape).
   *
   * @throws ShapeError for rows of another shape, and for `out` of another length; ValueError for NaN and infinities
   */
  predict(x: ArrayInput, options?: PredictOptions): NdArray {
    const { present } = this;
    if (present && isRepeated(present.memo, 'predict', x, options)) {
      const { rows: again, result } = present.memo;
      present.forward(again, options?.out);
      return result as NdArray;
    }
    const { out } = checkOptions(this.#owner, options, PREDICT_OPTIONS);
    const structure = this.structure('predict');
    const rows = readRows(this.#owner, x, structure.spec.inputShape, 'x', true);
    const shape = this.#shapeOf(this.#owner, structure, rows.rows, out);
    const network = this.network('predict');
    const result = { data: network.forward(rows, out), shape };
    network.memo = memoize('predict', x, options, rows, result);
    return result;
  }

  /**
   * `predict` in slices of about 25 ms, between which other work of the program runs. All rows are predicted by the same
   * weights, whatever is trained meanwhile.
   *
   * @param options those of predict, and `signal`
   */
  predictAsync(x: ArrayInput, options?: AsyncOptions): Promise<NdArray>;
  predictAsync(x: ArrayInput, options?: PredictOptions & AsyncOptions): Promise<NdArray>;
  async predictAsync(x: ArrayInput, options?: PredictOptions & AsyncOptions): Promise<NdArray> {
    const owner = `${this.name}.predictAsync`;
    return runAsync(owner, options, PREDICT_OPTIONS, ({ out }) => this.#predicted(owner, x, out));
  }

  *#predicted(owner: string, x: ArrayInput, out: Float32Array | undefined): Pieces<NdArray> {
    const structure = this.structure('predictAsync');
    const rows = yield* readRowsInPieces(owner, x, structure.spec.inputShape, 'x', true);
    const shape = this.#shapeOf(owner, structure, rows.rows, out);
    return { data: yield* this.network('predictAsync').forwardInPieces(rows, out), shape };
  }

  /** The shape of the predictions of some rows. @throws ShapeError if `out` does not have room for just these */
  #shapeOf(owner: string, { shapes }: Structure, rows: number, out: Float32Array | undefined): number[] {
    const each = shapes[shapes.length - 1];
    // Spreading costs more than all else that a single row needs.
    const shape = each.length === 1 ? [rows, each[0]] : [rows, ...each];
    if (out && out.length !== sizeOf(shape)) {
      throw new ShapeError(
        `${owner}: out must have ${sizeOf(shape)} elements for the shape ${formatShape(shape)}, but received ${out.length}.`,
      );
    }
    return shape;
  }

  /** As `predict`. */
  predictOnBatch(x: ArrayInput): NdArray {
    return this.predict(x);
  }

  /** The class of every row: the unit with the largest prediction; of one unit, whether it is above .5. */
  predictClasses(x: ArrayInput): Int32Array {
    const { data, shape } = this.predict(x);
    const units = sizeOf(shape.slice(1));
    const classes = new Int32Array(shape[0]);
    for (let row = 0; row < classes.length; row++) {
      if (units === 1) {
        classes[row] = data[row] > 0.5 ? 1 : 0;
        continue;
      }
      let best = row * units;
      for (let i = best + 1; i < (row + 1) * units; i++) if (data[i] > data[best]) best = i;
      classes[row] = best - row * units;
    }
    return classes;
  }

  /** Print Keras's table of layers, shapes and parameters. @throws ValueError before the model is built */
  summary(options?: SummaryOptions): void {
    const { print = console.log } = checkOptions(`${this.name}.summary`, options, {
      print: func<(line: string) => void>(),
    });
    const structure = this.structure('summary');
    const trainable = countValues(structure.parameters.filter((parameter) => parameter.trainable));
    const { columns } = (globalThis as { process?: { stdout?: { columns?: number } } }).process?.stdout ?? {};
    const kept = this.optimizerValues(trainable);
    const told = { name: this.name, layers: this.layers, structure, optimizerValues: kept };
    for (const line of summaryLines(told, columns)) print(line);
  }

  /** Values that an optimizer keeps for so many trainable ones; undefined before the first step. */
  protected abstract optimizerValues(trainable: number): number | undefined;
}
