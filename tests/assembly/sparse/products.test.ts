import { describe, expect, test } from 'vitest';
import { expectSameBits } from '../../helpers/allclose.js';
import { padded, toPanels } from '../../helpers/panels.js';
import type { Rule } from '../../helpers/rules.js';
import { RULES } from '../../helpers/rules.js';
import { Seeded } from '../../helpers/seeded.js';
import { deltas, weights } from '../../helpers/shapes.js';
import type { Placed } from '../../helpers/wasm.js';
import { GuardedMemory, VARIANTS } from '../../helpers/wasm.js';

const SHAPES = [
  { rows: 1, depth: 1, units: 1 },
  { rows: 1, depth: 97, units: 10 },
  { rows: 5, depth: 15, units: 8 },
  { rows: 6, depth: 16, units: 9 },
  { rows: 7, depth: 17, units: 41 },
  { rows: 31, depth: 33, units: 50 },
  { rows: 32, depth: 200, units: 97 },
  { rows: 61, depth: 31, units: 105 },
] as const;

type Shape = (typeof SHAPES)[number];

/** Rows with about one value in five, whole rows and columns of zeros among them. */
function mostlyZeros({ rows, depth }: Shape): Float32Array<ArrayBuffer> {
  const seeded = new Seeded(rows + 7 * depth);
  return Float32Array.from({ length: rows * depth }, (_, i) => {
    const silent = Math.floor(i / depth) % 4 === 3 || (i % depth) % 5 === 2;
    return silent || seeded.uniform() > 0.25 ? 0 : seeded.signed();
  });
}

interface Lists {
  readonly rows: Placed<Int32Array>;
  readonly columns: Placed<Int32Array>;
  readonly rowEntries: Placed<Uint8Array>;
}

function lists(
  memory: GuardedMemory,
  values: Float32Array,
  { rows, depth }: Shape,
  deltaStride: number,
  slotted = false,
): Lists {
  const data = memory.put(Float32Array.of(...values, 0, 0, 0));
  const indices = memory.put(Int32Array.from({ length: rows }, (_, i) => i));
  const starts = memory.put(new Int32Array(rows + 1));
  const entries = memory.put(new Uint8Array(8 * rows * depth));
  const bounds = memory.put(new Int32Array(2 * depth));
  const columnEntries = memory.put(new Uint8Array(8 * rows * depth));
  const { kernels } = memory;
  kernels.floatsToCsr(starts.offset, entries.offset, data.offset, 4 * depth, depth, indices.offset, rows);
  const columns = [bounds.offset, columnEntries.offset, slotted ? 8 * rows : 0, starts.offset];
  // In parts that leave each other alone, as threads have them.
  const cuts = [0, Math.floor(depth / 3), Math.floor(depth / 2), depth];
  for (let i = 2; i >= 0; i--) kernels.csrToCsc(...columns, rows, depth, deltaStride, cuts[i], cuts[i + 1]);
  return { rows: starts, columns: bounds, rowEntries: entries };
}

describe.each(VARIANTS)('with lists of non-zero inputs, %s', (variant) => {
  const memory = new GuardedMemory(variant);

  test.each(SHAPES)('a forward pass has the bits of the dense one: %o', (shape) => {
    const { rows, depth, units } = shape;
    memory.reset();
    const values = mostlyZeros(shape);
    const panels = padded(units) / 8;
    const w = memory.put(toPanels(weights(depth, units), depth, units));
    const bias = memory.put(new Seeded(3).floats(padded(units)).fill(0, units));
    const x = memory.matrix({ rows, columns: depth }, values);
    const make = () => memory.matrix({ rows, columns: padded(units) });
    const [dense, listed, pieces] = [make(), make(), make()];
    const list = lists(memory, values, shape, 4 * padded(units));
    for (const low of [0, -Infinity]) {
      const rest = [w.offset, bias.offset, rows, depth];
      memory.kernels.denseForward(dense.offset, dense.stride, x.offset, x.stride, ...rest, 0, panels, low);
      memory.kernels.sparseForward(
        listed.offset,
        listed.stride,
        list.rows.offset,
        ...rest,
        0,
        panels,
        low,
        units,
      );
      for (let p = panels - 1; p >= 0; p--) {
        memory.kernels.sparseForward(
          pieces.offset,
          pieces.stride,
          list.rows.offset,
          ...rest,
          p,
          p + 1,
          low,
          units,
        );
      }
      expectSameBits(listed.get(), dense.get(), 'all panels at once');
      expectSameBits(pieces.get(), dense.get(), 'panel by panel');
    }
    memory.expectGuards('sparseForward');
  });

  test.each(SHAPES)('a weight gradient has the bits of the dense one, fresh and added: %o', (shape) => {
    const { rows, depth, units } = shape;
    memory.reset();
    const values = mostlyZeros(shape);
    const panels = padded(units) / 8;
    const x = memory.matrix({ rows, columns: depth }, values);
    const delta = memory.matrix({ rows, columns: units, width: padded(units), gap: 0 }, deltas(rows, units));
    const make = () => memory.put(new Float32Array(depth * padded(units)));
    const [dense, listed] = [make(), make()];
    const [compact, slotted] = [false, true].map((slots) =>
      lists(memory, values, shape, delta.stride, slots),
    );
    for (const fresh of [1, 0]) {
      const list = fresh === 1 ? compact : slotted;
      const head = [x.offset, x.stride, delta.offset, delta.stride, rows, depth];
      memory.kernels.denseGradient(dense.offset, ...head, 0, panels, fresh);
      memory.kernels.sparseGradient(
        listed.offset,
        list.columns.offset,
        delta.offset,
        depth,
        0,
        panels,
        units,
        fresh,
      );
      expectSameBits(listed.get(), dense.get(), `fresh ${fresh}`);
    }
    memory.expectGuards('sparseGradient');
  });

  test.each(RULES)('an update by $name has the bits of the dense one', (rule: Rule) => {
    for (const shape of SHAPES) {
      for (const decay of [0, 0.125]) expectSameUpdate(memory, shape, rule, decay);
    }
  });
});

function expectSameUpdate(memory: GuardedMemory, shape: Shape, rule: Rule, decay: number): void {
  const { rows, depth, units } = shape;
  memory.reset();
  const values = mostlyZeros(shape);
  const panels = padded(units) / 8;
  const x = memory.matrix({ rows, columns: depth }, values);
  const delta = memory.matrix({ rows, columns: units, width: padded(units), gap: 0 }, deltas(rows, units));
  const moments = new Seeded(5).floats(depth * units, 0.01).map(Math.abs);
  const make = () => [
    memory.put(toPanels(weights(depth, units), depth, units)),
    ...Array.from({ length: 3 }, () => memory.put(toPanels(moments, depth, units))),
  ];
  const [dense, listed] = [make(), make()];
  const list = lists(memory, values, shape, delta.stride, decay === 0);
  const target = (placed: Placed<Float32Array>[]) => {
    const offsets = placed.map(({ offset }) => offset);
    return [offsets[0], memory.put(rule.record(3, decay, offsets)).offset];
  };
  const scratch = memory.floats(2560);
  const head = [x.offset, x.stride, delta.offset, delta.stride, rows, depth, 0, panels];
  memory.kernels.denseGradientUpdate(...target(dense), scratch.offset, ...head);
  const sparse = [list.columns.offset, delta.offset, depth, 0, panels, units];
  memory.kernels.sparseGradientUpdate(...target(listed), scratch.offset, ...sparse);
  listed.forEach((placed, i) => expectSameBits(placed.get(), dense[i].get(), `${rule.name}, decay ${decay}`));
  memory.expectGuards('sparseGradientUpdate');
}

test.each(['base', 'relaxed'] as const)(
  'bytes are listed with the values that are gathered, %s',
  (variant) => {
    const memory = new GuardedMemory(variant);
    const [rows, features] = [300, 37];
    const bytes = new Seeded(9).bytes(rows * features).map((value) => (value % 3 === 0 ? value : 0));
    const data = memory.put(Uint8Array.of(...bytes, ...new Uint8Array(16)));
    const indices = memory.put(Int32Array.from({ length: rows }, (_, i) => (i * 7) % rows));
    const x = memory.matrix({ rows, columns: features });
    const starts = memory.put(new Int32Array(rows + 1));
    const entries = memory.put(new Uint8Array(8 * rows * features));
    const parts = [0.003921627998352051, -5.9370901084321304e-8];
    memory.kernels.gatherBytes(x.offset, x.stride, data.offset, features, indices.offset, rows, ...parts);
    memory.kernels.bytesToCsr(
      starts.offset,
      entries.offset,
      data.offset,
      features,
      indices.offset,
      rows,
      ...parts,
    );
    const listed = new Float32Array(rows * features);
    const first = starts.get();
    const words = new DataView(entries.get().buffer);
    for (let row = 0; row < rows; row++) {
      for (let at = first[row]; at < first[row + 1]; at += 8) {
        const entry = at - entries.offset;
        listed[row * features + words.getUint32(entry, true) / 32] = words.getFloat32(entry + 4, true);
      }
    }
    expect(first[rows] - first[0]).toBeLessThan(8 * rows * features);
    expectSameBits(listed, x.get(), 'values');
    memory.expectGuards('bytesToCsr');
  },
);
