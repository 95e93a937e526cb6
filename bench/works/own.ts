/** lamella as a contestant, in this process. */
import { engine, init, layers, MLPClassifier, MLPRegressor, type NdArray, sequential } from 'lamella';
import type { Contestant, Measurement, Refusal } from './contestants.js';
import type { WorkData } from './data.js';
import type { Work } from './table.js';

export interface Setting {
  readonly variant: 'auto' | 'base' | 'relaxed' | 'wide';
  readonly threads: number;
}

/**
 * Calls `init` with a setting, and makes a contestant of it. @throws UnsupportedError where the runtime lacks
 * something
 */
export async function lamella(setting: Setting): Promise<Contestant> {
  await init(setting);
  const { variant, threads } = engine();
  return {
    name: `lamella ${variant}${threads === 1 ? '' : `, ${threads} threads`}`,
    libraries: [],
    variant,
    threads,
    async measure(work, data) {
      await init(setting);
      return train(work, data);
    },
    stop() {},
  };
}

/** Trains a work with the engine that `init` has chosen. */
export function train(work: Work, data: WorkData): Promise<Measurement | Refusal> {
  return work.layers ? fitSequential(work, data) : fitEstimator(work, data);
}

/**
 * Times the epochs from the end of the first (or of the first tenth, if there are many) to the end of the
 * last.
 */
async function fitEstimator(
  { estimator: kind, options, epochs }: Work,
  { x, y }: WorkData,
): Promise<Measurement> {
  const ends: number[][] = [];
  const warmUp = Math.ceil(epochs / 10);
  const estimator = new { MLPClassifier, MLPRegressor }[kind as 'MLPClassifier']({
    ...options,
    ...{ maxIter: warmUp + epochs, tol: 0, nIterNoChange: 1e9, randomState: 1, onWarning: () => {} },
  });
  const onEpoch = ({ epoch }: { epoch: number }): void => {
    if (epoch === warmUp || epoch === warmUp + epochs) ends.push(now());
  };
  await estimator.fit(x, y, { onEpoch });
  const [secondsPerEpoch, cpuSecondsPerEpoch] = ends[1].map((end, i) => (end - ends[0][i]) / epochs);
  const { lossCurve } = estimator;
  const losses = [lossCurve[0], lossCurve[lossCurve.length - 1]] as const;
  return { secondsPerEpoch, cpuSecondsPerEpoch, firstLoss: lossCurve[0], losses };
}

type Factories = Readonly<Record<string, ((options: object) => ReturnType<typeof layers.dense>) | undefined>>;

const WARM_UP_ROWS = 4000;

/** Times whole calls of `fit`, after one with few rows. */
async function fitSequential(work: Work, data: WorkData): Promise<Measurement | Refusal> {
  const factories = layers as unknown as Factories;
  const missing = work.layers!.find(({ type }) => factories[type] === undefined);
  if (missing) return { unable: `this build has no layers.${missing.type}` };
  const built = work.layers!.map(({ type, ...options }, i) =>
    factories[type]!({ ...options, ...(i === 0 ? { inputShape: [28, 28, 1] } : {}) }),
  );
  const model = sequential({ seed: 1, layers: built });
  model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy' });
  const some = images(data, WARM_UP_ROWS);
  const loss = (): number => model.evaluate(some.x, some.y).loss;
  const { batchSize } = work.options as { batchSize: number };
  const before = loss();
  await model.fit(some.x, some.y, { batchSize, verbose: 0 });
  const { x, y } = images(data, data.y.length);
  const start = now();
  await model.fit(x, y, { batchSize, epochs: work.epochs, verbose: 0 });
  const [secondsPerEpoch, cpuSecondsPerEpoch] = now().map((end, i) => (end - start[i]) / work.epochs);
  return { secondsPerEpoch, cpuSecondsPerEpoch, losses: [before, loss()] };
}

/** The first rows as images with one channel. */
function images({ x, y }: WorkData, rows: number): { x: NdArray<any>; y: WorkData['y'] } {
  const data = x.data.subarray(0, 784 * rows);
  return { x: { data, shape: [rows, 28, 28, 1], scale: x.scale }, y: y.subarray(0, rows) };
}

/** Returns the seconds of the clock and of the processor. */
function now(): [number, number] {
  const { user, system } = process.cpuUsage();
  return [performance.now() / 1e3, (user + system) / 1e6];
}
