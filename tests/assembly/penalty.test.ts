import { describe, expect, test } from 'vitest';
import { RecordWord } from '../../src/engine/generated/abi.js';
import { expectSameBits } from '../helpers/allclose.js';
import { multiplyAddOf } from '../helpers/chain.js';
import { Seeded } from '../helpers/seeded.js';
import { GuardedMemory, VARIANTS } from '../helpers/wasm.js';

const { fround } = Math;
const LENGTHS = [0, 4, 8, 20, 1048];

/** The record of a parameter, with what is not given NaN. */
function recordOf(values: Partial<Record<keyof typeof RecordWord, number>>): Float32Array<ArrayBuffer> {
  const record = new Float32Array(RecordWord.end).fill(NaN);
  for (const [name, value] of Object.entries(values)) {
    record[RecordWord[name as keyof typeof RecordWord]] = value;
  }
  return record;
}

describe.each(VARIANTS)('with %s kernels', (variant) => {
  const memory = new GuardedMemory(variant);

  const sum = (kernel: 'sumSquares' | 'sumMagnitudes', values: Float32Array<ArrayBuffer>): number => {
    memory.reset();
    const out = memory.doubles(1);
    const x = memory.put(values);
    memory.kernels[kernel](out.offset, x.offset, values.length);
    memory.expectGuards(`${kernel} of ${values.length}`);
    return out.get()[0];
  };

  test('sumSquares adds in float64, squares by twos, then four sums of them, in a fixed order', () => {
    for (const length of LENGTHS) {
      const values = new Seeded(length).floats(length, 100);
      const sums = [0, 0, 0, 0];
      for (let i = 0; i < length; i += 4) {
        const [a, b, c, d] = values.subarray(i, i + 4);
        sums[(i % 8) / 2] += a * a + c * c;
        sums[(i % 8) / 2 + 1] += b * b + d * d;
      }
      expect(sum('sumSquares', values)).toBe(sums[0] + sums[2] + (sums[1] + sums[3]));
    }
  });

  test('sumMagnitudes adds in float64, four lanes in a fixed order', () => {
    for (const length of LENGTHS) {
      const values = new Seeded(length).floats(length, 100);
      const lanes = [0, 0, 0, 0];
      values.forEach((value, i) => (lanes[i % 4] += Math.abs(value)));
      expect(sum('sumMagnitudes', values)).toBe(lanes[0] + lanes[2] + (lanes[1] + lanes[3]));
    }
  });

  test.each([
    ['sumSquares', (x: number) => x * x],
    ['sumMagnitudes', Math.abs],
  ] as const)('%s neither overflows nor loses NaN', (kernel, term) => {
    expect(sum(kernel, new Float32Array(4).fill(3e38))).toBe(4 * term(fround(3e38)));
    expect(sum(kernel, Float32Array.of(1, 2, NaN, 4))).toBeNaN();
  });

  test('regularize adds l2 · w + l1 · sign(w) to the gradient', () => {
    const madd = multiplyAddOf(memory, variant);
    const [l2, l1] = [0.3, 0.07].map(fround);
    for (const length of LENGTHS) {
      const seeded = new Seeded(length + 1);
      const [g, w] = [seeded.floats(length), seeded.floats(length)];
      memory.reset();
      const gradient = memory.put(g);
      const weight = memory.put(w);
      const record = memory.put(recordOf({ l2, l1 }));
      memory.kernels.regularize(gradient.offset, weight.offset, length, record.offset);
      memory.expectGuards(`${length} values`);
      const expected = g.map((value, i) => fround(madd(l2, w[i], value) + l1 * Math.sign(w[i])));
      expectSameBits(gradient.get(), expected, `${length} values`);
      expectSameBits(weight.get(), w, 'the weight');
    }
  });

  test('adjust scales and clips the gradient, and decays the weight', () => {
    for (const length of LENGTHS) {
      const seeded = new Seeded(length + 2);
      const [g, w] = [seeded.floats(length), seeded.floats(length)];
      if (length > 4) g.set([NaN, Infinity, -Infinity, -0]);
      for (const clipValue of [0.25, Infinity]) {
        memory.reset();
        const gradient = memory.put(g);
        const weight = memory.put(w);
        const record = memory.put(recordOf({ gradientFactor: 0.75, clipValue, keep: 0.875 }));
        memory.kernels.adjust(gradient.offset, weight.offset, length, record.offset);
        memory.expectGuards(`${length} values`);
        const clipped = g.map((value) => Math.min(Math.max(fround(value * 0.75), -clipValue), clipValue));
        expectSameBits(gradient.get(), clipped, `clipped at ${clipValue}`);
        expectSameBits(
          weight.get(),
          w.map((value) => value * 0.875),
          'the weight',
        );
      }
    }
  });

  test('normFactor is the limit by the norm of all sums of squares where that is larger, else 1', () => {
    const factor = (sums: number[], limit: number): number => {
      memory.reset();
      const out = memory.floats(1);
      const given = memory.put(Float64Array.from(sums));
      memory.kernels.normFactor(out.offset, given.offset, sums.length, limit);
      memory.expectGuards('normFactor');
      return out.get()[0];
    };
    expect(factor([9, 16], 2)).toBe(fround(0.4));
    expect(factor([9, 16], 5)).toBe(1);
    expect(factor([9, 16], 6)).toBe(1);
    expect(factor([], 1)).toBe(1);
    expect(factor([0], 1)).toBe(1);
    expect(factor([1e300], 3)).toBe(fround(3e-150));
    expect(factor([Infinity], 3)).toBe(0);
  });

  test('the penalty of activities, and its gradient, follow their formulas in every row', () => {
    const [l1, l2] = [0.125, 0.0625];
    const scale = fround(1 / 3);
    for (const columns of [1, 3, 4, 9]) {
      for (const rows of [0, 1, 5]) {
        const seeded = new Seeded(columns);
        const y = seeded.floats(rows * columns);
        const d = seeded.floats(rows * columns);
        memory.reset();
        const out = memory.doubles(1);
        const output = memory.matrix({ rows, columns }, y);
        const delta = memory.matrix({ rows, columns, gap: 8 }, d);
        memory.kernels.activityPenalty(out.offset, output.offset, output.stride, rows, columns, l1, l2);
        memory.kernels.activityGradient(
          ...[delta.offset, delta.stride, output.offset, output.stride, rows, columns],
          ...[l1, l2, scale],
        );
        memory.expectGuards(`${rows} rows of ${columns}`);
        expect(out.get()[0]).toBe(y.reduce((s, v) => s + (l1 * Math.abs(v) + l2 * v * v), 0));
        const expected = d.map((value, i) => {
          const slope = fround(l1 * Math.sign(y[i]) + fround(2 * l2 * y[i]));
          return fround(value + fround(scale * slope));
        });
        expectSameBits(delta.get(), expected, `${rows} rows of ${columns}`);
      }
    }
  });
});
