import { describe, expect, test } from 'vitest';
import { expectClose, expectSameBits, typicalSum } from '../helpers/allclose.js';
import { chain, multiplyAddOf } from '../helpers/chain.js';
import { padded, toPanels } from '../helpers/panels.js';
import { product, transpose } from '../helpers/reference.js';
import type { LayerShape } from '../helpers/shapes.js';
import { deltas, FEW_LAYERS, LAYERS, MOST_ROWS, ROWS, weights } from '../helpers/shapes.js';
import { GuardedMemory, VARIANTS } from '../helpers/wasm.js';

type Range = readonly [begin: number, end: number];

interface Options {
  readonly delta?: Float32Array;
  /** Calls in order, each for the inputs [begin, end). Default: one for all. */
  readonly pieces?: readonly Range[];
}

/** dx (rows, depth). Guard bands are checked on the way; scratch is exactly as long as it has to be. */
function inputGradient(
  memory: GuardedMemory,
  rows: number,
  { depth, units }: LayerShape,
  { delta = deltas(rows, units), pieces = [[0, depth]] }: Options = {},
): Float32Array {
  memory.reset();
  const dx = memory.matrix({ rows, columns: depth });
  const matrix = memory.matrix({ rows, columns: units, width: padded(units) }, delta);
  const panels = memory.put(toPanels(weights(depth, units), depth, units));
  const deltaT = memory.floats(padded(rows) * units);
  const scratch = memory.floats(24 * padded(rows));
  const { transposeDelta, denseInputGradient } = memory.kernels;
  transposeDelta(deltaT.offset, matrix.offset, matrix.stride, rows, units);
  for (const [begin, end] of pieces) {
    denseInputGradient(
      ...[dx.offset, dx.stride, panels.offset, deltaT.offset, scratch.offset],
      ...[rows, depth, units, begin, end, 0, 0],
    );
  }
  memory.expectGuards(`${rows} rows, depth ${depth}, ${units} units`);
  return dx.get();
}

const expected = new Map<LayerShape, Float64Array>();

function reference(layer: LayerShape): Float64Array {
  const { depth, units } = layer;
  let dx = expected.get(layer);
  if (!dx) {
    const turned = transpose(weights(depth, units), depth, units);
    dx = product(deltas(MOST_ROWS, units), turned, [MOST_ROWS, units, depth]);
    expected.set(layer, dx);
  }
  return dx;
}

describe.each(VARIANTS)('denseInputGradient, %s,', (variant) => {
  const memory = new GuardedMemory(variant);

  test('is as close to float64 as rounding allows, at every depth and number of units', () => {
    for (const layer of LAYERS) {
      const { depth, units } = layer;
      const size = typicalSum(units, deltas(MOST_ROWS, 61), weights(2050, 1));
      const what = `depth ${depth}, ${units} units`;
      const closeness = { terms: units, size };
      expectClose(inputGradient(memory, MOST_ROWS, layer), reference(layer), what, closeness);
    }
  });

  test('gives a row the same bits whatever the number of rows', () => {
    const shapes = LAYERS.filter(({ depth, units }) => depth < 1024 || units === 61);
    for (const layer of shapes) {
      const all = inputGradient(memory, MOST_ROWS, layer);
      for (const rows of ROWS) {
        const what = `${rows} rows, depth ${layer.depth}, ${layer.units} units`;
        expectSameBits(inputGradient(memory, rows, layer), all.subarray(0, rows * layer.depth), what);
      }
    }
  });

  test('gives a row alone the bits that it has among others', () => {
    for (const layer of FEW_LAYERS) {
      const { depth, units } = layer;
      const all = inputGradient(memory, 200, layer);
      for (const row of [0, 1, 7, 8, 198, 199]) {
        const delta = deltas(200, units).subarray(row * units, (row + 1) * units);
        const alone = inputGradient(memory, 1, layer, { delta });
        expectSameBits(alone, all.subarray(row * depth, (row + 1) * depth), `row ${row}, depth ${depth}`);
      }
    }
  });

  test('adds one unit after the other from 0, at every shape', () => {
    const madd = multiplyAddOf(memory, variant);
    const rows = 9;
    for (const { depth, units } of LAYERS) {
      const delta = deltas(rows, units);
      const w = weights(depth, units);
      const emulated = Float32Array.from({ length: rows * depth }, (_, i) => {
        const [row, k] = [Math.floor(i / depth), i % depth];
        return chain(
          madd,
          0,
          units,
          (unit) => w[k * units + unit],
          (unit) => delta[row * units + unit],
        );
      });
      expectSameBits(
        inputGradient(memory, rows, { depth, units }),
        emulated,
        `depth ${depth}, ${units} units`,
      );
    }
  });

  test('gives the same bits in pieces of inputs that begin at multiples of 4', () => {
    const cases: [LayerShape, Range[]][] = [
      [
        { depth: 97, units: 61 },
        [
          [92, 97],
          [0, 4],
          [4, 52],
          [52, 92],
        ],
      ],
      [
        { depth: 2050, units: 17 },
        [
          [0, 1024],
          [1024, 2048],
          [2048, 2050],
        ],
      ],
    ];
    for (const [layer, pieces] of cases) {
      for (const rows of [1, 8, 31]) {
        const whole = inputGradient(memory, rows, layer);
        expectSameBits(inputGradient(memory, rows, layer, { pieces }), whole, `${rows} rows`);
      }
    }
  });

  test('writes only the inputs that it is asked for', () => {
    for (const rows of [1, 3, 9]) {
      const dx = inputGradient(memory, rows, { depth: 97, units: 9 }, { pieces: [[8, 37]] });
      const wanted = Array.from(dx, (_, i) => i % 97 >= 8 && i % 97 < 37);
      expect(Array.from(dx, (value) => !Number.isNaN(value))).toEqual(wanted);
    }
  });

  test('touches nothing without rows', () => {
    expect(inputGradient(memory, 0, { depth: 5, units: 9 })).toHaveLength(0);
  });
});

describe.each(VARIANTS)('transposeDelta, %s,', (variant) => {
  const memory = new GuardedMemory(variant);

  test('groups rows by eight and fills the last group with zeros', () => {
    for (const rows of [1, 2, 7, 8, 9, 16, 31]) {
      for (const units of [1, 7, 8, 9, 61]) {
        memory.reset();
        const delta = memory.matrix({ rows, columns: units }, deltas(rows, units));
        const deltaT = memory.floats(padded(rows) * units);
        memory.kernels.transposeDelta(deltaT.offset, delta.offset, delta.stride, rows, units);
        const what = `${rows} rows, ${units} units`;
        memory.expectGuards(what);
        const grouped = Float32Array.from({ length: padded(rows) * units }, (_, i) => {
          const row = 8 * Math.floor(i / (8 * units)) + (i % 8);
          const unit = Math.floor(i / 8) % units;
          return row < rows ? deltas(rows, units)[row * units + unit] : 0;
        });
        expectSameBits(deltaT.get(), grouped, what);
      }
    }
  });
});
