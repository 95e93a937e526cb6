import type { DoubleDouble } from './double.js';
import { splitExponent, multiply, product, sum, THIRD } from './double.js';
import { expReduced, LN2_HIGH, LN2_LOW } from './exponential.js';

const INVERSE_LN2 = 1.4426950408889634;

/**
 * ln(x) for finite x > 0 as a sum of two doubles, relative error below 2^-64.
 * x = m 2^k, s = (m - 1) / (m + 1), ln(m) = 2 artanh(s) = 2 s (1 + s^2 / 3 + s^4 / 5 + ... + s^24 / 25 + ...).
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
 * base^exponent with the special cases of `Math.pow`. Error below 1 ulp (2 ulp for subnormal results); exact wherever the
 * true result is a double.
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
