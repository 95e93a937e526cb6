import { describe, expect, test } from 'vitest';
import { expectClose, expectSameBits, typicalSum } from '../helpers/allclose.js';
import { chain, multiplyAddOf } from '../helpers/chain.js';
import { PANEL, padded, toPanels } from '../helpers/panels.js';
import { product } from '../helpers/reference.js';
import type { LayerShape } from '../helpers/shapes.js';
import { biases, FEW_LAYERS, inputs, LAYERS, MOST_ROWS, ROWS, weights } from '../helpers/shapes.js';
import { GuardedMemory, VARIANTS } from '../helpers/wasm.js';

interface Options {
  readonly x?: Float32Array;
  readonly low?: number;
  /** Calls in order, each for the panels [begin, end). Default: one for all. */
  readonly pieces?: readonly (readonly [begin: number, end: number])[];
}

/** Outputs (rows, units) of the kernel. Guard bands and the padding are checked on the way. */
function forward(
  memory: GuardedMemory,
  rows: number,
  { depth, units }: LayerShape,
  { x, low = -Infinity, pieces }: Options = {},
): Float32Array {
  const what = `${rows} rows, depth ${depth}, ${units} units`;
  const width = padded(units);
  memory.reset();
  const y = memory.matrix({ rows, columns: units, width });
  const matrix = memory.matrix({ rows, columns: depth }, x ?? inputs(rows, depth));
  const panels = memory.put(toPanels(weights(depth, units), depth, units));
  const bias = memory.put(biases(units));
  for (const [begin, end] of pieces ?? [[0, width / PANEL]]) {
    memory.kernels.denseForward(
      ...[y.offset, y.stride, matrix.offset, matrix.stride, panels.offset, bias.offset],
      ...[rows, depth, begin, end, low],
    );
  }
  memory.expectGuards(what);
  if (!x && !pieces)
    expectSameBits(y.get(units, width), new Float32Array(rows * (width - units)), `padding, ${what}`);
  return y.get();
}

const expected = new Map<LayerShape, Float64Array>();

function reference(layer: LayerShape): Float64Array {
  const { depth, units } = layer;
  let y = expected.get(layer);
  if (!y) {
    const sizes = [MOST_ROWS, depth, units] as const;
    const bias = biases(units).subarray(0, units);
    y = product(inputs(MOST_ROWS, depth), weights(depth, units), sizes, bias);
    expected.set(layer, y);
  }
  return y;
}

describe.each(VARIANTS)('denseForward, %s,', (variant) => {
  const memory = new GuardedMemory(variant);

  test('is as close to float64 as rounding allows, at every depth and number of units', () => {
    for (const layer of LAYERS) {
      const what = `depth ${layer.depth}, ${layer.units} units`;
      const size = typicalSum(layer.depth, inputs(1, 2050), weights(2050, 1));
      expectClose(forward(memory, MOST_ROWS, layer), reference(layer), what, { terms: layer.depth, size });
    }
  });

  test('gives a row the same bits whatever the number of rows', () => {
    for (const layer of LAYERS) {
      const all = forward(memory, MOST_ROWS, layer);
      for (const rows of ROWS) {
        const what = `${rows} rows, depth ${layer.depth}, ${layer.units} units`;
        expectSameBits(forward(memory, rows, layer), all.subarray(0, rows * layer.units), what);
      }
    }
  });

  test('gives a row alone the bits that it has among others', () => {
    for (const layer of FEW_LAYERS) {
      const { depth, units } = layer;
      const all = forward(memory, 200, layer);
      for (const row of [0, 1, 5, 77, 198, 199]) {
        const x = inputs(200, depth).subarray(row * depth, (row + 1) * depth);
        const alone = forward(memory, 1, layer, { x });
        expectSameBits(alone, all.subarray(row * units, (row + 1) * units), `row ${row}, depth ${depth}`);
      }
    }
  });

  test('starts every element at its bias and adds one term after the other', () => {
    const madd = multiplyAddOf(memory, variant);
    const rows = 13;
    for (const { depth, units } of LAYERS) {
      const x = inputs(rows, depth);
      const w = weights(depth, units);
      const bias = biases(units);
      const emulated = Float32Array.from({ length: rows * units }, (_, i) => {
        const [row, unit] = [Math.floor(i / units), i % units];
        return chain(
          madd,
          bias[unit],
          depth,
          (k) => x[row * depth + k],
          (k) => w[k * units + unit],
        );
      });
      expectSameBits(forward(memory, rows, { depth, units }), emulated, `depth ${depth}, ${units} units`);
    }
  });

  test('gives one or two rows the bits that they have among others, whatever the number of panels', () => {
    for (let units = 5; units <= 117; units += 8) {
      const all = forward(memory, 7, { depth: 13, units }, { low: -0.1 });
      for (const rows of [1, 2]) {
        const few = forward(memory, rows, { depth: 13, units }, { low: -0.1 });
        expectSameBits(few, all.subarray(0, rows * units), `${rows} rows, ${units} units`);
      }
    }
  });

  test('gives the same bits in pieces of panels, in any order', () => {
    const layer = { depth: 97, units: 61 };
    const whole = forward(memory, 31, layer);
    const pieces = [
      [5, 8],
      [0, 1],
      [4, 5],
      [1, 4],
    ] as const;
    expectSameBits(forward(memory, 31, layer, { pieces }), whole, 'pieces');
  });

  test('writes only the panels that it is asked for', () => {
    const y = forward(memory, 7, { depth: 13, units: 61 }, { pieces: [[2, 3]] });
    const written = Array.from({ length: 61 }, (_, unit) => [unit >= 16 && unit < 24, y[6 * 61 + unit]]);
    for (const [wanted, value] of written) expect(Number.isNaN(value)).toBe(!wanted);
  });

  test('clamps the finished sum from below, and lets NaN through', () => {
    for (const layer of FEW_LAYERS) {
      const { depth, units } = layer;
      const x = Float32Array.from(inputs(31, depth));
      x[2 * depth] = NaN;
      const linear = forward(memory, 31, layer, { x });
      const relu = forward(memory, 31, layer, { x, low: 0 });
      const clamped = linear.map((value) => (value < 0 ? 0 : value));
      expectSameBits(relu, clamped, `depth ${depth}, ${units} units`);
      expect(relu.subarray(2 * units, 3 * units).every(Number.isNaN)).toBe(true);
    }
  });

  test('gives the clamped bias at depth 0, and touches nothing without rows', () => {
    expectSameBits(
      forward(memory, 2, { depth: 0, units: 9 }, { low: 0 }),
      [...biases(9).subarray(0, 9), ...biases(9).subarray(0, 9)].map((value) => Math.max(value, 0)),
      'depth 0',
    );
    expect(forward(memory, 0, { depth: 5, units: 9 })).toHaveLength(0);
  });

  test('reads nothing beyond its operands', () => {
    for (const rows of [1, 5, 13]) {
      memory.reset();
      const [depth, units] = [13, 9];
      const y = memory.matrix({ rows, columns: 16 });
      const panels = memory.put(toPanels(weights(depth, units), depth, units));
      const bias = memory.put(biases(units));
      const x = memory.putAtEnd(inputs(rows, depth));
      const args = [y.offset, y.stride, x.offset, 4 * depth, panels.offset, bias.offset, rows, depth, 0, 2];
      expect(() => memory.kernels.denseForward(...args, -Infinity)).not.toThrow();
    }
  });
});
