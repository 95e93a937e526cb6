import { describe, expect, test } from 'vitest';
import { MinMaxScaler, RobustScaler, StandardScaler } from '../../src/index.js';
import { r2Score } from '../../src/data/scores.js';
import { ValueError } from '../../src/errors.js';
import { RandomState } from '../../src/random.js';

/** Every finite double is a multiple of 2^-1074. */
const UNIT = 1074n;

/** A double as a multiple of 2^-1074. */
function toUnits(value: number): bigint {
  const bits = new BigUint64Array(Float64Array.of(value).buffer)[0];
  const exponent = (bits >> 52n) & 0x7ffn;
  const fraction = bits & 0xfffffffffffffn;
  const magnitude = exponent === 0n ? fraction : (fraction | 0x10000000000000n) << (exponent - 1n);
  return value < 0 ? -magnitude : magnitude;
}

/** numerator / denominator of bigints, to 60 bits before it is rounded to a double. */
function toNumber(numerator: bigint, denominator: bigint): number {
  if (numerator < 0n) return -toNumber(-numerator, denominator);
  if (numerator === 0n) return 0;
  let exponent = numerator.toString(2).length - denominator.toString(2).length - 60;
  const up = exponent < 0 ? BigInt(-exponent) : 0n;
  const down = exponent > 0 ? BigInt(exponent) : 0n;
  let value = Number((numerator << up) / (denominator << down));
  for (; exponent < 0; exponent++) value /= 2;
  for (; exponent > 0; exponent--) value *= 2;
  return value;
}

/** Mean and variance in rational arithmetic. */
function exactMoments(values: Float64Array): { mean: number; variance: number } {
  const rows = BigInt(values.length);
  const units = Array.from(values, toUnits);
  const sum = units.reduce((total, each) => total + each, 0n);
  const squares = units.reduce((total, each) => total + (each * rows - sum) ** 2n, 0n);
  return {
    mean: toNumber(sum, rows << UNIT),
    variance: toNumber(squares, (rows ** 3n) << (2n * UNIT)),
  };
}

const random = new RandomState(7);
const draw = (rows: number, of: (i: number) => number) =>
  Float64Array.from({ length: rows }, (_, i) => of(i));
const columns: Record<string, Float64Array> = {
  'ordinary values': draw(501, () => random.standardNormal()),
  'a billion and a little': draw(400, () => 1e9 + random.uniform(0, 1e-3)),
  'a billion and ones': draw(400, () => 1e9 + random.bounded(1)),
  'neighbouring doubles': draw(97, () => 1 + random.bounded(3) * 2.220446049250313e-16),
  'large values that cancel': draw(300, (i) => [1e16, 1, -1e16][i % 3]),
  'all magnitudes': draw(200, (i) => (i % 2 ? -1 : 1) * Number(`1e${(i % 30) - 15}`)),
  'tiny values': draw(100, () => random.uniform(1e-150, 2e-150)),
  thousandths: draw(1000, () => random.bounded(1000) / 1000),
};
const constants = [0.1, 20.5, 19.99, 1 / 3, -1e9 - 0.1, 1e-300, 12345.678, 0];

describe('StandardScaler', () => {
  test.each(Object.entries(columns))('has exact mean and variance of %s', (_name, values) => {
    const { mean, variance } = exactMoments(values);
    const scaler = new StandardScaler().fit({ data: values, shape: [values.length, 1] });
    expect(Math.abs(scaler.mean![0] - mean)).toBeLessThanOrEqual(2.3e-16 * Math.abs(mean));
    expect(Math.abs(scaler.var![0] - variance)).toBeLessThanOrEqual(2e-15 * variance);
  });

  test.each(constants)('knows that a column of %d is constant', (value) => {
    for (const rows of [2, 3, 7, 10, 12, 1000]) {
      const data = new Float64Array(rows).fill(value);
      const scaler = new StandardScaler().fit({ data, shape: [rows, 1] });
      expect(scaler.mean![0]).toBe(value);
      expect(scaler.var![0]).toBe(0);
      expect(scaler.scale![0]).toBe(1);
      expect(scaler.transform({ data, shape: [rows, 1] }).data.every((each) => each === 0)).toBe(true);
      for (const Scaler of [MinMaxScaler, RobustScaler]) {
        const other = new Scaler().fit({ data, shape: [rows, 1] });
        expect(other.transform({ data, shape: [rows, 1] }).data.every((each) => each === 0)).toBe(true);
      }
    }
  });

  test('never has a variance below 0, and scales columns each by its own', () => {
    const names = Object.keys(columns);
    const rows = 97;
    const data = new Float64Array(rows * names.length);
    names.forEach((name, j) => {
      for (let i = 0; i < rows; i++) data[i * names.length + j] = columns[name][i];
    });
    const together = new StandardScaler().fit({ data, shape: [rows, names.length] });
    names.forEach((name, j) => {
      const alone = new StandardScaler().fit({ data: columns[name].slice(0, rows), shape: [rows, 1] });
      expect(together.var![j]).toBeGreaterThanOrEqual(0);
      expect(together.mean![j]).toBe(alone.mean![0]);
      expect(together.var![j]).toBe(alone.var![0]);
    });
  });

  test('calls a column constant by the rule of scikit-learn', () => {
    // _is_constant_feature: var <= rows · ε · var + (rows · mean · ε)²; here the bound is (2 · 1e9 · 2^-52)²
    // = 1.97e-13.
    const inside = new StandardScaler().fit([[1e9], [1e9 + 2 ** -21]]);
    expect(inside.var![0]).toBe(2 ** -44);
    expect(inside.scale![0]).toBe(1);
    const outside = new StandardScaler().fit([[1e9], [1e9 + 2 ** -20]]);
    expect(outside.scale![0]).toBe(2 ** -21);
  });

  test.each([
    ['StandardScaler', () => new StandardScaler().fit([[1e200], [-1e200]])],
    ['StandardScaler', () => new StandardScaler({ withStd: false }).fit([[1.5e308], [1.5e308]])],
    ['MinMaxScaler', () => new MinMaxScaler().fit([[1.5e308], [-1.5e308]])],
    ['RobustScaler', () => new RobustScaler().fit([[1.5e308], [-1.5e308]])],
  ])('%s refuses columns whose spread no double holds', (name, call) => {
    expect(call).toThrow(ValueError);
    expect(call).toThrow(
      `${name}: X must have columns whose spread is within float64's range, but column 0 has values too large for it.`,
    );
  });
});

describe('r2Score', () => {
  test.each(constants)('is 0 or 1 for the constant target %d', (value) => {
    for (const rows of [2, 3, 7, 12, 100]) {
      const y = Array<number>(rows).fill(value);
      const sampleWeight = y.map((_, i) => (i % 3) / 7);
      for (const options of [{}, { sampleWeight }]) {
        expect(
          r2Score(
            y,
            y.map((each) => each + 1),
            options,
          ),
        ).toBe(0);
        expect(r2Score(y, y, options)).toBe(1);
      }
    }
  });

  test('is 0 for the constant one of two outputs', () => {
    const y = [0.1, 0.1, 0.1].map((constant, i) => [constant, i]);
    const scores = r2Score(
      y,
      y.map(([a, b]) => [a + 1, b]),
      { multioutput: 'rawValues' },
    );
    expect(scores).toEqual(Float64Array.of(0, 1));
  });

  test('keeps the spread of targets that are nearly constant', () => {
    const y = [0, 1, 2, 3].map((i) => 1e9 + i * 2 ** -20);
    expect(r2Score(y, [y[0], y[1], y[2], y[2]])).toBe(1 - 1 / 5);
  });
});
