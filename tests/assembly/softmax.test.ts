import { describe, expect, test } from 'vitest';
import { expectSameBits, ulps } from '../helpers/allclose.js';
import { activations } from '../helpers/reference.js';
import { Seeded } from '../helpers/seeded.js';
import { GuardedMemory, VARIANTS } from '../helpers/wasm.js';

const CLASSES = Array.from({ length: 33 }, (_, i) => i + 1);

/** Probabilities (rows, classes). What lies in the padding before must not matter, and is 0 afterwards. */
function softmax(memory: GuardedMemory, logits: ArrayLike<number>, classes: number): Float32Array {
  const rows = logits.length / classes;
  const width = 4 * Math.ceil(classes / 4);
  memory.reset();
  const y = memory.matrix({ rows, columns: classes, width, padding: 7 }, logits);
  memory.kernels.softmaxForward(y.offset, y.stride, rows, classes);
  memory.expectGuards(`${classes} classes`);
  const probabilities = y.get();
  if (!probabilities.some(Number.isNaN)) {
    expectSameBits(y.get(classes, width), new Float32Array(rows * (width - classes)), `padding, ${classes}`);
  }
  return probabilities;
}

/** By definition in float64, but from differences to the largest logit that are rounded as the kernel rounds them. */
function exactly(logits: ArrayLike<number>): Float64Array {
  const largest = Array.from(logits).reduce((a, b) => Math.max(a, b));
  return activations.softmax.forward(Float64Array.from(logits, (z) => Math.fround(z - largest)));
}

describe.each(VARIANTS)('softmaxForward, %s,', (variant) => {
  const memory = new GuardedMemory(variant);

  test('is within 4 ulp of float64 for 1 to 33 classes', () => {
    const seeded = new Seeded(21);
    let worst = 0;
    for (const classes of CLASSES) {
      for (const size of [0.01, 1, 10, 60]) {
        const rows = 7;
        const logits = seeded.floats(rows * classes, size);
        const actual = softmax(memory, logits, classes);
        for (let row = 0; row < rows; row++) {
          const exact = exactly(logits.subarray(row * classes, (row + 1) * classes));
          exact.forEach((p, j) => (worst = Math.max(worst, ulps(actual[row * classes + j], p))));
        }
      }
    }
    expect(worst).toBeLessThanOrEqual(4);
  });

  test('gives probabilities that add up to 1', () => {
    const seeded = new Seeded(22);
    for (const classes of CLASSES) {
      const actual = softmax(memory, seeded.floats(classes, 5), classes);
      const sum = actual.reduce((a, b) => a + b, 0);
      expect(Math.abs(sum - 1)).toBeLessThan(classes * 2 ** -23);
      expect(actual.every((p) => p >= 0 && p <= 1)).toBe(true);
    }
  });

  test('gives equal logits equal shares, however large they are', () => {
    for (const classes of CLASSES) {
      for (const z of [0, 1e4, -1e4, 3e38, -3e38]) {
        const equal = new Float32Array(classes).fill(z);
        expectSameBits(softmax(memory, equal, classes), equal.fill(1 / classes), `${classes} times ${z}`);
      }
    }
  });

  test('depends on differences alone, to the bit, up to ±1e4', () => {
    const steps = Float32Array.from({ length: 2 * 10 }, (_, i) => ((i * 7) % 13) / 8);
    const near = softmax(memory, steps, 10);
    for (const shift of [1e4, -1e4]) {
      const far = softmax(
        memory,
        steps.map((z) => z + shift),
        10,
      );
      expectSameBits(far, near, `shift ${shift}`);
    }
    expectSameBits(softmax(memory, [1e4, -1e4, 0], 3), [1, 0, 0], 'far apart');
  });

  test('gives -∞ the probability 0, and NaN to the whole row of a NaN or ∞, but to no other', () => {
    expectSameBits(softmax(memory, [-Infinity, 2, -Infinity, 2, -Infinity], 5), [0, 0.5, 0, 0.5, 0], '-∞');
    for (const bad of [NaN, Infinity]) {
      for (let j = 0; j < 5; j++) {
        const logits = new Float32Array(15).fill(1);
        logits[5 + j] = bad;
        const actual = softmax(memory, logits, 5);
        expect([...actual].map(Number.isNaN)).toEqual(Array.from(actual, (_, i) => i >= 5 && i < 10));
      }
    }
    expect([...softmax(memory, [-Infinity, -Infinity], 2)]).toEqual([NaN, NaN]);
  });

  test('touches nothing without rows', () => {
    expect(softmax(memory, [], 5)).toHaveLength(0);
  });
});
