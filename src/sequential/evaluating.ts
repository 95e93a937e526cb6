import type { AsyncOptions } from '../check.js';
import { runAsync, checkOptions } from '../check.js';
import { lazyImport } from '../lazy.js';
import type { ArrayInput } from '../ndarray.js';
import type { SlicedSession } from '../train/sliced-session.js';
import type { Pieces } from '../yielding.js';
import { runAtOnce } from '../yielding.js';
import { batchesOf } from './batches.js';
import type { Compiled } from './compile.js';
import { Evaluation } from './evaluation.js';
import type { EvaluateOptions, TestOnBatchOptions } from './fit-options.js';
import { evaluateSchema, readTestOptions } from './fit-options.js';
import { Predicting } from './predicting.js';
import type { Sample } from './prepare.js';
import { prepareInPieces } from './prepare.js';

/** Layers that predict, and are judged by the loss and the metrics that they were compiled with. */
export abstract class Evaluating extends Predicting {
  /** @throws ValueError before `compile`; `wanted` is what needs it */
  protected abstract compiled(wanted: string): Compiled;

  /**
   * Loss and metrics over rows: `{ loss, accuracy, … }`.
   *
   * @throws ValueError before `compile` and for bad data; ShapeError
   */
  evaluate(x: ArrayInput, y: ArrayInput, options?: EvaluateOptions): Record<string, number> {
    const compiled = this.compiled('evaluate');
    const { batchSize, sampleWeight } = checkOptions(`${this.name}.evaluate`, options, evaluateSchema);
    return runAtOnce(this.#evaluated('evaluate', compiled, [x, y, sampleWeight], batchSize));
  }

  /**
   * `evaluate` in slices of about 25 ms, between which other work of the program runs. All rows are predicted by the same
   * weights, whatever is trained meanwhile.
   *
   * @param options those of evaluate, and `signal`
   */
  async evaluateAsync(
    x: ArrayInput,
    y: ArrayInput,
    options?: EvaluateOptions & AsyncOptions,
  ): Promise<Record<string, number>> {
    const compiled = this.compiled('evaluateAsync');
    const { SlicedSession: sliced } = await lazyImport(() => import('../train/sliced-session.js'));
    const owner = `${this.name}.evaluateAsync`;
    return runAsync(owner, options, evaluateSchema, ({ batchSize, sampleWeight }) =>
      this.#evaluated('evaluateAsync', compiled, [x, y, sampleWeight], batchSize, sliced),
    );
  }

  /** Loss and metrics of one batch: as `evaluate`, in one step. */
  testOnBatch(x: ArrayInput, y: ArrayInput, options?: TestOnBatchOptions): Record<string, number> {
    const { sampleWeight } = readTestOptions(this.name, options);
    return this.evaluate(x, y, { sampleWeight, batchSize: Number.MAX_SAFE_INTEGER });
  }

  *#evaluated(
    call: string,
    compiled: Compiled,
    sample: Sample,
    batchSize = 32,
    sliced?: typeof SlicedSession,
  ): Pieces<Record<string, number>> {
    const structure = this.structure(call);
    const reader = { structure, loss: compiled.loss };
    const prepared = yield* prepareInPieces(`${this.name}.${call}`, reader, sample);
    const rows = Math.min(batchSize, prepared.rows);
    const evaluation = new Evaluation(this.name, this.network(call), structure, compiled, rows);
    for (const [data, batch] of batchesOf(prepared, rows)) {
      if (sliced) yield* evaluation.stepInPieces(data, batch, sliced);
      else evaluation.step(data, batch);
    }
    return evaluation.results();
  }
}
