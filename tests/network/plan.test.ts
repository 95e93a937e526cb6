import { LAYERS } from '../../src/layers/index.js';
import { describe, expect, test } from 'vitest';
import { rowStride } from '../../src/network/layout.js';
import type { LossSpec } from '../../src/network/losses.js';
import type { OptimizerSpec } from '../../src/network/optimizers.js';
import { pack, unpack } from '../../src/network/parameters.js';
import type { Plan, PlanOptions } from '../../src/network/plan.js';
import { plan } from '../../src/network/plan.js';
import type { NetworkSpec } from '../../src/network/spec.js';
import { sizeOf } from '../../src/network/spec.js';
import { backwardStep, forwardStep, lossStep, predictCalls, updateStep } from '../../src/network/steps.js';
import { expectSameBits } from '../helpers/allclose.js';
import { denseLayer, denseNetwork } from '../helpers/networks.js';
import { padded, toPanels } from '../helpers/panels.js';
import { regionsOf } from '../helpers/regions.js';
import { RULES } from '../helpers/rules.js';
import { Seeded } from '../helpers/seeded.js';

const ZEROS = { initializer: { name: 'zeros' } };
const NORMALIZATION = {
  ...{ epsilon: 1e-3, momentum: 0.9, center: true, scale: true, trainable: true },
  ...{ gamma: ZEROS, beta: ZEROS },
} as const;

const SPECS: NetworkSpec[] = [
  denseNetwork(1, [[1, 'linear']]),
  denseNetwork(13, [
    [17, 'gelu'],
    [10, 'softmax'],
  ]),
  denseNetwork(784, [
    [392, 'relu'],
    [61, 'tanh'],
    [3, 'sigmoid'],
  ]),
  {
    rules: LAYERS,
    inputShape: [4, 5, 3],
    layers: [
      { type: 'rescaling', scale: 1 / 255, offset: 0 },
      { type: 'flatten' },
      { type: 'dropout', rate: 0.2 },
      denseLayer(9, 'linear', { useBias: false, kernel: { ...ZEROS, regularizer: { l1: 0.1, l2: 0.1 } } }),
      { type: 'batchNormalization', ...NORMALIZATION },
      { type: 'activation', activation: 'silu' },
      { type: 'gaussianNoise', stddev: 0.1 },
      { type: 'layerNormalization', ...NORMALIZATION },
      denseLayer(6, 'tanh', { activityRegularizer: { l1: 0, l2: 0.1 } }),
      { type: 'reshape', targetShape: [3, 2] },
    ],
  },
];

const LOSSES: LossSpec[] = [
  { name: 'sparseCategoricalCrossentropy' },
  { name: 'binaryCrossentropy' },
  { name: 'meanSquaredError' },
];

const MORE: PlanOptions[] = [
  {},
  { resident: { rows: 71, weighted: true }, predictions: true },
  { resident: { rows: 71, scale: [0.5, 0], weighted: false }, accumulate: true, csr: true },
];

/** To predict, to evaluate, and to train by every rule. */
const OPTIONS: PlanOptions[] = [
  {},
  { csr: true },
  { loss: LOSSES[0], predictions: true },
  ...RULES.flatMap(({ spec: optimizer }, i) =>
    MORE.map((more) => ({ loss: LOSSES[i % LOSSES.length], optimizer, ...more })),
  ),
];

const all = SPECS.flatMap((spec) =>
  [1, 5, 33, 600].flatMap((rows) => OPTIONS.map((options) => ({ spec, rows, options }))),
);

/** Every call that a plan can make. */
function callsOf(planned: Plan, { loss, optimizer }: PlanOptions) {
  const { rows } = planned;
  if (!loss) return (['toCsr', 'dense'] as const).flatMap((form) => predictCalls(planned, rows, form));
  const training = optimizer !== undefined;
  const forward = [...forwardStep(planned, rows, training), ...lossStep(planned, rows)];
  return training ? [...forward, ...backwardStep(planned, rows), ...updateStep(planned)] : forward;
}

describe('a plan', () => {
  test('places regions one after another, on cache lines, within its bytes', () => {
    for (const { spec, rows, options } of all) {
      const planned = plan(spec, rows, options);
      const regions = regionsOf(planned);
      const ends = [1, ...regions.map(({ offset, bytes }) => offset + bytes)];
      expect(regions.filter(({ offset }, i) => offset < ends[i] || offset % 64 !== 0)).toEqual([]);
      expect(ends.at(-1)).toBeLessThanOrEqual(planned.bytes);
    }
  });

  test('is a pure function of the network, the rows and the options', () => {
    for (const { spec, rows, options } of all) {
      const { rules, ...data } = spec;
      const again = structuredClone({ data, options });
      const first = plan(spec, rows, options);
      const second = plan({ ...again.data, rules }, rows, again.options);
      expect(regionsOf(second)).toEqual(regionsOf(first));
      expect(second.bytes).toBe(first.bytes);
      expect(callsOf(second, options)).toEqual(callsOf(first, options));
    }
  });

  test('gives kernels no offset beyond its memory', () => {
    for (const { spec, rows, options } of all) {
      const planned = plan(spec, rows, options);
      const beyond = callsOf(planned, options).filter(({ args }) =>
        args.some((value) => Number.isFinite(value) && value >= planned.bytes),
      );
      expect(beyond).toEqual([]);
    }
  });

  test('has no way back unless it was made with an optimizer', () => {
    const planned = plan(SPECS[0], 4, { loss: LOSSES[2] });
    expect(() => backwardStep(planned, 4)).toThrow('backwardStep needs a plan made with an optimizer.');
  });

  test('leaves out the gradients of inputs, and of layers below the first that is trained', () => {
    const optimizer: OptimizerSpec = { kind: 'sgd', momentum: 0, nesterov: false };
    const kernels = (spec: NetworkSpec): string[] =>
      backwardStep(plan(spec, 5, { loss: LOSSES[2], optimizer }), 5).map(({ kernel }) => kernel);
    const count = (layers: NetworkSpec['layers']): number =>
      kernels({ rules: LAYERS, inputShape: [7], layers }).filter((kernel) => /InputGradient$/.test(kernel))
        .length;
    expect(count([denseLayer(3)])).toBe(0);
    expect(count([denseLayer(3), denseLayer(4), denseLayer(2)])).toBe(2);
    expect(count([denseLayer(3, 'linear', { trainable: false }), denseLayer(4), denseLayer(2)])).toBe(1);
  });
});

describe('parameters', () => {
  test('of all layers lie one after another, weights as panels', () => {
    for (const spec of SPECS) {
      const { parameters, blockLength } = plan(spec, 1);
      let end = 0;
      for (const { position, length, shape } of parameters) {
        expect(position).toBeGreaterThanOrEqual(end);
        expect(length).toBe(shape.length === 2 ? shape[0] * padded(shape[1]) : padded(shape[0]));
        end = position + length;
      }
      expect(end).toBeLessThanOrEqual(blockLength);
    }
  });

  test('become panels and rows again, and touch nothing beside them', () => {
    for (const spec of SPECS) {
      const { parameters, blockLength } = plan(spec, 1);
      for (const parameter of parameters) {
        const { shape, position, length } = parameter;
        const values = new Seeded(length).floats(sizeOf(shape));
        const block = new Float32Array(blockLength).fill(NaN).fill(0, position, position + length);
        pack(block, values, parameter);
        const [depth, units] = shape.length === 2 ? shape : [1, shape[0]];
        expectSameBits(block.slice(position, position + length), toPanels(values, depth, units), 'panels');
        expectSameBits(unpack(block, parameter), values, 'rows');
        expect(block.filter(Number.isNaN)).toHaveLength(blockLength - length);
      }
    }
  });

  test('rows of a matrix hold whole panels, and wide ones an odd number of cache lines', () => {
    const isGood = (columns: number, stride: number): boolean =>
      stride % 8 === 0 &&
      stride >= columns &&
      stride - columns < (columns < 120 ? 8 : 40) &&
      (columns < 128 || (stride / 16) % 2 === 1);
    const sizes = Array.from({ length: 2999 }, (_, i) => i + 1);
    expect(sizes.filter((columns) => !isGood(columns, rowStride(columns)))).toEqual([]);
  });
});
