const MOST_MS = 50;
const MOST_FLOPS = 2e9;

type Immediate = (callback: () => void) => unknown;

/** Lets timers, input and other work of the host run. */
function breathe(): Promise<void> {
  const immediate = (globalThis as { setImmediate?: Immediate }).setImmediate;
  return new Promise((resolve) => {
    if (immediate) immediate(resolve);
    else setTimeout(resolve, 0);
  });
}

/** What a promise resolves to, or the reason of the signal if that comes first. */
export function unlessAborted<T>(promise: PromiseLike<T>, signal: AbortSignal | undefined): PromiseLike<T> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    const settled = (): void => signal.removeEventListener('abort', abort);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).then(settled, settled);
  });
}

/** Decides when training gives way to the host: after 50 ms or 2 GFLOP, whichever comes first. */
export class Yielder {
  #since: number;
  #flops = 0;

  constructor() {
    this.#since = performance.now();
  }

  /** Count the work of a step; true when it is time to `rest`. */
  due(flops: number): boolean {
    this.#flops += flops;
    return this.#flops >= MOST_FLOPS || performance.now() - this.#since >= MOST_MS;
  }

  async rest(): Promise<void> {
    await breathe();
    this.#since = performance.now();
    this.#flops = 0;
  }
}
