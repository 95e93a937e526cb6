import { describe, test } from 'vitest';
import { expectSameBits } from '../helpers/allclose.js';
import { combinations } from '../helpers/combinations.js';
import { padded, toPanels } from '../helpers/panels.js';
import { biases, deltas, inputs, weights } from '../helpers/shapes.js';
import { GuardedMemory, VARIANTS } from '../helpers/wasm.js';

const ROWS = [1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 31, 33, 257, 600];
const DEPTHS = [1, 2, 3, 4, 5, 7, 8, 31, 32, 33, 36, 97, 1025];
const SHAPES = [1, 2, 3].flatMap((units) =>
  combinations(DEPTHS, ROWS).map(([depth, rows]) => [rows, depth, units]),
);

/** Depths up to which a row of a matrix is padded. */
const four = (columns: number): number => Math.ceil(columns / 4) * 4;

/** What a relu puts out: zeros, and what is above. */
const relus = (rows: number, columns: number): Float32Array =>
  inputs(rows, columns).map((value) => Math.max(0, value));

describe.each(VARIANTS)('products of one to three units, %s,', (variant) => {
  const memory = new GuardedMemory(variant);
  const { kernels } = memory;

  test('forward, have the bits of the tiles', () => {
    for (const [rows, depth, units] of SHAPES) {
      memory.reset();
      const x = memory.matrix({ rows, columns: depth }, inputs(rows, depth));
      const w = memory.put(toPanels(weights(depth, units), depth, units));
      const bias = memory.put(biases(units));
      const [tiles, narrow] = [1, 2].map(() => memory.matrix({ rows, columns: 8 }));
      for (const low of [0, -Infinity]) {
        const head = [x.offset, x.stride, w.offset, bias.offset, rows, depth];
        kernels.denseForward(tiles.offset, tiles.stride, ...head, 0, 1, low);
        kernels.narrowForward(narrow.offset, narrow.stride, ...head, units, low);
        expectSameBits(narrow.get(), tiles.get(), `${rows} rows, depth ${depth}, ${units} units, low ${low}`);
      }
      memory.expectGuards('narrowForward');
    }
  });

  test('for the weights, have the bits of the tiles, fresh or added, in one piece or in two', () => {
    for (const [rows, depth, units] of SHAPES) {
      memory.reset();
      const x = memory.matrix({ rows, columns: depth, width: four(depth) }, inputs(rows, depth));
      const delta = memory.matrix({ rows, columns: units, width: padded(units) }, deltas(rows, units));
      const [tiles, narrow, pieces] = [1, 2, 3].map(() => memory.put(new Float32Array(8 * depth)));
      const middle = Math.min(depth, 32 * Math.ceil(depth / 64));
      for (const fresh of [1, 0]) {
        const head = [x.offset, x.stride, delta.offset, delta.stride, rows];
        kernels.denseGradient(tiles.offset, ...head, depth, 0, 1, fresh);
        kernels.narrowGradient(narrow.offset, ...head, units, 0, depth, fresh);
        kernels.narrowGradient(pieces.offset, ...head, units, middle, depth, fresh);
        kernels.narrowGradient(pieces.offset, ...head, units, 0, middle, fresh);
        const what = `${rows} rows, depth ${depth}, ${units} units, fresh ${fresh}`;
        expectSameBits(narrow.get(), tiles.get(), what);
        expectSameBits(pieces.get(), tiles.get(), `in two pieces, ${what}`);
      }
      memory.expectGuards('narrowGradient');
    }
  });

  test('for the inputs, have the bits of the tiles, and are 0 where a relu was', () => {
    for (const [rows, depth, units] of SHAPES) {
      memory.reset();
      const w = memory.put(toPanels(weights(depth, units), depth, units));
      const delta = memory.matrix({ rows, columns: units, width: padded(units) }, deltas(rows, units));
      const y = memory.matrix({ rows, columns: depth, width: padded(depth) }, relus(rows, depth));
      const [tiles, narrow, masked, maskedTiles] = [1, 2, 3, 4].map(() =>
        memory.matrix({ rows, columns: depth, width: padded(depth) }),
      );
      const deltaT = memory.floats(padded(rows) * units);
      const scratch = memory.floats(Math.max(24 * padded(rows), (units + 1) * padded(depth)));
      kernels.transposeDelta(deltaT.offset, delta.offset, delta.stride, rows, units);
      const plain = [0, 0];
      const relu = [y.offset, y.stride];
      for (const [dx, mask] of [
        [tiles, plain],
        [maskedTiles, relu],
      ] as const) {
        kernels.denseInputGradient(
          ...[dx.offset, dx.stride, w.offset, deltaT.offset, scratch.offset],
          ...[rows, depth, units, 0, depth, ...mask],
        );
      }
      const from = [w.offset, delta.offset, delta.stride, scratch.offset];
      kernels.narrowInputGradient(narrow.offset, narrow.stride, ...from, rows, depth, units, ...plain);
      kernels.narrowInputGradient(masked.offset, masked.stride, ...from, rows, depth, units, ...relu);
      const what = `${rows} rows, depth ${depth}, ${units} units`;
      expectSameBits(narrow.get(), tiles.get(), what);
      const active = relus(rows, depth);
      const expected = narrow.get().map((value, i) => (active[i] > 0 ? value : 0));
      expectSameBits(masked.get(), expected, `behind a relu, ${what}`);
      expectSameBits(maskedTiles.get(), expected, `behind a relu, by tiles, ${what}`);
      memory.expectGuards('narrowInputGradient');
    }
  });
});
