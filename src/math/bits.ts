/**
 * The bits of a double. Little-endian, as WebAssembly itself is: every runtime that can run this package stores doubles so.
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
