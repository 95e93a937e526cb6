/**
 * Lets toEqual compare typed arrays, and arrays of numbers, at once: value by value it takes a microsecond
 * each.
 */
import { expect } from 'vitest';

/**
 * True if two arrays hold the same values, to the bit; else undefined, and toEqual finds out how they differ.
 */
function holdSameValues(a: unknown, b: unknown): true | undefined {
  if (ArrayBuffer.isView(a) && ArrayBuffer.isView(b)) {
    if (a.constructor !== b.constructor || a.byteLength !== b.byteLength) return undefined;
    const [x, y] = [a, b].map(({ buffer, byteOffset, byteLength }) =>
      Buffer.from(buffer, byteOffset, byteLength),
    );
    return x.equals(y) || undefined;
  }
  if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length || a.length < 8) return undefined;
  return a.every((value, i) => typeof value === 'number' && Object.is(value, b[i])) || undefined;
}

// Testers are added for good, files in one process share them.
const ADDED = Symbol.for('holdSameValues');
const known = globalThis as { [ADDED]?: boolean };
if (!known[ADDED]) expect.addEqualityTesters([holdSameValues]);
known[ADDED] = true;
