import { describe, expect, test } from 'vitest';
import { expectClose, expectSameBits, expectWithin, ulps } from '../helpers/allclose.js';
import { activations } from '../helpers/reference.js';
import { Seeded } from '../helpers/seeded.js';
import { GuardedMemory, VARIANTS } from '../helpers/wasm.js';

const CLASSES = Array.from({ length: 33 }, (_, i) => i + 1);

type Forward = 'softmaxForward' | 'logSoftmaxForward';
type Backward = 'softmaxBackward' | 'logSoftmaxBackward';

/** (rows, classes). What lies in the padding of the logits must not matter. */
function forward(
  memory: GuardedMemory,
  kernel: Forward,
  logits: ArrayLike<number>,
  classes: number,
  inPlace = false,
): Float32Array {
  const rows = logits.length / classes;
  const width = 4 * Math.ceil(classes / 4);
  memory.reset();
  const x = memory.matrix({ rows, columns: classes, width, padding: 7 }, logits);
  const y = inPlace ? x : memory.matrix({ rows, columns: classes, width, gap: 8 });
  const scratch = memory.floats(width);
  const places = [y.offset, y.stride, x.offset, x.stride, rows, classes];
  memory.kernels[kernel](...places, ...(kernel === 'logSoftmaxForward' ? [scratch.offset] : []));
  memory.expectGuards(`${kernel}, ${classes} classes`);
  const values = y.get();
  if (kernel === 'softmaxForward' && !values.some(Number.isNaN)) {
    expectSameBits(y.get(classes, width), new Float32Array(rows * (width - classes)), `padding, ${classes}`);
  }
  return values;
}

function softmax(memory: GuardedMemory, logits: ArrayLike<number>, classes: number): Float32Array {
  return forward(memory, 'softmaxForward', logits, classes);
}

/**
 * By definition in float64, but from differences to the largest logit that are rounded as the kernel rounds
 * them.
 */
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

describe.each(VARIANTS)('logSoftmaxForward, %s,', (variant) => {
  const memory = new GuardedMemory(variant);
  const logSoftmax = (logits: ArrayLike<number>, classes: number): Float32Array =>
    forward(memory, 'logSoftmaxForward', logits, classes);

  test('is within rounding of float64 for 1 to 33 classes', () => {
    const seeded = new Seeded(23);
    for (const classes of CLASSES) {
      for (const size of [0.01, 1, 10, 60]) {
        const logits = seeded.floats(classes, size);
        const exact = logits.map((z) => z - logSumExp(logits));
        const errors = logSoftmax(logits, classes).map(
          (y, j) => Math.abs(y - exact[j]) / Math.max(1, Math.abs(exact[j])),
        );
        expectWithin(errors, new Float32Array(classes), 4 * 2 ** -24, `${classes} classes`);
      }
    }
  });

  test('stays finite where the probability is 0, up to ±1e4', () => {
    expectSameBits(logSoftmax([1e4, -1e4, 0], 3), [0, -2e4, -1e4], 'far apart');
    expectSameBits(logSoftmax([-1e4, -1e4], 2), [-Math.LN2, -Math.LN2].map(Math.fround), 'equal');
  });

  test('gives NaN to the row of a NaN and to no other', () => {
    const actual = logSoftmax([1, 2, 3, 1, NaN, 3, 1, 2, 3], 3);
    expect([...actual].map(Number.isNaN)).toEqual(Array.from(actual, (_, i) => i >= 3 && i < 6));
  });
});

describe.each(VARIANTS)('the gradients of %s kernels', (variant) => {
  const memory = new GuardedMemory(variant);

  test.each(['softmax', 'logSoftmax'] as const)(
    'through %s are close to float64, 0 in the padding',
    (name) => {
      const seeded = new Seeded(24);
      const rule = activations[name];
      for (const classes of CLASSES) {
        const rows = 5;
        const width = 4 * Math.ceil(classes / 4);
        const deltas = seeded.floats(rows * classes);
        const logits = seeded.floats(rows * classes, 3);
        const y = new Float32Array(logits.length);
        const exact = new Float64Array(logits.length);
        for (let begin = 0; begin < logits.length; begin += classes) {
          const z = Float64Array.from(logits.subarray(begin, begin + classes));
          const outputs = rule.forward(z);
          y.set(outputs, begin);
          exact.set(
            rule.backward(Float64Array.from(deltas.subarray(begin, begin + classes)), outputs),
            begin,
          );
        }
        memory.reset();
        const delta = memory.matrix({ rows, columns: classes, width, gap: 8 }, deltas);
        const output = memory.matrix({ rows, columns: classes, width }, y);
        const places = [delta.offset, delta.stride, output.offset, output.stride, rows, classes];
        const kernel: Backward = `${name}Backward`;
        memory.kernels[kernel](...places);
        memory.expectGuards(`${name}, ${classes} classes`);
        expectClose(delta.get(), exact, `${name}, ${classes} classes`, { size: 1, terms: classes });
        const padding = delta.get(classes, width).map((value) => value + 0);
        expectSameBits(padding, new Float32Array(padding.length), 'padding');
      }
    },
  );

  test('have the same bits when logits and outputs share a place', () => {
    const logits = new Seeded(25).floats(9 * 10, 3);
    for (const kernel of ['softmaxForward', 'logSoftmaxForward'] as const) {
      expectSameBits(forward(memory, kernel, logits, 10, true), forward(memory, kernel, logits, 10), kernel);
    }
  });
});

function logSumExp(logits: Float32Array): number {
  const largest = logits.reduce((a, b) => Math.max(a, b));
  return largest + Math.log(logits.reduce((total, z) => total + Math.exp(z - largest), 0));
}
