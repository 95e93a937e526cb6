import {
  anything,
  checkOptions,
  describe,
  func,
  instance,
  integer,
  positiveInteger,
  text,
} from '../check.js';
import { ready } from '../engine/engine.js';
import { ShapeError, ValueError } from '../errors.js';
import { asFormatError } from '../io/members.js';
import { readModelFile } from '../io/model-file.js';
import { sizeOf } from '../model/spec.js';
import type { ArrayInput, NdArray } from '../ndarray.js';
import { formatShape } from '../ndarray.js';
import type { CallbackModel } from '../train/callbacks/types.js';
import { readDescribed } from './from-json.js';
import type { ModelJson } from './json.js';
import { modelJson } from './json.js';
import type { Layer } from './layer.js';
import { readRows } from './prepare.js';
import { readDescription, readWeights, saveSequential, SEQUENTIAL } from './saving.js';
import { optimizerValues, summaryLines } from './summary.js';
import { countValues } from './structure.js';
import { Trainable } from './trainable.js';

export interface SequentialOptions {
  /** Bottom first; more may follow by `add`. */
  readonly layers?: readonly Layer[];
  /** 0 to 4294967295: of weights, shuffles, dropout and noise. Default: one that is drawn with the first weights. */
  readonly seed?: number;
  /** Default 'sequential'. */
  readonly name?: string;
}

export interface PredictOptions {
  /** Receives the predictions, row-major. */
  readonly out?: Float32Array;
  /** Accepted for Keras's sake: a row's prediction does not depend on it. */
  readonly batchSize?: number;
}

const PREDICT_OPTIONS = { out: instance(Float32Array), batchSize: positiveInteger };

export interface SummaryOptions {
  /** Receives the lines one by one. Default console.log. */
  readonly print?: (line: string) => void;
}

/** A stack of layers, trained and used as Keras's Sequential. Made by `sequential`. */
export class Sequential extends Trainable implements CallbackModel {
  /** Survives minifiers. */
  static override readonly name: string = 'Sequential';
  /** @internal Use `sequential`. */
  constructor(options?: SequentialOptions) {
    const { layers, seed, name } = checkOptions('sequential', options, {
      layers: anything<readonly Layer[]>(),
      seed: integer({ min: 0, max: 0xffffffff }),
      name: text,
    });
    super(name ?? 'sequential', seed);
    if (layers !== undefined && !Array.isArray(layers)) {
      throw new ValueError(
        `sequential: layers must be an array of layers, but received ${describe(layers)}.`,
      );
    }
    for (const layer of layers ?? []) this.add(layer);
  }

  /**
   * Predictions for rows: an NdArray (rows, outputs), or (rows, ...outputShape).
   *
   * @throws ShapeError for rows of another shape, and for `out` of another length; ValueError for NaN and infinities
   */
  predict(x: ArrayInput, options?: PredictOptions): NdArray {
    const { out } = checkOptions(`${this.name}.predict`, options, PREDICT_OPTIONS);
    const { shapes, spec } = this.structure('predict');
    const rows = readRows(`${this.name}.predict`, x, spec.inputShape);
    const shape = [rows.rows, ...shapes.at(-1)!];
    if (out && out.length !== sizeOf(shape)) {
      throw new ShapeError(
        `${this.name}.predict: out must have ${sizeOf(shape)} elements for the shape ${formatShape(shape)}, but received ${out.length}.`,
      );
    }
    return { data: this.network('predict').forward(rows, out), shape };
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
    const compiled = this.compiledOrNot;
    const trainable = countValues(structure.parameters.filter((parameter) => parameter.trainable));
    const trained = compiled !== undefined && compiled.state.step > 0;
    const { columns } = (globalThis as { process?: { stdout?: { columns?: number } } }).process?.stdout ?? {};
    const kept = trained
      ? optimizerValues(
          compiled.optimizer.spec,
          trainable,
          typeof compiled.optimizer.learningRate !== 'number',
        )
      : undefined;
    const told = { name: this.name, layers: this.layers, structure, optimizerValues: kept };
    for (const line of summaryLines(told, columns)) print(line);
  }

  /** The layers and their options as plain data, without weights: what `modelFromJSON` makes the same model from. */
  toJSON(): ModelJson {
    return modelJson(this, this.givenInputShape);
  }

  /**
   * The model as bytes of a safetensors file, for `fromBytes`, `loadModel` or a disk: layers, weights, seed, what it was
   * compiled with and what the optimizer has come to, so that `fit` goes on. Where functions are part of what it was
   * compiled with, the loaded model is to be compiled again. In a callback: the last whole step.
   *
   * @throws ValueError before the model is built
   */
  toBytes(): Uint8Array<ArrayBuffer> {
    const { parameters } = this.structure('toBytes');
    const options = this.compiledOrNot?.options;
    return saveSequential({
      weights: this.getWeights(),
      model: this.toJSON(),
      parameters,
      compiled: options && { options, state: this.getTrainingState() },
    });
  }

  /**
   * The model that `toBytes` made these bytes of.
   *
   * @throws FormatError for anything else, damaged files and such of later versions
   */
  static async fromBytes(bytes: Uint8Array): Promise<Sequential> {
    const file = readModelFile(bytes, SEQUENTIAL);
    const model = modelFromJSON(readDescription(file));
    const { parameters } = asFormatError(() => model.structure('fromBytes'));
    const { weights, compile, state } = readWeights(file, parameters);
    await ready();
    model.adopt(weights.map(({ data }) => data));
    asFormatError(() => {
      if (compile !== null) model.compile(compile);
      if (state === null) return;
      model.setTrainingState({ ...state, epoch: 0, weights, seed: model.drawnSeed(), history: {} });
    });
    return model;
  }
}

/**
 * A stack of layers, as Keras's Sequential. Its shapes are known at once if the first layer has an `inputShape`, else from the
 * first data; weights are drawn when they are first needed.
 *
 * @throws ValueError for unknown options, and layers that are none; ShapeError for layers that do not fit on each other
 */
export function sequential(options?: SequentialOptions): Sequential {
  return new Sequential(options);
}

/**
 * The model that `toJSON` described, as text or as data; its weights are drawn anew, from the seed if there is one. Nothing
 * in it is trusted.
 *
 * @throws FormatError for anything else than such a description
 */
export function modelFromJSON(json: unknown): Sequential {
  return readDescribed(json, (options) => new Sequential(options));
}
