import { LAYERS } from '../../src/layers/index.js';
import { layers, loadModel, modelFromJSON, sequential } from 'lamella';
import { describe, expect, test } from 'vitest';
import { plan } from '../../src/network/plan.js';
import type { DenseSpec } from '../../src/layers/dense.js';
import { backwardStep, forwardStep, updateStep } from '../../src/network/steps.js';

/** Seconds of processor time. */
async function spent(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

// Where every layer looks at all the others these take minutes; otherwise a second or less.
const MOST_SECONDS = 10;

describe('thousands of layers cost thousands of times as much as one:', () => {
  const described = (count: number): object => ({
    ...{ format: 'lamella', version: 1, kind: 'sequential', name: 'tower', seed: 1, inputShape: [2] },
    layers: Array.from({ length: count }, () => ({ type: 'dense', units: 2 })),
  });

  test('made from JSON, described, saved and loaded', async () => {
    const seconds = await spent(async () => {
      const model = modelFromJSON(described(2000));
      expect(model.layers[1999].name).toBe('dense_1999');
      model.summary({ print: () => {} });
      for (const layer of model.layers) expect(layer.countParams()).toBe(6);
      const loaded = await loadModel<ReturnType<typeof sequential>>(model.toBytes());
      expect(JSON.stringify(loaded.toJSON())).toBe(JSON.stringify(model.toJSON()));
    });
    expect(seconds).toBeLessThan(MOST_SECONDS);
  });

  test('made by add, whatever their names are', async () => {
    const seconds = await spent(() => {
      const model = sequential({ layers: [layers.dense({ units: 2, name: 'dense_1', inputShape: [2] })] });
      for (let i = 0; i < 2500; i++) {
        model.add(layers.dense({ units: 2, name: `dense_${2 * i + 2}` }));
        model.add(layers.dense({ units: 2 }));
      }
      expect(new Set(model.layers.map(({ name }) => name)).size).toBe(5001);
    });
    expect(seconds).toBeLessThan(MOST_SECONDS);
  });

  test('planned for training', async () => {
    const zeros = { initializer: { name: 'zeros' } };
    const layer: DenseSpec = {
      ...{ type: 'dense', units: 2, activation: 'relu', useBias: true, trainable: true },
      ...{ kernel: zeros, bias: zeros },
    };
    const spec = { rules: LAYERS, inputShape: [2], layers: Array.from({ length: 15_000 }, () => layer) };
    const seconds = await spent(() => {
      const made = plan(spec, 4, {
        loss: { name: 'meanSquaredError' },
        optimizer: { kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-7 },
      });
      expect(forwardStep(made, 4, true).length).toBeGreaterThanOrEqual(15_000);
      expect(backwardStep(made, 4).length).toBeGreaterThanOrEqual(15_000);
      updateStep(made);
    });
    expect(seconds).toBeLessThan(MOST_SECONDS);
  });
});
