/*
 * Sums of two doubles, for what needs more than 53 bits on the way. T. J. Dekker, "A floating-point technique for extending
 * the available precision", Numerische Mathematik 18 (1971).
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
