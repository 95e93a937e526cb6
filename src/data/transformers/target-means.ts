/**
 * What categories become by their targets, from some of the rows: the formulas of TargetEncoder. Not for
 * reading targets, nor for choosing the rows.
 */

/** What a category becomes. */
export interface Encoding {
  /** Mean target, or mean of every class: what unknown categories become. */
  readonly means: readonly number[];
  /** Values of the categories, for every column and in it for every mean. */
  readonly values: readonly (readonly number[])[];
}

/**
 * The encoding that some rows give.
 *
 * @param codes number of the category of every row, −1 for unknown ones, by column
 * @param counts number of categories, by column
 * @param smooth as the option of TargetEncoder
 */
export function encodingBy(
  codes: readonly Int32Array[],
  counts: readonly number[],
  targets: readonly Float64Array[],
  rows: Int32Array,
  smooth: 'auto' | number,
): Encoding {
  const means = targets.map((target) => meanOf(target, rows));
  const values = codes.flatMap((code, j) =>
    targets.map((target, t) => valuesOf(code, counts[j], target, rows, means[t], smooth)),
  );
  return { means, values };
}

/** Writes the values of a row. */
export function encodeRow(
  codes: readonly Int32Array[],
  { means, values }: Encoding,
  row: number,
  data: Float64Array,
): void {
  const width = values.length;
  for (let i = 0; i < width; i++) {
    const target = i % means.length;
    const code = codes[(i - target) / means.length][row];
    data[row * width + i] = code < 0 ? means[target] : values[i][code];
  }
}

function meanOf(values: Float64Array, rows: Int32Array): number {
  let sum = 0;
  for (const row of rows) sum += values[row];
  return sum / rows.length;
}

/** The values of the categories of a column, by one column of targets. */
function valuesOf(
  codes: Int32Array,
  count: number,
  target: Float64Array,
  rows: Int32Array,
  mean: number,
  smooth: 'auto' | number,
): number[] {
  const sums = new Float64Array(count);
  const counts = new Float64Array(count);
  const squares = new Float64Array(count);
  let variance = 0;
  for (const row of rows) {
    const code = codes[row];
    variance += (target[row] - mean) * (target[row] - mean);
    if (code < 0) continue;
    counts[code]++;
    sums[code] += target[row];
  }
  variance /= rows.length;
  if (smooth !== 'auto') {
    return Array.from(counts, (n, code) =>
      n + smooth > 0 ? (sums[code] + smooth * mean) / (n + smooth) : mean,
    );
  }
  for (const row of rows) {
    const code = codes[row];
    if (code < 0) continue;
    const distance = target[row] - sums[code] / counts[code];
    squares[code] += distance * distance;
  }
  return Array.from(counts, (n, code) => {
    const lambda = (variance * n) / (variance * n + squares[code] / n);
    // Without rows, or if all targets are the same.
    return lambda === lambda ? (lambda * sums[code]) / n + (1 - lambda) * mean : mean;
  });
}
