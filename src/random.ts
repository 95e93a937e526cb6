/**
 * RandomState: numpy's legacy generator (MT19937), draw for draw, for weights, shuffles and splits on the
 * host. Random numbers inside kernels are counter-based and come from assembly/random.ts.
 */
import { UnsupportedError, ValueError } from './errors.js';
import { log } from './math.js';
import type { Pieces } from './yielding.js';
import { ranges } from './yielding.js';

/** Anything with a length and writable numbered elements. */
export interface MutableSequence<T> {
  readonly length: number;
  [index: number]: T;
}

/** State from which a generator continues where it stopped. Plain data, fit for a checkpoint. */
export interface RandomStateData {
  /** 624 words of the Mersenne Twister. */
  readonly key: Uint32Array;
  /** Words already given out, 0 to 624. */
  readonly position: number;
  /** The second normal of the last pair, if it has not been given out. */
  readonly spareNormal: number | null;
}

const WORDS = 624;
const SHIFT = 397;

/**
 * numpy's legacy generator, `numpy.random.RandomState(seed)`: the same numbers, draw for draw.
 *
 * Generator: MT19937, M. Matsumoto and T. Nishimura, "Mersenne Twister", ACM TOMACS 8 (1998).
 * Bounded integers: masked rejection. Shuffle: Fisher-Yates from the end. Normals: Marsaglia's polar method.
 */
export class RandomState {
  #key = new Uint32Array(WORDS);
  #position = WORDS;
  #spareNormal: number | null = null;

  /** @param seed integer, 0 to 4294967295 */
  constructor(seed: number) {
    if (!Number.isInteger(seed) || seed < 0 || seed > 0xffffffff) {
      throw new ValueError(`A seed must be an integer from 0 to 4294967295, but received ${String(seed)}.`);
    }
    const key = this.#key;
    key[0] = seed;
    for (let i = 1; i < WORDS; i++) {
      const previous = key[i - 1] ^ (key[i - 1] >>> 30);
      key[i] = Math.imul(1812433253, previous) + i;
    }
  }

  /** A generator that goes on where `getState` was called. */
  static fromState(state: RandomStateData): RandomState {
    const random = new RandomState(0);
    random.setState(state);
    return random;
  }

  /** A copy of the state. */
  getState(): RandomStateData {
    return { key: this.#key.slice(), position: this.#position, spareNormal: this.#spareNormal };
  }

  /** Go on from a state that `getState` returned. */
  setState(state: RandomStateData): void {
    const { key, position, spareNormal } = state;
    const sound = key.length === WORDS && Number.isInteger(position) && position >= 0 && position <= WORDS;
    if (!sound) {
      throw new ValueError(
        `A random state must have 624 words and a position from 0 to 624, but received ${key.length} words and position ${position}.`,
      );
    }
    this.#key = Uint32Array.from(key);
    this.#position = position;
    this.#spareNormal = spareNormal;
  }

  /** A uniform integer, 0 to 2^32 - 1. */
  u32(): number {
    if (this.#position === WORDS) this.#twist();
    let y = this.#key[this.#position++];
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  }

  #twist(): void {
    const key = this.#key;
    for (let i = 0; i < WORDS; i++) {
      const next = i + 1 < WORDS ? i + 1 : 0;
      const far = i < WORDS - SHIFT ? i + SHIFT : i + SHIFT - WORDS;
      const y = (key[i] & 0x80000000) | (key[next] & 0x7fffffff);
      key[i] = key[far] ^ (y >>> 1) ^ (-(y & 1) & 0x9908b0df);
    }
    this.#position = 0;
  }

  /** A uniform double in [0, 1) with 53 random bits. Two words. */
  double(): number {
    const high = this.u32() >>> 5;
    const low = this.u32() >>> 6;
    return (high * 67108864 + low) / 9007199254740992;
  }

  /** A uniform double in [low, high). */
  uniform(low: number, high: number): number {
    return low + (high - low) * this.double();
  }

  /** A uniform integer, 0 to `max` inclusive; 0 <= max < 2^32. `max` = 0 draws nothing. */
  bounded(max: number): number {
    if (max === 0) return 0;
    const mask = 0xffffffff >>> Math.clz32(max);
    let value = (this.u32() & mask) >>> 0;
    while (value > max) value = (this.u32() & mask) >>> 0;
    return value;
  }

  /** A uniform integer, `low` to `high` - 1; high - low <= 2^32. */
  randint(low: number, high: number): number {
    return low + this.bounded(high - low - 1);
  }

  /** Shuffle an array in place. */
  shuffle<T>(sequence: MutableSequence<T>): void {
    this.#shuffleDown(sequence, sequence.length - 1, 0);
  }

  /** `shuffle` in pieces. */
  shuffleInPieces<T>(sequence: MutableSequence<T>): Pieces<void> {
    const last = sequence.length - 1;
    return ranges(last, 1, (begin, end) => this.#shuffleDown(sequence, last - begin, last - end));
  }

  /** The places from `first` down to `last`, exclusive. */
  #shuffleDown<T>(sequence: MutableSequence<T>, first: number, last: number): void {
    for (let i = first; i > last; i--) {
      const j = this.bounded(i);
      const moved = sequence[i];
      sequence[i] = sequence[j];
      sequence[j] = moved;
    }
  }

  /** 0 to n - 1 in random order; or a shuffled copy of a list. */
  permutation(n: number): Int32Array;
  permutation(list: Int32Array): Int32Array;
  permutation<T>(list: ArrayLike<T>): T[];
  permutation<T>(source: number | Int32Array | ArrayLike<T>): Int32Array | T[] {
    if (typeof source === 'object' && !(source instanceof Int32Array)) {
      const copy = Array.from(source);
      this.shuffle(copy);
      return copy;
    }
    const order = typeof source === 'number' ? ascending(source) : source.slice();
    this.shuffle(order);
    return order;
  }

  /** `count` elements of a list without replacement, in random order. Draws for the whole list. */
  choice<T>(list: ArrayLike<T>, count: number): T[] {
    const order = this.permutation(list.length);
    return Array.from(order.subarray(0, count), (index) => list[index]);
  }

  /** A standard normal double: mean 0, standard deviation 1. Marsaglia's polar method, two at a time. */
  standardNormal(): number {
    if (this.#spareNormal !== null) {
      const spare = this.#spareNormal;
      this.#spareNormal = null;
      return spare;
    }
    let x: number;
    let y: number;
    let square: number;
    do {
      x = 2 * this.double() - 1;
      y = 2 * this.double() - 1;
      square = x * x + y * y;
    } while (square >= 1 || square === 0);
    const factor = Math.sqrt((-2 * log(square)) / square);
    this.#spareNormal = factor * x;
    return factor * y;
  }
}

/** 0, 1, ... n - 1. */
export function ascending(n: number): Int32Array {
  const list = new Int32Array(n);
  for (let i = 0; i < n; i++) list[i] = i;
  return list;
}

/** Integer hash "lowbias32" (Wellons, 2018), as kernels with random numbers use it. */
export function hash(x: number): number {
  x ^= x >>> 16;
  x = Math.imul(x, 0x7feb352d);
  x ^= x >>> 15;
  x = Math.imul(x, 0x846ca68b);
  return x ^ (x >>> 16);
}

/** A seed from the runtime's source of randomness. Never called at import or construction. */
export function freshSeed(): number {
  const source = globalThis.crypto;
  if (typeof source?.getRandomValues !== 'function') {
    throw new UnsupportedError(
      'A fresh seed needs crypto.getRandomValues, which this runtime lacks; give an integer seed or randomState.',
    );
  }
  return source.getRandomValues(new Uint32Array(1))[0];
}

/**
 * The generator that a `randomState` option stands for: an integer is a new generator each time it is
 * consulted, a `RandomState` is shared and goes on, nothing is a fresh seed.
 */
export function toRandomState(randomState: number | RandomState | null | undefined): RandomState {
  if (randomState instanceof RandomState) return randomState;
  return new RandomState(randomState ?? freshSeed());
}
