/**
 * trainOnBatch: single steps by a trainer that is kept from call to call, since the optimizer goes on. Not
 * for `fit`, which makes its steps in fit-loop.ts.
 */
import { anything } from '../check.js';
import type { ClassWeight } from '../data/weights.js';
import { DivergedError } from '../errors.js';
import type { Network } from '../network/network.js';
import { newOptimizerState } from '../network/optimizers.js';
import { nnzCapacity } from '../network/feed.js';
import type { ArrayInput } from '../ndarray.js';
import { allFinite } from '../ndarray.js';
import { ascending } from '../random.js';
import { Trainer } from '../train/trainer.js';
import { runAtOnce } from '../yielding.js';
import type { Compiled } from './compile.js';
import { currentRate } from './compile.js';
import { Metrics } from './evaluation.js';
import type { Prepared } from './data.js';
import type { Structure } from './structure.js';

export interface TrainOnBatchOptions {
  /** Weight of each row in the loss, >= 0. */
  readonly sampleWeight?: ArrayInput | null;
  /** Weight of each class in the loss. */
  readonly classWeight?: ClassWeight;
}

/** Rules of the options of trainOnBatch. */
export const trainOnBatchSchema = {
  sampleWeight: anything<ArrayInput | null>(),
  classWeight: anything<ClassWeight>(),
};

/** Training steps that the caller makes one by one. */
export class BatchTraining {
  readonly #owner: string;
  readonly #network: Network;
  readonly #compiled: Compiled;
  readonly #metrics: Metrics;
  readonly #seed: number;
  #trainer: Trainer | undefined;

  constructor(owner: string, network: Network, structure: Structure, compiled: Compiled, seed: number) {
    this.#owner = owner;
    this.#network = network;
    this.#compiled = compiled;
    this.#seed = seed;
    this.#metrics = new Metrics(`${owner}.compile`, compiled.metrics, structure, compiled.loss);
  }

  /**
   * Makes one update; returns loss and metrics of the batch before it.
   *
   * @throws DivergedError, which leaves the network as it was
   */
  step(prepared: Prepared): Record<string, number> {
    const metrics = this.#metrics;
    metrics.reset();
    const trainer = (this.#trainer ??= this.#open(prepared));
    trainer.session.weights.set(this.#network.weights.view());
    const each = metrics.any
      ? (part: Int32Array): void => metrics.update(prepared, part, trainer.session.predictions(part.length))
      : undefined;
    const rate = currentRate(this.#compiled);
    const loss = trainer.step(prepared.dataset, ascending(prepared.rows), rate, each);
    const reached = trainer.session.weights.view();
    if (!Number.isFinite(loss)) throw this.#diverged(`The loss became ${loss}`);
    if (!allFinite(reached)) throw this.#diverged('Weights became non-finite');
    this.#network.weights.set(reached);
    return metrics.results(loss);
  }

  /** The error of a step. The state of the optimizer, no longer finite either, is dropped. */
  #diverged(fault: string): DivergedError {
    this.#trainer = undefined;
    this.#compiled.state = newOptimizerState();
    return new DivergedError(
      `${this.#owner}.trainOnBatch: ${fault}: expected finite numbers; the weights before the step are kept; try a smaller learning rate, or features scaled to about unit variance.`,
      0,
    );
  }

  /** Writes the optimizer's slots into its state. */
  save(): void {
    this.#trainer?.saveSlots();
  }

  /** Ends the training, and writes the optimizer's slots into its state. */
  close(): void {
    this.save();
    this.#trainer = undefined;
  }

  #open({ rows: batchSize, dataset }: Prepared): Trainer {
    const { loss, optimizer, state } = this.#compiled;
    const network = this.#network;
    return runAtOnce(
      Trainer.open({
        ...{ network, state, batchSize, seed: this.#seed },
        nnzCapacity: nnzCapacity(network.spec, dataset.rows, batchSize),
        loss: loss.spec,
        hostLoss: loss.hostLoss,
        optimizer: optimizer.spec,
        predictions: this.#metrics.any,
        penaltyPerRow: false,
      }),
    );
  }
}
