/** Row-major matrix products in float64, written as their definitions. */

/** a (rows, inner) · b (inner, columns), plus `start` (columns) in every row. */
export function product(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  [rows, inner, columns]: readonly [rows: number, inner: number, columns: number],
  start?: ArrayLike<number>,
): Float64Array {
  const result = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    const row = result.subarray(i * columns, (i + 1) * columns);
    if (start) row.set(start);
    for (let k = 0; k < inner; k++) {
      const factor = a[i * inner + k];
      const at = k * columns;
      for (let j = 0; j < columns; j++) row[j] += factor * b[at + j];
    }
  }
  return result;
}

/** sum (inner, columns) += aᵀ · b over the rows [begin, end) of a (rows, inner) and b (rows, columns). */
export function addOuterProducts(
  sum: Float64Array,
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  columns: number,
  [begin, end]: readonly [begin: number, end: number],
): void {
  const inner = sum.length / columns;
  for (let row = begin; row < end; row++) {
    for (let k = 0; k < inner; k++) {
      const factor = a[row * inner + k];
      const at = k * columns;
      for (let j = 0; j < columns; j++) sum[at + j] += factor * b[row * columns + j];
    }
  }
}

/** (rows, columns) → (columns, rows). */
export function transpose(a: ArrayLike<number>, rows: number, columns: number): Float64Array {
  const result = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) result[j * rows + i] = a[i * columns + j];
  return result;
}

/** Sum over the rows of a (rows, columns). */
export function columnSums(a: ArrayLike<number>, rows: number, columns: number): Float64Array {
  const sums = new Float64Array(columns);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) sums[j] += a[i * columns + j];
  return sums;
}
