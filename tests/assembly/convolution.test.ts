import { describe, expect, test } from 'vitest';
import type { ConvolutionShape } from '../../src/layers/convolution-shape.js';
import { convolutionScratch, forwardShape } from '../../src/layers/convolution-shape.js';
import type { Window } from '../../src/layers/window.js';
import { windowOver } from '../../src/layers/window.js';
import { Layout } from '../../src/network/layout.js';
import type { Conv2dSpec } from '../../src/layers/convolution.js';
import type { Shape } from '../../src/network/spec.js';
import { expectSameBits } from '../helpers/allclose.js';
import { chain, multiplyAddOf } from '../helpers/chain.js';
import { convLayer, poolingLayer } from '../helpers/networks.js';
import { fromPanels, PANEL, padded, toPanels } from '../helpers/panels.js';
import { Seeded } from '../helpers/seeded.js';
import { GuardedMemory, VARIANTS } from '../helpers/wasm.js';

const ROWS = 3;

interface Case {
  readonly image: Shape;
  readonly spec: Conv2dSpec;
}

const CASES: Record<string, Case> = {
  'one pixel': { image: [1, 1, 1], spec: convLayer(1, [1, 1]) },
  'whole panels': { image: [9, 8, 3], spec: convLayer(16, [3, 3]) },
  'a border and a narrow panel': { image: [7, 9, 2], spec: convLayer(11, [4, 3], { padding: 'same' }) },
  strides: { image: [9, 8, 5], spec: convLayer(9, [2, 3], { strides: [2, 3] }) },
  'a border and strides': {
    image: [8, 7, 3],
    spec: convLayer(8, [3, 3], { strides: [2, 2], padding: 'same' }),
  },
  dilation: { image: [9, 9, 2], spec: convLayer(13, [3, 2], { dilation: [2, 3] }) },
  groups: { image: [6, 6, 6], spec: convLayer(12, [3, 2], {}, { groups: 3 }) },
};

/**
 * A convolution's tables, operands and scratch in the memory; the tables lie where the plan's layout puts
 * them.
 */
function open(memory: GuardedMemory, { image, spec }: Case, pool?: Window) {
  memory.reset();
  const layout = new Layout();
  const first = layout.bytes;
  const window = windowOver('conv2d', spec.window, image);
  const shape: ConvolutionShape = forwardShape(layout, { ...spec, window }, pool);
  const tables = new Int32Array((layout.bytes - first) / 4);
  for (const { offset, length, fill } of layout.constants) {
    fill(tables.subarray((offset - first) / 4, (offset - first) / 4 + length));
  }
  expect(memory.put(tables).offset).toBe(first);
  const seeded = new Seeded(8);
  const [height, width, channels] = image;
  const x = seeded.floats(ROWS * height * width * channels);
  const kernel = seeded.floats(shape.depth * spec.filters);
  const bias = seeded.floats(padded(spec.filters));
  bias.fill(0, spec.filters);
  return {
    shape,
    window,
    values: { x, kernel, bias },
    x: memory.matrix({ rows: ROWS, columns: x.length / ROWS, padding: NaN, gap: 8 }, x),
    kernel: memory.put(toPanels(kernel, shape.depth, spec.filters)),
    bias: memory.put(bias),
    scratch: memory.floats(convolutionScratch(window, spec.filters, pool?.size[0] ?? 0)),
    panels: padded(spec.filters) / PANEL,
  };
}

/** What lies at position k of the window of a pixel: 0 in the border. */
function valueAt({ image, spec }: Case, window: Window, x: Float32Array) {
  const [height, width, channels] = image;
  const inputs = channels / spec.groups;
  return (row: number, pixel: number, k: number, group: number): number => {
    const position = Math.floor(k / inputs);
    const [a, b] = [Math.floor(position / window.size[1]), position % window.size[1]];
    const [i, j] = [Math.floor(pixel / window.output[1]), pixel % window.output[1]];
    const line = i * window.strides[0] - window.before[0] + a * window.dilation[0];
    const column = j * window.strides[1] - window.before[1] + b * window.dilation[1];
    if (line < 0 || column < 0 || line >= height || column >= width) return 0;
    return x[((row * height + line) * width + column) * channels + group * inputs + (k % inputs)];
  };
}

describe.each(VARIANTS)('convolutions, %s,', (variant) => {
  const memory = new GuardedMemory(variant);

  const forward = (one: Case, pieces?: readonly [number, number][], low = -Infinity): Float32Array => {
    const { shape, x, kernel, bias, scratch, panels } = open(memory, one);
    const y = memory.matrix({ rows: ROWS, columns: shape.pixels * one.spec.filters });
    for (const [begin, end] of pieces ?? [[0, panels]]) {
      memory.kernels.convForward(
        ...[y.offset, y.stride, x.offset, x.stride, kernel.offset, bias.offset, ROWS, shape.offset],
        ...[scratch.offset, begin, end, low],
      );
    }
    memory.expectGuards('forward');
    return y.get();
  };

  test.each(Object.keys(CASES))('begin at the bias and add position by position: %s', (name) => {
    const madd = multiplyAddOf(memory, variant);
    const one = CASES[name];
    const { filters, groups } = one.spec;
    const actual = forward(one);
    const { shape, window, values } = open(memory, one);
    const at = valueAt(one, window, values.x);
    const expected = actual.map((_, i) => {
      const f = i % filters;
      const pixel = Math.floor(i / filters) % shape.pixels;
      const row = Math.floor(i / filters / shape.pixels);
      const group = Math.floor(f / (filters / groups));
      return chain(
        madd,
        values.bias[f],
        shape.depth,
        (k) => at(row, pixel, k, group),
        (k) => values.kernel[k * filters + f],
      );
    });
    expectSameBits(actual, expected, name);
    const clamped = expected.map((value) => (value < 0 ? 0 : value));
    expectSameBits(forward(one, undefined, 0).map(Math.abs), clamped.map(Math.abs), `${name}, clamped`);
  });

  test('give the same bits in pieces of panels', () => {
    for (const name of ['whole panels', 'a border and a narrow panel', 'groups']) {
      const whole = forward(CASES[name]);
      expectSameBits(
        forward(CASES[name], [
          [1, 2],
          [0, 1],
        ]),
        whole,
        name,
      );
    }
  });

  test.each(Object.keys(CASES))('have gradients that add pixel by pixel, in any pieces: %s', (name) => {
    const madd = multiplyAddOf(memory, variant);
    const one = CASES[name];
    const { filters, groups } = one.spec;
    const gradient = (cut: (end: number) => number[], images = [0, ROWS]): Float32Array => {
      const { shape, x, scratch, panels } = open(memory, one);
      const columns = shape.pixels * filters;
      const delta = memory.matrix({ rows: ROWS, columns }, new Seeded(9).floats(ROWS * columns));
      const g = memory.floats(panels * PANEL * shape.depth);
      const ends = [0, ...cut(panels * shape.depth), panels * shape.depth];
      ends.slice(1).forEach((end, i) => {
        images.slice(1).forEach((last, k) => {
          const first = images[k];
          const [from, deltas] = [x, delta].map(({ offset, stride }) => [offset + first * stride, stride]);
          const places = [g.offset, ...from, ...deltas, last - first, shape.offset, scratch.offset];
          memory.kernels.convGradient(...places, ends[i], end, k === 0 ? 1 : 0);
        });
      });
      memory.expectGuards('gradient');
      return fromPanels(g.get(), shape.depth, filters);
    };
    const actual = gradient(() => []);
    expectSameBits(
      gradient((end) => [1, 2, 7, 8].filter((each) => each < end)),
      actual,
      'pieces',
    );
    expectSameBits(
      gradient(() => [], [0, 1, ROWS]),
      actual,
      'images',
    );
    const { shape, window, values } = open(memory, one);
    const at = valueAt(one, window, values.x);
    const deltas = new Seeded(9).floats(ROWS * shape.pixels * filters);
    const expected = actual.map((_, i) => {
      const [k, f] = [Math.floor(i / filters), i % filters];
      const group = Math.floor(f / (filters / groups));
      return chain(
        madd,
        0,
        ROWS * shape.pixels,
        (n) => at(Math.floor(n / shape.pixels), n % shape.pixels, k, group),
        (n) => deltas[n * filters + f],
      );
    });
    expectSameBits(actual, expected, name);
  });

  test.each([
    ['two by two', [2, 2]],
    ['two by three', [2, 3]],
    ['one by two', [1, 2]],
  ] as const)('are pooled to the same bits, and tell where the first maximum begins: %s', (_, size) => {
    for (const name of ['whole panels', 'a border and a narrow panel', 'a border and strides']) {
      const one = CASES[name];
      const { filters, window: spec } = one.spec;
      const window = windowOver('conv2d', spec, one.image);
      const pool = windowOver('maxPooling2d', poolingLayer('maxPooling2d', size).window, [
        ...window.output,
        filters,
      ]);
      const whole = forward(one);
      const { shape, x, kernel, bias, scratch, panels } = open(memory, one, pool);
      const pooled = pool.output[0] * pool.output[1];
      const y = memory.matrix({ rows: ROWS, columns: pooled * filters });
      const picks = memory.matrix({ rows: ROWS, columns: pooled * filters });
      memory.kernels.convPoolForward(
        ...[y.offset, y.stride, picks.offset, x.offset, x.stride, kernel.offset, bias.offset, ROWS],
        ...[shape.offset, scratch.offset, 0, panels, -Infinity],
      );
      memory.expectGuards(name);
      const line = 4 * (one.image[1] + window.border[1]) * one.image[2];
      const found = new Int32Array(picks.get().buffer);
      const expected = { maxima: y.get(), picks: new Int32Array(found.length) };
      expected.maxima.forEach((_, i) => {
        const f = i % filters;
        const at = Math.floor(i / filters) % pooled;
        const row = Math.floor(i / filters / pooled);
        let [most, pick] = [-Infinity, 0];
        for (let n = 0; n < size[0] * size[1]; n++) {
          const down = Math.floor(at / pool.output[1]) * size[0] + Math.floor(n / size[1]);
          const across = (at % pool.output[1]) * size[1] + (n % size[1]);
          const each = whole[(row * shape.pixels + down * window.output[1] + across) * filters + f];
          if (each <= most) continue;
          most = each;
          pick = down * window.strides[0] * line + across * window.strides[1] * 4 * one.image[2];
        }
        expected.maxima[i] = most;
        expected.picks[i] = pick;
      });
      expectSameBits(y.get(), expected.maxima, name);
      expectSameBits(found, expected.picks, `picks, ${name}`);
    }
  });
});
