/**
 * The transcendental functions of this package, in plain float64 arithmetic: engines disagree in the last
 * bits of `Math.exp` and its like, and weights, losses and data must have the same bits everywhere. Sums and
 * products of double-doubles are in math/double.ts; the kernels have float32 functions of their own
 * (assembly/math.ts).
 */
import type { DoubleDouble } from './math/double.js';
import { scaleByPowerOfTwo, splitExponent, multiply, product, sum, THIRD } from './math/double.js';

/*
 * Reductions and minimax polynomials: Sun's fdlibm 5.3 (e_exp, e_log, s_expm1, s_log1p, s_tanh), written
 * anew. ln 2 is split so that k * LN2_HIGH is exact for every exponent k.
 */
const LN2_HIGH = 6.9314718036912381649e-1;
const LN2_LOW = 1.9082149292705877e-10;
const INVERSE_LN2 = 1.4426950408889634;

/** Largest x with a finite exp(x); smallest x with exp(x) > 0. */
const EXP_OVERFLOW = 709.782712893384;
const EXP_UNDERFLOW = -745.1332191019412;

/**
 * exp(high - low) * 2^k for |high - low| <= ln(2)/2. With r = high - low and c(r) = r - (r^2 P1 + ... + r^10
 * P5): exp(r) = 1 + r + r c / (2 - c). Error of the polynomial below 2^-59.
 */
function expReduced(high: number, low: number, k: number): number {
  const r = high - low;
  const t = r * r;
  const p5 = -1.6533902205465252e-6 + t * 4.1381367970572385e-8;
  const p3 = -2.7777777777015593e-3 + t * (6.613756321437934e-5 + t * p5);
  const c = r - t * (1.6666666666666602e-1 + t * p3);
  return scaleByPowerOfTwo(1 - (low - (r * c) / (2 - c) - high), k);
}

/** e^x. Error below 1 ulp. */
export function exp(x: number): number {
  if (x !== x) return x;
  if (x > EXP_OVERFLOW) return Infinity;
  if (x < EXP_UNDERFLOW) return 0;
  const k = Math.floor(x * INVERSE_LN2 + 0.5);
  return expReduced(x - k * LN2_HIGH, k * LN2_LOW, k);
}

/**
 * The tail R of log(1 + f) = f - f^2/2 + s (f^2/2 + R), where s = f / (2 + f); error of the polynomial below
 * 2^-58.
 */
function logTail(s: number): number {
  const z = s * s;
  const w = z * z;
  const even = w * (3.999999999940942e-1 + w * (2.2222198432149784e-1 + w * 1.5313837699209373e-1));
  const odd =
    z *
    (6.666666666666735e-1 +
      w * (2.857142874366239e-1 + w * (1.818357216161805e-1 + w * 1.479819860511659e-1)));
  return even + odd;
}

/** Natural logarithm. Error below 1 ulp. log(0) = -Infinity, log(x < 0) = NaN. */
export function log(x: number): number {
  if (x < 0 || x !== x) return NaN;
  if (x === 0) return -Infinity;
  if (x === Infinity) return x;
  const [m, k] = splitExponent(x);
  return logOfParts(m - 1, k, 0);
}

/** log((1 + f) * 2^k) + correction. */
function logOfParts(f: number, k: number, correction: number): number {
  const half = 0.5 * f * f;
  const s = f / (2 + f);
  const tail = s * (half + logTail(s));
  if (k === 0) return f - (half - (tail + correction));
  return k * LN2_HIGH - (half - (tail + (k * LN2_LOW + correction)) - f);
}

/** log(1 + x), exact near 0. Error below 1 ulp. log1p(-1) = -Infinity, log1p(x < -1) = NaN. */
export function log1p(x: number): number {
  if (x < -1 || x !== x) return NaN;
  if (x === -1) return -Infinity;
  if (x === Infinity) return x;
  if (Math.abs(x) < 1.1102230246251565e-16) return x;
  // Inside (sqrt(1/2) - 1, sqrt(2) - 1) no exponent has to be split off.
  if (x > -0.2928932188134524 && x < 0.41421356237309503) return logOfParts(x, 0, 0);
  const u = 1 + x;
  const [m, k] = splitExponent(u);
  // What 1 + x lost in rounding, relative to 1 + x.
  const lost = x < 1 ? x - (u - 1) : 1 - (u - x);
  return logOfParts(m - 1, k, k > 53 ? 0 : lost / u);
}

/** e^x - 1, exact near 0. Error below 1 ulp. */
export function expm1(x: number): number {
  if (x !== x) return x;
  if (x > EXP_OVERFLOW) return Infinity;
  if (x < -38) return -1;
  if (Math.abs(x) < 5.551115123125783e-17) return x;
  const k = Math.abs(x) <= 0.34657359027997264 ? 0 : Math.floor(x * INVERSE_LN2 + 0.5);
  const high = x - k * LN2_HIGH;
  const low = k * LN2_LOW;
  const r = high - low;
  const lost = high - r - low;
  const half = 0.5 * r;
  const z = r * half;
  const q3 = -7.93650757867488e-5 + z * (4.008217827329362e-6 + z * -2.0109921818362437e-7);
  const q = 1 + z * (-3.333333333333313e-2 + z * (1.5873015872548146e-3 + z * q3));
  const t = 3 - q * half;
  const e = z * ((q - t) / (6 - r * t));
  if (k === 0) return r - (r * e - z);
  return expm1Scaled(r, r * (e - lost) - lost - z, k);
}

/** 2^k (1 + r - e) - 1, in the order that loses least for this k. */
function expm1Scaled(r: number, e: number, k: number): number {
  if (k === -1) return 0.5 * (r - e) - 0.5;
  if (k === 1) return r < -0.25 ? -2 * (e - (r + 0.5)) : 1 + 2 * (r - e);
  if (k <= -2 || k > 56) return scaleByPowerOfTwo(1 - (e - r), k) - 1;
  const small = scaleByPowerOfTwo(1, -k);
  if (k < 20) return scaleByPowerOfTwo(1 - small - (e - r), k);
  return scaleByPowerOfTwo(r - (e + small) + 1, k);
}

/** Hyperbolic tangent, from expm1. Error below 2.5 ulp. */
export function tanh(x: number): number {
  if (x !== x) return x;
  const a = Math.abs(x);
  if (a < 2.7755575615628914e-17) return x;
  let t = 1;
  if (a < 22) {
    if (a >= 1) t = 1 - 2 / (expm1(2 * a) + 2);
    else {
      const e = expm1(-2 * a);
      t = -e / (e + 2);
    }
  }
  return x < 0 ? -t : t;
}

/**
 * ln(x) for finite x > 0 as a sum of two doubles, relative error below 2^-64. x = m 2^k, s = (m - 1) / (m +
 * 1), ln(m) = 2 artanh(s) = 2 s (1 + s^2 / 3 + s^4 / 5 + ... + s^24 / 25 + ...).
 */
function logDouble(x: number): DoubleDouble {
  const [m, k] = splitExponent(x);
  const f = m - 1;
  const [denominator, lost] = m > 1 ? sum(m, 1) : sum(1, m);
  const quotient = f / denominator;
  const [back, backLow] = product(quotient, denominator);
  const s = sum(quotient, (f - back - backLow - quotient * lost) / denominator);
  const z = multiply(s, s);
  const [first, firstLow] = multiply(z, THIRD);
  const [tail, tailLow] = sum(first, z[0] * z[0] * seriesFrom5(z[0]) + firstLow);
  const rest = multiply(s, [tail, tailLow]);
  const [log, logLow] = sum(2 * s[0], 2 * rest[0]);
  const low = logLow + 2 * (s[1] + rest[1]);
  if (k === 0) return sum(log, low);
  const [high, highLow] = sum(k * LN2_HIGH, log);
  return sum(high, highLow + (low + k * LN2_LOW));
}

/** 1/5 + z/7 + z^2/9 + ... + z^10/25. */
function seriesFrom5(z: number): number {
  let value = 1 / 25;
  for (let odd = 23; odd >= 5; odd -= 2) value = value * z + 1 / odd;
  return value;
}

/**
 * base^exponent with the special cases of `Math.pow`. Error below 1 ulp (2 ulp for subnormal results); exact
 * wherever the true result is a double.
 */
export function pow(base: number, exponent: number): number {
  if (exponent === 0) return 1;
  if (base !== base || exponent !== exponent) return NaN;
  const size = Math.abs(base);
  const whole = Math.floor(exponent) === exponent;
  // Doubles from 2^53 on are even.
  const odd = whole && Math.abs(exponent) < 9007199254740992 && exponent % 2 !== 0;
  const negative = odd && (base < 0 || Object.is(base, -0));
  if (exponent - exponent !== 0) {
    if (size === 1) return NaN;
    return size > 1 === exponent > 0 ? Infinity : 0;
  }
  if (size === 0 || size === Infinity) {
    const result = (size === 0) === exponent < 0 ? Infinity : 0;
    return negative ? -result : result;
  }
  if (base < 0 && !whole) return NaN;
  const result = powPositive(size, exponent);
  return negative ? -result : result;
}

function powPositive(base: number, exponent: number): number {
  if (base === 1) return 1;
  const [log, logLow] = logDouble(base);
  const estimate = exponent * log;
  if (estimate > 710) return Infinity;
  if (estimate < -746) return 0;
  const [high, low] = product(exponent, log);
  const tail = low + exponent * logLow;
  const k = Math.floor(high * INVERSE_LN2 + 0.5);
  return expReduced(high - k * LN2_HIGH, k * LN2_LOW - tail, k);
}

/*
 * Kernels and reduction of medium angles: Sun's fdlibm 5.3 (k_sin, k_cos, e_rem_pio2), written anew.
 */
const TWO_OVER_PI = 0.6366197723675814;

/** pi/2 in parts of 33 bits: products with integers below 2^20 are exact. */
const HALF_PI_1 = 1.5707963267341256;
const HALF_PI_2 = 6.077100506303966e-11;
const HALF_PI_3 = 2.0222662487111665e-21;
const HALF_PI_REST = 8.4784276603689e-32;

const TWO_PI = 6.283185307179586;

/** x = quadrant * pi/2 + angle, |angle| <= pi/4. */
interface Reduced {
  /** 0 to 3. */
  readonly quadrant: number;
  readonly angle: DoubleDouble;
}

function reduce(x: number): Reduced {
  if (Math.abs(x) < 0.7853981633974483) return { quadrant: 0, angle: [x, 0] };
  if (Math.abs(x) > 1e6) return reduce(x % TWO_PI);
  const n = Math.floor(x * TWO_OVER_PI + 0.5);
  const first = x - n * HALF_PI_1;
  const second = first - n * HALF_PI_2;
  const lost = first - second - n * HALF_PI_2;
  const third = second - n * HALF_PI_3;
  const lostAgain = second - third - n * HALF_PI_3;
  const rest = lost + lostAgain - n * HALF_PI_REST;
  return { quadrant: n & 3, angle: sum(third, rest) };
}

/** sin(x + y) for |x| <= pi/4 and a tiny y; error of the polynomial below 2^-58. */
function sinKernel([x, y]: DoubleDouble): number {
  const z = x * x;
  const r5 = -2.5050760253406863e-8 + z * 1.58969099521155e-10;
  const r = 8.33333333332249e-3 + z * (-1.984126982985795e-4 + z * (2.7557313707070068e-6 + z * r5));
  const cube = z * x;
  return x - (z * (0.5 * y - cube * r) - y - cube * -1.6666666666666632e-1);
}

/** cos(x + y) for |x| <= pi/4 and a tiny y; error of the polynomial below 2^-58. */
function cosKernel([x, y]: DoubleDouble): number {
  const z = x * x;
  const r4 = -2.7557314351390663e-7 + z * (2.087572321298175e-9 + z * -1.1359647557788195e-11);
  const r = z * (4.16666666666666e-2 + z * (-1.388888888887411e-3 + z * (2.480158728947673e-5 + z * r4)));
  const half = 0.5 * z;
  const w = 1 - half;
  return w + (1 - w - half + (z * r - x * y));
}

/**
 * Sine of an angle in radians. Error below 1 ulp for |x| <= 1e6; beyond, that of x % 2 pi; NaN for infinite
 * ones.
 */
export function sin(x: number): number {
  if (x - x !== 0) return NaN;
  if (Math.abs(x) < 1e-8) return x;
  const { quadrant, angle } = reduce(x);
  const value = quadrant & 1 ? cosKernel(angle) : sinKernel(angle);
  return quadrant & 2 ? -value : value;
}

/**
 * Cosine of an angle in radians. Error below 1 ulp for |x| <= 1e6; beyond, that of x % 2 pi; NaN for infinite
 * ones.
 */
export function cos(x: number): number {
  if (x - x !== 0) return NaN;
  const { quadrant, angle } = reduce(x);
  const value = quadrant & 1 ? sinKernel(angle) : cosKernel(angle);
  return quadrant === 1 || quadrant === 2 ? -value : value;
}
