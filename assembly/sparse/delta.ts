// Products with a delta that is mostly zeros, because relu or dropout follows the layer: by CSR or CSC of
// delta. The sparse kernels find the operands in each other's place, so their panels are transposed by 8 x 8.
import { updateBlock } from '../gemm/gradient';
import { transposeRows } from '../gemm/transpose';
import { sparseForwardVectors, sparseStoreVectors } from '../generated/sparse';
import { laneMask, PANEL, PANEL_BYTES } from '../simd';

/** Inputs of a pass over the columns of units (CSC), as vectors of x: whole panels. */
const GRADIENT_INPUTS: usize = ASC_FEATURE_RELAXED_SIMD ? 48 : 24;

/** Inputs of a pass over the rows (CSR). */
const INPUTS: usize = 24;

/** Updates panels of W by xᵀ · delta from CSC {row · xStride, value} of delta, through `scratch`. */
export function sparseDeltaUpdate(
  w: usize,
  parameter: usize,
  scratch: usize,
  columnOffsets: usize,
  x: usize,
  depth: usize,
  panelBegin: usize,
  panelEnd: usize,
): void {
  const transposed = scratch + GRADIENT_INPUTS * PANEL_BYTES;
  const block = PANEL * PANEL_BYTES;
  for (let k: usize = 0; k < depth; k += GRADIENT_INPUTS) {
    const count = min(GRADIENT_INPUTS, depth - k);
    for (let p = panelBegin; p < panelEnd; p++) {
      const units = columnOffsets + ((p - panelBegin) << 6);
      sparseStoreVectors(<i32>((count + 3) >> 2), transposed, block, units, PANEL, x + (k << 2), true);
      for (let i: usize = 0; i < count; i += 4) {
        const from = transposed + (i >> 3) * block + ((i & 4) << 2);
        const to = scratch + i * PANEL_BYTES;
        transposeRows(to, from, PANEL_BYTES, 4);
        transposeRows(to + 16, from + 4 * PANEL_BYTES, PANEL_BYTES, 4);
      }
      updateBlock(w + (p * depth + k) * PANEL_BYTES, parameter, scratch, count << 3);
    }
  }
}

/**
 * Inputs [begin, end) of dx = delta · Wᵀ from CSR {unit · 32, value} of delta; `scratch`: 32 + 24 ·
 * padded units.
 */
export function sparseInputGradient(
  dx: usize,
  dxStride: usize,
  panels: usize,
  rowOffsets: usize,
  scratch: usize,
  rows: usize,
  depth: usize,
  units: usize,
  begin: usize,
  end: usize,
): void {
  const panelStride = depth * PANEL_BYTES;
  const unitPanels = (units + 7) >> 3;
  const transposed = scratch + 128;
  const block = unitPanels * PANEL * PANEL_BYTES;
  memory.fill(scratch, 0, 128);
  for (let k = begin; k < end; k += INPUTS) {
    const count = min(INPUTS, end - k);
    for (let i: usize = 0; i < count; i += 4) {
      let from = panels + (k + i) * PANEL_BYTES;
      let to = transposed + (i >> 3) * block + ((i & 4) << 2);
      const height = min<usize>(4, count - i);
      for (let p: usize = 0; p < unitPanels; p++) {
        transposeRows(to, from, PANEL_BYTES, height);
        transposeRows(to + 4 * PANEL_BYTES, from + 16, PANEL_BYTES, height);
        from += panelStride;
        to += PANEL * PANEL_BYTES;
      }
    }
    const vectors = <i32>((count + 3) >> 2);
    sparseForwardVectors(
      vectors,
      dx + (k << 2),
      dxStride,
      rowOffsets,
      rows,
      transposed,
      block,
      scratch,
      -Infinity,
    );
    if ((count & 3) != 0) clearLanes(dx + ((k + (count & ~3)) << 2), dxStride, rows, count & 3);
  }
}

/** Lanes from `first` on become 0: padding, which an infinite delta would have made NaN. */
function clearLanes(x: usize, stride: usize, rows: usize, first: usize): void {
  const mask = laneMask(0, first);
  for (; rows > 0; rows--) {
    v128.store(x, v128.and(v128.load(x), mask));
    x += stride;
  }
}
