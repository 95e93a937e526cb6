import { describe, expect, test } from 'vitest';
import { packWeight, parameterLayout, rowStride, unpackWeight } from '../../src/model/layout.js';
import type { Plan, TrainingSpec } from '../../src/model/plan.js';
import { plan, predictCalls, stepCalls } from '../../src/model/plan.js';
import type { NetworkSpec, OptimizerSpec } from '../../src/model/spec.js';
import { expectSameBits } from '../helpers/allclose.js';
import { padded, toPanels } from '../helpers/panels.js';
import { Seeded } from '../helpers/seeded.js';

const SPECS: NetworkSpec[] = [
  { inputs: 1, layers: [{ units: 1, activation: 'linear' }] },
  {
    inputs: 13,
    layers: [
      { units: 17, activation: 'tanh' },
      { units: 10, activation: 'softmax' },
    ],
  },
  {
    inputs: 784,
    layers: [
      { units: 392, activation: 'relu' },
      { units: 61, activation: 'relu' },
      { units: 3, activation: 'sigmoid' },
    ],
  },
];

const SGD: OptimizerSpec = { kind: 'sgd', momentum: 0, nesterov: false };
const MOMENTUM: OptimizerSpec = { kind: 'sgd', momentum: 0.9, nesterov: true };
const ADAM: OptimizerSpec = { kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
const LOSSES = ['softmaxCrossEntropy', 'sigmoidCrossEntropy', 'squaredError'] as const;

/** Every way to train that changes what a plan holds. */
const TRAININGS: (TrainingSpec | undefined)[] = [
  undefined,
  ...[SGD, MOMENTUM, ADAM].flatMap((optimizer) =>
    LOSSES.flatMap((kind) =>
      [undefined, { rows: 71 }, { rows: 71, scale: [0.5, 0] as const }].map((resident) => {
        const range = [0, 16] as const;
        return { loss: { kind, range }, optimizer, penalty: resident === undefined, resident };
      }),
    ),
  ),
];

type Region = readonly [name: string, offset: number, bytes: number];

/** Everything that a plan places, with the bytes that it needs. */
function regionsOf({ spec, rows, layers, ...planned }: Plan): Region[] {
  const length = planned.parameterLength;
  const matrices = [planned.input, ...planned.outputs].map(({ offset, stride }, i): Region => [
    `matrix ${i}`,
    offset,
    rows * stride,
  ]);
  const always: Region[] = [
    ['parameters', planned.parameters, 4 * length],
    ['indices', planned.indices, 4 * rows],
    ...matrices,
  ];
  const { training } = planned;
  if (!training) return [...always, ['staging', planned.staging, rows * spec.inputs]];
  const widest = Math.max(...layers.map(({ units }) => units));
  const deepest = Math.max(...layers.map(({ inputs }) => inputs));
  const outputs = layers[layers.length - 1].units;
  const labels = training.loss.kind === 'softmaxCrossEntropy';
  const { resident } = training;
  const data: Region[] = resident
    ? [
        ['data', training.data, resident.rows * spec.inputs * (resident.scale ? 1 : 4)],
        ['data targets', training.dataTargets, 4 * resident.rows * (labels ? 1 : outputs)],
      ]
    : [];
  return [
    ...always,
    ...training.slots.map((offset, i): Region => [`slot ${i}`, offset, 4 * length]),
    ...training.deltas.map(({ offset, stride }, i): Region => [`delta ${i}`, offset, rows * stride]),
    ['control of weights', training.weightControl, 64],
    ['control of biases', training.biasControl, 64],
    ['transposed delta', training.deltaT, 4 * padded(rows) * widest],
    ['scratch', training.scratch, 4 * Math.max(24 * padded(rows), 8 * deepest)],
    ['bias gradient', training.biasGradient, 4 * padded(widest)],
    ['targets', training.targets.offset, rows * training.targets.stride],
    ['losses of rows', training.rowLoss, 8 * rows],
    ['sums', training.sums, 8 * (1 + layers.length)],
    ...data,
  ];
}

const all = SPECS.flatMap((spec) =>
  [1, 5, 33, 600].flatMap((rows) => TRAININGS.map((training) => ({ spec, rows, training }))),
);

describe('a plan', () => {
  test('places regions one after another, on cache lines, within its bytes', () => {
    for (const { spec, rows, training } of all) {
      const planned = plan(spec, rows, training);
      const regions = regionsOf(planned).sort((a, b) => a[1] - b[1]);
      let end = 1;
      for (const [name, offset, bytes] of regions) {
        expect(offset, `${name} begins before the region below it ends`).toBeGreaterThanOrEqual(end);
        expect(offset % 64, name).toBe(0);
        end = offset + bytes;
      }
      expect(end).toBeLessThanOrEqual(planned.bytes);
      expect(planned.bytes - end).toBeLessThan(64);
    }
  });

  test('is a pure function of the network, the rows and the training', () => {
    for (const { spec, rows, training } of all) {
      const again = structuredClone({ spec, training });
      const first = plan(spec, rows, training);
      const second = plan(again.spec, rows, again.training);
      expect(second).toEqual(first);
      expect(predictCalls(second, rows)).toEqual(predictCalls(first, rows));
      if (training) expect(stepCalls(second, rows)).toEqual(stepCalls(first, rows));
    }
  });

  test('gives kernels no offset beyond its memory', () => {
    for (const { spec, rows, training } of all.filter((one) => one.training)) {
      const planned = plan(spec, rows, training);
      for (const { kernel, args } of stepCalls(planned, rows)) {
        const known = args.filter((value) => Number.isFinite(value));
        expect(
          known.every((value) => value < planned.bytes),
          kernel,
        ).toBe(true);
      }
    }
  });

  test('has no training steps unless it was made for training', () => {
    expect(() => stepCalls(plan(SPECS[0], 4), 4)).toThrow('stepCalls needs a plan made for training.');
  });
});

describe('parameters', () => {
  test('of all layers lie one after another, weights as panels', () => {
    for (const spec of SPECS) {
      const { layers, length } = parameterLayout(spec);
      let end = 0;
      layers.forEach(({ inputs, units, panels, weight, bias }) => {
        expect(weight).toBeGreaterThanOrEqual(end);
        expect(bias).toBeGreaterThanOrEqual(weight + inputs * padded(units));
        expect(panels).toBe(padded(units) / 8);
        end = bias + padded(units);
      });
      expect(end).toBeLessThanOrEqual(length);
    }
  });

  test('become panels and rows again', () => {
    for (const spec of SPECS) {
      const { layers, length } = parameterLayout(spec);
      for (const layout of layers) {
        const { inputs, units, weight } = layout;
        const rows = new Seeded(units).floats(inputs * units);
        const block = new Float32Array(length).fill(NaN);
        block.fill(0, weight, weight + inputs * padded(units));
        packWeight(block, rows, layout);
        const panels = block.slice(weight, weight + inputs * padded(units));
        expectSameBits(panels, toPanels(rows, inputs, units), 'panels');
        expectSameBits(unpackWeight(block, layout), rows, 'rows');
      }
    }
  });

  test('rows of a matrix hold whole panels, and wide ones an odd number of cache lines', () => {
    for (let columns = 1; columns < 3000; columns++) {
      const stride = rowStride(columns);
      expect(stride % 8).toBe(0);
      expect(stride).toBeGreaterThanOrEqual(columns);
      expect(stride - columns).toBeLessThan(columns < 120 ? 8 : 40);
      if (columns >= 128) expect((stride / 16) % 2).toBe(1);
    }
  });
});
