/**
 * Times dense products and the same products by CSR at several densities, and finds where they take equally
 * long.
 */

/** A product both ways, on several batches in turn: the processor would learn a single batch by heart. */
export interface Comparison {
  /** Makes `percent` percent of the values non-zeros. */
  readonly fill: (percent: number) => void;
  readonly dense: readonly (() => void)[];
  readonly csr: readonly (() => void)[];
}

/** Seconds per batch. */
export interface Point {
  readonly percent: number;
  readonly dense: number;
  readonly csr: number;
}

const STEPS = [-30, -20, -10, -5, 0, 5, 10, 20, 30];

/** Shortest duration of a sample, in seconds. */
const SAMPLE = 0.002;

/** Measures at densities around a threshold, dense and CSR in turns. */
export function measure({ fill, dense, csr }: Comparison, threshold: number, rounds: number): Point[] {
  const percents = STEPS.map((step) => threshold + step).filter((percent) => percent >= 2 && percent <= 92);
  return percents.map((percent) => {
    fill(percent);
    for (let i = 0; i < 5; i++) [...dense, ...csr].forEach((batch) => batch());
    const repetitions = Math.ceil(SAMPLE / (seconds(csr, 1) * csr.length));
    const best = { percent, dense: Infinity, csr: Infinity };
    for (let round = 0; round < rounds; round++) {
      best.dense = Math.min(best.dense, seconds(dense, repetitions));
      best.csr = Math.min(best.csr, seconds(csr, repetitions));
    }
    return best;
  });
}

/** Runs all batches `repetitions` times; returns the seconds per batch. */
function seconds(batches: readonly (() => void)[], repetitions: number): number {
  const start = performance.now();
  for (let i = 0; i < repetitions; i++) for (const batch of batches) batch();
  return (performance.now() - start) / 1000 / (repetitions * batches.length);
}

/**
 * The percentage at which CSR stops being faster: where the logarithms of the ratios, split in two, have the
 * fewest on the wrong side, weighted by size. 0 or 100 if CSR is slower, or faster, throughout.
 */
export function crossoverOf(points: readonly Point[]): number {
  const gains = points.map(({ dense, csr }) => Math.log(dense / csr));
  const wrong = (split: number): number =>
    gains.reduce((sum, gain, i) => sum + Math.max(0, i < split ? -gain : gain), 0);
  const splits = Array.from({ length: points.length + 1 }, (_, split) => split);
  const split = splits.reduce((best, each) => (wrong(each) < wrong(best) ? each : best));
  if (split === 0) return 0;
  if (split === points.length) return 100;
  const [gain, loss] = [Math.max(0, gains[split - 1]), Math.max(0, -gains[split])];
  const share = gain + loss > 0 ? gain / (gain + loss) : 0.5;
  const { percent } = points[split - 1];
  return percent + share * (points[split].percent - percent);
}
