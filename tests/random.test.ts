import { describe, expect, test } from 'vitest';
import { ascending, freshSeed, RandomState, toRandomState } from '../src/random.js';

const RANDINT_SEED_5 = [3, 78, 701, 887852006, 1562238070];
const WORD_2001_SEED_3 = 1207683059;
const NORMALS_SEED_0 = [
  1.764052345967664, 0.4001572083672233, 0.9787379841057392, 2.240893199201458, 1.8675579901499675,
  -0.977277879876411, 0.9500884175255894,
];
const HASH_SEED_9 = 3783689470;

// Reference values: numpy 1.24.2, numpy.random.RandomState(seed).
describe('RandomState equals numpy.random.RandomState', () => {
  test('the first word of four seeds', () => {
    const firsts = [0, 1, 42, 4294967295].map((seed) => new RandomState(seed).u32());
    expect(firsts).toEqual([2357136044, 1791095845, 1608637542, 419326371]);
  });

  test('uniform doubles', () => {
    const random = new RandomState(42);
    const values = [0, 0, 0].map(() => random.uniform(-0.5, 0.5));
    expect(values).toEqual([-0.1254598811526375, 0.45071430640991617, 0.2319939418114051]);
  });

  test('a permutation of 0..9', () => {
    expect([...new RandomState(42).permutation(10)]).toEqual([8, 1, 5, 0, 7, 2, 9, 4, 3, 6]);
  });

  test('a choice without replacement', () => {
    expect(new RandomState(7).choice([4, 8, 15, 16, 23, 42], 3)).toEqual([16, 42, 4]);
  });

  test('randint over several ranges', () => {
    const random = new RandomState(5);
    const values = [10, 100, 1000, 2 ** 31 - 1, 2 ** 32].map((high) => random.randint(0, high));
    expect(values).toEqual(RANDINT_SEED_5);
  });

  test('the word after more than one twist', () => {
    const random = new RandomState(3);
    for (let i = 0; i < 2000; i++) random.u32();
    expect(random.u32()).toBe(WORD_2001_SEED_3);
  });

  test('standard normals, in pairs', () => {
    const random = new RandomState(0);
    for (const expected of NORMALS_SEED_0) expect(random.standardNormal()).toBeCloseTo(expected, 14);
  });

  test('a long permutation', () => {
    const order = new RandomState(9).permutation(60000);
    let hash = 0;
    for (const index of order) hash = (Math.imul(hash, 31) + index) >>> 0;
    expect(hash).toBe(HASH_SEED_9);
  });
});

describe('RandomState', () => {
  test('bounded(0) draws nothing', () => {
    const random = new RandomState(1);
    expect(random.bounded(0)).toBe(0);
    expect(random.u32()).toBe(1791095845);
  });

  test('bounded(2^32 - 1) is a whole word', () => {
    expect(new RandomState(0).bounded(0xffffffff)).toBe(2357136044);
  });

  test('shuffles lists of strings and typed arrays alike', () => {
    const words = ['a', 'b', 'c', 'd', 'e'];
    const numbers = ascending(5);
    new RandomState(2).shuffle(words);
    new RandomState(2).shuffle(numbers);
    expect(words.join('')).toBe([...numbers].map((i) => 'abcde'[i]).join(''));
    expect([...numbers]).not.toEqual([0, 1, 2, 3, 4]);
  });

  test('permutation copies a list and leaves it alone', () => {
    const list = [5, 6, 7, 8];
    const copy = new RandomState(1).permutation(list);
    expect(list).toEqual([5, 6, 7, 8]);
    expect([...copy].sort()).toEqual([5, 6, 7, 8]);
  });

  test('goes on from an exported state, spare normal included', () => {
    const random = new RandomState(11);
    for (let i = 0; i < 700; i++) random.u32();
    random.standardNormal();
    const copy = RandomState.fromState(random.getState());
    expect(copy.standardNormal()).toBe(random.standardNormal());
    for (let i = 0; i < 1000; i++) expect(copy.u32()).toBe(random.u32());
  });

  test('an exported state is a copy', () => {
    const random = new RandomState(11);
    const state = random.getState();
    const first = random.u32();
    expect(RandomState.fromState(state).u32()).toBe(first);
  });

  test.each([-1, 4294967296, 0.5, NaN])('refuses the seed %s', (seed) => {
    expect(() => new RandomState(seed)).toThrow(
      `A seed must be an integer from 0 to 4294967295, but received ${seed}.`,
    );
  });

  test('refuses a state of the wrong size', () => {
    const state = { key: new Uint32Array(3), position: 0, spareNormal: null };
    expect(() => RandomState.fromState(state)).toThrow('but received 3 words and position 0.');
  });
});

describe('toRandomState', () => {
  test('an integer is a new generator each time, an instance is shared', () => {
    expect(toRandomState(4).u32()).toBe(toRandomState(4).u32());
    const shared = new RandomState(4);
    expect(toRandomState(shared)).toBe(shared);
  });

  test('nothing is a fresh seed', () => {
    expect(toRandomState(undefined).u32()).not.toBe(toRandomState(null).u32());
    expect(freshSeed()).toBeGreaterThanOrEqual(0);
  });
});
