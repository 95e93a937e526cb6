// Elementary functions on four float32 lanes, each with its source and its greatest error. No tables:
// binaries have no static data. The same in float64, for losses and norms, is math64.ts.
import { clamp, fma, select, splatOnce } from './simd';

const LOG2_E: f32 = 1.44269504088896341;
/** Adding it to a float32 below 2^22 in magnitude leaves the nearest integer in the low bits. */
const MAGIC: f32 = 12582912.0;
const LN2_HIGH: f32 = -0.693359375;
const LN2_LOW: f32 = 2.1219444e-4;
/** Cephes' polynomial of expf, highest power first. */
const EXP_5: f32 = 1.98756915e-4;
const EXP_4: f32 = 1.3981999507e-3;
const EXP_3: f32 = 8.3334519073e-3;
const EXP_2: f32 = 4.1665795894e-2;
const EXP_1: f32 = 1.6666665459e-1;
const EXP_0: f32 = 5.0000001201e-1;

/**
 * e^x in four lanes, ≤ 1.02 ulp, measured on every float32 (the tests take every 1,009th). Denormal results
 * stay as they are, overflow is ∞, NaN stays NaN. Cody-Waite reduction to |r| ≤ ln(2)/2, then Cephes' expf
 * polynomial (Moshier, 1984-). The power of two is applied in two halves so that neither leaves the normal
 * range.
 */
export function exp4(x: v128): v128 {
  return expOf(
    f32x4.pmin(clamp(x, f32x4.splat(-104)), f32x4.splat(89)),
    f32x4.splat(LOG2_E),
    f32x4.splat(MAGIC),
    f32x4.splat(LN2_HIGH),
    f32x4.splat(LN2_LOW),
    f32x4.splat(EXP_5),
    f32x4.splat(EXP_4),
    f32x4.splat(EXP_3),
    f32x4.splat(EXP_2),
    f32x4.splat(EXP_1),
    f32x4.splat(EXP_0),
    f32x4.splat(1),
  );
}

/** e^x for −104 ≤ x ≤ 89, with its constants. */
// @ts-ignore: decorator
@inline
function expOf(
  x: v128,
  log2e: v128,
  magic: v128,
  ln2High: v128,
  ln2Low: v128,
  c5: v128,
  c4: v128,
  c3: v128,
  c2: v128,
  c1: v128,
  c0: v128,
  one: v128,
): v128 {
  const shifted = f32x4.add(f32x4.mul(x, log2e), magic);
  const n = f32x4.sub(shifted, magic);
  let r = fma(n, ln2High, x);
  r = fma(n, ln2Low, r);
  let p = fma(c5, r, c4);
  p = fma(p, r, c3);
  p = fma(p, r, c2);
  p = fma(p, r, c1);
  p = fma(p, r, c0);
  p = f32x4.add(fma(p, f32x4.mul(r, r), r), one);
  const power = i32x4.sub(shifted, magic);
  const half = i32x4.shr_s(power, 1);
  // The bits of 1 are the exponent's bias, where the exponent is.
  const low = i32x4.add(i32x4.shl(half, 23), one);
  const high = i32x4.add(i32x4.shl(i32x4.sub(power, half), 23), one);
  return f32x4.mul(f32x4.mul(p, low), high);
}

/**
 * e^x − 1 in four lanes for x ≤ 0, ≤ 0.91 ulp, measured on every 37th float32 (the tests take every
 * 10,007th): with x = n ln(2) + r, |r| ≤ ln(2)/2, it is 2^n (e^r − 1) + (2^n − 1), where Cephes' expf
 * polynomial (Moshier, 1984-) gives e^r − 1 without a 1 to cancel. −1 from −20 on; NaN stays NaN.
 */
export function expm1Negative4(x: v128): v128 {
  const one = f32x4.splat(1);
  const magic = f32x4.splat(MAGIC);
  const size = clamp(x, f32x4.splat(-20));
  const shifted = f32x4.add(f32x4.mul(size, f32x4.splat(LOG2_E)), magic);
  const n = f32x4.sub(shifted, magic);
  let r = fma(n, f32x4.splat(LN2_HIGH), size);
  r = fma(n, f32x4.splat(LN2_LOW), r);
  let p = fma(f32x4.splat(EXP_5), r, f32x4.splat(EXP_4));
  p = fma(p, r, f32x4.splat(EXP_3));
  p = fma(p, r, f32x4.splat(EXP_2));
  p = fma(p, r, f32x4.splat(EXP_1));
  p = fma(p, r, f32x4.splat(EXP_0));
  p = fma(p, f32x4.mul(r, r), r);
  const power = i32x4.add(i32x4.shl(i32x4.sub(shifted, magic), 23), one);
  return fma(p, power, f32x4.sub(power, one));
}

/** 1 / (1 + e^-x) in four lanes, from e^-|x|: no overflow, no cancellation; ≤ 2.41 ulp, measured likewise. */
export function sigmoid4(x: v128): v128 {
  const one = f32x4.splat(1);
  const z = exp4(f32x4.neg(f32x4.abs(x)));
  const positive = f32x4.ge(x, f32x4.splat(0));
  return f32x4.div(select(positive, one, z), f32x4.add(one, z));
}

/** sigmoid4 of `rows` rows of `width` bytes. */
export function sigmoidRows(
  y: usize,
  yStride: usize,
  x: usize,
  xStride: usize,
  rows: usize,
  width: usize,
): void {
  rowsOf(y, yStride, x, xStride, rows, width, true);
}

/** e^x of `rows` rows of `width` bytes in place, where no x is above 0. */
export function exponentialRows(x: usize, stride: usize, rows: usize, width: usize): void {
  rowsOf(x, stride, x, stride, rows, width, false);
}

/** Either of these: the constants of all exponentials are splatted once. */
// @ts-ignore: decorator
@inline
function rowsOf(
  y: usize,
  yStride: usize,
  x: usize,
  xStride: usize,
  rows: usize,
  width: usize,
  sigmoid: bool,
): void {
  const sign = splatOnce(-0.0),
    lowest = splatOnce(-104),
    log2e = splatOnce(LOG2_E),
    magic = splatOnce(MAGIC),
    ln2High = splatOnce(LN2_HIGH),
    ln2Low = splatOnce(LN2_LOW),
    c5 = splatOnce(EXP_5),
    c4 = splatOnce(EXP_4),
    c3 = splatOnce(EXP_3),
    c2 = splatOnce(EXP_2),
    c1 = splatOnce(EXP_1),
    c0 = splatOnce(EXP_0),
    one = splatOnce(1);
  for (; rows > 0; rows--) {
    for (let i: usize = 0; i < width; i += 16) {
      const input = v128.load(x + i);
      const size = clamp(sigmoid ? v128.or(input, sign) : input, lowest);
      let result = expOf(size, log2e, magic, ln2High, ln2Low, c5, c4, c3, c2, c1, c0, one);
      if (sigmoid) {
        const positive = f32x4.ge(input, f32x4.splat(0));
        result = f32x4.div(select(positive, one, result), f32x4.add(one, result));
      }
      v128.store(y + i, result);
    }
    y += yStride;
    x += xStride;
  }
}

/**
 * tanh x in four lanes, ≤ 1.34 ulp, measured likewise, odd to the bit: Cephes' tanhf polynomial below .625 in
 * magnitude, 1 − 2 / (e^2|x| + 1) above (Moshier, 1984-).
 */
export function tanh4(x: v128): v128 {
  const one = f32x4.splat(1);
  const size = f32x4.abs(x);
  const square = f32x4.mul(x, x);
  let p = fma(f32x4.splat(-5.70498872745e-3), square, f32x4.splat(2.06390887954e-2));
  p = fma(p, square, f32x4.splat(-5.37397155531e-2));
  p = fma(p, square, f32x4.splat(1.33314422036e-1));
  p = fma(p, square, f32x4.splat(-3.33332819422e-1));
  const small = fma(f32x4.mul(p, square), x, x);
  const e = exp4(f32x4.add(size, size));
  const large = f32x4.sub(one, f32x4.div(f32x4.splat(2), f32x4.add(e, one)));
  const sign = v128.and(x, f32x4.splat(-0.0));
  return v128.or(select(f32x4.lt(size, f32x4.splat(0.625)), small, large), sign);
}

/**
 * ln x in four lanes for positive normal x, ≤ 0.84 ulp, measured: x = 2^k · m with m in [√½, √2), Cephes'
 * logf polynomial in m − 1 (Moshier, 1984-). 0 gives −∞.
 */
export function log4(x: v128): v128 {
  const bits = i32x4.sub(x, i32x4.splat(0x3f3504f3));
  const k = f32x4.convert_i32x4_s(i32x4.shr_s(bits, 23));
  const m = i32x4.add(v128.and(bits, i32x4.splat(0x007fffff)), i32x4.splat(0x3f3504f3));
  const f = f32x4.sub(m, f32x4.splat(1));
  const z = f32x4.mul(f, f);
  let p = fma(f32x4.splat(7.0376836292e-2), f, f32x4.splat(-1.151461031e-1));
  p = fma(p, f, f32x4.splat(1.167699874e-1));
  p = fma(p, f, f32x4.splat(-1.2420140846e-1));
  p = fma(p, f, f32x4.splat(1.4249322787e-1));
  p = fma(p, f, f32x4.splat(-1.6668057665e-1));
  p = fma(p, f, f32x4.splat(2.0000714765e-1));
  p = fma(p, f, f32x4.splat(-2.4999993993e-1));
  p = fma(p, f, f32x4.splat(3.3333331174e-1));
  let y = f32x4.mul(f32x4.mul(p, z), f);
  y = fma(k, f32x4.splat(-2.1219444e-4), y);
  y = fma(z, f32x4.splat(-0.5), y);
  const result = fma(k, f32x4.splat(0.693359375), f32x4.add(f, y));
  return select(
    f32x4.gt(x, f32x4.splat(0)),
    result,
    select(f32x4.eq(x, f32x4.splat(0)), f32x4.splat(-Infinity), x),
  );
}

/**
 * ln(1 + x) in four lanes for 0 ≤ x ≤ 1, ≤ 1.24 ulp, measured: the rounding of 1 + x is undone by its
 * first-order term (Kahan).
 */
export function log1p4(x: v128): v128 {
  const one = f32x4.splat(1);
  const u = f32x4.add(one, x);
  return f32x4.add(log4(u), f32x4.div(f32x4.sub(x, f32x4.sub(u, one)), u));
}

/**
 * erf x in four lanes, absolute error ≤ 2e-7, measured: Cephes' erff polynomial below 1 in magnitude
 * (Moshier, 1984-), 1 − t (a1 + t (a2 + ...)) e^−x² with t = 1 / (1 + p |x|) above (Abramowitz & Stegun,
 * 1964, 7.1.26).
 */
export function erf4(x: v128): v128 {
  const one = f32x4.splat(1);
  const size = f32x4.abs(x);
  const square = f32x4.mul(x, x);
  let s = fma(f32x4.splat(7.853861353e-5), square, f32x4.splat(-8.010193625e-4));
  s = fma(s, square, f32x4.splat(5.188327686e-3));
  s = fma(s, square, f32x4.splat(-2.685381194e-2));
  s = fma(s, square, f32x4.splat(1.128358515e-1));
  s = fma(s, square, f32x4.splat(-3.761262582e-1));
  s = fma(s, square, f32x4.splat(1.128379166));
  const t = f32x4.div(one, fma(f32x4.splat(0.3275911), size, one));
  let p = fma(f32x4.splat(1.061405429), t, f32x4.splat(-1.453152027));
  p = fma(p, t, f32x4.splat(1.421413741));
  p = fma(p, t, f32x4.splat(-0.284496736));
  p = fma(p, t, f32x4.splat(0.254829592));
  const tail = f32x4.mul(f32x4.mul(p, t), exp4(f32x4.neg(square)));
  const large = v128.or(f32x4.sub(one, tail), v128.and(x, f32x4.splat(-0.0)));
  return select(f32x4.lt(size, one), f32x4.mul(x, s), large);
}
