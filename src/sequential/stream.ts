import { describe } from '../check.js';
import { abortReason } from '../yielding.js';
import { ValueError } from '../errors.js';
import { isTypedArray } from '../ndarray.js';
import type { Sample } from './prepare.js';

/** Called once per epoch: the batches of that epoch. */
export type Stream = () => Iterable<Sample> | AsyncIterable<Sample>;

type Batches = Iterator<unknown> | AsyncIterator<unknown>;

/** Batches that a function gives, epoch by epoch. */
export class BatchStream {
  readonly #open: Stream;
  readonly #name: string;
  readonly #signal: AbortSignal | undefined;
  #ahead: { batch: Sample; rest: Batches } | undefined;

  /**
   * @param name what errors call it: 'fit: x'
   * @param signal ends the wait for a batch
   */
  constructor(open: Stream, name: string, signal?: AbortSignal) {
    this.#open = open;
    this.#name = name;
    this.#signal = signal;
  }

  /** The first batch of the next epoch, which remains to be taken. */
  async peek(): Promise<Sample> {
    if (!this.#ahead) {
      const rest = this.#iterator();
      try {
        const { done, value } = await this.#next(rest);
        if (done) throw this.#empty();
        this.#ahead = { batch: this.#sample(value), rest };
      } catch (error) {
        await this.#end(rest).catch(() => {}); // the first error counts
        throw error;
      }
    }
    return this.#ahead.batch;
  }

  /** The batches of an epoch, at most `most`. @throws ValueError if there are none, or if something else comes */
  async *epoch(most = Infinity): AsyncGenerator<Sample> {
    await this.peek();
    const { batch, rest } = this.#ahead!;
    this.#ahead = undefined;
    try {
      yield batch;
      for (let count = 1; count < most; count++) {
        const { done, value } = await this.#next(rest);
        if (done) return;
        yield this.#sample(value);
      }
    } finally {
      await this.#end(rest);
    }
  }

  /** Give back what `peek` has opened. */
  async close(): Promise<void> {
    const ahead = this.#ahead;
    this.#ahead = undefined;
    if (ahead) await this.#end(ahead.rest);
  }

  async #next(rest: Batches): Promise<IteratorResult<unknown>> {
    if (typeof rest.next !== 'function') throw this.#noIterator(`one whose next is ${describe(rest.next)}`);
    const result: unknown = await unlessAborted(Promise.resolve(rest.next()), this.#signal);
    if (isObject(result)) return result as unknown as IteratorResult<unknown>;
    throw this.#noIterator(`one whose next returned ${describe(result)}`);
  }

  /** Tell the source that no more is wanted. An abort ends the wait for its answer: it may still be at its last batch. */
  async #end(rest: Batches): Promise<void> {
    const { return: end } = rest as { return?: unknown };
    if (end === undefined || end === null) return;
    if (typeof end !== 'function') throw this.#noIterator(`one whose return is ${describe(end)}`);
    const ended = Promise.resolve(rest.return!());
    if (this.#signal?.aborted) ended.catch(() => {});
    else await unlessAborted(ended, this.#signal);
  }

  #iterator(): Batches {
    const source = this.#open() as Partial<Iterable<unknown> & AsyncIterable<unknown>> | undefined | null;
    const begin: unknown = source?.[Symbol.asyncIterator] ?? source?.[Symbol.iterator];
    if (typeof begin !== 'function') {
      throw new ValueError(
        `${this.#name}: the function must return an iterable or async iterable of [x, y] batches, but returned ${describe(source)}.`,
      );
    }
    const iterator: unknown = begin.call(source);
    if (isObject(iterator)) return iterator as unknown as Batches;
    throw this.#noIterator(describe(iterator));
  }

  #noIterator(received: string): ValueError {
    return new ValueError(
      `${this.#name}: the iterable must give an iterator with next and results { done, value }, but gave ${received}.`,
    );
  }

  #sample(value: unknown): Sample {
    if (Array.isArray(value) && (value.length === 2 || value.length === 3)) return value as unknown as Sample;
    const received = Array.isArray(value) ? `an array of ${value.length}` : describe(value);
    throw new ValueError(
      `${this.#name}: a batch must be [x, y] or [x, y, sampleWeight], but received ${received}.`,
    );
  }

  #empty(): ValueError {
    return new ValueError(`${this.#name}: expected at least 1 batch per epoch, but the iterable gave none.`);
  }
}

/**
 * Refuse iterables of batches that are given as data, and say that a function is needed.
 *
 * @throws ValueError for iterators, iterables but arrays, and arrays of [x, y] batches
 */
export function refuseBatches(owner: string, x: unknown): void {
  if (typeof x !== 'object' || x === null || isTypedArray(x)) return;
  if (Array.isArray(x)) {
    if (!isBatch(x[0])) return;
    throw new ValueError(
      `${owner}: an array is data, but x is an array of [x, y] batches; for batches give a function that returns them, such as () => batches.`,
    );
  }
  const iterates = Symbol.iterator in x || Symbol.asyncIterator in x;
  if ('shape' in x || !iterates) return;
  throw new ValueError(
    `${owner}: x must be data or a function that returns batches, but received ${describe(x)}; give a function that returns it, since it is called once per epoch.`,
  );
}

/** True for two or three arrays that cannot be rows of one array: their shapes differ. */
function isBatch(value: unknown): boolean {
  if (!Array.isArray(value) || (value.length !== 2 && value.length !== 3)) return false;
  const [x, y] = value.map(leadingShape);
  return x !== undefined && y !== undefined && x.join() !== y.join();
}

/** The shape that the first elements have; undefined for what is no array. */
function leadingShape(value: unknown): readonly number[] | undefined {
  if (isTypedArray(value)) return [value.length];
  if (!Array.isArray(value)) {
    const shape = (value as { readonly shape?: unknown } | null | undefined)?.shape;
    return Array.isArray(shape) ? (shape as number[]) : undefined;
  }
  const shape: number[] = [];
  for (let level: unknown = value; shape.length < 8 && (Array.isArray(level) || isTypedArray(level));) {
    shape.push(level.length);
    level = level[0];
  }
  return shape;
}

/** What a promise resolves to, or the reason of the signal if that comes first. */
function unlessAborted<T>(promise: PromiseLike<T>, signal: AbortSignal | undefined): PromiseLike<T> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(abortReason(signal) as Error);
    const settled = (): void => signal.removeEventListener('abort', abort);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).then(settled, settled);
  });
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
