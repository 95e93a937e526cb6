import type { Pieces } from '../yielding.js';
import { throwIfAborted, runInSlices, Yielder } from '../yielding.js';
import { LostWorkerError } from '../engine/lost-worker.js';
import { withTeam } from '../engine/with-team.js';
import type { ThreadTeam } from '../engine/threads/team.js';
import type { Network } from '../network/network.js';
import { newOptimizerState } from '../network/optimizers.js';
import { CallbackList } from '../train/callbacks/list.js';
import type { CallbackModel, Logs, TrainParams } from '../train/callbacks/types.js';
import type { EpochReport, StepReport } from '../train/fit.js';
import { fit } from '../train/fit.js';
import { Progress } from '../train/callbacks/progress.js';
import { openTrainer } from '../train/open-trainer.js';
import type { Trainer } from '../train/trainer.js';
import type { Compiled } from './compile.js';
import { currentRate } from './compile.js';
import { Metrics } from './evaluation.js';
import type { FitSettings } from './fit-settings.js';
import type { History } from './history.js';
import type { Source } from './source.js';
import type { Structure } from './structure.js';
import type { Validation } from './validation.js';

/** What a model hands over to be trained. */
export interface TrainingRequest<M extends CallbackModel> {
  readonly owner: string;
  readonly model: M;
  readonly network: Network;
  readonly structure: Structure;
  readonly compiled: Compiled;
  readonly settings: FitSettings;
  readonly source: Source;
  /** Rows of the first batch of a stream, or the batch size. */
  readonly batchSize: number;
  readonly validation: Validation | undefined;
  readonly history: History;
  /** Of shuffles, dropout and noise, once `onTrainBegin` has run: it may have restored a state. */
  readonly seed: () => number;
  /** The first epoch, once `onTrainBegin` has run: it may have restored a state. */
  readonly firstEpoch: () => number;
  /** Told of the trainer at work, and of its end. */
  readonly onTrainer: (trainer: Trainer | undefined) => void;
  /** Told when callbacks begin to run, and when they have ended. */
  readonly onCalling: (begins: boolean) => void;
  /** Told of every finished epoch, by the index of the next. */
  readonly onFinished: (next: number) => void;
}

/** A call of fit. */
export class Training<M extends CallbackModel> {
  readonly #request: TrainingRequest<M>;
  readonly #metrics: Metrics;
  readonly #callbacks: CallbackList<M>;
  readonly #progress: Progress | undefined;
  #trainer: Trainer | undefined;
  #logs: Logs = {};
  #isDiverged = false;

  constructor(request: TrainingRequest<M>) {
    const { settings, compiled, structure, owner, model } = request;
    const { callbacks, verbose } = settings;
    this.#request = request;
    this.#metrics = new Metrics(`${owner}.compile`, compiled.metrics, structure, compiled.loss);
    this.#callbacks = new CallbackList<M>(callbacks, model, request.onCalling);
    const shown = verbose > 0 && !callbacks.some((callback) => callback instanceof Progress);
    this.#progress = shown ? new Progress() : undefined;
    const params = this.#params();
    for (const callback of callbacks) callback.setParams?.(params);
    this.#progress?.setParams(params);
  }

  #params(): TrainParams {
    const { settings, source, validation } = this.#request;
    const { epochs, initialEpoch, verbose, callbacks, onWarning } = settings;
    const { names } = this.#metrics;
    const metrics = validation ? [...names, ...names.map((name) => `val_${name}`)] : names;
    const explainNaN = (name: string): string | undefined => this.#explainNaN(name);
    const { steps } = source;
    return { epochs, initialEpoch, steps, verbose, metrics, callbacks, onWarning, explainNaN };
  }

  async run(): Promise<void> {
    const { network, settings, batchSize } = this.#request;
    await this.#callbacks.trainBegin(this.#logs);
    const flops = batchSize * network.trainingFlopsPerRow;
    await withTeam({ engine: network.engine, threads: settings.threads, flops }, (team) => this.#train(team));
    await this.#callbacks.trainEnd(this.#logs);
  }

  async #train(team: ThreadTeam | undefined): Promise<void> {
    const { compiled, network, settings, onTrainer } = this.#request;
    this.#trainer = await runInSlices(this.#newTrainer(team), new Yielder(settings.signal));
    onTrainer(this.#trainer);
    try {
      await fit({
        ...{ network, trainer: this.#trainer, signal: settings.signal },
        ...{ maxTimeMs: settings.maxTimeMs, maxSteps: settings.maxSteps },
        batches: () => this.#request.source.epoch(),
        firstEpoch: this.#request.firstEpoch() + 1,
        lastEpoch: settings.epochs,
        rate: () => currentRate(compiled),
        hooks: {
          stopped: () => this.#request.model.stopTraining,
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
      onTrainer(undefined);
    }
  }

  #newTrainer(team: ThreadTeam | undefined): Pieces<Trainer> {
    const { network, compiled, source, batchSize } = this.#request;
    const seed = this.#request.seed();
    const { loss, optimizer, state } = compiled;
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
    const { validation } = this.#request;
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
    const { session } = this.#trainer as Trainer;
    this.#metrics.update(this.#request.source.current(), part, session.predictions(part.length));
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
   * Reports the batch and the epoch in which training has diverged. All values of that epoch but the loss are NaN: the
   * weights that they belong to are gone.
   *
   * @returns true if a callback ends training because of the batch
   */
  async #diverged({ epoch, steps, loss }: EpochReport): Promise<boolean> {
    const { model, compiled, validation } = this.#request;
    // What the optimizer has gathered is no longer finite either.
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
    const { validation, settings, network, model } = this.#request;
    const index = epoch - 1;
    const values = await validation?.run(index, network);
    throwIfAborted(settings.signal);
    this.#logs = { ...sorted(this.#metrics.results(loss)), ...(values && prefixed(sorted(values))) };
    await this.#report(index);
    await this.#callbacks.epochSettled(index, this.#logs);
    return model.stopTraining;
  }

  /** Tells callbacks, progress and history of an epoch. */
  async #report(index: number): Promise<void> {
    const { history, onFinished } = this.#request;
    await this.#callbacks.epochEnd(index, this.#logs);
    this.#progress?.onEpochEnd(index, this.#logs);
    history.record(index, this.#logs);
    onFinished(index + 1);
  }
}

function sorted(values: Logs): Logs {
  return Object.fromEntries(Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function prefixed(values: Logs): Logs {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`val_${name}`, value]));
}
