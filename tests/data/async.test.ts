import {
  LabelBinarizer,
  LabelEncoder,
  MinMaxScaler,
  OneHotEncoder,
  RobustScaler,
  StandardScaler,
} from 'lamella';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { sortedInPieces } from '../../src/data/scalers/robust.js';
import { runAtOnce } from '../../src/yielding.js';
import { abortAfter, asText, countTurns, hastenClock } from '../helpers/event-loop.js';
import { Seeded } from '../helpers/seeded.js';

afterEach(() => vi.restoreAllMocks());

interface AnyTransformer {
  fit(x: unknown): unknown;
  transform(x: unknown): unknown;
  fitTransform(x: unknown): unknown;
  transformAsync(x: unknown, options?: object): Promise<unknown>;
  fitTransformAsync(x: unknown, options?: object): Promise<unknown>;
  toJSON(): unknown;
}

const seeded = new Seeded(9);
const ROWS = 45000;
const numbers = { data: seeded.floats(ROWS * 4, 3), shape: [ROWS, 4] };
const labels = Array.from({ length: ROWS }, (_, i) => `label ${(i * 7) % 5}`);
const cells = labels.map((label, i) => [label, i % 3]);

const transformers: [string, () => AnyTransformer, unknown, unknown][] = [
  ['StandardScaler', () => new StandardScaler(), numbers, { ...numbers, shape: [2 * ROWS, 2] }],
  ['MinMaxScaler', () => new MinMaxScaler({ clip: true }), numbers, { ...numbers, shape: [2 * ROWS, 2] }],
  ['RobustScaler', () => new RobustScaler(), numbers, { ...numbers, shape: [2 * ROWS, 2] }],
  ['LabelEncoder', () => new LabelEncoder() as AnyTransformer, labels, [...labels, 'another']],
  ['LabelBinarizer', () => new LabelBinarizer() as AnyTransformer, labels, labels.map(() => [1, 2])],
  ['OneHotEncoder', () => new OneHotEncoder() as AnyTransformer, cells, [...cells, ['another', 1]]],
];

describe.each(transformers)('%s', (_name, make, x, refused) => {
  test('transformAsync and fitTransformAsync give what the synchronous calls give', async () => {
    const sync = make();
    const expected = asText(sync.fitTransform(x));
    const fitted = make();
    const both = await countTurns(() => fitted.fitTransformAsync(x, { threads: 2 }));
    expect(asText(both.result) === expected).toBe(true);
    expect(asText(fitted)).toBe(asText(sync));
    const again = await countTurns(() => fitted.transformAsync(x));
    expect(asText(again.result) === expected).toBe(true);
    expect(Math.min(both.turns, again.turns)).toBeGreaterThan(2);
  });

  test('end with the reason of their signal; what was learned before stays', async () => {
    const transformer = make();
    transformer.fit(x);
    const before = asText(transformer);
    for (const method of ['transformAsync', 'fitTransformAsync'] as const) {
      hastenClock();
      await expect(transformer[method](x, { signal: abortAfter(0) })).rejects.toBe('now');
      vi.restoreAllMocks();
    }
    expect(asText(transformer)).toBe(before);
  });

  test('reject what the synchronous calls refuse', async () => {
    const transformer = make();
    await expect(transformer.transformAsync(x)).rejects.toThrow('transformAsync needs a fitted');
    transformer.fit(x);
    let refusal: unknown;
    try {
      transformer.transform(refused);
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toBeInstanceOf(Error);
    await expect(transformer.transformAsync(refused)).rejects.toEqual(refusal);
    await expect(transformer.fitTransformAsync(x, { sginal: 1 })).rejects.toThrow("did you mean 'signal'");
  });
});

test('numbers are sorted in pieces as at once, zeros of both signs included', () => {
  const values = Float64Array.from(seeded.floats(430000), (value, i) => (i % 50 === 0 ? -0 : value));
  const expected = values.slice().sort();
  const sorted = runAtOnce(sortedInPieces(values.slice()));
  expect(Buffer.from(sorted.buffer).equals(Buffer.from(expected.buffer))).toBe(true);
  for (const length of [0, 1, 200000, 200001]) {
    const some = values.slice(0, length);
    expect(runAtOnce(sortedInPieces(some.slice()))).toHaveLength(length);
  }
});
