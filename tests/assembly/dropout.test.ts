import { describe, expect, test } from 'vitest';
import { expectSameBits } from '../helpers/allclose.js';
import { padded } from '../helpers/panels.js';
import { dropoutMask, dropoutNumbers, hash, rowStream, word } from '../helpers/random.js';
import { Seeded } from '../helpers/seeded.js';
import type { PlacedMatrix } from '../helpers/wasm.js';
import { GuardedMemory, VARIANTS } from '../helpers/wasm.js';

const KEY = 0xdeadbeef;

interface Drawn {
  readonly rows: number;
  readonly columns: number;
  readonly key?: number;
  readonly firstRow?: number;
  readonly inPlace?: boolean;
}

/** Calls a random kernel on (rows, columns) of x; guard bands are checked on the way. */
function draw(
  memory: GuardedMemory,
  kernel: 'dropout' | 'gaussianNoise',
  x: ArrayLike<number>,
  { rows, columns, key = KEY, firstRow = 0, inPlace = false }: Drawn,
  parameters: readonly number[],
): PlacedMatrix {
  memory.reset();
  const width = padded(columns);
  const from = memory.matrix({ rows, columns, width, gap: 8 }, x);
  const to = inPlace ? from : memory.matrix({ rows, columns, width });
  const keys = memory.put(Int32Array.of(key, firstRow));
  const places = [to.offset, to.stride, from.offset, from.stride, 0, rows, width];
  memory.kernels[kernel](...places, keys.offset, ...parameters);
  memory.expectGuards(`${kernel}, ${rows} rows of ${columns}`);
  return to;
}

describe.each(VARIANTS)('dropout, %s,', (variant) => {
  const memory = new GuardedMemory(variant);
  const run = (x: ArrayLike<number>, drawn: Drawn, rate: number): PlacedMatrix => {
    const threshold = Math.floor(rate * 65536 + 0.5);
    return draw(memory, 'dropout', x, drawn, [threshold, 1 / (1 - rate)]);
  };

  test('keeps what the generator in plain integers keeps, scaled, and 0 in the padding', () => {
    for (const columns of [1, 3, 8, 9, 17, 61]) {
      for (const rate of [0, 0.1, 0.5, 0.9]) {
        const rows = 7;
        const x = new Seeded(columns).floats(rows * columns);
        const mask = dropoutMask(KEY, rows, columns, rate);
        const scale = Math.fround(1 / (1 - rate));
        const y = run(x, { rows, columns }, rate);
        const expected = x.map((value, i) => (mask[i] ? value * scale : 0));
        expectSameBits(y.get(), expected, `${columns} columns, rate ${rate}`);
        const padding = y.get(columns, padded(columns)).map((value) => value + 0);
        expectSameBits(padding, new Float32Array(padding.length), 'padding');
      }
    }
  });

  test('keeps a number that equals its threshold, and drops the next smaller one', () => {
    const [rows, columns] = [3, 17];
    const x = new Float32Array(rows * columns).fill(1);
    for (const [i, number] of dropoutNumbers(KEY, rows, columns).entries()) {
      const kept = [number, number + 1].map((threshold) => {
        return draw(memory, 'dropout', x, { rows, columns }, [threshold, 1]).get()[i];
      });
      expect(kept).toEqual([1, 0]);
    }
  });

  test('draws the same for a row whatever rows come with it, and in place', () => {
    const x = new Float32Array(9 * 17).fill(1);
    const all = run(x, { rows: 9, columns: 17 }, 0.5).get();
    expectSameBits(run(x, { rows: 9, columns: 17, inPlace: true }, 0.5).get(), all, 'in place');
    const part = run(x.subarray(0, 4 * 17), { rows: 4, columns: 17, firstRow: 5 }, 0.5).get();
    expectSameBits(part, all.subarray(5 * 17), 'rows from 5 on');
  });

  test('drops the share that it is asked for, and independently by row, column and key', () => {
    const [rows, columns] = [400, 64];
    const x = new Float32Array(rows * columns).fill(1);
    const masks = [1, 2].map((key) => run(x, { rows, columns, key }, 0.3).get().map(Math.sign));
    const share = (values: Float32Array) => values.reduce((a, b) => a + b, 0) / values.length;
    for (const mask of masks) {
      expect(Math.abs(share(mask) - 0.7)).toBeLessThan(0.01);
      const shifted = (by: number) => mask.slice(by).map((kept, i) => kept * mask[i]);
      for (const by of [1, 4, 8, columns]) expect(Math.abs(share(shifted(by)) - 0.49)).toBeLessThan(0.015);
    }
    const both = masks[0].map((kept, i) => kept * masks[1][i]);
    expect(Math.abs(share(both) - 0.49)).toBeLessThan(0.015);
  });
});

describe.each(VARIANTS)('gaussianNoise, %s,', (variant) => {
  const memory = new GuardedMemory(variant);
  const noise = (drawn: Drawn, deviation = 1): Float32Array => {
    const x = new Float32Array(drawn.rows * drawn.columns);
    return draw(memory, 'gaussianNoise', x, drawn, [deviation]).get();
  };

  test('is Box and Muller of the generator in plain integers, within 1e-5', () => {
    const [rows, columns] = [5, 17];
    noise({ rows, columns }).forEach((actual, i) => {
      const column = i % columns;
      const stream = rowStream(KEY, Math.floor(i / columns));
      const [u, v] = [stream, hash(stream ^ 0x68bc21eb)].map((s) => {
        return ((word(s, column - (column % 4), column % 4) >>> 8) + 0.5) / 2 ** 24;
      });
      const exact = Math.sqrt(-2 * Math.log(u)) * Math.sin(2 * Math.PI * v);
      expect(Math.abs(actual - exact)).toBeLessThan(1e-5 * Math.max(1, Math.abs(exact)));
    });
  });

  test('has the moments of a normal distribution', () => {
    const values = noise({ rows: 500, columns: 200 }, 2);
    const moment = (power: number) => values.reduce((sum, z) => sum + (z / 2) ** power, 0) / values.length;
    expect(Math.abs(moment(1))).toBeLessThan(0.01);
    expect(Math.abs(moment(2) - 1)).toBeLessThan(0.015);
    expect(Math.abs(moment(3))).toBeLessThan(0.04);
    expect(Math.abs(moment(4) - 3)).toBeLessThan(0.1);
  });

  test('draws the same for a row whatever rows come with it', () => {
    const all = noise({ rows: 9, columns: 17 });
    const part = noise({ rows: 4, columns: 17, firstRow: 5 });
    expectSameBits(part, all.subarray(5 * 17), 'rows from 5 on');
  });

  test('is added to the input', () => {
    const x = new Seeded(3).floats(3 * 9);
    const drawn = { rows: 3, columns: 9 };
    const added = noise(drawn, 0.5);
    for (const inPlace of [false, true]) {
      const y = draw(memory, 'gaussianNoise', x, { ...drawn, inPlace }, [0.5]).get();
      const expected = x.map((value, i) => value + added[i]);
      expectSameBits(y, expected, `in place: ${inPlace}`);
    }
  });
});
