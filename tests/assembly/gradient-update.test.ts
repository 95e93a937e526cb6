import { describe, expect, test } from 'vitest';
import { expectSameBits } from '../helpers/allclose.js';
import { PANEL, padded, panelPadding, toPanels } from '../helpers/panels.js';
import type { Rule } from '../helpers/rules.js';
import { RULES } from '../helpers/rules.js';
import type { LayerShape } from '../helpers/shapes.js';
import { deltas, FEW_LAYERS, inputs, LAYERS, weights } from '../helpers/shapes.js';
import { Seeded } from '../helpers/seeded.js';
import { GuardedMemory, VARIANTS } from '../helpers/wasm.js';

/** What updates the weights: blocks through scratch, or the two halves one after the other. */
type Way = 'denseGradientUpdate' | 'denseGradient, then update';
type Range = readonly [begin: number, end: number];

interface Step {
  readonly rule: Rule;
  readonly rows: number;
  readonly layer: LayerShape;
  readonly pieces?: readonly Range[];
}

/** Weights and slots after one step, one after the other. Guard bands and padding are checked on the way. */
function step(memory: GuardedMemory, way: Way, { rule, rows, layer, pieces }: Step): Float32Array[] {
  const { depth, units } = layer;
  const what = `${way}, ${rule.name}, ${rows} rows, depth ${depth}, ${units} units`;
  const length = depth * padded(units);
  memory.reset();
  const w = memory.put(toPanels(weights(depth, units), depth, units));
  const moments = new Seeded(5).floats(depth * units, 0.01).map(Math.abs);
  const slots = Array.from({ length: rule.slots }, () => memory.put(toPanels(moments, depth, units)));
  const x = memory.matrix({ rows, columns: depth }, inputs(rows, depth));
  const delta = memory.matrix({ rows, columns: units, width: padded(units) }, deltas(rows, units));
  const scratch = memory.floats(way === 'denseGradient, then update' ? length : 96 * PANEL);
  const offsets = [w, ...slots].map(({ offset }) => offset);
  const record = memory.put(rule.record(3, 0.125, offsets));
  const head = [x.offset, x.stride, delta.offset, delta.stride, rows, depth];
  for (const [begin, end] of pieces ?? [[0, padded(units) / PANEL]]) {
    if (way === 'denseGradientUpdate') {
      memory.kernels[way](w.offset, record.offset, scratch.offset, ...head, begin, end);
    } else {
      memory.kernels.denseGradient(scratch.offset, ...head, begin, end, 1);
      memory.kernels.update(w.offset, record.offset, scratch.offset, length);
    }
  }
  memory.expectGuards(what);
  const after = [w, ...slots].map((placed) => placed.get());
  for (const panels of pieces ? [] : after) {
    const padding = panelPadding(panels, depth, units).map((value) => value + 0);
    expectSameBits(padding, new Float32Array(padding.length), `padding, ${what}`);
  }
  return after;
}

function expectSameStep(actual: Float32Array[], expected: Float32Array[], what: string): void {
  expect(actual).toHaveLength(expected.length);
  actual.forEach((values, i) => expectSameBits(values, expected[i], what));
}

const SHALLOW = LAYERS.filter(({ depth }) => depth < 1024);
const DEEP = LAYERS.filter(({ depth, units }) => depth >= 1024 && (units === 9 || units === 61));

describe.each(VARIANTS)('with %s kernels', (variant) => {
  const memory = new GuardedMemory(variant);

  test.each(RULES.slice(0, 3).map((rule) => [rule.name, rule] as const))(
    '%s has the same bits through scratch and in two halves, at every shape',
    (_, rule) => {
      const cases = [
        ...SHALLOW.flatMap((layer) => [1, 2, 7, 31, 257, 600].map((rows) => ({ rule, rows, layer }))),
        ...DEEP.flatMap((layer) => [5, 257].map((rows) => ({ rule, rows, layer }))),
      ];
      for (const one of cases) {
        const { depth, units } = one.layer;
        const what = `${one.rows} rows, depth ${depth}, ${units} units`;
        const expected = step(memory, 'denseGradient, then update', one);
        expectSameStep(step(memory, 'denseGradientUpdate', one), expected, what);
      }
    },
  );

  describe.each(RULES.map((rule) => [rule.name, rule] as const))('%s', (_, rule) => {
    test('has the same bits through scratch and in two halves', () => {
      for (const layer of FEW_LAYERS) {
        const one = { rule, rows: 31, layer };
        const expected = step(memory, 'denseGradient, then update', one);
        expectSameStep(step(memory, 'denseGradientUpdate', one), expected, `depth ${layer.depth}`);
      }
    });

    test('has the same bits in pieces of panels, in any order', () => {
      const one = { rule, rows: 31, layer: { depth: 97, units: 61 } };
      const pieces: Range[] = [
        [6, 8],
        [0, 5],
        [5, 6],
      ];
      const [cut, whole] = [{ ...one, pieces }, one].map((each) => step(memory, 'denseGradientUpdate', each));
      expectSameStep(cut, whole, 'pieces');
    });

    test('changes only the panels that it is asked for', () => {
      const layer = { depth: 13, units: 61 };
      const before = toPanels(weights(13, 61), 13, 61);
      const [w] = step(memory, 'denseGradientUpdate', { rule, rows: 7, layer, pieces: [[2, 3]] });
      const changed = Array.from({ length: 8 }, (_, p) => {
        const [begin, end] = [p * 13 * PANEL, (p + 1) * 13 * PANEL];
        return w.subarray(begin, end).some((value, i) => value !== before[begin + i]);
      });
      expect(changed).toEqual([false, false, true, false, false, false, false, false]);
    });
  });
});
