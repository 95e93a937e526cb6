/**
 * The loop of `Sequential.fit`: callbacks, metrics, validation, progress bar and history around the steps of
 * src/train/fit.ts. Loaded when `fit` is first called. What it reads and checks beforehand is in
 * fit-options.ts and fit-data.ts.
 */
import { LostWorkerError } from '../engine/lost-worker.js';
import type { ThreadTeam } from '../engine/threads/team.js';
import { newOptimizerState } from '../network/optimizers.js';
import type { ArrayInput } from '../ndarray.js';
import { CallbackList } from '../train/callbacks/list.js';
import { ProgressCallback } from '../train/callbacks/progress-callback.js';
import { Progress } from '../train/callbacks/progress.js';
import type { CallbackModel, Logs, TrainParams } from '../train/callbacks/types.js';
import type { EpochReport, StepReport } from '../train/fit.js';
import { fit } from '../train/fit.js';
import { leaseTeam, openTrainer } from '../train/open-trainer.js';
import type { Trainer } from '../train/trainer.js';
import type { Pieces } from '../yielding.js';
import { runInSlices, throwIfAborted, Yielder } from '../yielding.js';
import type { Stream } from './batches.js';
import { currentRate } from './compile.js';
import { Metrics } from './evaluation.js';
import type { DataTarget, FitData } from './fit-data.js';
import { prepareFit } from './fit-data.js';
import type { FitSettings } from './fit-options.js';
import { readFitOptions } from './fit-options.js';
import type { FitRun } from './fit-run.js';

/** A model, as far as `fit` is concerned. */
export interface FitTarget<M extends CallbackModel> extends DataTarget {
  /** The model as callbacks see it. */
  readonly model: M;
  readonly run: FitRun;
}

/** Trains a model on arrays or on a stream, by the options of `fit`. @throws as `fit` does */
export async function fitModel<M extends CallbackModel>(
  target: FitTarget<M>,
  x: ArrayInput | Stream,
  y: unknown,
  options: unknown,
): Promise<void> {
  const settings = readFitOptions(target.name, options);
  throwIfAborted(settings.signal);
  const data = await prepareFit(target, settings, x, y);
  target.run.begin(settings.initialEpoch);
  try {
    await new FitLoop(target, settings, data).run();
  } finally {
    await data.close();
  }
}

class FitLoop<M extends CallbackModel> {
  readonly #target: FitTarget<M>;
  readonly #settings: FitSettings;
  readonly #data: FitData;
  readonly #metrics: Metrics;
  readonly #callbacks: CallbackList<M>;
  readonly #progress: Progress | undefined;
  #logs: Logs = {};
  #isDiverged = false;

  constructor(target: FitTarget<M>, settings: FitSettings, data: FitData) {
    const { name, compiled, model, run } = target;
    const { callbacks, verbose } = settings;
    this.#target = target;
    this.#settings = settings;
    this.#data = data;
    this.#metrics = new Metrics(`${name}.compile`, compiled.metrics, data.structure, compiled.loss);
    this.#callbacks = new CallbackList<M>(callbacks, model, run);
    const shown = verbose > 0 && !callbacks.some((callback) => callback instanceof ProgressCallback);
    this.#progress = shown ? new Progress() : undefined;
    const params = this.#params();
    for (const callback of callbacks) callback.setParams?.(params);
    this.#progress?.setParams(params);
  }

  #params(): TrainParams {
    const { source, validation } = this.#data;
    const { epochs, initialEpoch, verbose, callbacks, onWarning } = this.#settings;
    const { names } = this.#metrics;
    const metrics = validation ? [...names, ...names.map((name) => `val_${name}`)] : names;
    const explainNaN = (name: string): string | undefined => this.#explainNaN(name);
    const { steps } = source;
    return { epochs, initialEpoch, steps, verbose, metrics, callbacks, onWarning, explainNaN };
  }

  async run(): Promise<void> {
    const { network, batchSize } = this.#data;
    const { threads } = this.#settings;
    await this.#callbacks.trainBegin(this.#logs);
    const flops = batchSize * network.trainingFlopsPerRow;
    const { team, release } = await leaseTeam({ engine: network.engine, threads, flops });
    await this.#train(team).finally(release);
    await this.#callbacks.trainEnd(this.#logs);
  }

  async #train(team: ThreadTeam | undefined): Promise<void> {
    const { compiled, model, run } = this.#target;
    const { network, source } = this.#data;
    const { signal, maxTimeMs, maxSteps, epochs } = this.#settings;
    const trainer = await runInSlices(this.#newTrainer(team), new Yielder(signal));
    run.trainer = trainer;
    try {
      await fit({
        ...{ network, trainer, signal, maxTimeMs, maxSteps },
        batches: (_epoch, yielder) => source.epoch(yielder),
        // onTrainBegin may have restored a state.
        firstEpoch: run.epochs + 1,
        lastEpoch: epochs,
        rate: () => currentRate(compiled),
        hooks: {
          stopped: () => model.stopTraining,
          onEpochBegin: (epoch) => this.#epochBegin(epoch - 1),
          onPredictions: this.#metrics.any ? (_batch, part) => this.#predicted(part) : undefined,
          onStep: (report) => this.#step(report),
          onDivergence: (report) => this.#diverged(report),
          onEpoch: (report) => this.#epochEnd(report),
        },
      });
    } catch (error) {
      if (error instanceof LostWorkerError) compiled.state = newOptimizerState();
      throw error;
    } finally {
      run.trainer = undefined;
    }
  }

  #newTrainer(team: ThreadTeam | undefined): Pieces<Trainer> {
    const { network, source, batchSize } = this.#data;
    const { loss, optimizer, state } = this.#target.compiled;
    const seed = this.#target.seed();
    return openTrainer({
      ...{ network, state, batchSize, seed, dataset: source.whole?.dataset },
      loss: loss.spec,
      hostLoss: loss.hostLoss,
      optimizer: optimizer.spec,
      predictions: this.#metrics.any,
      penaltyPerRow: false,
      team,
    });
  }

  #explainNaN(name: string): string | undefined {
    if (this.#isDiverged) return 'training diverged';
    const { validation } = this.#data;
    return name.startsWith('val_')
      ? validation?.explainNaN(name.slice(4))
      : this.#metrics.explainNaN(name, 'the training rows');
  }

  #epochBegin(index: number): void | Promise<void> {
    this.#metrics.reset();
    this.#logs = {};
    this.#progress?.onEpochBegin(index);
    return this.#callbacks.epochBegin(index, this.#logs);
  }

  #predicted(part: Int32Array): void {
    const { session } = this.#target.run.trainer as Trainer;
    this.#metrics.update(this.#data.source.current(), part, session.predictions(part.length));
  }

  #step({ step, epochLoss }: StepReport): void | Promise<void> {
    const index = step - 1;
    const due = this.#progress?.due(index) ?? false;
    if (!due && !this.#callbacks.watchesBatches) return undefined;
    this.#logs = sorted(this.#metrics.results(epochLoss));
    const called = this.#callbacks.batchEnd(index, this.#logs);
    if (due) this.#progress?.draw(this.#logs);
    return called;
  }

  /**
   * Reports the batch and the epoch in which training has diverged. All values of that epoch but the loss are
   * NaN: the weights that they belong to are gone.
   *
   * @returns true if a callback ends training because of the batch
   */
  async #diverged({ epoch, steps, loss }: EpochReport): Promise<boolean> {
    const { model, compiled } = this.#target;
    const { validation } = this.#data;
    // The optimizer's slots are no longer finite either.
    compiled.state = newOptimizerState();
    this.#isDiverged = true;
    const stopped = model.stopTraining;
    const nonFinite = Number.isFinite(loss) ? NaN : loss;
    this.#logs = { ...this.#logs, loss: nonFinite };
    await this.#callbacks.batchEnd(steps - 1, this.#logs);
    const ends = !stopped && model.stopTraining;
    const unknown = Object.fromEntries(this.#metrics.names.map((name) => [name, NaN]));
    const validated = validation?.due(epoch - 1) ? prefixed(unknown) : {};
    this.#logs = { ...unknown, loss: nonFinite, ...validated };
    await this.#report(epoch - 1);
    return ends;
  }

  async #epochEnd({ epoch, loss }: EpochReport): Promise<boolean> {
    const { validation, network } = this.#data;
    const index = epoch - 1;
    const values = await validation?.run(index, network);
    throwIfAborted(this.#settings.signal);
    this.#logs = { ...sorted(this.#metrics.results(loss)), ...(values && prefixed(sorted(values))) };
    await this.#report(index);
    await this.#callbacks.epochSettled(index, this.#logs);
    return this.#target.model.stopTraining;
  }

  /** Reports an epoch to callbacks, progress bar and history. */
  async #report(index: number): Promise<void> {
    await this.#callbacks.epochEnd(index, this.#logs);
    this.#progress?.onEpochEnd(index, this.#logs);
    this.#target.run.record(index, this.#logs);
  }
}

function sorted(values: Logs): Logs {
  return Object.fromEntries(Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function prefixed(values: Logs): Logs {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`val_${name}`, value]));
}
