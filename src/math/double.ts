/**
 * The bits of a double. Little-endian, as WebAssembly itself is: every runtime that can run this package
 * stores doubles so.
 */
const double = new Float64Array(1);
const words = new Int32Array(double.buffer);

/** The double made of two 32-bit words. */
function fromWords(high: number, low: number): number {
  words[1] = high;
  words[0] = low;
  return double[0];
}

/** 2^k for -1022 <= k <= 1023. */
function powerOfTwo(k: number): number {
  return fromWords((k + 1023) << 20, 0);
}

/** x * 2^k, rounded once, for -2200 < k < 1100 and |x| in [0.5, 2]. */
export function scaleByPowerOfTwo(x: number, k: number): number {
  if (k > 1023) return x * 2 * powerOfTwo(k - 1);
  if (k >= -1021) return x * powerOfTwo(k);
  // A subnormal result: the second factor does the only rounding.
  if (k < -1100) return x * 0;
  return x * powerOfTwo(k + 200) * powerOfTwo(-200);
}

/**
 * A finite x > 0 as m * 2^k with m in [sqrt(1/2), sqrt(2)). The pair is returned as [m, k].
 */
export function splitExponent(x: number): [number, number] {
  let k = 0;
  if (x < 2.2250738585072014e-308) {
    x *= 18014398509481984; // 2^54: subnormal numbers have no exponent of their own
    k = -54;
  }
  double[0] = x;
  const high = words[1];
  k += (high >> 20) - 1023;
  const fraction = high & 0xfffff;
  // Fractions from 0x6a09f (sqrt(2)) on belong to the next power of two.
  const carry = fraction >= 0x6a09f ? 1 : 0;
  words[1] = fraction | ((1023 - carry) << 20);
  return [double[0], k + carry];
}

/*
 * Sums of two doubles, for what needs more than 53 bits on the way. T. J. Dekker, "A floating-point technique
 * for extending the available precision", Numerische Mathematik 18 (1971).
 */

/** The unevaluated sum high + low, |low| <= ulp(high) / 2. */
export type DoubleDouble = readonly [high: number, low: number];

/** 2^27 + 1: multiplying by it splits a double into two halves of 26 bits. */
const SPLITTER = 134217729;

/** a + b exactly, for |a| >= |b|. */
export function sum(a: number, b: number): DoubleDouble {
  const high = a + b;
  return [high, b - (high - a)];
}

/** a * b exactly, for factors below 2^996. */
export function product(a: number, b: number): DoubleDouble {
  const aShifted = SPLITTER * a;
  const aHigh = aShifted - (aShifted - a);
  const aLow = a - aHigh;
  const bShifted = SPLITTER * b;
  const bHigh = bShifted - (bShifted - b);
  const bLow = b - bHigh;
  const high = a * b;
  return [high, aLow * bLow - (high - aHigh * bHigh - aLow * bHigh - aHigh * bLow)];
}

/** a * b for double-doubles; relative error about 2^-104. */
export function multiply([aHigh, aLow]: DoubleDouble, [bHigh, bLow]: DoubleDouble): DoubleDouble {
  const [high, low] = product(aHigh, bHigh);
  return sum(high, low + (aHigh * bLow + aLow * bHigh));
}

/** 1/3 to 106 bits. */
export const THIRD: DoubleDouble = [0.3333333333333333, 1.850371707708594e-17];
