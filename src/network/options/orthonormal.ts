import type { RandomState } from '../../random.js';

/**
 * A matrix (rows, columns), rows >= columns, row-major, whose columns are orthonormal and uniformly distributed: the Q of
 * the QR decomposition of normals whose R has a positive diagonal (Mezzadri, 2007). Gram-Schmidt, twice for every column
 * (Giraud et al., 2005).
 */
export function orthonormalColumns(rows: number, columns: number, random: RandomState): Float64Array {
  const q = new Float64Array(rows * columns);
  for (let i = 0; i < q.length; i++) q[i] = random.standardNormal();
  const basis = Array.from({ length: columns }, (_, j) => {
    const column = new Float64Array(rows);
    for (let i = 0; i < rows; i++) column[i] = q[i * columns + j];
    return column;
  });
  basis.forEach((column, j) => {
    for (let pass = 0; pass < 2; pass++) {
      for (let k = 0; k < j; k++) subtractProjection(column, basis[k]);
    }
    const norm = Math.sqrt(dot(column, column));
    for (let i = 0; i < rows; i++) column[i] /= norm;
  });
  for (let i = 0; i < q.length; i++) q[i] = basis[i % columns][Math.floor(i / columns)];
  return q;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

function subtractProjection(column: Float64Array, unit: Float64Array): void {
  const length = dot(column, unit);
  for (let i = 0; i < column.length; i++) column[i] -= length * unit[i];
}
