import {
  anything,
  boolean,
  checkOptions,
  describe,
  displayName,
  integer,
  refuseMisplaced,
  notJson,
} from '../check.js';
import { ready } from '../engine/engine.js';
import { ValueError } from '../errors.js';
import { asFormatError, formatErrorsInPieces, keptBytes } from '../io/model-file.js';
import { lazyImport } from '../lazy.js';
import type { NestedNumbers } from '../ndarray.js';
import { toNested } from '../ndarray.js';
import { runInSlices, Yielder } from '../yielding.js';
import type { CallbackModel } from '../train/callbacks/types.js';
import { readDescribed, readJson, setGivenWeights } from './from-json.js';
import type { ModelJson } from './json.js';
import { modelJson } from './json.js';
import type { Layer } from './layer.js';
import { saveSequential } from './saving.js';
import { countValues } from './structure.js';
import { Trainable } from './trainable.js';

export type { PredictOptions, SummaryOptions } from './predicting.js';

/** More weights than this are left to `toBytes`. */
const MAX_JSON_WEIGHTS = 1_000_000;

export interface ToJsonOptions {
  /** Whether weights are included, as nested arrays of numbers in the order of `getWeights`. Default false. */
  readonly weights?: boolean;
}

export interface SequentialOptions {
  /** Bottom first; more may follow by `add`. */
  readonly layers?: readonly Layer[];
  /** 0 to 4294967295: of weights, shuffles, dropout and noise. Default: one that is drawn with the first weights. */
  readonly seed?: number;
  /** Default 'sequential'. */
  readonly name?: string;
}

/** A stack of layers, trained and used as Keras's Sequential. Made by `sequential`. */
export class Sequential extends Trainable implements CallbackModel {
  /** Survives minifiers. */
  static override readonly name: string = 'Sequential';
  /** @internal Use `sequential`. */
  constructor(options?: SequentialOptions) {
    refuseMisplaced('sequential', options, { inputShape: 'the first layer' });
    const { layers, seed, name } = checkOptions(
      'sequential',
      options,
      {
        layers: anything<readonly Layer[]>(),
        seed: integer({ min: 0, max: 0xffffffff }),
        name: displayName,
      },
      '{ layers: [...] }',
    );
    super(name ?? 'sequential', seed);
    if (layers !== undefined && !Array.isArray(layers)) {
      throw new ValueError(
        `sequential: layers must be an array of layers, but received ${describe(layers)}.`,
      );
    }
    for (const layer of layers ?? []) this.add(layer);
  }

  /**
   * The layers and their options as plain data, from which `modelFromJSON` makes the same model. Without `weights: true` its
   * weights are left out, which is why JSON.stringify(model) is refused: write JSON.stringify(model.toJSON()).
   *
   * @throws ValueError if called by JSON.stringify; with `weights: true` before the model is built, and for more than
   *   1,000,000 weights, which `toBytes` keeps in a seventh of the space
   */
  toJSON(options?: ToJsonOptions): ModelJson {
    if (typeof options === 'string') {
      const choices = 'toJSON() for the layers alone or toJSON({ weights: true }) for both';
      throw notJson(this.name, `save toBytes(), or stringify ${choices}`);
    }
    const { weights = false } = checkOptions(`${this.name}.toJSON`, options, { weights: boolean });
    const values = weights ? this.#nestedWeights() : undefined;
    return { ...modelJson(this, this.givenInputShape), ...(values && { weights: values }) };
  }

  #nestedWeights(): NestedNumbers[] {
    const { parameters } = this.structure('toJSON with weights');
    const count = countValues(parameters);
    if (count > MAX_JSON_WEIGHTS) {
      throw new ValueError(
        `${this.name}: toJSON takes at most ${MAX_JSON_WEIGHTS} weights, but the model has ${count}; use toBytes().`,
      );
    }
    return this.getWeights().map(toNested);
  }

  /**
   * The model as bytes of a safetensors file, for `fromBytes`, `loadModel` or a disk: layers, weights, seed, what it was
   * compiled with and what the optimizer has come to, so that `fit` goes on. Where functions are part of what it was
   * compiled with, the loaded model is to be compiled again. While `fit` runs: the last whole step.
   *
   * @throws ValueError before the model is built
   */
  toBytes(): Uint8Array<ArrayBuffer> {
    const { parameters } = this.structure('toBytes');
    const options = this.compiledOrNot?.options;
    // Before the weights: it brings a step that is under way to its end.
    const compiled = options && { options, state: this.optimizerProgress('toBytes') };
    return saveSequential({ weights: this.getWeights(), model: this.toJSON(), parameters, compiled });
  }

  /**
   * The model that `toBytes` made these bytes of.
   *
   * @throws FormatError for anything else, damaged files and such of later versions
   */
  static async fromBytes(bytes: Uint8Array): Promise<Sequential> {
    const kept = keptBytes(bytes);
    const { readDescription, readSequential, readWeights } = await lazyImport(() => import('./loading.js'));
    const file = await readSequential(kept);
    const model = describedModel(readDescription(file));
    const { parameters } = asFormatError(() => model.structure('fromBytes'));
    const yielder = new Yielder();
    const { weights, compile, state } = await runInSlices(readWeights(file, parameters), yielder);
    await ready();
    await runInSlices(model.adopt(weights.map(({ data }) => data)), yielder);
    asFormatError(() => {
      if (compile !== null) model.recompile(compile);
    });
    if (state !== null) await runInSlices(formatErrorsInPieces(model.resumeOptimizer(state)), yielder);
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
 * The model that `toJSON` described, as text or as data, with its weights if they are included; without, they are drawn
 * anew, from the seed if there is one. Nothing in it is trusted.
 *
 * @throws FormatError for anything else than such a description
 */
export function modelFromJSON(json: unknown): Sequential {
  const { weights, ...description } = readJson(json);
  const model = describedModel(description);
  if (weights !== undefined) setGivenWeights(model, weights);
  return model;
}

function describedModel(description: unknown): Sequential {
  return readDescribed(description, (options) => new Sequential(options));
}
