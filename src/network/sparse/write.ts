// Rows → CSR in the arena, for training and predictions, whether they come as CSR or dense. Layout:
// format.ts. Data sets that stay in the arena, and counting, which only training needs: network/feed.ts.
import type { Arena } from '../../engine/arena.js';
import { PANEL_BYTES } from '../../engine/generated/abi.js';
import type { Places, Rows } from '../../ndarray.js';
import type { CsrPlan } from './format.js';

/**
 * Writes some rows as CSR, dense ones included.
 *
 * @param entry word at which their entries begin
 * @returns the word at which they end, for the rows that follow
 */
export function writeCsr(
  { i32, f32 }: Arena,
  { rowOffsets, rowEntries }: Pick<CsrPlan, 'rowOffsets' | 'rowEntries'>,
  { data, features, scale, sparse }: Rows,
  batch: Int32Array,
  entry = rowEntries >>> 2,
): number {
  let at = rowOffsets >>> 2;
  i32[at++] = 4 * entry;
  for (const row of batch) {
    if (sparse) {
      for (let i = sparse.starts[row]; i < sparse.starts[row + 1]; i++) {
        i32[entry++] = PANEL_BYTES * sparse.columns[i];
        f32[entry++] = data[i] * scale;
      }
    } else {
      const from = row * features;
      for (let i = from; i < from + features; i++) {
        if (data[i] === 0) continue;
        i32[entry++] = PANEL_BYTES * (i - from);
        f32[entry++] = data[i] * scale;
      }
    }
    i32[at++] = 4 * entry;
  }
  return entry;
}

/** Writes as many rows from `begin` on, up to `maxRows`, as there is room for. Returns their number. */
export function writeNextCsr(
  arena: Arena,
  csr: CsrPlan,
  rows: Rows & { readonly sparse: Places },
  begin: number,
  maxRows: number,
): number {
  const { starts } = rows.sparse;
  let end = begin + 1;
  while (end < rows.rows && end - begin < maxRows && starts[end + 1] - starts[begin] <= csr.nnzCapacity)
    end++;
  const batch = Int32Array.from({ length: end - begin }, (_, i) => begin + i);
  writeCsr(arena, csr, rows, batch);
  return end - begin;
}

/** Writes a row, its zeros included. */
export function writeRow(
  target: Float32Array,
  to: number,
  { data, features, scale, sparse }: Rows,
  row: number,
): void {
  const from = row * features;
  if (sparse) {
    target.fill(0, to, to + features);
    for (let i = sparse.starts[row]; i < sparse.starts[row + 1]; i++)
      target[to + sparse.columns[i]] = data[i];
  } else if (data instanceof Uint8Array) {
    for (let j = 0; j < features; j++) target[to + j] = data[from + j] * scale;
  } else target.set(data.subarray(from, from + features), to);
}
