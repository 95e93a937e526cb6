import { describe, expect, test } from 'vitest';
import { expectClose, expectSameBits } from '../helpers/allclose.js';
import { fromPanels, PANEL, padded, panelPadding, toPanels } from '../helpers/panels.js';
import { transpose } from '../helpers/reference.js';
import { Seeded } from '../helpers/seeded.js';
import { GuardedMemory, VARIANTS } from '../helpers/wasm.js';

/** least, most, rate: unitNorm, maxNorm, minMaxNorm. */
const NORMS = {
  'unit norm': [1, 1, 1],
  'norms of at most 2': [0, 2, 1],
  'norms towards 1.5 to 2, at half the rate': [1.5, 2, 0.5],
} as const;

type Norm = (typeof NORMS)[keyof typeof NORMS];
const cases = Object.entries(NORMS) as [string, Norm][];

/** w · (rate · clip(norm) + (1 − rate) · norm) / (1e-7 + norm) for every column of (depth, units). */
function constrained(w: ArrayLike<number>, units: number, [least, most, rate]: Norm): Float64Array {
  const norms = Float64Array.from({ length: units }, (_, unit) => {
    let sum = 0;
    for (let i = unit; i < w.length; i += units) sum += w[i] * w[i];
    return Math.sqrt(sum);
  });
  return Float64Array.from(w, (value, i) => {
    const norm = norms[i % units];
    const kept = Math.min(Math.max(norm, least), most);
    return (value * (rate * kept + (1 - rate) * norm)) / (1e-7 + norm);
  });
}

const SHAPES = [
  [1, 1],
  [5, 8],
  [13, 17],
  [97, 9],
] as const;

describe.each(VARIANTS)('with %s kernels', (variant) => {
  const memory = new GuardedMemory(variant);

  test('nonNegative keeps what is not below 0, NaN included', () => {
    for (const length of [0, 4, 20]) {
      const w = new Seeded(length).floats(length);
      if (length > 0) w.set([NaN, -Infinity, Infinity, -1e-45]);
      memory.reset();
      const weight = memory.put(w);
      memory.kernels.nonNegative(weight.offset, length);
      memory.expectGuards(`${length} values`);
      const expected = w.map((value) => (value < 0 ? 0 : value));
      expectSameBits(weight.get(), expected, `${length} values`);
    }
  });

  test.each(cases)('columnNorms gives every unit %s, and 0 in the padding', (_, norm) => {
    for (const [depth, units] of SHAPES) {
      const w = new Seeded(depth).floats(depth * units, 0.7);
      memory.reset();
      const panels = memory.put(toPanels(w, depth, units));
      memory.kernels.columnNorms(panels.offset, depth, padded(units) / PANEL, ...norm);
      const what = `depth ${depth}, ${units} units`;
      memory.expectGuards(what);
      expectClose(fromPanels(panels.get(), depth, units), constrained(w, units, norm), what, {
        terms: depth,
      });
      const padding = panelPadding(panels.get(), depth, units);
      expectSameBits(padding, new Float32Array(padding.length), `padding, ${what}`);
    }
  });

  test.each(cases)('rowNorms gives every input %s', (_, norm) => {
    for (const [depth, units] of SHAPES) {
      const w = new Seeded(depth).floats(depth * units, 0.7);
      memory.reset();
      const panels = memory.put(toPanels(w, depth, units));
      memory.kernels.rowNorms(panels.offset, depth, units, ...norm);
      const what = `depth ${depth}, ${units} units`;
      memory.expectGuards(what);
      const turned = constrained(transpose(w, depth, units), depth, norm);
      const expected = transpose(turned, units, depth);
      expectClose(fromPanels(panels.get(), depth, units), expected, what, { terms: units });
      const padding = panelPadding(panels.get(), depth, units);
      expectSameBits(padding, new Float32Array(padding.length), `padding, ${what}`);
    }
  });

  test.each(cases)('vectorNorm gives a vector %s', (_, norm) => {
    for (const length of [1, 5, 8, 61]) {
      const w = new Seeded(length).floats(length, 0.7);
      memory.reset();
      const vector = memory.put(w);
      memory.kernels.vectorNorm(vector.offset, length, ...norm);
      memory.expectGuards(`${length} values`);
      expectClose(vector.get(), constrained(w, 1, norm), `${length} values`, { terms: length });
    }
  });

  test('leaves alone what keeps its norm, but for rounding, and zeros', () => {
    memory.reset();
    const panels = memory.put(toPanels([0.6, 0, 0.8, 0], 2, 2));
    memory.kernels.columnNorms(panels.offset, 2, 1, ...NORMS['norms of at most 2']);
    const [a, zero, b, other] = fromPanels(panels.get(), 2, 2);
    expect([zero, other]).toEqual([0, 0]);
    expectClose([a, b], [0.6, 0.8], 'norm 1');
  });
});
