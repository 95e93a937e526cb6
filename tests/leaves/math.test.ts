import { describe, expect, test } from 'vitest';
import * as math from '../../src/math.js';
import { RandomState } from '../../src/random.js';

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

// True values, rounded: mpmath 1.2.1 at 1,400 bits.
const REFERENCE: Record<keyof typeof math, number[][]> = {
  exp: [
    [1, 2.718281828459045],
    [-1, 0.36787944117144233],
    [0.3, 1.3498588075760032],
    [-0.34657, 0.7071093199024199],
    [10.1, 24343.00942440838],
    [-745, 5e-324],
    [709.7, 1.6549840276802644e308],
    [1e-5, 1.00001000005],
    [-40.25, 3.3086216207858244e-18],
    [-709.5, 7.38014831401258e-309],
  ],
  log: [
    [2, 0.6931471805599453],
    [10, 2.302585092994046],
    [0.1, -2.3025850929940455],
    [1.0000001, 9.999999505838704e-8],
    [0.7071, -0.346583180371942],
    [1.4143, 0.34663470904431704],
    [1e300, 690.7755278982137],
    [5e-324, -744.4400719213812],
    [3e-310, -712.7027665394861],
    [0.9999, -0.00010000500033334732],
  ],
  log1p: [
    [1e-10, 9.999999999500001e-11],
    [0.48001172717353124, 0.3920500115105303],
    [-0.9999, -9.210340371976294],
    [0.2, 0.18232155679395465],
    [-0.29, -0.3424903089467759],
    [1000000000000000, 34.538776394910684],
    [1e-300, 1e-300],
    [3, 1.3862943611198906],
    [-0.4, -0.5108256237659907],
  ],
  expm1: [
    [1e-10, 1.00000000005e-10],
    [0.2, 0.22140275816016985],
    [-0.3, -0.2591817793182821],
    [0.6, 0.8221188003905089],
    [-0.6, -0.45118836390597356],
    [1.5, 3.481689070338065],
    [20.5, 799902176.4755054],
    [40, 2.3538526683702e17],
    [300, 1.9424263952412558e130],
    [-37, -0.9999999999999999],
    [-2.5, -0.9179150013761012],
  ],
  tanh: [
    [1e-9, 1e-9],
    [0.2, 0.197375320224904],
    [-0.5, -0.46211715726000974],
    [0.99, 0.7573623242165263],
    [1.01, 0.7657620182484389],
    [5, 0.9999092042625951],
    [-18, -0.9999999999999996],
    [21.9, 1],
  ],
  sin: [
    [0.1, 0.09983341664682815],
    [1, 0.8414709848078965],
    [-2, -0.9092974268256817],
    [3.141592653589793, 1.2246467991473532e-16],
    [100.5, -0.030959966783271346],
    [100000, 0.03574879797201651],
    [10000000, 0.4205477931907825],
    [1e22, -0.8522008497671888],
    [-1e300, 0.8178819121159085],
    [1.7976931348623157e308, 0.004961954789184062],
    [5.319372648326541e255, 1],
    [1.5707963267948966, 1],
  ],
  cos: [
    [0.1, 0.9950041652780258],
    [1, 0.5403023058681398],
    [-2, -0.4161468365471424],
    [1.5707963267948966, 6.123233995736766e-17],
    [100.5, 0.9995206253283515],
    [100000, -0.9993608074382124],
    [10000000, -0.9072703861817396],
    [1e22, 0.523214785395139],
    [-1e300, -0.5753861119575491],
    [1.7976931348623157e308, -0.9999876894265599],
    [5.319372648326541e255, -4.687165924254628e-19],
  ],
  erf: [
    [1e-310, 1.1283791670955e-310],
    [1e-9, 1.1283791670955127e-9],
    [0.1, 0.1124629160182849],
    [0.5, 0.5204998778130465],
    [0.84, 0.7651427114549945],
    [0.85, 0.7706680576083526],
    [1.2, 0.9103139782296353],
    [1.3, 0.9340079449406524],
    [2.8, 0.9999249868053346],
    [2.9, 0.9999589021219005],
    [5.9, 0.9999999999999999],
    [-0.7, -0.6778011938374184],
  ],
  pow: [
    [2, 0.5, 1.4142135623730951],
    [10, -3, 0.001],
    [0.9, 1000, 1.7478712517226947e-46],
    [0.999, 12345, 4.324661796025634e-6],
    [1.0000000001, 10000000000, 2.7182820532347876],
    [3.7, 250.5, 2.160388609275024e142],
    [5e-324, 0.25, 1.4908919308538355e-81],
    [1e300, -1.05, 1e-315],
    [0.1, 308.25, 5.623413251903586e-309],
    [123.456, -2.5, 5.904994479458168e-6],
  ],
};

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
  const ranges: [Exclude<keyof typeof math, 'erf' | 'pow'>, number, number][] = [
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
    ['sin', -1e12, 1e12],
    ['cos', -10, 10],
    ['cos', -1e6, 1e6],
    ['cos', -1e12, 1e12],
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

  test.each(['exp', 'log', 'log1p', 'expm1', 'tanh', 'sin', 'cos'] as const)('%s of any double', (name) => {
    const random = new RandomState(2);
    for (let i = 0; i < 20000; i++) {
      const x = anyDouble(random);
      expect(ulps(math[name](x), Math[name](x)) <= 2, `${name}(${x})`).toBe(true);
    }
  });

  test('pow of any positive double to exponents from -5 to 5', () => {
    const random = new RandomState(3);
    for (let i = 0; i < 20000; i++) {
      const x = Math.abs(anyDouble(random));
      const y = random.uniform(-5, 5);
      expect(ulps(math.pow(x, y), Math.pow(x, y)) <= 2, `pow(${x}, ${y})`).toBe(true);
    }
  });

  test('erf is odd, rises, and its slope is 2 / sqrt(pi) exp(-x^2)', () => {
    for (let x = 0.01; x < 6; x += 0.01) {
      expect(math.erf(-x)).toBe(-math.erf(x));
      expect(math.erf(x)).toBeGreaterThanOrEqual(math.erf(x - 0.01));
      const slope = (math.erf(x + 1e-5) - math.erf(x - 1e-5)) / 2e-5;
      expect(slope).toBeCloseTo((2 / Math.sqrt(Math.PI)) * Math.exp(-x * x), 9);
    }
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
        const [result, expected] = [math[name](x), Math[name](x)];
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

  test('of erf', () => {
    expect([0, -0, Infinity, -Infinity, NaN, 5e-324].map(math.erf)).toEqual([0, -0, 1, -1, NaN, 5e-324]);
  });
});

describe('pow', () => {
  test('is exact for whole powers that are doubles', () => {
    for (let base = 2; base <= 100; base++) {
      let power = 1;
      for (let n = 0; power <= Number.MAX_SAFE_INTEGER; n++, power *= base) {
        expect(math.pow(base, n)).toBe(power);
        expect(math.pow(-base, n)).toBe(n % 2 ? -power : power);
      }
    }
  });

  test('is exact for powers of two, subnormal ones included', () => {
    for (let n = -1074; n < 1024; n++) expect(math.pow(2, n)).toBe(2 ** n);
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
    const { exp, expm1, log, log1p, tanh, sin, cos, erf, pow } = math;
    for (const f of [exp, expm1, tanh, sin, cos, erf]) add(f(x));
    for (const f of [log, log1p]) add(f(Math.abs(x)));
    add(pow(Math.abs(x), x / 3));
    add(sin(x * 1e10));
  }
  expect(hash).toBe(1981670994);
});
