import { describe, expect, test } from 'vitest';
import { Seeded } from '../helpers/seeded.js';
import { GuardedMemory, VARIANTS } from '../helpers/wasm.js';

const LENGTHS = [0, 1, 3, 15, 16, 17, 33, 101];

describe.each(VARIANTS)('with %s kernels, allFinite', (variant) => {
  const memory = new GuardedMemory(variant);

  function allFinite(values: Float32Array<ArrayBuffer>): number {
    memory.reset();
    const { offset } = memory.put(values);
    return memory.kernels.allFinite(offset, values.length);
  }

  test('accepts every finite number, the largest and denormals too', () => {
    for (const length of LENGTHS) {
      expect(allFinite(new Seeded(length).floats(length, 100))).toBe(1);
      expect(allFinite(new Float32Array(length).fill(-3.4028234663852886e38))).toBe(1);
      expect(allFinite(new Float32Array(length).fill(1e-45))).toBe(1);
    }
  });

  test.each([NaN, -NaN, Infinity, -Infinity])('finds %d wherever it stands', (value) => {
    for (const length of LENGTHS) {
      for (let at = 0; at < length; at++) {
        const values = new Float32Array(length).fill(1);
        values[at] = value;
        expect(allFinite(values)).toBe(0);
      }
    }
  });
});
