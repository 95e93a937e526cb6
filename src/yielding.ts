/**
 * Yielding to the event loop: asynchronous calls compute in slices of about 25 ms, between which timers,
 * input and other work of the host run. Not for waiting: a pause ends as soon as it can.
 */

/** Milliseconds of a slice. */
const SLICE_MS = 25;

/** Floating-point operations of a slice, for runtimes whose clock stands still while they compute. */
const SLICE_FLOPS = 2e9;

/**
 * Milliseconds that a slice may take at most where the last step already shows how long the next one will
 * take.
 */
const MAX_SLICE_MS = 45;

/** Functions beside timers by which this runtime may run something later. */
interface Host {
  /** Defined in Node.js, Deno and Bun. */
  readonly setImmediate?: (callback: () => void) => unknown;
  /** Defined in pages. */
  readonly document?: unknown;
  /** Defined in workers of browsers. */
  readonly importScripts?: unknown;
  readonly MessageChannel?: typeof MessageChannel;
}

/**
 * Lets timers, input and other work of the host run. Browsers delay timers, by 4 ms, and by a second or more
 * in a hidden tab; they do not delay messages.
 */
function nextTurn(): Promise<void> {
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

/**
 * Milliseconds after which a rest no longer waits for the one before: its turn may never come (timers mocked
 * in a test).
 */
const STUCK_MS = 1000;

/**
 * The last rest, and when it was asked for. Each begins when the one before has ended: one slice per turn of
 * the host.
 */
let lastRest: Promise<void> = Promise.resolve();
let restSince = 0;

/**
 * When the host last had its turn, by `performance.now()`; work that follows other work counts from there.
 */
let lastTurn = 0;

/** Floating-point operations since then. */
let flopsSinceTurn = 0;

/**
 * Decides when a computation gives way to the host: after 25 ms or 2 GFLOP, whichever comes first, since the
 * host's last turn, so that many short computations in a row give way too.
 *
 * @example
 * const yielder = new Yielder(signal);
 * for (const part of parts) {
 *   compute(part);
 *   if (yielder.due()) await yielder.rest();
 * }
 */
export class Yielder {
  readonly #signal: AbortSignal | undefined;
  #last: number;

  /** Rests reject with the reason of `signal` once it is aborted. */
  constructor(signal?: AbortSignal) {
    this.#signal = signal;
    this.#last = performance.now();
  }

  /**
   * True when it is time to `rest`. Call it after every piece of work, with the piece's floating-point
   * operations if they are known. Pieces that take long by themselves end a slice early, so that the next one
   * does not overrun it.
   */
  due(flops = 0): boolean {
    flopsSinceTurn += flops;
    const now = performance.now();
    // A clock that runs backwards is one that a test has replaced.
    if (now < lastTurn) lastTurn = now;
    const [slice, piece] = [now - lastTurn, now - this.#last];
    this.#last = now;
    // A clock that went back was replaced, as tests do: it tells nothing of the host's last turn.
    return slice < 0 || slice >= SLICE_MS || slice + piece >= MAX_SLICE_MS || flopsSinceTurn >= SLICE_FLOPS;
  }

  /** Resolves when the host has had its turn. @throws the reason of the signal, if it is aborted by then */
  async rest(): Promise<void> {
    const now = performance.now();
    const turn = now - restSince > STUCK_MS ? nextTurn() : lastRest.then(nextTurn);
    [lastRest, restSince] = [turn, now];
    await turn;
    this.#last = lastTurn = performance.now();
    flopsSinceTurn = 0;
    throwIfAborted(this.#signal);
  }

  /** @throws the reason of the signal, if it is aborted */
  throwIfAborted(): void {
    throwIfAborted(this.#signal);
  }

  /** `rest` if it is `due`. In a loop of many short pieces, ask `due` first: it makes no promise. */
  async pause(flops?: number): Promise<void> {
    if (this.due(flops)) await this.rest();
  }
}

/**
 * A computation that yields after every piece of work, with the piece's floating-point operations if they are
 * worth counting, and returns its result. Pieces take a few milliseconds at most. Written once, it runs at
 * once (`runAtOnce`) or in slices (`runInSlices`), with the same result.
 */
export type Pieces<T> = Generator<number | undefined, T, void>;

/** The result of a computation, computed without a pause. */
export function runAtOnce<T>(pieces: Pieces<T>): T {
  let next = pieces.next();
  while (!next.done) next = pieces.next();
  return next.value;
}

/**
 * The result of a computation that gives way to the host between its pieces.
 *
 * @throws the reason of the yielder's signal, once it is aborted; the computation is then closed, and its
 *   `finally` runs
 */
export async function runInSlices<T>(pieces: Pieces<T>, yielder: Yielder): Promise<T> {
  yielder.throwIfAborted();
  for (let next = pieces.next(); ; next = pieces.next()) {
    if (next.done) return next.value;
    if (!yielder.due(next.value ?? 0)) continue;
    try {
      await yielder.rest();
    } catch (error) {
      pieces.return(undefined as never);
      throw error;
    }
  }
}

/** Values that a piece of `ranges` has: well below a millisecond's work. */
export const PIECE_VALUES = 65536;

/** Floating-point operations that a value read or written in TypeScript counts as. */
const FLOPS_PER_VALUE = 16;

/**
 * A loop in pieces: calls `body` with consecutive ranges [begin, end) of `count` items.
 *
 * @param values how many values an item has that are read or written
 */
export function* ranges(
  count: number,
  values: number,
  body: (begin: number, end: number) => void,
): Pieces<void> {
  const size = Math.max(1, Math.floor(PIECE_VALUES / Math.max(1, values)));
  for (let begin = 0; begin < count; begin += size) {
    const end = Math.min(begin + size, count);
    body(begin, end);
    if (end < count) yield FLOPS_PER_VALUE * values * (end - begin);
  }
}

/**
 * Throws the reason of a signal that is aborted. By its members alone: polyfills and signals of other
 * libraries have no `throwIfAborted`, and some no `reason`.
 */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw abortReason(signal);
}

/** The reason of an aborted signal; an AbortError where it has none. */
export function abortReason(signal: AbortSignal): unknown {
  return (signal.reason as unknown) ?? new DOMException('This operation was aborted', 'AbortError');
}
