const MOST_MS = 50;
const MOST_FLOPS = 2e9;

/** What this runtime may have, beside timers, to run something later. */
interface Host {
  /** In Node.js, Deno and Bun. */
  readonly setImmediate?: (callback: () => void) => unknown;
  /** In pages. */
  readonly document?: unknown;
  /** In a browser's workers. */
  readonly importScripts?: unknown;
  readonly MessageChannel?: typeof MessageChannel;
}

/**
 * Lets timers, input and other work of the host run. Browsers delay timers, by 4 ms, and by a second or more in a tab that
 * nobody sees; messages they do not delay.
 */
function breathe(): Promise<void> {
  const { setImmediate, document, importScripts, MessageChannel: Channel } = globalThis as Host;
  return new Promise((resolve) => {
    if (setImmediate) setImmediate(resolve);
    else if ((document ?? importScripts) !== undefined && Channel) afterMessage(new Channel(), resolve);
    else setTimeout(resolve, 0);
  });
}

function afterMessage({ port1, port2 }: MessageChannel, callback: () => void): void {
  port1.onmessage = () => {
    port1.close();
    callback();
  };
  port2.postMessage(undefined);
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
