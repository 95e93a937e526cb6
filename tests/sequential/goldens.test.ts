import { describe, expect, test } from 'vitest';
import type { Layer, Sequential } from '../../src/index.js';
import { layers, sequential } from '../../src/index.js';
import { expectWithin } from '../helpers/allclose.js';
import type { TorchCase } from '../network/torch.js';
import { goldens } from '../network/torch.js';

/** Of a loss relative to itself, of a weight or prediction relative to the largest of its array. */
const MOST = 2e-5;

function compiled(golden: TorchCase): Sequential {
  const factories = layers as unknown as Record<string, (options: object) => Layer>;
  const stack = golden.layers.map(({ type, ...options }) => factories[type](options));
  const model = sequential({ layers: [layers.input({ shape: goldens.x.shape.slice(1) }), ...stack] });
  const { loss, lossOptions } = golden;
  model.compile({ optimizer: golden.optimizer as any, loss: { name: loss, ...lossOptions } as any });
  return model;
}

function expectNear(actual: ArrayLike<number>, expected: readonly number[], what: string): void {
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  expectWithin(actual, expected, MOST * largest, what);
}

describe('Sequential gives what PyTorch gives in float64', () => {
  test.each(goldens.cases.map((golden) => [golden.name, golden] as const))('%s', async (_, golden) => {
    const model = compiled(golden);
    const x = { data: Float32Array.from(goldens.x.data), shape: goldens.x.shape };
    const stored = goldens.targets[golden.y] as any;
    const y = Array.isArray(stored) ? stored : { ...stored, data: Float64Array.from(stored.data) };
    model.setWeights(
      goldens.starts[golden.start]
        .flat()
        .map(({ data, shape }) => ({ data: Float64Array.from(data), shape })),
    );
    const { batchSize, epochs, classWeight } = golden;
    const sampleWeight = golden.sampleWeight ? goldens.sampleWeight : undefined;
    const quiet = { verbose: 0, onWarning: () => {} } as const;
    const options = { batchSize, epochs, classWeight, sampleWeight, shuffle: false, ...quiet };
    const { history } = await model.fit(x, y, options);
    golden.losses.forEach((loss, epoch) => expectNear([history.loss[epoch]], [loss], `epoch ${epoch + 1}`));
    expect(history.loss).toHaveLength(epochs);
    const weights = model.getWeights();
    golden.weights.flat().forEach((array, i) => expectNear(weights[i].data, array, `array ${i}`));
    const rows = goldens.x.data.slice(0, 4 * goldens.x.shape[1]);
    const predicted = model.predict({ data: Float32Array.from(rows), shape: [4, goldens.x.shape[1]] });
    expectNear(predicted.data, golden.predicted, 'predictions');
  });
});
