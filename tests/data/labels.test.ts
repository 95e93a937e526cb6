import { describe, expect, test } from 'vitest';
import { compareCodePoints, encodeLabels, rowLabels } from '../../src/data/labels.js';
import { ndarray } from '../../src/ndarray.js';

describe('encodeLabels', () => {
  test('sorts numbers by value', () => {
    const { classes, indices, counts } = encodeLabels([10, 9, -1, 10, 0.5]);
    expect(classes).toEqual([-1, 0.5, 9, 10]);
    expect([...indices]).toEqual([3, 2, 0, 3, 1]);
    expect([...counts]).toEqual([1, 1, 1, 2]);
  });

  test('sorts false before true', () => {
    expect(encodeLabels([true, false]).classes).toEqual([false, true]);
  });

  test('sorts strings by code point, not by UTF-16 unit', () => {
    const labels = ['\u{1F600}', '\uFF21', 'z', 'Z', '', 'zz'];
    expect(encodeLabels(labels).classes).toEqual(['', 'Z', 'z', 'zz', '\uFF21', '\u{1F600}']);
    expect(compareCodePoints('a', 'a')).toBe(0);
    expect(compareCodePoints('\u{1F600}a', '\u{1F600}b')).toBeLessThan(0);
  });

  test('takes -0 and 0 for one class, and names of Object.prototype for names', () => {
    expect(encodeLabels([0, -0]).classes).toEqual([0]);
    expect(encodeLabels(['constructor', '__proto__']).classes).toEqual(['__proto__', 'constructor']);
  });

  test('takes no labels for no classes', () => {
    expect(encodeLabels([]).classes).toEqual([]);
  });

  test.each([
    [[1, 'a'], "y must hold labels of one type (finite numbers), but received 'a' at index 1."],
    [[Infinity], 'y must hold labels of one type (finite numbers), but received Infinity at index 0.'],
    [['a', null], 'y must hold labels of one type (strings), but received null at index 1.'],
    [[null], 'y must hold labels of one type (strings, numbers or booleans), but received null at index 0.'],
    [
      [{}],
      'y must hold labels of one type (strings, numbers or booleans), but received an object at index 0.',
    ],
  ])('refuses %j', (labels, sentence) => {
    expect(() => encodeLabels(labels as never)).toThrow(sentence);
  });
});

describe('rowLabels', () => {
  test('takes single columns for labels and joins several entries', () => {
    expect(rowLabels([[1], [2]], 'y')).toEqual([1, 2]);
    expect(rowLabels(ndarray([[1], [2]]), 'y')).toEqual([1, 2]);
    expect(rowLabels([Uint8Array.of(1, 0), [0, 1]], 'y')).toEqual(['1 0', '0 1']);
  });

  test('refuses images', () => {
    expect(() => rowLabels(ndarray([[[1]]]), 'y')).toThrow(
      'y must have one label or one row of entries per row, but received the shape (1, 1, 1).',
    );
  });
});
