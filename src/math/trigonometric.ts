import type { DoubleDouble } from './double.js';
import { sum } from './double.js';

/*
 * Kernels and reduction of medium angles: Sun's fdlibm 5.3 (k_sin, k_cos, e_rem_pio2), written anew.
 */
const TWO_OVER_PI = 0.6366197723675814;

/** pi/2 in parts of 33 bits: products with whole numbers below 2^20 are exact. */
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

/** Sine of an angle in radians. Error below 1 ulp for |x| <= 1e6; beyond, that of x % 2 pi; NaN for infinite ones. */
export function sin(x: number): number {
  if (x - x !== 0) return NaN;
  if (Math.abs(x) < 1e-8) return x;
  const { quadrant, angle } = reduce(x);
  const value = quadrant & 1 ? cosKernel(angle) : sinKernel(angle);
  return quadrant & 2 ? -value : value;
}

/** Cosine of an angle in radians. Error below 1 ulp for |x| <= 1e6; beyond, that of x % 2 pi; NaN for infinite ones. */
export function cos(x: number): number {
  if (x - x !== 0) return NaN;
  const { quadrant, angle } = reduce(x);
  const value = quadrant & 1 ? sinKernel(angle) : cosKernel(angle);
  return quadrant === 1 || quadrant === 2 ? -value : value;
}
