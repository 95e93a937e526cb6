import { init, type MLPClassifier, ndarray, toNested } from 'lamella';
import type { ArrayInput, MLPOptions, NdArray } from 'lamella';
import { beforeAll, describe, expect, test } from 'vitest';
import { blobs, small, trained, visible } from './blobs.js';
import { bits } from './goldens.js';

const { x, y } = blobs();
const flat = x.flat();

/** Zero-based CSR rows of nested arrays. */
function csr(rows: number[][]): ArrayInput {
  const stored = rows.map((row) => row.flatMap((value, column) => (value === 0 ? [] : [{ value, column }])));
  const indptr = [0];
  for (const row of stored) indptr.push(indptr.at(-1)! + row.length);
  const all = stored.flat();
  return {
    data: all.map(({ value }) => value),
    indices: all.map(({ column }) => column),
    indptr,
    shape: [rows.length, rows[0].length],
  };
}

/** As the ndarray package has it: every other element of every other row, backwards. */
function strided(rows: number[][]): ArrayInput {
  const [count, width] = [rows.length, rows[0].length];
  const data = new Float64Array(4 * count * width);
  const stride = [-4 * width, -2];
  const offset = data.length - 1;
  rows.forEach((row, i) => {
    row.forEach((value, j) => {
      data[offset + i * stride[0] + j * stride[1]] = value;
    });
  });
  return { data, shape: [count, width], stride, offset };
}

/** A view that follows a resizable buffer. */
function resizable(values: number[]): Float32Array {
  const length = 4 * values.length;
  const Resizable = ArrayBuffer as unknown as new (n: number, options: object) => ArrayBuffer;
  const view = new Float32Array(new Resizable(length, { maxByteLength: 4 * length }));
  view.set(values);
  return view;
}

const kinds: Record<string, ArrayInput> = {
  'nested arrays': x,
  'rows of Float32Array': x.map((row) => Float32Array.from(row)),
  'rows of Float64Array': x.map((row) => Float64Array.from(row)),
  'an NdArray of float32': { data: Float32Array.from(flat), shape: [60, 4] },
  'an NdArray of float64': ndarray(Float64Array.from(flat), [60, 4]),
  'an NdArray of rank 3': ndarray(Float64Array.from(flat), [60, 2, 2]),
  'an NdArray of int16 with a scale': {
    data: Int16Array.from(flat, (value) => value * 16),
    shape: [60, 4],
    scale: 1 / 16,
  },
  'CSR rows': csr(x),
  'an object of the ndarray package': strided(x),
  'a resizable buffer': { data: resizable(flat), shape: [60, 4] },
  'part of a buffer': {
    data: Float32Array.from([9, 9, 9, ...flat, 9]).subarray(3, 243),
    shape: Object.freeze([60, 4]),
  },
};

describe.each(['base', 'relaxed'] as const)('%s', (variant) => {
  let reference: MLPClassifier;

  beforeAll(async () => {
    await init({ variant });
    reference = await trained();
  });

  describe('the same bits', () => {
    test.each(Object.keys(kinds))('from %s', async (kind) => {
      const classifier = await small().fit(kinds[kind], y);
      expect(bits(classifier)).toBe(bits(reference));
      expect(classifier.predictProba(kinds[kind])).toEqual(reference.predictProba(x));
      expect(classifier.predict(kinds[kind])).toEqual(reference.predict(x));
      expect(classifier.score(kinds[kind], y)).toBe(reference.score(x, y));
    });

    test.each([undefined, 1 / 255, 0.1, 1 / 3, 0.0078125, 1.7e-5])(
      'from bytes of scale %d as from floats',
      async (scale) => {
        const bytes = Uint8Array.from(flat, (_, i) => (i * 37) % 256);
        const shape = [60, 4];
        const floats = Float32Array.from(bytes, (byte) => byte * (scale ?? 1));
        const fromFloats = await small().fit({ data: floats, shape }, y);
        const given: NdArray<Uint8Array | Uint8ClampedArray>[] = [
          { data: bytes, shape, scale },
          { data: Uint8ClampedArray.from(bytes), shape, scale },
          { data: Buffer.from(bytes), shape, scale },
        ];
        for (const rows of given) {
          const fromBytes = await small().fit(rows, y);
          expect(bits(fromBytes)).toBe(bits(fromFloats));
          expect(fromBytes.predictProba(rows)).toEqual(fromFloats.predictProba({ data: floats, shape }));
          expect(fromFloats.predictProba(rows)).toEqual(fromFloats.predictProba({ data: floats, shape }));
        }
      },
    );

    test.each([1, 2, 7, 59, 60])('for rows alone, or %d at a time', (count) => {
      const whole = toNested(reference.predictProba(x)) as number[][];
      const parts: number[][] = [];
      for (let i = 0; i < x.length; i += count) {
        parts.push(...(toNested(reference.predictProba(x.slice(i, i + count))) as number[][]));
      }
      expect(parts).toEqual(whole);
    });

    test('for rows among hundreds', () => {
      const many = Array.from({ length: 500 }, (_, i) => x[(i * 7) % 60]);
      const alone = toNested(reference.predictProba(x)) as number[][];
      const among = toNested(reference.predictProba(many)) as number[][];
      expect(among).toEqual(many.map((_, i) => alone[(i * 7) % 60]));
    });

    test.each<MLPOptions>([
      {},
      { solver: 'sgd', batchSize: 7, activation: 'tanh' },
      { earlyStopping: true, validationFraction: 0.3, batchSize: 13 },
      { hiddenLayerSizes: [], shuffle: false },
    ])('from the same seed: %j', async (options) => {
      const [one, two] = [await trained(options), await trained(options)];
      expect(visible(two)).toEqual(visible(one));
      await one.fit(x, y);
      expect(visible(one)).toEqual(visible(two));
      expect(bits(await trained({ ...options, randomState: 2 }))).not.toBe(bits(one));
    });
  });
});

describe('labels', () => {
  const names = ['zebra', 'Ärger', '🦓'];
  test.each<[string, unknown, unknown[]]>([
    ['strings', y.map((k) => names[k]), ['zebra', 'Ärger', '🦓']],
    ['strings beyond 16 bits', y.map((k) => ['\u{1F993}', '\uFFFD', 'a'][k]), ['a', '\uFFFD', '\u{1F993}']],
    ['numbers', y.map((k) => [10, 9, -1][k]), [-1, 9, 10]],
    ['a typed array', Int8Array.from(y, (k) => -k), [-2, -1, 0]],
    ['bytes', Buffer.from(y), [0, 1, 2]],
    ['rows of one', y.map((k) => [names[k]]), ['zebra', 'Ärger', '🦓']],
    ['an NdArray (n)', ndarray(Float32Array.from(y)), [0, 1, 2]],
    ['an NdArray (n, 1)', ndarray(Uint8Array.from(y), [60, 1]), [0, 1, 2]],
    ['an NdArray with a scale', { data: Uint8Array.from(y), shape: [60], scale: 3 }, [0, 3, 6]],
    [
      'a view backwards',
      { data: Int32Array.from(y).reverse(), shape: [60], stride: [-1], offset: 59 },
      [0, 1, 2],
    ],
    ['booleans', y.map((k) => k > 0), [false, true]],
  ])('%s', async (_kind, labels, classes) => {
    const classifier = await small({ maxIter: 60, learningRateInit: 0.1 }).fit(x, labels as never);
    expect(classifier.classes).toEqual(classes);
    const predicted = classifier.predict(x);
    expect(predicted.every((label) => classes.includes(label))).toBe(true);
    expect(new Set(predicted)).toEqual(new Set(classes));
    expect(classifier.score(x, labels as never)).toBeGreaterThan(0.9);
    expect(classifier.predictProba(x).shape).toEqual([60, classes.length]);
  });
});
