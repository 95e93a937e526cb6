import { vi } from 'vitest';
import { RandomState } from '../../src/random.js';
import { loadIris } from '../../src/datasets.js';
import type { FitOptions, Sequential } from '../../src/index.js';
import { layers, sequential } from '../../src/index.js';

/** No output, no console. */
export const quiet: FitOptions = { verbose: 0, onWarning: () => {} };

/** Rows (count, 3) of small numbers, with the class, 0 to 2, of each: that of its largest number. */
export function threeClasses(count: number): { x: number[][]; y: number[]; oneHot: number[][] } {
  const random = new RandomState(5);
  const x = Array.from({ length: count }, () => [0, 0, 0].map(() => random.uniform(-1, 1)));
  const y = x.map((row) => row.indexOf(Math.max(...row)));
  return { x, y, oneHot: y.map((label) => [0, 1, 2].map((i) => (i === label ? 1 : 0))) };
}

/** A compiled classifier of `threeClasses`. */
export function classifier(seed = 3, loss = 'sparseCategoricalCrossentropy'): Sequential {
  const model = sequential({
    seed,
    layers: [
      layers.dense({ units: 8, activation: 'tanh', inputShape: [3] }),
      layers.dense({ units: 3, activation: 'softmax' }),
    ],
  });
  model.compile({ optimizer: { name: 'adam', learningRate: 0.02 }, loss, metrics: ['accuracy'] });
  return model;
}

/** A compiled model of one weight and one bias, both 0, for rows of one number. */
export function line(learningRate = 0.1): Sequential {
  const model = sequential({
    seed: 1,
    layers: [layers.dense({ units: 1, kernelInitializer: 'zeros', inputShape: [1] })],
  });
  model.compile({ optimizer: { name: 'sgd', learningRate }, loss: 'mse' });
  return model;
}

/** From now on the clock gains a millisecond whenever it is looked at, and stands still otherwise. */
export function slowClock(): void {
  let now = performance.now();
  vi.spyOn(performance, 'now').mockImplementation(() => (now += 1));
}

/** Iris with classes as numbers, 0 to 2. */
export function iris(): { x: any; y: number[] } {
  const { x, y, targetNames } = loadIris() as any;
  return { x, y: Array.from(y, (label) => (typeof label === 'number' ? label : targetNames.indexOf(label))) };
}
