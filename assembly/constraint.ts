// Constraints, applied to a weight after its update. Columns of a matrix in panels [panels][depth][8] are
// lanes.

/** w ← max(w, 0) over `length` (multiple of 4) values. */
export function nonNegative(w: usize, length: usize): void {
  for (const end = w + (length << 2); w < end; w += 16) {
    v128.store(w, f32x4.pmax(v128.load(w), f32x4.splat(0)));
  }
}

/**
 * Scales every column of panels to norm' = rate · clip(norm, minNorm, maxNorm) + (1 − rate) · norm, by
 * w · norm' / (1e-7 + norm). Keras's MaxNorm has minNorm 0 and rate 1, UnitNorm minNorm = maxNorm = 1
 * (keras/src/constraints/constraints.py).
 */
export function columnNorms(
  w: usize,
  depth: usize,
  panels: usize,
  minNorm: f32,
  maxNorm: f32,
  rate: f32,
): void {
  for (let p: usize = 0; p < panels; p++) stepNorms(w + p * (depth << 5), depth, 1, minNorm, maxNorm, rate);
}

/**
 * columnNorms where every column falls into `step` norms: over the rows r, r + step, r + 2 · step, … for each
 * r < step.
 */
export function stepNorms(w: usize, depth: usize, step: usize, minNorm: f32, maxNorm: f32, rate: f32): void {
  for (let half: usize = 0; half < 2 * step; half++) {
    const first = w + ((half >> 1) << 5) + ((half & 1) << 4);
    const end = w + (depth << 5);
    let sum = f32x4.splat(0);
    for (let at = first; at < end; at += step << 5) {
      const x = v128.load(at);
      sum = f32x4.add(sum, f32x4.mul(x, x));
    }
    const norm = f32x4.sqrt(sum);
    const clipped = f32x4.pmin(f32x4.pmax(norm, f32x4.splat(minNorm)), f32x4.splat(maxNorm));
    const mixed = f32x4.add(f32x4.mul(f32x4.splat(rate), clipped), f32x4.mul(f32x4.splat(1 - rate), norm));
    const factor = f32x4.div(mixed, f32x4.add(f32x4.splat(1e-7), norm));
    for (let at = first; at < end; at += step << 5) v128.store(at, f32x4.mul(v128.load(at), factor));
  }
}

/** columnNorms for every row of the matrix: norms over its `units` columns. */
export function rowNorms(w: usize, depth: usize, units: usize, minNorm: f32, maxNorm: f32, rate: f32): void {
  for (let k: usize = 0; k < depth; k++) {
    let sum: f32 = 0;
    for (let n: usize = 0; n < units; n++) {
      const x = load<f32>(w + panelOffset(depth, k, n));
      sum += x * x;
    }
    const factor = normRatio(sqrt<f32>(sum), minNorm, maxNorm, rate);
    for (let n: usize = 0; n < units; n++) {
      const at = w + panelOffset(depth, k, n);
      store<f32>(at, load<f32>(at) * factor);
    }
  }
}

// @ts-ignore: decorator
@inline
function panelOffset(depth: usize, k: usize, n: usize): usize {
  return ((n >> 3) * (depth << 3) + (k << 3) + (n & 7)) << 2;
}

// @ts-ignore: decorator
@inline
function normRatio(norm: f32, minNorm: f32, maxNorm: f32, rate: f32): f32 {
  const clipped = norm < minNorm ? minNorm : norm > maxNorm ? maxNorm : norm;
  return (rate * clipped + (1 - rate) * norm) / (<f32>1e-7 + norm);
}

/** columnNorms for a vector of `length` values, as a single column. */
export function vectorNorm(w: usize, length: usize, minNorm: f32, maxNorm: f32, rate: f32): void {
  let sum: f32 = 0;
  for (let i: usize = 0; i < length; i++) sum += load<f32>(w + (i << 2)) * load<f32>(w + (i << 2));
  const factor = normRatio(sqrt<f32>(sum), minNorm, maxNorm, rate);
  for (let i: usize = 0; i < length; i++) store<f32>(w + (i << 2), load<f32>(w + (i << 2)) * factor);
}
