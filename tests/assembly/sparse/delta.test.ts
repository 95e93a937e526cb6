import { describe, expect, test } from 'vitest';
import { UpdateFlag } from '../../../src/engine/generated/abi.js';
import { csrScratch } from '../../../src/network/sparse/format.js';
import { UPDATE_SCRATCH_FLOATS } from '../../../src/network/layout.js';
import { expectSameBits } from '../../helpers/allclose.js';
import { combinations } from '../../helpers/combinations.js';
import { padded, toPanels } from '../../helpers/panels.js';
import { RULES } from '../../helpers/rules.js';
import { Seeded } from '../../helpers/seeded.js';
import { weights } from '../../helpers/shapes.js';
import type { Placed } from '../../helpers/wasm.js';
import { GuardedMemory, VARIANTS } from '../../helpers/wasm.js';

const SHAPES = [
  { rows: 3, depth: 64, units: 48 },
  { rows: 5, depth: 67, units: 57 },
  { rows: 9, depth: 49, units: 50 },
  { rows: 31, depth: 98, units: 97 },
  { rows: 32, depth: 23, units: 104 },
  { rows: 61, depth: 97, units: 51 },
] as const;

type Shape = (typeof SHAPES)[number];

/** Shares of what is not 0; from some on, every variant is dense. */
const DENSITIES = [0, 0.05, 0.2, 0.35, 0.5, 0.75, 1] as const;

/** What the slope of relu leaves of a gradient. */
function deltaOf({ rows, units }: Shape, density: number): Float32Array<ArrayBuffer> {
  const seeded = new Seeded(rows + 7 * units);
  return Float32Array.from({ length: rows * units }, (_, i) => {
    if (seeded.uniform() < density) return seeded.signed();
    return i % 5 === 0 ? -0 : 0;
  });
}

/** Zeros in the rows that are looked at, every fourth, and none elsewhere. */
function deceptive({ rows, units }: Shape): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: rows * units }, (_, i) => (Math.floor(i / units) % 4 === 0 ? 0 : 1 + i));
}

/** Entries of lists of rows, which have starts, or of columns, which have starts and ends. */
function entries(scratch: Placed<Float32Array>, from: number, lists: number, of: 'rows' | 'columns'): number {
  const last = of === 'rows' ? lists : 2 * lists - 1;
  const starts = new Uint32Array(scratch.get().buffer, 4 * from, last + 1);
  return (starts[last] - starts[0]) / 8;
}

const count = (values: Float32Array): number => values.filter((value) => value !== 0).length;

describe.each(VARIANTS)('with the gradient of a relu, %s', (variant) => {
  const memory = new GuardedMemory(variant);

  /** Panels from `cut` on in a call of their own. */
  function update(shape: Shape, values: Float32Array, { record }: (typeof RULES)[number], cut = 0) {
    const { rows, depth, units } = shape;
    memory.reset();
    const panels = padded(units) / 8;
    const x = memory.matrix({ rows, columns: depth, gap: 0, width: padded(depth) }, weights(rows, depth));
    const delta = memory.matrix({ rows, columns: units, width: padded(units), gap: 0 }, values);
    const moments = new Seeded(5).floats(depth * units, 0.01).map(Math.abs);
    const make = () => [
      memory.put(toPanels(weights(depth, units), depth, units)),
      ...Array.from({ length: 3 }, () => memory.put(toPanels(moments, depth, units))),
    ];
    const [dense, listed] = [make(), make()];
    const plain = memory.floats(UPDATE_SCRATCH_FLOATS);
    const scratch = memory.floats(UPDATE_SCRATCH_FLOATS + csrScratch(rows, padded(units)));
    const target = (placed: Placed<Float32Array>[]) => {
      const offsets = placed.map(({ offset }) => offset);
      return [offsets[0], memory.put(record(3, 0.125, offsets)).offset];
    };
    const product = [x.offset, x.stride, delta.offset, delta.stride, rows, depth];
    const { denseGradientUpdate, adaptiveGradientUpdate } = memory.kernels;
    denseGradientUpdate(...target(dense), plain.offset, ...product, 0, panels);
    const updated = target(listed);
    for (const [begin, end] of cut === 0
      ? [[0, panels]]
      : [
          [cut, panels],
          [0, cut],
        ]) {
      adaptiveGradientUpdate(...updated, scratch.offset, ...product, begin, end, UpdateFlag.adaptiveDelta);
    }
    listed.forEach((placed, i) => expectSameBits(placed.get(), dense[i].get(), `array ${i}`));
    memory.expectGuards('adaptiveGradientUpdate');
    return scratch;
  }

  function inputGradient(shape: Shape, values: Float32Array, relu: boolean, cut = 0) {
    const { rows, depth, units } = shape;
    memory.reset();
    const w = memory.put(toPanels(weights(depth, units), depth, units));
    const delta = memory.matrix({ rows, columns: units, width: padded(units), gap: 0 }, values);
    const y = memory.matrix({ rows, columns: depth, width: padded(depth), gap: 0 }, weights(rows, depth));
    const whole = (depth + 3) & ~3;
    const make = () =>
      memory.matrix({ rows, columns: depth, width: whole }, new Float32Array(rows * depth).fill(7));
    const [dense, listed] = [make(), make()];
    const tall = (rows + 7) & ~7;
    const transposed = memory.floats(tall * units);
    const front = 32 + 24 * padded(units);
    const plain = memory.floats(24 * tall);
    const scratch = memory.floats(Math.max(24 * tall, front + csrScratch(rows, padded(units))));
    const { transposeDelta, denseInputGradient, adaptiveInputGradient } = memory.kernels;
    transposeDelta(transposed.offset, delta.offset, delta.stride, rows, units);
    const mask = relu ? [y.offset, y.stride] : [0, 0];
    const operands = (at: number) => [w.offset, transposed.offset, at, rows, depth, units];
    denseInputGradient(dense.offset, dense.stride, ...operands(plain.offset), 0, depth, ...mask);
    for (const [begin, end] of cut === 0
      ? [[0, depth]]
      : [
          [cut, depth],
          [0, cut],
        ]) {
      const rest = [begin, end, ...mask, delta.offset, delta.stride];
      adaptiveInputGradient(listed.offset, listed.stride, ...operands(scratch.offset), ...rest);
    }
    expectSameBits(listed.get(), dense.get(), 'input gradient');
    expect(listed.get(depth, whole).every((value) => value === 0)).toBe(true);
    memory.expectGuards('adaptiveInputGradient');
    return { scratch, front, behind: Math.max(24 * tall, front) };
  }

  test.each(SHAPES)('an update has the bits of the dense one, however many zeros: %o', (shape) => {
    for (const [density, rule] of combinations(DENSITIES, RULES.slice(0, 4))) {
      const values = deltaOf(shape, density);
      const scratch = update(shape, values, rule);
      if (density <= 0.05)
        expect(entries(scratch, UPDATE_SCRATCH_FLOATS, padded(shape.units), 'columns')).toBe(count(values));
      if (density === 1) expect(scratch.get().subarray(UPDATE_SCRATCH_FLOATS).every(Number.isNaN)).toBe(true);
      update(shape, values, rule, 3);
    }
  });

  test.each(SHAPES)('an input gradient has the bits of the dense one, however many zeros: %o', (shape) => {
    for (const density of DENSITIES) {
      const values = deltaOf(shape, density);
      for (const relu of [false, true]) {
        const { scratch, front, behind } = inputGradient(shape, values, relu);
        if (density <= 0.05) expect(entries(scratch, front, shape.rows, 'rows')).toBe(count(values));
        if (density === 1) expect(scratch.get().subarray(behind).every(Number.isNaN)).toBe(true);
        if (shape.depth > 24) inputGradient(shape, values, relu, 24);
      }
    }
  });

  test.each(SHAPES)('lists have room for all values: %o', (shape) => {
    update(shape, deceptive(shape), RULES[0]);
    inputGradient(shape, deceptive(shape), true);
  });

  test.each(SHAPES)('an infinite gradient leaves the padding 0: %o', (shape) => {
    const values = deltaOf(shape, 0.1);
    values[shape.units] = Infinity;
    inputGradient(shape, values, false);
  });
});
