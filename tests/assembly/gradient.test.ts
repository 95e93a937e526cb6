import { describe, expect, test } from 'vitest';
import { expectClose, expectSameBits, typicalSum } from '../helpers/allclose.js';
import { chain, emulation, multiplyAddOf } from '../helpers/chain.js';
import { fromPanels, PANEL, padded, panelPadding } from '../helpers/panels.js';
import { addOuterProducts, columnSums } from '../helpers/reference.js';
import type { LayerShape } from '../helpers/shapes.js';
import { deltas, FEW_LAYERS, inputs, LAYERS, ROWS } from '../helpers/shapes.js';
import { GuardedMemory, VARIANTS } from '../helpers/wasm.js';

/** Deep layers take the rows that matter to tiles and row blocks. */
const rowsOf = (depth: number): number[] => (depth < 1024 ? ROWS : [1, 5, 31, 200, 257, 600]);

type Range = readonly [begin: number, end: number];

/** Weight gradient as panels. Guard bands and the padding are checked on the way. */
function gradient(
  memory: GuardedMemory,
  rows: number,
  { depth, units }: LayerShape,
  pieces: readonly Range[] = [[0, padded(units) / PANEL]],
): Float32Array {
  const what = `${rows} rows, depth ${depth}, ${units} units`;
  memory.reset();
  const g = memory.floats(depth * padded(units));
  const x = memory.matrix({ rows, columns: depth }, inputs(rows, depth));
  const delta = memory.matrix({ rows, columns: units, width: padded(units) }, deltas(rows, units));
  for (const [begin, end] of pieces) {
    memory.kernels.denseGradient(
      ...[g.offset, x.offset, x.stride, delta.offset, delta.stride, rows, depth, begin, end, 1],
    );
  }
  memory.expectGuards(what);
  return g.get();
}

const expected = new Map<LayerShape, Map<number, Float64Array>>();

/** Row-major gradients of a layer after every number of rows that is tested. */
function references(layer: LayerShape): Map<number, Float64Array> {
  const { depth, units } = layer;
  let sums = expected.get(layer);
  if (!sums) {
    sums = new Map();
    const most = Math.max(...ROWS);
    const sum = new Float64Array(depth * units);
    let done = 0;
    for (const rows of rowsOf(depth)) {
      addOuterProducts(sum, inputs(most, depth), deltas(most, units), units, [done, rows]);
      sums.set(rows, sum.slice());
      done = rows;
    }
    expected.set(layer, sums);
  }
  return sums;
}

describe.each(VARIANTS)('denseGradient, %s,', (variant) => {
  const memory = new GuardedMemory(variant);

  test('is as close to float64 as rounding allows, at every shape, and 0 in the padding', () => {
    for (const layer of LAYERS) {
      const { depth, units } = layer;
      for (const [rows, reference] of references(layer)) {
        const what = `${rows} rows, depth ${depth}, ${units} units`;
        const panels = gradient(memory, rows, layer);
        const size = typicalSum(rows, inputs(rows, depth), deltas(rows, units));
        expectClose(fromPanels(panels, depth, units), reference, what, { terms: rows, size });
        const padding = panelPadding(panels, depth, units);
        expectSameBits(padding.map(Math.abs), new Float32Array(padding.length), `padding, ${what}`);
      }
    }
  });

  test('adds one row after the other, whatever the tile and the block of rows', () => {
    const madd = multiplyAddOf(memory, variant);
    for (const rows of [1, 14, 257, 600]) {
      for (const { depth, units } of FEW_LAYERS) {
        const x = inputs(rows, depth);
        const delta = deltas(rows, units);
        const what = `${rows} rows, depth ${depth}, ${units} units`;
        const emulated = emulation(madd, what, () =>
          Float32Array.from({ length: depth * units }, (_, i) => {
            const [k, unit] = [Math.floor(i / units), i % units];
            return chain(
              madd,
              0,
              rows,
              (row) => x[row * depth + k],
              (row) => delta[row * units + unit],
            );
          }),
        );
        const actual = fromPanels(gradient(memory, rows, { depth, units }), depth, units);
        expectSameBits(actual, emulated, what);
      }
    }
  });

  test('gives the same bits in pieces of panels, in any order', () => {
    const layer = { depth: 97, units: 61 };
    const pieces: Range[] = [
      [5, 8],
      [0, 1],
      [1, 5],
    ];
    expectSameBits(gradient(memory, 257, layer, pieces), gradient(memory, 257, layer), 'pieces');
  });

  test('writes only the panels that it is asked for', () => {
    const panels = gradient(memory, 7, { depth: 13, units: 61 }, [[2, 3]]);
    const written = Array.from({ length: 8 }, (_, p) => !Number.isNaN(panels[p * 13 * PANEL]));
    expect(written).toEqual([false, false, true, false, false, false, false, false]);
  });

  test('goes on from the gradient that is there, row by row, for a batch in parts', () => {
    const [depth, units] = [13, 17];
    for (const rows of [5, 300, 600]) {
      const whole = gradient(memory, rows, { depth, units });
      memory.reset();
      const g = memory.floats(whole.length);
      const x = memory.matrix({ rows, columns: depth }, inputs(rows, depth));
      const delta = memory.matrix({ rows, columns: units, width: padded(units) }, deltas(rows, units));
      const part = (begin: number, end: number, fresh: number): void => {
        const places = [
          x.offset + begin * x.stride,
          x.stride,
          delta.offset + begin * delta.stride,
          delta.stride,
        ];
        memory.kernels.denseGradient(
          g.offset,
          ...places,
          end - begin,
          depth,
          0,
          padded(units) / PANEL,
          fresh,
        );
      };
      part(0, 3, 1);
      part(3, 4, 0);
      part(4, rows, 0);
      memory.expectGuards(`${rows} rows`);
      expectSameBits(g.get(), whole, `${rows} rows`);
    }
  });

  test('reads nothing beyond its operands', () => {
    const [rows, depth, units] = [5, 13, 8];
    const run = (last: 'x' | 'delta'): void => {
      memory.reset();
      const g = memory.floats(depth * units);
      const place = (name: string, values: Float32Array) =>
        name === last ? memory.putAtEnd(values) : memory.put(values);
      const first = place(
        last === 'x' ? 'delta' : 'x',
        last === 'x' ? deltas(rows, units) : inputs(rows, depth),
      );
      const second = place(last, last === 'x' ? inputs(rows, depth) : deltas(rows, units));
      const [x, delta] = last === 'x' ? [second, first] : [first, second];
      memory.kernels.denseGradient(
        ...[g.offset, x.offset, 4 * depth, delta.offset, 4 * units, rows, depth, 0, 1, 1],
      );
    };
    expect(() => run('x')).not.toThrow();
    expect(() => run('delta')).not.toThrow();
  });
});

describe.each(VARIANTS)('columnSums, %s,', (variant) => {
  const memory = new GuardedMemory(variant);

  const sums = (rows: number, units: number): Float32Array => {
    memory.reset();
    const out = memory.floats(padded(units));
    const delta = memory.matrix({ rows, columns: units, width: padded(units) }, deltas(rows, units));
    memory.kernels.columnSums(out.offset, delta.offset, delta.stride, rows, padded(units) / PANEL, 1);
    memory.expectGuards(`${rows} rows, ${units} units`);
    return out.get();
  };

  test('adds the rows in order, 0 in the padding, at every shape', () => {
    for (const rows of [0, ...ROWS]) {
      for (const units of [1, 7, 8, 9, 10, 17, 61]) {
        const what = `${rows} rows, ${units} units`;
        const delta = deltas(rows, units);
        const inOrder = new Float32Array(padded(units));
        for (let i = 0; i < delta.length; i++) inOrder[i % units] += delta[i];
        const actual = sums(rows, units);
        expectSameBits(actual, inOrder, what);
        const size = typicalSum(rows, delta, [1]);
        expectClose(actual.slice(0, units), columnSums(delta, rows, units), what, { terms: rows, size });
      }
    }
  });

  test('goes on from the sums that are there', () => {
    memory.reset();
    const out = memory.floats(16);
    const delta = memory.matrix({ rows: 31, columns: 16 }, deltas(31, 16));
    memory.kernels.columnSums(out.offset, delta.offset, delta.stride, 7, 2, 1);
    memory.kernels.columnSums(out.offset, delta.offset + 7 * delta.stride, delta.stride, 24, 2, 0);
    const inParts = out.get();
    expectSameBits(inParts, sums(31, 16), 'sums');
  });
});
