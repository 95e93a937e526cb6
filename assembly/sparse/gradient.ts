// The gradient of the first layer's weights on rows that are mostly zeros, from the columns of x (CSC,
// format.ts), with their update or without. Exact: a zero adds nothing to a chain, so leaving it out changes
// no bit. Not for a delta that is mostly zeros (delta.ts).
import { updateBlock } from '../gemm/gradient';
import {
  isFused,
  sparseAdamVectors,
  sparseMomentumVectors,
  sparseSgdVectors,
  sparseStoreVectors,
} from '../generated/sparse';
import { RuleCode } from '../generated/update';
import { PANEL_BYTES } from '../simd';
import { isClassical, isPlain, isPrepared, ruleOf } from '../update';
import { passWidth, vectorEnd } from './forward';

/** Vectors of one pass over the entries; mul+add spills from eight on. */
const GRADIENT_PASS: usize = ASC_FEATURE_RELAXED_SIMD ? 13 : 7;

/** Inputs whose gradients wait in scratch for their update, seven panels at most. */
const INPUT_BLOCK: usize = 40;

/**
 * Updates panels of W from CSC: xᵀ · delta, through `scratch` (2560 float32) as denseGradientUpdate.
 * @writes w @reads columnOffsets delta
 * @range panelBegin
 * @cost 20 * depth * (panelEnd - panelBegin)
 */
export function sparseGradientUpdate(
  w: usize,
  parameter: usize,
  scratch: usize,
  columnOffsets: usize,
  delta: usize,
  depth: usize,
  panelBegin: usize,
  panelEnd: usize,
  units: usize,
): void {
  const stride = depth * PANEL_BYTES;
  const end = vectorEnd(panelEnd, units);
  const rule = ruleOf(parameter);
  const prepare = isPrepared(parameter);
  const skips = rule == RuleCode.sgd && isPlain(parameter);
  for (let i = panelBegin << 1; i < end;) {
    const width = passWidth(end - i, GRADIENT_PASS);
    const at = (i >> 1) * stride;
    const d = delta + (i << 4);
    if (skips) sparseSgdVectors(<i32>width, w + at, stride, columnOffsets, depth, d, parameter);
    else if (rule == RuleCode.momentum && isFused(width) && !prepare && isClassical(parameter))
      sparseMomentumVectors(<i32>width, w + at, stride, columnOffsets, depth, d, parameter);
    else if (rule == RuleCode.adam && isFused(width) && !prepare)
      sparseAdamVectors(<i32>width, w + at, stride, columnOffsets, depth, d, parameter);
    else {
      const panels = (width + 1) >> 1;
      if (width & 1)
        memory.fill(scratch + (panels - 1) * INPUT_BLOCK * PANEL_BYTES, 0, INPUT_BLOCK * PANEL_BYTES);
      for (let k: usize = 0; k < depth; k += INPUT_BLOCK) {
        const count = min(INPUT_BLOCK, depth - k);
        const block = INPUT_BLOCK * PANEL_BYTES;
        sparseStoreVectors(<i32>width, scratch, block, columnOffsets + (k << 3), count, d, true);
        for (let p: usize = 0; p < panels; p++) {
          const to = w + at + p * stride + k * PANEL_BYTES;
          updateBlock(to, parameter, scratch + p * block, count << 3);
        }
      }
    }
    i += width;
  }
}

/**
 * g (panels, like W) = xᵀ · delta from CSC, or += if not `fresh`. Padding stays as it is.
 * @writes g @reads columnOffsets delta
 * @range panelBegin
 * @cost 20 * depth * (panelEnd - panelBegin)
 */
export function sparseGradient(
  g: usize,
  columnOffsets: usize,
  delta: usize,
  depth: usize,
  panelBegin: usize,
  panelEnd: usize,
  units: usize,
  fresh: bool,
): void {
  const stride = depth * PANEL_BYTES;
  const end = vectorEnd(panelEnd, units);
  for (let i = panelBegin << 1; i < end;) {
    const width = passWidth(end - i, GRADIENT_PASS);
    sparseStoreVectors(
      <i32>width,
      g + (i >> 1) * stride,
      stride,
      columnOffsets,
      depth,
      delta + (i << 4),
      fresh,
    );
    i += width;
  }
}
