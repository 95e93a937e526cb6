import { describe, expect, test } from 'vitest';
import { loadDigits, loadIris } from '../../src/datasets.js';

/** Sum of values times their position, counted from 1, modulo `period`: finds any exchange of two values. */
function weightedSum(values: ArrayLike<number>, period = Infinity): number {
  return Array.from(values).reduce((sum, value, i) => sum + value * ((i + 1) % period), 0);
}

// Reference values: scikit-learn 1.2.1, load_iris() and load_digits().
describe('loadIris', () => {
  test('has the rows of scikit-learn', () => {
    const { x, y, targetNames, featureNames } = loadIris();
    expect(x.shape).toEqual([150, 4]);
    expect(x.data.length).toBe(600);
    expect(x.data.subarray(0, 4)).toEqual(Float64Array.of(5.1, 3.5, 1.4, 0.2));
    expect(weightedSum(x.data)).toBeCloseTo(692592, 1);
    expect([...y]).toEqual([0, 1, 2].flatMap((k) => Array<number>(50).fill(k)));
    expect(targetNames).toEqual(['setosa', 'versicolor', 'virginica']);
    expect(featureNames[3]).toBe('petal width (cm)');
    expect(featureNames.length).toBe(4);
  });

  test('has the values corrected against the copy at UCI', () => {
    const { data } = loadIris().x;
    expect(data.subarray(34 * 4, 35 * 4)).toEqual(Float64Array.of(4.9, 3.1, 1.5, 0.2));
    expect(data.subarray(37 * 4, 38 * 4)).toEqual(Float64Array.of(4.9, 3.6, 1.4, 0.1));
  });

  test('returns fresh arrays', () => {
    loadIris().x.data[0] = 99;
    expect(loadIris().x.data[0]).toBe(5.1);
  });
});

describe('loadDigits', () => {
  test('has the rows of scikit-learn', () => {
    const { x, y, targetNames, featureNames } = loadDigits();
    expect(x.shape).toEqual([1797, 64]);
    expect(x.data).toBeInstanceOf(Float32Array);
    expect(x.data.length).toBe(1797 * 64);
    expect(x.data.reduce((sum, value) => sum + value, 0)).toBe(561718);
    expect(weightedSum(x.data, 1009)).toBe(283185523);
    expect(y.length).toBe(1797);
    expect([...y.subarray(0, 10)]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(weightedSum(y)).toBe(7272861);
    expect(targetNames).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
    expect(featureNames.slice(6, 10)).toEqual(['pixel_0_6', 'pixel_0_7', 'pixel_1_0', 'pixel_1_1']);
    expect(featureNames.length).toBe(64);
  });
});
