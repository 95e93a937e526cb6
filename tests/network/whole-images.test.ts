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
const HOW = { fillMode: 'reflect', interpolation: 'bilinear', fillValue: 0.5 } as const;

function normalization(type: NormalizationSpec['type'], changes: Partial<NormalizationSpec> = {}): LayerSpec {
  const common = { epsilon: 1e-3, momentum: 0.9, center: true, scale: true, trainable: true };
  return { type, ...common, gamma: RULES, beta: RULES, ...changes };
}

const batch = normalization('batchNormalization');
const average: LayerSpec = { type: 'globalAveragePooling2d', keepdims: false };
const largest: LayerSpec = { type: 'globalMaxPooling2d', keepdims: true };
const padding: LayerSpec = {
  type: 'zeroPadding2d',
  padding: [
    [1, 2],
    [0, 3],
  ],
};
const flatten: LayerSpec = { type: 'flatten' };

/** On images, before a dense layer. */
const CASES: Record<string, LayerSpec[]> = {
  'batch normalization by channels': [batch, { type: 'activation', activation: 'relu' }, flatten],
  'batch normalization without gamma': [normalization('batchNormalization', { scale: false }), flatten],
  'batch normalization twice': [batch, { type: 'activation', activation: 'tanh' }, batch, flatten],
  'layer normalization by pixels': [normalization('layerNormalization'), flatten],
  'layer normalization above batch normalization, neither gamma nor beta': [
    batch,
    normalization('layerNormalization', { scale: false, center: false }),
    flatten,
  ],
  'unit normalization of pixels': [batch, { type: 'unitNormalization', axis: -1 }, flatten],
  padding: [batch, padding, { type: 'activation', activation: 'gelu' }, flatten],
  'the global average': [batch, { type: 'activation', activation: 'softplus' }, average],
  'the global maximum': [batch, largest, flatten],
  'dropout, of values and of channels': [
    batch,
    { type: 'dropout', rate: 0.25 },
    { type: 'spatialDropout2d', rate: 0.4 },
    flatten,
  ],
  rescaling: [{ type: 'rescaling', scale: 0.5, offset: 0.25 }, batch, average],
  reshaping: [batch, { type: 'reshape', targetShape: [2, -1] }, normalization('layerNormalization'), flatten],
  'translations first': [{ type: 'randomTranslation', height: [-0.3, 0.3], width: [-1, 1], ...HOW }, flatten],
  'rotations above a trainable layer': [
    batch,
    { type: 'randomRotation', factor: [-0.5, 0.5], ...HOW, fillMode: 'constant' },
    flatten,
  ],
  'zooms above a trainable layer': [
    batch,
    { type: 'randomZoom', height: [-0.5, 0.5], ...HOW, interpolation: 'nearest' },
    { type: 'randomZoom', height: [-0.5, 0.5], width: [0, 1], ...HOW, fillMode: 'wrap' },
    flatten,
  ],
};

describe('steps of image layers equal float64', () => {
  test.each(Object.keys(CASES))('through %s', (name) => {
    for (const [channels, rows] of [
      [1, 5],
      [3, 9],
      [10, 7],
    ]) {
      const spec = { rules: LAYERS, inputShape: [4, 5, channels], layers: [...CASES[name], denseLayer(3)] };
      compareSteps({ spec, loss: LOSS, optimizer: ADAM, rows, rate: 0.01, seed: 77, units: 80 });
      compareSteps({
        spec,
        loss: LOSS,
        optimizer: { ...SGD, clipNorm: 0.05 },
        rows,
        rate: 0.01,
        seed: 77,
        units: 80,
      });
    }
  });
});

describe.each(VARIANTS)('with %s kernels', (variant) => {
  const [rows, size] = [9, 4 * 5 * 3];
  const seeded = new Seeded(4);
  const dataset = datasetOf(seeded.floats(rows * size), rows, seeded.floats(rows * 3));

  function trained(layers: LayerSpec[], maxActivationBytes?: number) {
    const network = networkOf(variant, {
      rules: LAYERS,
      inputShape: [4, 5, 3],
      layers: [...layers, denseLayer(3)],
    });
    const before = network.weights.values();
    const trainer = trainerOf({
      ...{ network, dataset, loss: LOSS, optimizer: ADAM, batchSize: rows, seed: 5 },
      ...(maxActivationBytes && { maxActivationBytes }),
    });
    for (let t = 0; t < 3; t++) trainer.step(dataset, allRows(rows), 0.05);
    network.weights.set(trainer.session.weights.view());
    return { before, after: network.weights.values(), network };
  }

  test('frozen batch normalization uses its averages by channels, and leaves them', () => {
    const frozen = normalization('batchNormalization', { trainable: false });
    const { before, after } = trained([batch, frozen, flatten]);
    for (const i of [4, 5, 6, 7]) expectSameBits(after[i], before[i], `parameter ${i}`);
    expect(after[0].some((value, j) => value !== before[0][j])).toBe(true);
  });

  test('batches in parts draw what whole batches draw', () => {
    const layers: LayerSpec[] = [
      { type: 'randomTranslation', height: [-0.3, 0.3], width: [-0.3, 0.3], ...HOW },
      { type: 'randomRotation', factor: [-0.5, 0.5], ...HOW },
      { type: 'randomZoom', height: [-0.5, 0.5], ...HOW },
      { type: 'spatialDropout2d', rate: 0.4 },
      { type: 'gaussianNoise', stddev: 0.1 },
      flatten,
    ];
    const whole = trained(layers).after;
    // Gradients of parts are added up, so only the rounding of the sums may differ.
    trained(layers, 8 * 2 * 450).after.forEach((values, i) =>
      values.forEach((value, j) => expect(Math.abs(value - whole[i][j])).toBeLessThan(2e-4)),
    );
  });

  test('predictions neither move, turn, zoom nor drop anything', () => {
    const still = trained([
      { type: 'randomTranslation', height: [1, 1], width: [1, 1], ...HOW },
      { type: 'randomRotation', factor: [0.5, 0.5], ...HOW },
      { type: 'randomZoom', height: [1, 1], ...HOW },
      { type: 'spatialDropout2d', rate: 0.9 },
      flatten,
    ]).network;
    const plain = networkOf(variant, {
      rules: LAYERS,
      inputShape: [4, 5, 3],
      layers: [flatten, denseLayer(3)],
    });
    plain.weights.set(still.weights.view().slice());
    expectSameBits(still.forward(dataset.rows), plain.forward(dataset.rows), 'predictions');
  });

  test('a row of images predicts the same bits in any batch', () => {
    const layers = [batch, padding, normalization('layerNormalization'), average, denseLayer(3)];
    const network = networkOf(variant, { rules: LAYERS, inputShape: [4, 5, 3], layers });
    const all = network.forward(dataset.rows);
    const data = (dataset.rows.data as Float32Array).slice(4 * size, 6 * size);
    const some = network.forward({ ...dataset.rows, data, rows: 2, shape: [2, 4, 5, 3] });
    expectSameBits(some, all.subarray(4 * 3, 6 * 3), 'rows 4 and 5');
  });
});
