import { anything, checkOptions, displayName, integer, notJson } from '../check.js';
import type { Engine } from '../engine/engines.js';
import { asFormatError } from '../io/model-file.js';
import { runInSlices, Yielder } from '../yielding.js';
import { readDescribed } from './from-json.js';
import type { Layer } from './layer.js';
import { readDescription, readSequential, readWeights } from './loading.js';
import { Predicting } from './predicting.js';
import type { SequentialOptions } from './sequential.js';

/** A saved Sequential model: its layers, weights and predictions, as documented there. It cannot be trained. */
export class SequentialPredictor extends Predicting {
  /** Survives minifiers. */
  static override readonly name: string = 'SequentialPredictor';
  #engine: Engine | undefined;

  private constructor(options: SequentialOptions) {
    const { layers, seed, name } = checkOptions('sequential', options, {
      layers: anything<readonly Layer[]>(),
      seed: integer({ min: 0, max: 0xffffffff }),
      name: displayName,
    });
    super(name ?? 'sequential', seed);
    for (const layer of layers ?? []) this.add(layer);
  }

  /** @internal Use `loadModel`. */
  static async read(bytes: Uint8Array, engine: () => Promise<Engine>): Promise<SequentialPredictor> {
    const file = await readSequential(bytes);
    const model = readDescribed(readDescription(file), (options) => new SequentialPredictor(options));
    const { parameters } = asFormatError(() => model.structure('fromBytes'));
    const yielder = new Yielder();
    const { weights } = await runInSlices(readWeights(file, parameters), yielder);
    model.#engine = await engine();
    await runInSlices(model.adopt(weights.map(({ data }) => data)), yielder);
    return model;
  }

  /** What JSON.stringify calls. @throws ValueError always */
  toJSON(): never {
    throw notJson(this.name, 'keep the bytes that it was loaded from');
  }

  /** Never asked for: `read` gives the weights. */
  protected override initialWeights(): Float32Array[] {
    return [];
  }

  protected override engine(): Engine {
    return this.#engine as Engine;
  }

  protected override checkWritable(): void {}

  protected override store(block: Float32Array): void {
    this.network('setWeights').setPacked(block);
  }

  protected override optimizerValues(): undefined {
    return undefined;
  }
}
