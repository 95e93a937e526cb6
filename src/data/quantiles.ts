/** The middle of sorted values; the mean of the two in the middle for an even number. */
export function median(sorted: Float64Array): number {
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/**
 * The value below which a share of sorted values lies, linear between neighbours, as numpy's default.
 *
 * @param share 0 to 1
 */
export function quantile(sorted: Float64Array, share: number): number {
  const position = (sorted.length - 1) * share;
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  const part = position - below;
  const gap = sorted[above] - sorted[below];
  return part < 0.5 ? sorted[below] + gap * part : sorted[above] - gap * (1 - part);
}
