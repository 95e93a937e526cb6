/**
 * Trains models of the command `train`: progress by epochs, and an interruption at the end of one. Which
 * models are trained is decided in search.ts.
 */
import type { Table } from '../../data/table/table.js';
import type { EpochInfo, MLPOptions } from '../../estimators/options.js';
import type { TableModelOptions } from '../../table/options.js';
import { CliError, EXIT } from '../errors.js';
import type { TableModel, Task } from '../network.js';
import { makeModel } from '../network.js';
import { shortNumber } from '../output.js';
import type { Terminal } from '../terminal.js';

/** What all trainings of a command share. */
export interface Training {
  readonly terminal: Terminal;
  readonly table: Table;
  readonly task: Task;
  readonly options: TableModelOptions;
  readonly threads: number | 'auto' | undefined;
  readonly interruption: Interruption;
}

/** A model that has been trained. */
export interface FitResult {
  readonly model: TableModel;
  /** False if an interruption has ended training before its time. */
  readonly complete: boolean;
}

/**
 * Ends training by SIGINT: the first one at the end of the epoch that is under way, whose model is kept; a
 * second one at once, without a model.
 */
export class Interruption {
  readonly #controller = new AbortController();
  readonly #stopListening: () => void;
  /** True once the user wants to stop. */
  requested = false;
  /** True while epochs are under way. */
  training = false;

  constructor(terminal: Terminal) {
    this.#stopListening = terminal.onSignal('SIGINT', () => {
      const atOnce = this.requested || !this.training;
      this.requested = true;
      if (atOnce) this.abort();
      else terminal.tell('Stopping at the end of this epoch; interrupt again to stop at once.\n');
    });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Ends what is under way. */
  abort(): void {
    this.#controller.abort(new CliError(EXIT.interrupted, 'interrupted, and nothing was saved.'));
  }

  /** From now on, SIGINT ends the process. */
  end(): void {
    this.#stopListening();
  }
}

/** An epoch on the line of progress. */
function epochLine(label: string, { epoch, loss, validationLoss }: EpochInfo, epochs: number): string {
  const held = validationLoss === undefined ? '' : `  held-out loss ${shortNumber(validationLoss, 4)}`;
  return `${label}epoch ${epoch}/${epochs}  loss ${shortNumber(loss, 4)}${held}`;
}

/**
 * Trains a model on a table. An interruption ends training at the end of an epoch.
 *
 * @param label begins the line of progress
 * @throws CliError if it is interrupted before the first epoch has ended
 */
export async function fitModel(
  { terminal, table, task, options, threads, interruption }: Training,
  network: MLPOptions,
  label = '',
): Promise<FitResult> {
  let epochs = 0;
  let ended = false;
  const model = makeModel(task, options, network, (maxIter) => {
    epochs = maxIter;
    interruption.training = true;
  });
  const onEpoch = (info: EpochInfo) => {
    terminal.progress(epochLine(label, info, epochs));
    if (!interruption.requested) return;
    ended = true;
    interruption.abort();
  };
  try {
    await model.fit(table, { signal: interruption.signal, onEpoch, threads });
    return { model, complete: true };
  } catch (error) {
    if (ended && error === interruption.signal.reason) return { model, complete: false };
    throw error;
  } finally {
    interruption.training = false;
    terminal.progress('');
  }
}
