import { describe, expect, test } from 'vitest';
import type { Activation } from '../../src/model/activations.js';
import type { LossSpec, NetworkSpec, OptimizerSpec } from '../../src/model/spec.js';
import { expectClose } from '../helpers/allclose.js';
import { ReferenceNetwork } from '../helpers/reference.js';
import { Seeded } from '../helpers/seeded.js';
import type { Step } from '../helpers/training.js';
import {
  PlannedTraining,
  referenceLayers,
  referenceOptimizer,
  startingParameters,
} from '../helpers/training.js';
import { VARIANTS } from '../helpers/wasm.js';

type LossKind = LossSpec['kind'];

const NETWORKS: Record<string, { inputs: number; units: number[] }> = {
  'one layer': { inputs: 5, units: [3] },
  'two layers': { inputs: 7, units: [9, 4] },
  'three layers': { inputs: 13, units: [17, 8, 10] },
  'four layers': { inputs: 130, units: [20, 16, 12, 1] },
};

const OPTIMIZERS: OptimizerSpec[] = [
  { kind: 'sgd', momentum: 0, nesterov: false },
  { kind: 'sgd', momentum: 0.9, nesterov: false },
  { kind: 'sgd', momentum: 0.9, nesterov: true },
  { kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-3 },
];

/** By number of layers less one. Exponentials of exponentials overflow. */
const HIDDEN: Activation[][] = [
  ['linear'],
  ['relu', 'tanh', 'sigmoid', 'linear', 'exponential'],
  ['relu', 'tanh', 'sigmoid', 'linear'],
  ['relu', 'tanh', 'sigmoid', 'linear'],
];
const OUTPUT = {
  softmaxCrossEntropy: 'softmax',
  sigmoidCrossEntropy: 'sigmoid',
  squaredError: 'linear',
} as const;
const STEPS = 3;
const ALPHA = 0.25;

function specOf(network: string, hidden: Activation, loss: LossKind): NetworkSpec {
  const { inputs, units } = NETWORKS[network];
  const layers = units.map((width, i) => ({
    units: width,
    activation: i === units.length - 1 ? OUTPUT[loss] : hidden,
  }));
  return { inputs, layers };
}

function stepsOf(spec: NetworkSpec, loss: LossKind, rows: number, rate: number): Step[] {
  const seeded = new Seeded(rows);
  const outputs = spec.layers[spec.layers.length - 1].units;
  return Array.from({ length: STEPS }, () => ({
    x: seeded.floats(rows * spec.inputs),
    targets: loss === 'softmaxCrossEntropy' ? seeded.integers(rows, outputs) : seeded.shares(rows * outputs),
    rate,
    alpha: ALPHA,
  }));
}

interface Case {
  readonly spec: NetworkSpec;
  readonly loss: LossKind;
  readonly optimizer: OptimizerSpec;
  readonly rows: number;
}

/** A few updates in float64, then the same by every variant: losses and what the weights have become. */
function compare({ spec, loss, optimizer, rows }: Case): void {
  const start = startingParameters(spec, 81);
  const rate = optimizer.kind === 'adam' ? 0.01 : 0.05;
  const steps = stepsOf(spec, loss, rows, rate);
  const network = new ReferenceNetwork(referenceLayers(spec, start), loss, ALPHA);
  const rule = referenceOptimizer(optimizer, rate);
  const expected = steps.map((step) => network.step({ ...step, rows }, rule));
  const dense = network.layers.filter(({ parameters }) => 'weight' in parameters);
  for (const variant of VARIANTS) {
    const training = {
      loss: { kind: loss, range: [-Infinity, Infinity] as const },
      optimizer,
      penalty: true,
    };
    const planned = new PlannedTraining(variant, spec, rows, training);
    planned.setParameters(start);
    const what = `${variant}, ${optimizer.kind}, ${rows} rows`;
    steps.forEach((step, t) => {
      expect(Math.abs(planned.step(step) / expected[t] - 1), `${what}, loss ${t + 1}`).toBeLessThan(1e-5);
    });
    planned.getParameters().forEach((layer, i) => {
      for (const name of ['weight', 'bias'] as const) {
        const reference = dense[i].parameters[name];
        const moved = reference.map((value, j) => value - start[i][name][j]);
        const actual = layer[name].map((value, j) => value - start[i][name][j]);
        // A weight of size 1 is rounded at every step, however little it moves.
        expectClose(actual, moved, `${what}, ${name} ${i + 1}`, { units: 30, size: 0.1 });
      }
    });
  }
}

describe.each(Object.keys(OUTPUT) as LossKind[])('steps with %s equal float64', (loss) => {
  describe.each(Object.keys(NETWORKS))('in a network of %s', (network) => {
    const hidden = HIDDEN[NETWORKS[network].units.length - 1];

    test.each(hidden)('with %s in between, for every optimizer, from 1, 5 and 33 rows', (activation) => {
      const spec = specOf(network, activation, loss);
      for (const optimizer of OPTIMIZERS) {
        for (const rows of [1, 5, 33]) compare({ spec, loss, optimizer, rows });
      }
    });
  });

  test('with gradients that are reduced in blocks, from 513 rows', () => {
    const spec = specOf('three layers', 'tanh', loss);
    for (const optimizer of OPTIMIZERS) compare({ spec, loss, optimizer, rows: 513 });
  });
});
