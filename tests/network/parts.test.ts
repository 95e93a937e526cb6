import { LAYERS } from '../../src/layers/index.js';
import { describe, expect, test } from 'vitest';
import type { LossSpec } from '../../src/network/losses.js';
import type { OptimizerSpec } from '../../src/network/optimizers.js';
import type { LayerSpec, NetworkSpec, ParameterRules } from '../../src/network/spec.js';
import { expectClose, expectSameBits } from '../helpers/allclose.js';
import { denseLayer } from '../helpers/networks.js';
import { Seeded } from '../helpers/seeded.js';
import type { TrainerSetup } from '../helpers/training.js';
import { allRows, datasetOf, networkOf, trainerOf } from '../helpers/training.js';
import type { KernelVariant } from '../helpers/wasm.js';
import { VARIANTS } from '../helpers/wasm.js';

const ROWS = 25;
const ADAM: OptimizerSpec = { kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-3 };
const LOSS: LossSpec = { name: 'meanSquaredError' };
const RULES: ParameterRules = { initializer: { name: 'zeros' } };
const NORMALIZATION = {
  ...{ epsilon: 1e-3, momentum: 0.9, center: true, scale: true, trainable: true },
  ...{ gamma: RULES, beta: RULES },
} as const;

const seeded = new Seeded(5);
const dataset = datasetOf(
  seeded.floats(ROWS * 7),
  ROWS,
  seeded.floats(ROWS * 3),
  seeded.shares(ROWS).map((share) => share + 0.1),
);

/** Three steps, all rows in one piece or `most` at a time: losses, and every bit of the parameters. */
function train(variant: KernelVariant, spec: NetworkSpec, most: number, more: Partial<TrainerSetup> = {}) {
  const network = networkOf(variant, spec);
  const widths = spec.layers.map((layer) => (layer.type === 'dense' ? layer.units : 10));
  const maxActivationBytes = 8 * most * (7 + widths.reduce((a, b) => a + b, 0));
  const setup = {
    network,
    dataset,
    loss: LOSS,
    optimizer: ADAM,
    batchSize: ROWS,
    seed: 6,
    maxActivationBytes,
  };
  const trainer = trainerOf({ ...setup, ...more });
  const parts: number[] = [];
  const losses = [1, 2, 3].map(() =>
    trainer.step(dataset, allRows(ROWS), 0.01, (part) => parts.push(part.length)),
  );
  return {
    losses,
    parts: parts.slice(0, parts.length / 3),
    parameters: trainer.session.weights.view().slice(),
  };
}

/** Between a dense layer of 10 units and one of 3. */
const BETWEEN: Record<string, LayerSpec[]> = {
  'dense layers alone': [],
  'layer normalization': [{ type: 'layerNormalization', ...NORMALIZATION }],
  dropout: [{ type: 'dropout', rate: 0.5 }],
  noise: [{ type: 'gaussianNoise', stddev: 0.3 }],
  penalties: [denseLayer(10, 'relu', { kernel: { ...RULES, regularizer: { l1: 0.01, l2: 0.1 } } })],
};

const OPTIMIZERS: Record<string, OptimizerSpec> = {
  adam: ADAM,
  'clipped adam': { ...ADAM, clipValue: 0.01 },
  'sgd by the norm of all gradients': { kind: 'sgd', momentum: 0, nesterov: false, globalClipNorm: 0.1 },
};

describe.each(VARIANTS)('a batch in parts, %s,', (variant) => {
  test.each(Object.keys(BETWEEN))('makes the same step as in one piece: %s', (name) => {
    const spec = {
      rules: LAYERS,
      inputShape: [7],
      layers: [denseLayer(10, 'tanh'), ...BETWEEN[name], denseLayer(3)],
    };
    for (const optimizer of Object.values(OPTIMIZERS)) {
      for (const penaltyPerRow of [true, false]) {
        const whole = train(variant, spec, ROWS, { optimizer, penaltyPerRow });
        expect(whole.parts).toEqual([ROWS]);
        for (const most of [1, 4, 24]) {
          const inParts = train(variant, spec, most, { optimizer, penaltyPerRow });
          expect(inParts.parts).toHaveLength(Math.ceil(ROWS / most));
          const what = `${most} rows at a time`;
          if (name === 'layer normalization') {
            // Its gradients are sums of the parts' sums.
            expectClose(inParts.parameters, whole.parameters, what, { units: 40 });
          } else {
            inParts.losses.forEach((loss, t) => expect(loss).toBeCloseTo(whole.losses[t], 12));
            expectSameBits(inParts.parameters, whole.parameters, what);
          }
        }
      }
    }
  });

  test('shows the predictions of every part before the next', () => {
    const network = networkOf(variant, { rules: LAYERS, inputShape: [7], layers: [denseLayer(3)] });
    const expected = network.forward(dataset.rows);
    const setup = { network, dataset, loss: LOSS, optimizer: ADAM, batchSize: ROWS, predictions: true };
    const trainer = trainerOf({ ...setup, maxActivationBytes: 8 * 10 * 10 });
    const seen: number[] = [];
    trainer.step(dataset, allRows(ROWS), 0, (part) => seen.push(...trainer.session.predictions(part.length)));
    expectSameBits(seen, expected, 'predictions');
  });
});

describe('a batch in parts', () => {
  test('begins at 64 MiB of activations and deltas, with rows in multiples of 120', () => {
    const network = networkOf('base', {
      rules: LAYERS,
      inputShape: [2],
      layers: [denseLayer(40000), denseLayer(3)],
    });
    const open = (batchSize: number) =>
      trainerOf({ network, dataset: undefined, loss: LOSS, optimizer: ADAM, batchSize });
    expect(open(119).session.plan.rows).toBe(119);
    expect(open(250).session.plan.rows).toBe(120);
  });

  test('is refused where a layer or loss needs it whole', () => {
    const message = `A batch of ${ROWS} rows needs more than 1 GiB of activations, and batch normalization, activity regularizers and custom losses need it in one piece; use a smaller batchSize.`;
    const open = (between: LayerSpec[], more: Partial<TrainerSetup> = {}) =>
      train('base', { rules: LAYERS, inputShape: [7], layers: [...between, denseLayer(3)] }, 10, more);
    expect(() => open([{ type: 'batchNormalization', ...NORMALIZATION }])).toThrow(message);
    expect(() => open([denseLayer(4, 'relu', { activityRegularizer: { l1: 0.1, l2: 0 } })])).toThrow(message);
    const hostLoss = () => ({ loss: 0, gradient: [] });
    expect(() => open([], { loss: { name: 'custom' }, hostLoss })).toThrow(message);
    expect(() => open([])).not.toThrow();
  });
});
