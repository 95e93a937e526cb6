import { describe, expect, test } from 'vitest';
import * as math from '../../src/math.js';
import { RandomState } from '../../src/random.js';
import { REFERENCE } from './values.js';

const double = new Float64Array(1);
const bits = new BigInt64Array(double.buffer);

/** Doubles as whole numbers in the same order, neighbours one apart. */
function rank(x: number): bigint {
  double[0] = x;
  return bits[0] < 0n ? -(bits[0] & 0x7fffffffffffffffn) : bits[0];
}

/** How many doubles two results are apart; 0 for two NaN. */
function ulps(a: number, b: number): number {
  if (Object.is(a, b) || (a !== a && b !== b)) return 0;
  const distance = Math.abs(Number(rank(a) - rank(b)));
  return Number.isNaN(a) || Number.isNaN(b) || distance === 0 ? Infinity : distance;
}

/** A finite double of any size and sign. */
function anyDouble(random: RandomState): number {
  do bits[0] = (BigInt(random.u32()) << 32n) | BigInt(random.u32());
  while (!Number.isFinite(double[0]));
  return double[0];
}

describe('is the nearest double or a neighbour of it:', () => {
  test.each(Object.keys(REFERENCE) as (keyof typeof math)[])('%s', (name) => {
    const f = math[name] as (...args: number[]) => number;
    const allowed = name === 'tanh' ? 2 : 1;
    for (const row of REFERENCE[name]) {
      const [args, expected] = [row.slice(0, -1), row[row.length - 1]];
      expect(ulps(f(...args), expected), `${name}(${args.join(', ')}) = ${f(...args)}`).toBeLessThanOrEqual(
        allowed,
      );
    }
  });
});

describe("agrees with the engine's Math to 2 ulp:", () => {
  const ranges: [Exclude<keyof typeof math, 'pow'>, number, number][] = [
    ['exp', -746, 710],
    ['exp', -1, 1],
    ['log', 0, 3],
    ['log', 0, 1e9],
    ['log1p', -1, 2],
    ['expm1', -40, 709],
    ['expm1', -1, 1],
    ['tanh', -22, 22],
    ['tanh', -1, 1],
    ['sin', -10, 10],
    ['sin', -1e6, 1e6],
    ['cos', -10, 10],
    ['cos', -1e6, 1e6],
  ];
  test.each(ranges)('%s from %d to %d', (name, low, high) => {
    const random = new RandomState(1);
    let worst = 0;
    for (let i = 0; i < 20000; i++) {
      const x = random.uniform(low, high);
      worst = Math.max(worst, ulps(math[name](x), Math[name](x)));
    }
    expect(worst).toBeLessThanOrEqual(2);
  });

  test.each(['exp', 'log', 'log1p', 'expm1', 'tanh'] as const)('%s of any double', (name) => {
    const random = new RandomState(2);
    const far: number[] = [];
    for (let i = 0; i < 20000; i++) {
      const x = anyDouble(random);
      if (!(ulps(math[name](x), Math[name](x)) <= 2)) far.push(x);
    }
    expect(far).toEqual([]);
  });

  test('pow of any positive double to exponents from -5 to 5', () => {
    const random = new RandomState(3);
    const far: number[][] = [];
    for (let i = 0; i < 20000; i++) {
      const x = Math.abs(anyDouble(random));
      const y = random.uniform(-5, 5);
      if (!(ulps(math.pow(x, y), Math.pow(x, y)) <= 2)) far.push([x, y]);
    }
    expect(far).toEqual([]);
  });
});

describe('special values', () => {
  const special = [
    0,
    -0,
    1,
    -1,
    Infinity,
    -Infinity,
    NaN,
    5e-324,
    -5e-324,
    1e-310,
    2 ** 53,
    1.7976931348623157e308,
  ];

  test.each(['exp', 'log', 'log1p', 'expm1', 'tanh', 'sin', 'cos'] as const)(
    'of %s are those of Math',
    (name) => {
      for (const x of [
        ...special,
        709.782712893384,
        709.7827128933841,
        -745.1332191019411,
        -745.1332191019412,
        36.8,
        22,
      ]) {
        const isFarAngle = (name === 'sin' || name === 'cos') && Math.abs(x) > 1e6;
        const [result, expected] = [math[name](x), Math[name](isFarAngle ? x % (2 * Math.PI) : x)];
        expect(ulps(result, expected), `${name}(${x}) = ${result}, not ${expected}`).toBeLessThanOrEqual(1);
      }
    },
  );

  test('of pow are those of Math', () => {
    const values = [
      ...special,
      0.5,
      -0.5,
      2,
      -2,
      3,
      -3,
      2.5,
      1e300,
      -1e300,
      9007199254740991,
      0.9999999999999999,
    ];
    for (const x of values) {
      for (const y of values) {
        const [result, expected] = [math.pow(x, y), Math.pow(x, y)];
        expect(ulps(result, expected), `pow(${x}, ${y}) = ${result}, not ${expected}`).toBeLessThanOrEqual(1);
      }
    }
  });
});

describe('pow', () => {
  test('is exact for whole powers that are doubles', () => {
    for (let base = 2; base <= 100; base++) {
      const powers = [1];
      while (powers.at(-1)! * base <= Number.MAX_SAFE_INTEGER) powers.push(powers.at(-1)! * base);
      expect(powers.map((_, n) => math.pow(base, n))).toEqual(powers);
      expect(powers.map((_, n) => math.pow(-base, n))).toEqual(powers.map((p, n) => (n % 2 ? -p : p)));
    }
  });

  test('is exact for powers of two, subnormal ones included', () => {
    const exponents = Array.from({ length: 2098 }, (_, i) => i - 1074);
    expect(exponents.map((n) => math.pow(2, n))).toEqual(exponents.map((n) => 2 ** n));
  });

  test('gives square roots', () => {
    const random = new RandomState(4);
    for (let i = 0; i < 1000; i++) {
      const x = random.uniform(0, 1e6);
      expect(ulps(math.pow(x, 0.5), Math.sqrt(x))).toBeLessThanOrEqual(1);
    }
  });
});

test('every bit is the same on every engine', () => {
  const random = new RandomState(5);
  let hash = 0;
  const add = (x: number) => {
    double[0] = x;
    hash = (Math.imul(hash, 31) + Number(bits[0] & 0x7fffffffn) + Number((bits[0] >> 32n) & 0x7fffffffn)) | 0;
  };
  for (let i = 0; i < 5000; i++) {
    const x = random.uniform(-20, 20);
    const { exp, expm1, log, log1p, tanh, sin, cos, pow } = math;
    for (const f of [exp, expm1, tanh, sin, cos]) add(f(x));
    for (const f of [log, log1p]) add(f(Math.abs(x)));
    add(pow(Math.abs(x), x / 3));
    add(sin(x * 1e5));
  }
  expect(hash).toBe(535796134);
});
