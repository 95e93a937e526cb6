import { describe, expect, test } from 'vitest';
import { UpdateFlag } from '../../../src/engine/generated/abi.js';
import { csrScratch } from '../../../src/network/sparse/format.js';
import { UPDATE_SCRATCH_FLOATS } from '../../../src/network/layout.js';
import { expectSameBits } from '../../helpers/allclose.js';
import { combinations } from '../../helpers/combinations.js';
import { padded, toPanels } from '../../helpers/panels.js';
import { RULES } from '../../helpers/rules.js';
import { Seeded } from '../../helpers/seeded.js';
import { deltas, weights } from '../../helpers/shapes.js';
import type { Placed } from '../../helpers/wasm.js';
import { GuardedMemory, VARIANTS } from '../../helpers/wasm.js';

const SHAPES = [
  { rows: 3, depth: 64, units: 50 },
  { rows: 5, depth: 67, units: 48 },
  { rows: 31, depth: 130, units: 57 },
  { rows: 32, depth: 89, units: 104 },
  { rows: 4, depth: 701, units: 49 },
] as const;

type Shape = (typeof SHAPES)[number];

/** Shares of what is not 0; from some on, every variant is dense. */
const DENSITIES = [0, 0.05, 0.25, 0.5, 0.75, 1] as const;

/** What relu leaves: values that are positive, 0 or −0. */
function activations({ rows, depth }: Shape, density: number): Float32Array<ArrayBuffer> {
  const seeded = new Seeded(rows + 7 * depth);
  return Float32Array.from({ length: rows * depth }, (_, i) => {
    if (seeded.uniform() < density) return 0.1 + seeded.uniform();
    return i % 5 === 0 ? -0 : 0;
  });
}

/** Zeros in the rows that are looked at, every fourth, and none elsewhere. */
function deceptive({ rows, depth }: Shape): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: rows * depth }, (_, i) => (Math.floor(i / depth) % 4 === 0 ? 0 : 1 + i));
}

/** Entries of lists of rows, which have starts, or of columns, which have starts and ends. */
function entries(scratch: Placed<Float32Array>, from: number, lists: number, of: 'rows' | 'columns'): number {
  const last = of === 'rows' ? lists : 2 * lists - 1;
  const starts = new Uint32Array(scratch.get().buffer, 4 * from, last + 1);
  return (starts[last] - starts[0]) / 8;
}

const count = (values: Float32Array): number => values.filter((value) => value !== 0).length;

describe.each(VARIANTS)('behind relu, %s', (variant) => {
  const memory = new GuardedMemory(variant);

  function forward(shape: Shape, values: Float32Array, low: number): Placed<Float32Array> {
    const { rows, depth, units } = shape;
    memory.reset();
    const panels = padded(units) / 8;
    const w = memory.put(toPanels(weights(depth, units), depth, units));
    const bias = memory.put(new Seeded(3).floats(padded(units)).fill(0, units));
    const x = memory.matrix({ rows, columns: depth }, values);
    const make = () => memory.matrix({ rows, columns: padded(units) });
    const [dense, whole, pieces] = [make(), make(), make()];
    const scratch = memory.floats(csrScratch(rows, depth));
    const rest = [x.offset, x.stride, w.offset, bias.offset, rows, depth];
    memory.kernels.denseForward(dense.offset, dense.stride, ...rest, 0, panels, low);
    for (let p = panels - 1; p >= 0; p--) {
      memory.kernels.adaptiveForward(pieces.offset, pieces.stride, ...rest, p, p + 1, low, scratch.offset);
    }
    memory.kernels.adaptiveForward(whole.offset, whole.stride, ...rest, 0, panels, low, scratch.offset);
    expectSameBits(whole.get(), dense.get(), 'all panels at once');
    expectSameBits(pieces.get(), dense.get(), 'panel by panel');
    memory.expectGuards('adaptiveForward');
    return scratch;
  }

  function update(shape: Shape, values: Float32Array, { record }: (typeof RULES)[number], decay = 0) {
    const { rows, depth, units } = shape;
    memory.reset();
    const panels = padded(units) / 8;
    const x = memory.matrix({ rows, columns: depth }, values);
    const delta = memory.matrix({ rows, columns: units, width: padded(units), gap: 0 }, deltas(rows, units));
    const moments = new Seeded(5).floats(depth * units, 0.01).map(Math.abs);
    const make = () => [
      memory.put(toPanels(weights(depth, units), depth, units)),
      ...Array.from({ length: 3 }, () => memory.put(toPanels(moments, depth, units))),
    ];
    const [dense, listed] = [make(), make()];
    const [plain, scratch] = [
      memory.floats(UPDATE_SCRATCH_FLOATS),
      memory.floats(UPDATE_SCRATCH_FLOATS + csrScratch(rows, depth)),
    ];
    const target = (placed: Placed<Float32Array>[]) => {
      const offsets = placed.map(({ offset }) => offset);
      return [offsets[0], memory.put(record(3, decay, offsets)).offset];
    };
    const rest = [x.offset, x.stride, delta.offset, delta.stride, rows, depth, 0, panels];
    memory.kernels.denseGradientUpdate(...target(dense), plain.offset, ...rest);
    memory.kernels.adaptiveGradientUpdate(
      ...target(listed),
      scratch.offset,
      ...rest,
      UpdateFlag.adaptiveInput,
    );
    listed.forEach((placed, i) => expectSameBits(placed.get(), dense[i].get(), `array ${i}`));
    memory.expectGuards('adaptiveGradientUpdate');
    return scratch;
  }

  test.each(SHAPES)('a forward pass has the bits of the dense one, however many zeros: %o', (shape) => {
    for (const density of DENSITIES) {
      const values = activations(shape, density);
      for (const low of [0, -Infinity]) {
        const scratch = forward(shape, values, low);
        if (density <= 0.05) expect(entries(scratch, 0, shape.rows, 'rows')).toBe(count(values));
        if (density === 1) expect(scratch.get().every(Number.isNaN)).toBe(true);
      }
    }
  });

  test.each(SHAPES)('an update has the bits of the dense one, however many zeros: %o', (shape) => {
    for (const [density, rule] of combinations(DENSITIES, RULES.slice(0, 4))) {
      const values = activations(shape, density);
      const scratch = update(shape, values, rule, 0.125);
      if (density <= 0.05)
        expect(entries(scratch, UPDATE_SCRATCH_FLOATS, shape.depth, 'columns')).toBe(count(values));
      if (density === 1) expect(scratch.get().subarray(UPDATE_SCRATCH_FLOATS).every(Number.isNaN)).toBe(true);
    }
  });

  test.each(RULES)('an update by $name has the bits of the dense one', (rule) => {
    update(SHAPES[2], activations(SHAPES[2], 0.2), rule);
  });

  test.each(SHAPES)('lists have room for all values: %o', (shape) => {
    const values = deceptive(shape);
    forward(shape, values, 0);
    update(shape, values, RULES[0]);
  });

  test('what is not a number is no zero', () => {
    const [shape] = SHAPES;
    const values = activations(shape, 0.05);
    values[70] = NaN;
    expect(entries(forward(shape, values, 0), 0, shape.rows, 'rows')).toBe(count(values));
  });
});
