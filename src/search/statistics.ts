/** Mean of some scores. */
export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Standard deviation √(Σ (value − mean)² / count). */
export function spreadOf(values: readonly number[]): number {
  const mean = meanOf(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0) / values.length);
}

/** Ranks from 1, the highest first; equals share the lowest of theirs. NaN comes last. */
export function ranksOf(values: readonly number[]): number[] {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort((a, b) => b - a);
  const rankOf = new Map<number, number>();
  sorted.forEach((value, i) => {
    if (!rankOf.has(value)) rankOf.set(value, i + 1);
  });
  return values.map((value) => rankOf.get(value) ?? sorted.length + 1);
}
