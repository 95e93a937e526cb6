import { highWord, powerOfTwo } from './bits.js';
import type { DoubleDouble } from './doubleDouble.js';
import { HALF_PI, multiply, sum } from './doubleDouble.js';

/*
 * Kernels and reduction of medium angles: Sun's fdlibm 5.3 (k_sin, k_cos, e_rem_pio2), written anew. Large angles are reduced
 * with whole numbers: M. Payne and R. Hanek, "Radian reduction for trigonometric functions", SIGNUM Newsletter 18 (1983).
 */
const TWO_OVER_PI = 0.6366197723675814;

/** pi/2 in parts of 33 bits: products with whole numbers below 2^20 are exact. */
const HALF_PI_1 = 1.5707963267341256;
const HALF_PI_2 = 6.077100506303966e-11;
const HALF_PI_3 = 2.0222662487111665e-21;
const HALF_PI_REST = 8.4784276603689e-32;

/** 2/pi * 2^1216. */
const TWO_OVER_PI_BITS =
  0xa2f9836e4e441529fc2757d1f534ddc0db6295993c439041fe5163abdebbc561b7246e3a424dd2e006492eea09d1921cfe1deb1cb129a73ee88235f52ebb4484e99c7026b45f7e413991d639835339f49c845f8bbdf9283b1ff897ffde05980fef2f118b5a0a6d1f6d367ecf27cb09b74f463f669e5fea2d7527bac7ebe5f17b3d0739f78a5292ea6bfb5fb11f8d5d0856033046fc7b6babn;
const TWO_OVER_PI_SHIFT = 1216;

/** x = quadrant * pi/2 + angle, |angle| <= pi/4. */
interface Reduced {
  /** 0 to 3. */
  readonly quadrant: number;
  readonly angle: DoubleDouble;
}

function reduce(x: number): Reduced {
  if (Math.abs(x) < 0.7853981633974483) return { quadrant: 0, angle: [x, 0] };
  if (Math.abs(x) > 1e6) return reduceLarge(x);
  const n = Math.floor(x * TWO_OVER_PI + 0.5);
  const first = x - n * HALF_PI_1;
  const second = first - n * HALF_PI_2;
  const lost = first - second - n * HALF_PI_2;
  const third = second - n * HALF_PI_3;
  const lostAgain = second - third - n * HALF_PI_3;
  const rest = lost + lostAgain - n * HALF_PI_REST;
  return { quadrant: n & 3, angle: sum(third, rest) };
}

/** The fraction of |x| * 2/pi, to 128 bits. */
function reduceLarge(x: number): Reduced {
  const exponent = ((highWord(x) >> 20) & 0x7ff) - 1023 - 52;
  const digits = BigInt(Math.abs(x) * (exponent > 0 ? powerOfTwo(-exponent) : 1 / powerOfTwo(exponent)));
  const shift = BigInt(TWO_OVER_PI_SHIFT - exponent);
  const turns = digits * TWO_OVER_PI_BITS;
  let whole = turns >> shift;
  let fraction = (turns - (whole << shift)) >> (shift - 128n);
  if (fraction >> 127n) {
    whole += 1n;
    fraction -= 1n << 128n;
  }
  const high = Number(fraction);
  const low = Number(fraction - BigInt(high));
  const scale = powerOfTwo(-128);
  const [angle, rest] = multiply([high * scale, low * scale], HALF_PI);
  const quadrant = Number(whole & 3n);
  return x < 0 ? { quadrant: -quadrant & 3, angle: [-angle, -rest] } : { quadrant, angle: [angle, rest] };
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

/** Sine of an angle in radians. Error below 1 ulp for every finite angle; NaN for infinite ones. */
export function sin(x: number): number {
  if (x - x !== 0) return NaN;
  if (Math.abs(x) < 1e-8) return x;
  const { quadrant, angle } = reduce(x);
  const value = quadrant & 1 ? cosKernel(angle) : sinKernel(angle);
  return quadrant & 2 ? -value : value;
}

/** Cosine of an angle in radians. Error below 1 ulp for every finite angle; NaN for infinite ones. */
export function cos(x: number): number {
  if (x - x !== 0) return NaN;
  const { quadrant, angle } = reduce(x);
  const value = quadrant & 1 ? sinKernel(angle) : cosKernel(angle);
  return quadrant === 1 || quadrant === 2 ? -value : value;
}
