import { describe, expect, test } from 'vitest';
import { expectClose, expectSameBits } from '../helpers/allclose.js';
import { unitNormalization } from '../helpers/reference.js';
import { Seeded } from '../helpers/seeded.js';
import type { KernelVariant } from '../helpers/wasm.js';
import { GuardedMemory, VARIANTS } from '../helpers/wasm.js';

/** Rows, pixels and channels: none, one, around a vector and around a panel; primes. */
const CASES = [0, 1, 2, 3, 4, 5, 7, 8, 9, 17, 61].flatMap((channels, i) =>
  [1, 2, 13].map((pixels, j) => [(i + j) % 5, pixels, channels] as const),
);

function unitNorm(
  variant: KernelVariant,
  [rows, pixels, channels]: readonly number[],
  x: Float32Array,
  delta: Float32Array,
) {
  const memory = new GuardedMemory(variant);
  const columns = pixels * channels;
  const input = memory.matrix({ rows, columns, gap: 3 }, x);
  const gradient = memory.matrix({ rows, columns, gap: 8 }, delta);
  const [y, dx] = [memory.matrix({ rows, columns, gap: 5 }), memory.matrix({ rows, columns, gap: 1 })];
  const from = [input.offset, input.stride, rows, pixels, channels];
  memory.kernels.unitNormForward(y.offset, y.stride, ...from);
  memory.kernels.unitNormBackward(dx.offset, dx.stride, gradient.offset, gradient.stride, ...from);
  memory.expectGuards(`${rows} rows of ${pixels} pixels, ${channels} channels`);
  return { y: y.get(), dx: dx.get() };
}

describe.each(VARIANTS)('with %s kernels, unit normalization', (variant) => {
  test('has the float64 outputs and gradients', () => {
    for (const sizes of CASES) {
      const [rows, pixels, channels] = sizes;
      const seeded = new Seeded(rows + channels);
      const length = rows * pixels * channels;
      const x = seeded.floats(length, 2).map((value) => value + 0.5);
      const delta = seeded.floats(length);
      const layer = unitNormalization(channels);
      const y = layer.forward(Float64Array.from(x), rows);
      const { input } = layer.backward(Float64Array.from(delta));
      const actual = unitNorm(variant, sizes, x, delta);
      expectClose(actual.y, y, `outputs of ${sizes.join(' x ')}`, { size: 1 });
      expectClose(actual.dx, input, `gradients of ${sizes.join(' x ')}`, { size: 4, units: 4 });
    }
  });

  test('keeps vectors of zeros, with no gradient', () => {
    const x = Float32Array.of(3, -4, 0, 0, 0, 0, 0, 2);
    const { y, dx } = unitNorm(variant, [2, 2, 2], x, new Float32Array(8).fill(1));
    expect([...y]).toEqual([3 / 5, -4 / 5, 0, 0, 0, 0, 0, 1].map(Math.fround));
    expect([...dx.subarray(2, 6)]).toEqual([0, 0, 0, 0]);
    expect([...dx.subarray(6)]).toEqual([0.5, 0]);
  });

  test('divides by 1e-12 at least, and by norms whose squares float32 cannot hold', () => {
    const x = Float32Array.of(3e-13, 4e-13, 3e-30, 4e-30, 3e30, 4e30, 3e-11, 4e-11);
    const { y, dx } = unitNorm(variant, [4, 1, 2], x, new Float32Array(8).fill(1));
    expectClose(y, [0.3, 0.4, 3e-18, 4e-18, 0.6, 0.8, 0.6, 0.8], 'outputs', { units: 4 });
    expect([...dx.subarray(0, 4)]).toEqual([0, 0, 0, 0]);
    expect(dx.every(Number.isFinite)).toBe(true);
  });

  test('gives a pixel the bits that it has as a row', () => {
    const seeded = new Seeded(9);
    const [x, delta] = [seeded.floats(4 * 3 * 7), seeded.floats(4 * 3 * 7)];
    const [images, rows] = [unitNorm(variant, [4, 3, 7], x, delta), unitNorm(variant, [12, 1, 7], x, delta)];
    expectSameBits(images.y, rows.y, 'outputs');
    expectSameBits(images.dx, rows.dx, 'gradients');
  });
});
