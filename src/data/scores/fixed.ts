/**
 * A number with a fixed count of decimals, a tie rounded to the even digit as Python does; toFixed rounds ties up.
 *
 * A tie, (2n + 1) / (2 · 10^digits), is a float64 only if value · 2^(digits + 1) is a whole number.
 */
export function formatFixed(value: number, digits: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value < 0 ? '-inf' : 'inf';
  let fives = 1;
  let twos = 2;
  for (let i = 0; i < digits; i++) {
    fives *= 5;
    twos *= 2;
  }
  const halves = Math.abs(value) * twos * fives;
  const tie = Number.isInteger(value * twos) && Number.isSafeInteger(halves) && halves % 2 === 1;
  if (!tie) return value.toFixed(digits);
  const below = (halves - 1) / 2;
  const even = below % 2 === 0 ? below : below + 1;
  return ((value < 0 ? -even : even) / ((fives * twos) / 2)).toFixed(digits);
}

/** A number as Python prints a float: '5.0', '2.75'. */
export function formatFloat(value: number): string {
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}
