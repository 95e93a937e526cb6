/** Times epochs along a curve, and counts what a step computes and moves. */
import { MLPClassifier } from 'lamella';
import { init } from 'lamella/node';
import { spread, type Spread } from '../harness.js';
import { flopsOf } from '../works/flops.js';
import type { Curve, Training } from './curves.js';

export interface Point {
  readonly size: number;
  readonly secondsPerEpoch: Spread;
  /** GFLOP/s of the useful operations in the shortest epoch. */
  readonly gflops: number;
  /** Useful operations of a step. */
  readonly flopsPerStep: number;
  /** Bytes of parameters and optimizer slots. */
  readonly stateBytes: number;
  /** Bytes of the activations of a batch, input included. */
  readonly batchBytes: number;
  /** Bytes of the rows trained on. */
  readonly dataBytes: number;
}

/**
 * Times epochs of a training until they have taken long enough: at least 3, after one that does not count.
 */
async function epochs({ options, x, y }: Training, seconds: number): Promise<number[]> {
  const enough = new AbortController();
  const took: number[] = [];
  let last = NaN;
  const start = performance.now();
  const onEpoch = (): void => {
    const now = performance.now();
    if (!Number.isNaN(last)) took.push((now - last) / 1e3);
    last = now;
    if (took.length >= 3 && now - start >= 1e3 * seconds) enough.abort();
  };
  const settings = { maxIter: 1e6, tol: 0, nIterNoChange: 1e9, randomState: 1, onWarning: () => {} };
  try {
    await new MLPClassifier({ ...options, ...settings }).fit(x, y, { onEpoch, signal: enough.signal });
  } catch (error) {
    if (!enough.signal.aborted) throw error;
  }
  return took;
}

/** Two passes over all sizes, so that a disturbance does not look like a knee. */
export async function measureCurve(curve: Curve, variant: string, passes = 2): Promise<Point[]> {
  const took = new Map<number, number[]>(curve.sizes.map((size) => [size, []]));
  for (let pass = 0; pass < passes; pass++) {
    for (const size of curve.sizes) {
      const training = curve.training(size);
      await init({ variant: variant as 'auto', threads: training.threads });
      took.get(size)!.push(...(await epochs(training, 0.5)));
    }
  }
  return curve.sizes.map((size) => pointOf(size, curve.training(size), spread(took.get(size)!)));
}

function pointOf(size: number, { options, x, y }: Training, secondsPerEpoch: Spread): Point {
  let filled = 0;
  for (const value of x.data) if (value !== 0) filled++;
  const about = { name: '', about: '', estimator: 'MLPClassifier', options, epochs: 1 } as const;
  const { useful } = flopsOf(about, { x, y, density: filled / x.data.length });
  const widths = [x.data.length / y.length, ...(options.hiddenLayerSizes as number[]), 10];
  const parameters = widths.slice(1).reduce((sum, units, i) => sum + (widths[i] + 1) * units, 0);
  const slots = options.solver === 'adam' ? 2 : 1;
  const batch = options.batchSize as number;
  return {
    ...{ size, secondsPerEpoch, gflops: useful / secondsPerEpoch.min / 1e9 },
    flopsPerStep: useful / Math.ceil(y.length / batch),
    stateBytes: 4 * parameters * (1 + slots),
    batchBytes: 4 * batch * widths.reduce((sum, width) => sum + width, 0),
    dataBytes: x.data.length,
  };
}
