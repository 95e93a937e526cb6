import { LAYERS } from '../../src/layers/index.js';
import { describe, expect, test } from 'vitest';
import type { OptimizerSpec } from '../../src/network/optimizers.js';
import type { NormalizationSpec } from '../../src/layers/normalization.js';
import type { LayerSpec, ParameterRules } from '../../src/network/spec.js';
import { expectSameBits } from '../helpers/allclose.js';
import { denseLayer } from '../helpers/networks.js';
import { Seeded } from '../helpers/seeded.js';
import { compareSteps } from '../helpers/steps.js';
import { allRows, datasetOf, networkOf, trainerOf } from '../helpers/training.js';
import { VARIANTS } from '../helpers/wasm.js';

const SGD: OptimizerSpec = { kind: 'sgd', momentum: 0, nesterov: false };
const ADAM: OptimizerSpec = { kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-3 };
const LOSS = { name: 'meanSquaredError' } as const;
const RULES: ParameterRules = { initializer: { name: 'zeros' } };

function normalization(type: NormalizationSpec['type'], changes: Partial<NormalizationSpec> = {}): LayerSpec {
  const common = { epsilon: 1e-3, momentum: 0.9, center: true, scale: true, trainable: true };
  return { type, ...common, gamma: RULES, beta: RULES, ...changes };
}

/** Between a dense layer of 10 units and one of 3. */
const BETWEEN: Record<string, LayerSpec[]> = {
  'batch normalization': [normalization('batchNormalization')],
  'batch normalization without gamma': [normalization('batchNormalization', { scale: false })],
  'batch normalization without beta': [normalization('batchNormalization', { center: false })],
  'layer normalization': [normalization('layerNormalization')],
  'layer normalization, neither gamma nor beta': [
    normalization('layerNormalization', { scale: false, center: false }),
  ],
  'unit normalization': [{ type: 'unitNormalization', axis: -1 }],
  dropout: [{ type: 'dropout', rate: 0.3 }],
  'dropout of nothing': [{ type: 'dropout', rate: 0 }],
  rescaling: [{ type: 'rescaling', scale: 0.5, offset: 0.25 }],
  'an activation of its own': [{ type: 'activation', activation: 'tanh' }],
  'an activation whose slope needs its input': [{ type: 'activation', activation: 'silu' }],
  softmax: [{ type: 'activation', activation: 'softmax' }],
  'log-softmax': [{ type: 'activation', activation: 'logSoftmax' }],
  reshaping: [
    { type: 'reshape', targetShape: [2, 5] },
    { type: 'rescaling', scale: 2, offset: -0.25 },
    { type: 'flatten' },
  ],
  'a dense layer without bias': [denseLayer(9, 'relu', { useBias: false })],
  'a penalty of activities': [denseLayer(9, 'tanh', { activityRegularizer: { l1: 0.02, l2: 0.1 } })],
  'all of it': [
    normalization('batchNormalization'),
    { type: 'activation', activation: 'gelu' },
    { type: 'dropout', rate: 0.25 },
    denseLayer(8, 'softsign', { useBias: false }),
    normalization('layerNormalization'),
    { type: 'rescaling', scale: 2, offset: 0.5 },
  ],
};

describe('steps equal float64', () => {
  test.each(Object.keys(BETWEEN))('through %s', (name) => {
    const layers = [denseLayer(10, 'tanh'), ...BETWEEN[name], denseLayer(3)];
    for (const optimizer of [SGD, ADAM]) {
      for (const rows of [5, 33]) {
        const spec = { rules: LAYERS, inputShape: [7], layers };
        compareSteps({ spec, loss: LOSS, optimizer, rows, rate: 0.01, seed: 77, units: 80 });
      }
    }
  });

  test('from inputs that are normalized, or dropped, first', () => {
    for (const first of [normalization('batchNormalization'), { type: 'dropout', rate: 0.5 } as const]) {
      const spec = { rules: LAYERS, inputShape: [7], layers: [first, denseLayer(5, 'relu'), denseLayer(3)] };
      compareSteps({ spec, loss: LOSS, optimizer: ADAM, rows: 33, rate: 0.01 });
    }
  });

  test('with an activation of its own at the end, fused with the loss or not', () => {
    const layers: LayerSpec[] = [
      denseLayer(8, 'relu'),
      denseLayer(4),
      { type: 'activation', activation: 'softmax' },
    ];
    const spec = { rules: LAYERS, inputShape: [7], layers };
    for (const name of ['sparseCategoricalCrossentropy', 'meanSquaredError'] as const) {
      compareSteps({ spec, loss: { name }, optimizer: SGD, rows: 9, rate: 0.05 });
    }
  });

  test('with images that are flattened', () => {
    const spec = {
      rules: LAYERS,
      inputShape: [3, 2, 2],
      layers: [{ type: 'flatten' } as const, denseLayer(5, 'tanh'), denseLayer(2)],
    };
    compareSteps({ spec, loss: LOSS, optimizer: SGD, rows: 9, rate: 0.05 });
  });

  test.each([
    ['penalties of kernels and biases', {}],
    ['values clipped', { clipValue: 0.02 }],
    ['norms clipped', { clipNorm: 0.05 }],
    ['the norm of all clipped', { globalClipNorm: 0.05 }],
    ['weight decay', { weightDecay: 0.5 }],
    ['weight decay and values clipped', { weightDecay: 0.5, clipValue: 0.02 }],
  ] as const)('with %s', (_, common) => {
    const kernel = { ...RULES, regularizer: { l1: 0.01, l2: 0.03 } };
    const bias = { ...RULES, regularizer: { l1: 0, l2: 0.1 } };
    const layers = [denseLayer(10, 'tanh', { kernel, bias }), denseLayer(3)];
    for (const rule of [SGD, ADAM]) {
      for (const penaltyPerRow of [true, false]) {
        const optimizer = { ...rule, ...common };
        compareSteps({
          spec: { rules: LAYERS, inputShape: [7], layers },
          loss: LOSS,
          optimizer,
          rows: 9,
          rate: 0.02,
          penaltyPerRow,
        });
      }
    }
  });
});

describe.each(VARIANTS)('with %s kernels', (variant) => {
  const rows = 9;
  const seeded = new Seeded(4);
  const dataset = datasetOf(seeded.floats(rows * 7), rows, seeded.floats(rows * 3));

  function trained(layers: LayerSpec[], optimizer: OptimizerSpec = ADAM) {
    const network = networkOf(variant, { rules: LAYERS, inputShape: [7], layers });
    const before = network.weights.values();
    const trainer = trainerOf({ network, dataset, loss: LOSS, optimizer, batchSize: rows });
    for (let t = 0; t < 5; t++) trainer.step(dataset, allRows(rows), 0.05);
    network.weights.set(trainer.session.weights.view());
    return { before, after: network.weights.values() };
  }

  test('frozen layers keep their bits, and pass gradients on', () => {
    const frozen = denseLayer(8, 'tanh', { trainable: false });
    const { before, after } = trained([denseLayer(6, 'relu'), frozen, denseLayer(3)]);
    const moved = after.map((values, i) => values.some((value, j) => value !== before[i][j]));
    expect(moved).toEqual([true, true, false, false, true, true]);
    expectSameBits(after[2], before[2], 'the frozen kernel');
  });

  test('frozen batch normalization uses its averages, and leaves them', () => {
    const frozen = normalization('batchNormalization', { trainable: false });
    const { before, after } = trained([denseLayer(6), frozen, denseLayer(3)]);
    for (const i of [2, 3, 4, 5]) expectSameBits(after[i], before[i], `parameter ${i}`);
    expect(after[0].some((value, j) => value !== before[0][j])).toBe(true);
  });

  test('constraints hold after every step', () => {
    const norm = { kind: 'norm', rate: 1 } as const;
    const kernel = { ...RULES, constraint: { ...norm, min: 1, max: 1, axis: 0 as const } };
    const rowsOf = { ...RULES, constraint: { ...norm, min: 0, max: 0.3, axis: 1 as const } };
    const bias = { ...RULES, constraint: { kind: 'nonNeg' } as const };
    const { after } = trained([
      denseLayer(5, 'tanh', { kernel, bias }),
      denseLayer(3, 'linear', { kernel: rowsOf }),
    ]);
    const [first, positive, second] = after;
    for (let unit = 0; unit < 5; unit++) {
      let squares = 0;
      for (let k = 0; k < 7; k++) squares += first[k * 5 + unit] ** 2;
      expect(Math.sqrt(squares)).toBeCloseTo(1, 5);
    }
    for (let k = 0; k < 5; k++) {
      const row = second.subarray(3 * k, 3 * k + 3);
      expect(Math.hypot(...row)).toBeLessThan(0.3 + 1e-6);
    }
    expect(positive.every((value) => value >= 0)).toBe(true);
  });
});
