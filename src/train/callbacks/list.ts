import type { Callback, CallbackModel, Logs } from './types.js';

type Awaitable = void | Promise<void>;

/** The callbacks of a fit, called one after the other; a promise only when there is something to wait for. */
export class CallbackList<M extends CallbackModel> {
  readonly #callbacks: readonly Callback<M>[];
  readonly #model: M;
  readonly #calling: (begins: boolean) => void;
  /** Whether any of them looks at batches. */
  readonly watchesBatches: boolean;

  /** @param calling told when callbacks begin to run, and when they have ended */
  constructor(callbacks: readonly Callback<M>[], model: M, calling: (begins: boolean) => void) {
    this.#callbacks = callbacks;
    this.#model = model;
    this.#calling = calling;
    this.watchesBatches = callbacks.some(({ onBatchEnd }) => onBatchEnd !== undefined);
  }

  trainBegin(logs: Logs): Awaitable {
    return this.#each((callback) => callback.onTrainBegin?.(logs, this.#model));
  }

  epochBegin(index: number, logs: Logs): Awaitable {
    return this.#each((callback) => callback.onEpochBegin?.(index, logs, this.#model));
  }

  batchEnd(index: number, logs: Logs): Awaitable {
    return this.#each((callback) => callback.onBatchEnd?.(index, logs, this.#model));
  }

  epochEnd(index: number, logs: Logs): Awaitable {
    return this.#each((callback) => callback.onEpochEnd?.(index, logs, this.#model));
  }

  epochSettled(index: number, logs: Logs): Awaitable {
    return this.#each((callback) => callback.onEpochSettled?.(index, logs, this.#model));
  }

  trainEnd(logs: Logs): Awaitable {
    return this.#each((callback) => callback.onTrainEnd?.(logs, this.#model));
  }

  #each(call: (callback: Callback<M>) => Awaitable): Awaitable {
    this.#calling(true);
    let waiting = false;
    try {
      const rest = this.#from(0, call);
      waiting = rest !== undefined;
      return rest?.finally(() => this.#calling(false));
    } finally {
      if (!waiting) this.#calling(false);
    }
  }

  #from(begin: number, call: (callback: Callback<M>) => Awaitable): Promise<void> | undefined {
    for (let i = begin; i < this.#callbacks.length; i++) {
      const result: unknown = call(this.#callbacks[i]);
      if (isThenable(result)) return Promise.resolve(result).then(() => this.#from(i + 1, call));
    }
    return undefined;
  }
}

function isThenable(value: unknown): value is PromiseLike<void> {
  return typeof (value as PromiseLike<void> | undefined)?.then === 'function';
}
