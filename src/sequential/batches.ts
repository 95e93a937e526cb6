/**
 * The batches of an epoch of `fit`: cut from arrays in an order of their own for every pass, or taken from an
 * iterable that a function of the caller returns, which is opened, awaited, aborted and closed here.
 */
import { describe } from '../check.js';
import { ValueError } from '../errors.js';
import { isTypedArray } from '../ndarray.js';
import { ascending, RandomState } from '../random.js';
import type { Batch } from '../network/feed.js';
import { inBatches } from '../network/feed.js';
import type { Batches } from '../train/fit.js';
import type { Pieces, Yielder } from '../yielding.js';
import { abortReason, runAtOnce, runInSlices } from '../yielding.js';
import type { Prepared, Sample } from './data.js';

/** Gives the batches of an epoch. */
export interface Source {
  /** Steps of an epoch; undefined if they are unknown. */
  readonly steps: number | undefined;
  /** The data set that all batches are part of, if there is one. */
  readonly whole: Prepared | undefined;
  /** The data that the present batch was taken from. */
  current(): Prepared;
  epoch(yielder: Yielder): Batches | Promise<Batches>;
}

export interface ArraySourceOptions {
  readonly batchSize: number;
  readonly shuffle: boolean;
  readonly stepsPerEpoch: number | undefined;
  /** Seed of the shuffles. It may be another when training begins: that of a restored state. */
  readonly seed: () => number;
  /**
   * Steps taken so far. They decide the order: training that is resumed goes on as if it had never stopped.
   */
  readonly steps: () => number;
}

/** Batches of arrays: an order of the rows for every pass. */
export function arraySource(prepared: Prepared, options: ArraySourceOptions): Source {
  const { batchSize, shuffle, stepsPerEpoch, seed, steps } = options;
  const { rows, dataset } = prepared;
  function* pass(): Pieces<Generator<Batch>> {
    const order = ascending(rows);
    if (shuffle) yield* new RandomState(orderSeed(seed(), steps())).shuffleInPieces(order);
    return inBatches(dataset, order, batchSize);
  }
  const shared = { whole: prepared, current: () => prepared };
  if (stepsPerEpoch === undefined) {
    return {
      ...shared,
      steps: Math.ceil(rows / batchSize),
      epoch: (yielder) => runInSlices(pass(), yielder),
    };
  }
  let present: Generator<Batch> | undefined;
  function* some(): Generator<Batch> {
    for (let step = 0; step < (stepsPerEpoch as number); step++) {
      present ??= runAtOnce(pass());
      let next = present.next();
      if (next.done) {
        present = runAtOnce(pass());
        next = present.next();
      }
      yield next.value as Batch;
    }
  }
  return { ...shared, steps: stepsPerEpoch, epoch: some };
}

/** Batches of a stream, each a data set of its own. */
export function streamSource(
  stream: BatchStream,
  stepsPerEpoch: number | undefined,
  prepared: (sample: Sample) => Prepared,
): Source {
  let current: Prepared;
  async function* epoch(): AsyncGenerator<Batch> {
    for await (const sample of stream.epoch(stepsPerEpoch)) {
      current = prepared(sample);
      yield { dataset: current.dataset, rows: ascending(current.rows) };
    }
  }
  return { steps: stepsPerEpoch, whole: undefined, current: () => current, epoch };
}

/** A function that is called once per epoch and returns the batches of that epoch. */
export type Stream = () => Iterable<Sample> | AsyncIterable<Sample>;

type BatchIterator = Iterator<unknown> | AsyncIterator<unknown>;

/** The batches that a function of the caller gives, epoch by epoch. */
export class BatchStream {
  readonly #open: Stream;
  readonly #name: string;
  readonly #signal: AbortSignal | undefined;
  #ahead: { batch: Sample; rest: BatchIterator } | undefined;

  /**
   * @param name what errors call it: 'fit: x'
   * @param signal ends the wait for a batch
   */
  constructor(open: Stream, name: string, signal?: AbortSignal) {
    this.#open = open;
    this.#name = name;
    this.#signal = signal;
  }

  /** The first batch of the next epoch, without taking it. */
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

  /**
   * The batches of an epoch, at most `max`.
   *
   * @throws ValueError if there are none, and for anything but batches
   */
  async *epoch(max = Infinity): AsyncGenerator<Sample> {
    await this.peek();
    const { batch, rest } = this.#ahead!;
    this.#ahead = undefined;
    try {
      yield batch;
      for (let count = 1; count < max; count++) {
        const { done, value } = await this.#next(rest);
        if (done) return;
        yield this.#sample(value);
      }
    } finally {
      await this.#end(rest);
    }
  }

  /** Closes the iterable that `peek` has opened. */
  async close(): Promise<void> {
    const ahead = this.#ahead;
    this.#ahead = undefined;
    if (ahead) await this.#end(ahead.rest);
  }

  async #next(rest: BatchIterator): Promise<IteratorResult<unknown>> {
    if (typeof rest.next !== 'function') throw this.#noIterator(`one whose next is ${describe(rest.next)}`);
    const result: unknown = await unlessAborted(Promise.resolve(rest.next()), this.#signal);
    if (isObject(result)) return result as unknown as IteratorResult<unknown>;
    throw this.#noIterator(`one whose next returned ${describe(result)}`);
  }

  /**
   * Tells the source that no more is wanted. An abort ends the wait for its answer: it may still be at its
   * last batch.
   */
  async #end(rest: BatchIterator): Promise<void> {
    const { return: end } = rest as { return?: unknown };
    if (end === undefined || end === null) return;
    if (typeof end !== 'function') throw this.#noIterator(`one whose return is ${describe(end)}`);
    const ended = Promise.resolve(rest.return!());
    if (this.#signal?.aborted) ended.catch(() => {});
    else await unlessAborted(ended, this.#signal);
  }

  #iterator(): BatchIterator {
    const source = this.#open() as Partial<Iterable<unknown> & AsyncIterable<unknown>> | undefined | null;
    const begin: unknown = source?.[Symbol.asyncIterator] ?? source?.[Symbol.iterator];
    if (typeof begin !== 'function') {
      throw new ValueError(
        `${this.#name}: the function must return an iterable or async iterable of [x, y] batches, but returned ${describe(source)}.`,
      );
    }
    const iterator: unknown = begin.call(source);
    if (isObject(iterator)) return iterator as unknown as BatchIterator;
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
 * Refuses iterables of batches that are given as data, and says that a function is needed.
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

/** True for two or three arrays of different shapes, which cannot be rows of one array. */
function isBatch(value: unknown): boolean {
  if (!Array.isArray(value) || (value.length !== 2 && value.length !== 3)) return false;
  const [x, y] = value.map(leadingShape);
  return x !== undefined && y !== undefined && x.join() !== y.join();
}

/** The shape by the first elements; undefined for anything but an array. */
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

/** Settles as a promise does, or rejects with the signal's reason if that comes first. */
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

/**
 * A seed for the order of the rows from a model's seed and the number of steps taken (finalizer of
 * MurmurHash3).
 */
function orderSeed(seed: number, step: number): number {
  let x = Math.imul(seed ^ 0x5bd1e995, 0x9e3779b1) ^ step;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}
