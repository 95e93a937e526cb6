import { describe, test } from 'vitest';
import type { Activation } from '../../src/network/activations.js';
import { ACTIVATIONS, isTrainable } from '../../src/network/activations.js';
import type { LossSpec } from '../../src/network/losses.js';
import type { OptimizerSpec } from '../../src/network/optimizers.js';
import type { NetworkSpec } from '../../src/network/spec.js';
import { combinations } from '../helpers/combinations.js';
import { denseNetwork } from '../helpers/networks.js';
import { RULES } from '../helpers/rules.js';
import type { StepCase } from '../helpers/steps.js';
import { compareSteps } from '../helpers/steps.js';

const SGD: OptimizerSpec = { kind: 'sgd', momentum: 0, nesterov: false };

type Units = readonly number[];

/** Dense layers, all but the last with one activation. */
function spec(inputs: number, units: Units, hidden: Activation, output: Activation): NetworkSpec {
  return denseNetwork(
    inputs,
    units.map((width, i) => [width, i === units.length - 1 ? output : hidden]),
  );
}

const DEEP: Record<string, Units> = {
  'one layer': [3],
  'two layers': [9, 4],
  'three layers': [17, 8, 10],
  'four layers': [20, 16, 12, 1],
};

/** The losses with a fused output activation, and scikit-learn's half squared error. */
const FUSED: Record<string, [loss: LossSpec, output: Activation]> = {
  'softmax and sparse cross-entropy': [{ name: 'sparseCategoricalCrossentropy' }, 'softmax'],
  'sigmoid and binary cross-entropy': [{ name: 'binaryCrossentropy', sumOutputs: true }, 'sigmoid'],
  'half the squared error': [{ name: 'meanSquaredError', half: true, sumOutputs: true }, 'linear'],
};

/** Every other loss, with an output activation that suits it. */
const LOSSES: [loss: LossSpec, output: Activation][] = [
  [{ name: 'meanSquaredError' }, 'linear'],
  [{ name: 'meanAbsoluteError' }, 'linear'],
  [{ name: 'meanAbsolutePercentageError' }, 'linear'],
  [{ name: 'meanSquaredLogarithmicError' }, 'softplus'],
  [{ name: 'huber', delta: 0.3 }, 'linear'],
  [{ name: 'logCosh' }, 'linear'],
  [{ name: 'poisson' }, 'exponential'],
  [{ name: 'poissonDeviance' }, 'exponential'],
  [{ name: 'kullbackLeiblerDivergence' }, 'sigmoid'],
  [{ name: 'hinge' }, 'tanh'],
  [{ name: 'squaredHinge' }, 'linear'],
  [{ name: 'categoricalHinge' }, 'linear'],
  [{ name: 'categoricalCrossentropy' }, 'softmax'],
  [{ name: 'categoricalCrossentropy' }, 'softplus'],
  [{ name: 'categoricalCrossentropy', fromLogits: true }, 'linear'],
  [{ name: 'sparseCategoricalCrossentropy', fromLogits: true }, 'linear'],
  [{ name: 'binaryCrossentropy' }, 'sigmoid'],
  [{ name: 'binaryCrossentropy' }, 'softmax'],
  [{ name: 'binaryCrossentropy', fromLogits: true }, 'linear'],
];

const run = (one: Partial<StepCase> & Pick<StepCase, 'spec' | 'loss'>): void =>
  compareSteps({ optimizer: SGD, rows: 5, rate: 0.05, ...one });

describe.each(Object.keys(FUSED))('steps with %s equal float64', (name) => {
  const [loss, output] = FUSED[name];

  test.each(Object.keys(DEEP))('in a network of %s, from 1, 5 and 33 rows', (depth) => {
    for (const [hidden, rows] of combinations(['relu', 'tanh', 'sigmoid'] as const, [1, 5, 33]))
      run({ spec: spec(13, DEEP[depth], hidden, output), loss, rows });
  });

  test('from 513 rows, whose gradients are reduced in blocks', () => {
    for (const { spec: optimizer } of RULES.slice(0, 5)) {
      run({ spec: spec(7, [9, 4], 'tanh', output), loss, rows: 513, optimizer, rate: 0.01 });
    }
  });

  test('with weights of the rows, and penalties per row or not', () => {
    for (const penaltyPerRow of [true, false]) {
      run({ spec: spec(7, [9, 4], 'relu', output), loss, rows: 7, weighted: true, penaltyPerRow });
    }
  });
});

describe('steps equal float64', () => {
  test.each(LOSSES.map(([loss, output]) => [JSON.stringify(loss), output, loss] as const))(
    'with %s of %s outputs',
    (_, output, loss) => {
      for (const rows of [1, 33]) run({ spec: spec(7, [9, 4], 'tanh', output), loss, rows, rate: 0.01 });
      run({ spec: spec(7, [9, 4], 'tanh', output), loss, rows: 6, rate: 0.01, weighted: true });
    },
  );

  test.each(ACTIVATIONS.filter(isTrainable))('through the activation %s', (hidden) => {
    const loss: LossSpec = { name: 'meanSquaredError' };
    for (const rows of [1, 33]) run({ spec: spec(7, [9, 10, 3], hidden, 'linear'), loss, rows, rate: 0.01 });
    run({ spec: spec(7, [9, 5], 'tanh', hidden), loss, rate: 0.01 });
  });

  test.each(RULES.map(({ name, spec: optimizer }) => [name, optimizer] as const))('by %s', (_, optimizer) => {
    const loss: LossSpec = { name: 'sparseCategoricalCrossentropy' };
    for (const l2 of [0, 0.05]) {
      run({
        spec: spec(13, [17, 10], 'tanh', 'softmax'),
        loss,
        rows: 33,
        optimizer,
        rate: 0.01,
        l2,
        steps: 6,
      });
    }
  });

  test('from a single input to a single unit', () => {
    run({ spec: spec(1, [1], 'linear', 'linear'), loss: { name: 'meanSquaredError' }, rows: 1 });
  });
});
