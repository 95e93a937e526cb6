// Batch and layer normalization, and rescaling. Strides in bytes; columns are processed in whole vectors
// (padding included: its statistics are finite and never read).

/**
 * Column statistics over `rows`: mean and 1 / √(variance + epsilon), variance biased (Ioffe & Szegedy, 2015);
 * moving averages ← momentum · moving + (1 − momentum) · statistic.
 */
export function batchStatistics(
  mean: usize,
  inverse: usize,
  movingMean: usize,
  movingVariance: usize,
  x: usize,
  xStride: usize,
  rows: usize,
  columns: usize,
  epsilon: f32,
  momentum: f32,
): void {
  const count = f32x4.splat(1 / <f32>rows),
    keep = f32x4.splat(momentum),
    rest = f32x4.splat(1 - momentum);
  for (let j: usize = 0; j < columns << 2; j += 16) {
    let sum = f32x4.splat(0),
      squares = f32x4.splat(0);
    for (let row: usize = 0, at = x + j; row < rows; row++, at += xStride)
      sum = f32x4.add(sum, v128.load(at));
    const average = f32x4.mul(sum, count);
    for (let row: usize = 0, at = x + j; row < rows; row++, at += xStride) {
      const d = f32x4.sub(v128.load(at), average);
      squares = f32x4.add(squares, f32x4.mul(d, d));
    }
    const variance = f32x4.mul(squares, count);
    v128.store(mean + j, average);
    v128.store(inverse + j, f32x4.div(f32x4.splat(1), f32x4.sqrt(f32x4.add(variance, f32x4.splat(epsilon)))));
    const m = f32x4.add(f32x4.mul(v128.load(movingMean + j), keep), f32x4.mul(average, rest));
    const v = f32x4.add(f32x4.mul(v128.load(movingVariance + j), keep), f32x4.mul(variance, rest));
    v128.store(movingMean + j, m);
    v128.store(movingVariance + j, v);
  }
}

/** mean and 1 / √(variance + epsilon) from the moving averages, for prediction. */
export function movingStatistics(
  mean: usize,
  inverse: usize,
  movingMean: usize,
  movingVariance: usize,
  columns: usize,
  epsilon: f32,
): void {
  for (let j: usize = 0; j < columns << 2; j += 16) {
    v128.store(mean + j, v128.load(movingMean + j));
    const root = f32x4.sqrt(f32x4.add(v128.load(movingVariance + j), f32x4.splat(epsilon)));
    v128.store(inverse + j, f32x4.div(f32x4.splat(1), root));
  }
}

/**
 * y = (x − mean) · inverse · gamma + beta by columns; gamma or beta 0 where there is none.
 * @writes y @reads x mean inverse gamma beta
 * @rows rows by 8: y x
 * @cost 0.5 * rows * columns
 */
export function batchNormForward(
  y: usize,
  yStride: usize,
  x: usize,
  xStride: usize,
  mean: usize,
  inverse: usize,
  gamma: usize,
  beta: usize,
  rows: usize,
  columns: usize,
): void {
  for (let row: usize = 0; row < rows; row++) {
    for (let j: usize = 0; j < columns << 2; j += 16) {
      let v = f32x4.mul(f32x4.sub(v128.load(x + j), v128.load(mean + j)), v128.load(inverse + j));
      if (gamma != 0) v = f32x4.mul(v, v128.load(gamma + j));
      if (beta != 0) v = f32x4.add(v, v128.load(beta + j));
      v128.store(y + j, v);
    }
    y += yStride;
    x += xStride;
  }
}

/** gammaGradient = Σ delta · x̂ and betaGradient = Σ delta over the rows, by columns. */
export function batchNormGradient(
  gammaGradient: usize,
  betaGradient: usize,
  delta: usize,
  deltaStride: usize,
  x: usize,
  xStride: usize,
  mean: usize,
  inverse: usize,
  rows: usize,
  columns: usize,
): void {
  for (let j: usize = 0; j < columns << 2; j += 16) {
    let products = f32x4.splat(0),
      sum = f32x4.splat(0);
    const average = v128.load(mean + j),
      factor = v128.load(inverse + j);
    let d = delta + j,
      v = x + j;
    for (let row: usize = 0; row < rows; row++) {
      const g = v128.load(d);
      sum = f32x4.add(sum, g);
      products = f32x4.add(products, f32x4.mul(g, f32x4.mul(f32x4.sub(v128.load(v), average), factor)));
      d += deltaStride;
      v += xStride;
    }
    v128.store(gammaGradient + j, products);
    v128.store(betaGradient + j, sum);
  }
}

/**
 * dx = gamma · inverse · (delta − (betaGradient + x̂ · gammaGradient) / rows); with fixed statistics gamma ·
 * inverse · delta.
 */
export function batchNormBackward(
  dx: usize,
  dxStride: usize,
  delta: usize,
  deltaStride: usize,
  x: usize,
  xStride: usize,
  mean: usize,
  inverse: usize,
  gamma: usize,
  gammaGradient: usize,
  betaGradient: usize,
  rows: usize,
  columns: usize,
  fixed: bool,
): void {
  const share = f32x4.splat(1 / <f32>rows);
  for (let row: usize = 0; row < rows; row++) {
    for (let j: usize = 0; j < columns << 2; j += 16) {
      const factor = v128.load(inverse + j);
      let d = v128.load(delta + j);
      if (!fixed) {
        const normal = f32x4.mul(f32x4.sub(v128.load(x + j), v128.load(mean + j)), factor);
        const common = f32x4.add(
          v128.load(betaGradient + j),
          f32x4.mul(normal, v128.load(gammaGradient + j)),
        );
        d = f32x4.sub(d, f32x4.mul(common, share));
      }
      d = f32x4.mul(d, factor);
      if (gamma != 0) d = f32x4.mul(d, v128.load(gamma + j));
      v128.store(dx + j, d);
    }
    dx += dxStride;
    delta += deltaStride;
    x += xStride;
  }
}

/**
 * y = (x − mean) / √(variance + epsilon) · gamma + beta by rows (Ba et al., 2016); statistics[row] = {mean,
 * inverse}.
 */
export function layerNormForward(
  y: usize,
  yStride: usize,
  x: usize,
  xStride: usize,
  statistics: usize,
  gamma: usize,
  beta: usize,
  rows: usize,
  columns: usize,
  epsilon: f64,
): void {
  for (let row: usize = 0; row < rows; row++) {
    let sum: f64 = 0,
      squares: f64 = 0;
    for (let j: usize = 0; j < columns; j++) sum += <f64>load<f32>(x + (j << 2));
    const mean = sum / <f64>columns;
    for (let j: usize = 0; j < columns; j++) {
      const d = <f64>load<f32>(x + (j << 2)) - mean;
      squares += d * d;
    }
    const inverse = 1 / sqrt(squares / <f64>columns + epsilon);
    store<f32>(statistics + (row << 3), <f32>mean);
    store<f32>(statistics + (row << 3), <f32>inverse, 4);
    for (let j: usize = 0; j < columns; j++) {
      let v = <f32>((<f64>load<f32>(x + (j << 2)) - mean) * inverse);
      if (gamma != 0) v *= load<f32>(gamma + (j << 2));
      if (beta != 0) v += load<f32>(beta + (j << 2));
      store<f32>(y + (j << 2), v);
    }
    y += yStride;
    x += xStride;
  }
}

/** Σ over the rows of delta · x̂ and of delta, by columns. */
export function layerNormGradient(
  gammaGradient: usize,
  betaGradient: usize,
  delta: usize,
  deltaStride: usize,
  x: usize,
  xStride: usize,
  statistics: usize,
  rows: usize,
  columns: usize,
): void {
  for (let j: usize = 0; j < columns; j++) {
    let products: f32 = 0,
      sum: f32 = 0;
    for (let row: usize = 0; row < rows; row++) {
      const g = load<f32>(delta + row * deltaStride + (j << 2));
      const s = statistics + (row << 3);
      sum += g;
      products += g * ((load<f32>(x + row * xStride + (j << 2)) - load<f32>(s)) * load<f32>(s, 4));
    }
    store<f32>(gammaGradient + (j << 2), products);
    store<f32>(betaGradient + (j << 2), sum);
  }
}

/** dx = inverse · (h − mean(h) − x̂ · mean(h · x̂)), h = delta · gamma. */
export function layerNormBackward(
  dx: usize,
  dxStride: usize,
  delta: usize,
  deltaStride: usize,
  x: usize,
  xStride: usize,
  statistics: usize,
  gamma: usize,
  rows: usize,
  columns: usize,
): void {
  for (let row: usize = 0; row < rows; row++) {
    const mean = load<f32>(statistics + (row << 3)),
      inverse = load<f32>(statistics + (row << 3), 4);
    let sum: f64 = 0,
      products: f64 = 0;
    for (let j: usize = 0; j < columns; j++) {
      const h = load<f32>(delta + (j << 2)) * (gamma != 0 ? load<f32>(gamma + (j << 2)) : 1);
      sum += <f64>h;
      products += <f64>h * <f64>((load<f32>(x + (j << 2)) - mean) * inverse);
    }
    const average = <f32>(sum / <f64>columns),
      slope = <f32>(products / <f64>columns);
    for (let j: usize = 0; j < columns; j++) {
      const h = load<f32>(delta + (j << 2)) * (gamma != 0 ? load<f32>(gamma + (j << 2)) : 1);
      const normal = (load<f32>(x + (j << 2)) - mean) * inverse;
      store<f32>(dx + (j << 2), inverse * (h - average - normal * slope));
    }
    dx += dxStride;
    delta += deltaStride;
    x += xStride;
  }
}

/**
 * y = x · scale + offset. y may be x; the gradient is the same call with offset 0.
 * @writes y @reads x
 * @rows rows by 8: y x
 * @cost 0.1 * rows * columns
 */
export function rescale(
  y: usize,
  yStride: usize,
  x: usize,
  xStride: usize,
  rows: usize,
  columns: usize,
  scale: f32,
  offset: f32,
): void {
  const factor = f32x4.splat(scale),
    term = f32x4.splat(offset);
  for (let row: usize = 0; row < rows; row++) {
    for (let j: usize = 0; j < columns << 2; j += 16) {
      v128.store(y + j, f32x4.add(f32x4.mul(v128.load(x + j), factor), term));
    }
    y += yStride;
    x += xStride;
  }
}
