import { LAYERS } from '../../src/layers/index.js';
import { describe, expect, test } from 'vitest';
import type { LossSpec } from '../../src/network/losses.js';
import type { OptimizerSpec } from '../../src/network/optimizers.js';
import type { Parameter } from '../../src/network/parameters.js';
import { unpack } from '../../src/network/parameters.js';
import type { ConstraintSpec, LayerSpec, NetworkSpec, ParameterRules } from '../../src/network/spec.js';
import { sizeOf } from '../../src/network/spec.js';
import { positions } from '../../src/train/objective.js';
import type { Trainer } from '../../src/train/trainer.js';
import { expectClose } from '../helpers/allclose.js';
import { combinations } from '../helpers/combinations.js';
import { convLayer, denseLayer, poolingLayer } from '../helpers/networks.js';
import { Seeded } from '../helpers/seeded.js';
import { compareSteps } from '../helpers/steps.js';
import { allRows, datasetOf, networkOf, trainerOf } from '../helpers/training.js';
import type { KernelVariant } from '../helpers/wasm.js';

const SIZES = Array.from({ length: 9 }, (_, i) => i + 1);
const PAIRS = combinations(SIZES, SIZES);

const LOSS: LossSpec = { name: 'meanSquaredError' };
const SGD: OptimizerSpec = { kind: 'sgd', momentum: 0, nesterov: false };
const BETAS = { beta1: 0.9, beta2: 0.999, epsilon: 1e-3 } as const;
const ADAM: OptimizerSpec = { kind: 'adam', ...BETAS };

const RULES: ParameterRules = { initializer: { name: 'zeros' } };
const PENALIZED: ParameterRules = { ...RULES, regularizer: { l1: 0.03, l2: 0.1 } };
const NORMALIZATION = {
  ...{ epsilon: 1e-3, momentum: 0.9, center: true, scale: true, trainable: true },
  ...{ gamma: PENALIZED, beta: PENALIZED },
} as const;

/** A layer of `units` above `inputs`, below layers of 1 to 9 units, all of them with these rules. */
function network(inputs: number, units: number, rules: ParameterRules): NetworkSpec {
  const parts = { kernel: rules, bias: rules };
  const between = SIZES[(2 * inputs + units) % 9];
  const layers = [units, between, 1 + (inputs % 3)].map((width) => denseLayer(width, 'tanh', parts));
  return { rules: LAYERS, inputShape: [inputs], layers };
}

/** Every float of a block that belongs to no value of a parameter. */
function paddingOf(block: Float32Array, parameters: readonly Parameter[]): number[] {
  const values = new Set(parameters.flatMap((parameter) => [...positions(parameter)]));
  return [...block].filter((_, i) => !values.has(i));
}

/** Values of 0 in most places where `sparse`. */
function inputs(rows: number, features: number, sparse: boolean): Float32Array<ArrayBuffer> {
  const values = new Seeded(rows).floats(rows * features);
  return sparse ? values.map((value, i) => (i % 8 === 0 ? value : 0)) : values;
}

interface Course {
  readonly rows?: number;
  readonly rate?: number;
  readonly sparse?: boolean;
  readonly maxActivationBytes?: number;
  readonly variant?: KernelVariant;
}

/** A trainer after three steps. */
function trained(spec: NetworkSpec, optimizer: OptimizerSpec, course: Course = {}): Trainer {
  const { rows = 9, rate = 0.01, sparse = false, variant = 'base', maxActivationBytes } = course;
  const made = networkOf(variant, spec);
  const x = inputs(rows, sizeOf(spec.inputShape), sparse);
  const dataset = datasetOf(x, rows, new Seeded(rows).shares(rows * sizeOf(made.outputShape)));
  const setup = { network: made, dataset, loss: LOSS, optimizer, batchSize: rows, maxActivationBytes };
  const trainer = trainerOf(setup);
  for (let step = 0; step < 3; step++) trainer.step(dataset, allRows(rows), rate);
  return trainer;
}

/** Whether all padding of parameters and, where they are kept, of gradients is 0 after a few steps. */
function keepsPadding(spec: NetworkSpec, optimizer: OptimizerSpec, course?: Course): boolean {
  const { plan, arena } = trained(spec, optimizer, course).session;
  const blocks = [plan.block, plan.updates?.gradients ?? 0].filter((offset) => offset !== 0);
  return blocks.every((offset) =>
    paddingOf(arena.floats(offset, plan.blockLength), plan.parameters).every((value) => value === 0),
  );
}

const OPTIMIZERS: Record<string, OptimizerSpec> = {
  sgd: SGD,
  momentum: { kind: 'sgd', momentum: 0.9, nesterov: true },
  adam: ADAM,
  amsgrad: { kind: 'adam', ...BETAS, amsgrad: true },
  adamax: { kind: 'adamax', ...BETAS },
  nadam: { kind: 'nadam', ...BETAS },
  lion: { kind: 'lion', beta1: 0.9, beta2: 0.99 },
  rmsprop: { kind: 'rmsprop', rho: 0.9, momentum: 0, epsilon: 1e-30, centered: false },
  centered: { kind: 'rmsprop', rho: 0.9, momentum: 0.5, epsilon: 1e-3, centered: true },
  adagrad: { kind: 'adagrad', initialAccumulator: 0, epsilon: 1e-30 },
  adadelta: { kind: 'adadelta', rho: 0.95, epsilon: 1e-30 },
  'sgd by clipValue': { ...SGD, clipValue: 0.02 },
  'sgd by globalClipNorm': { ...SGD, globalClipNorm: 0.1 },
  'adam by clipNorm, with weight decay': { ...ADAM, clipNorm: 0.05, weightDecay: 0.1 },
};

const COURSES: Record<string, Course> = {
  'a single row': { rows: 1 },
  'two rows': { rows: 2 },
  'rows of many blocks': { rows: 130 },
  'rows that are mostly 0': { rows: 40, sparse: true },
  'batches in parts': { rows: 9, maxActivationBytes: 512 },
  'wide kernels': { variant: 'wide' },
};

const norm = (min: number, max: number, rate: number, axis: 0 | 1): ConstraintSpec => {
  return { kind: 'norm', min, max, rate, axis };
};
const CONSTRAINTS: Record<string, ConstraintSpec> = {
  nonNeg: { kind: 'nonNeg' },
  maxNorm: norm(0, 0.5, 1, 0),
  unitNorm: norm(1, 1, 1, 0),
  minMaxNorm: norm(0.5, 1, 0.5, 0),
  'maxNorm by inputs': norm(0, 0.5, 1, 1),
  'unitNorm by inputs': norm(1, 1, 1, 1),
};

/** A constraint in float64 on a matrix (depth, units). */
function constrained(w: Float32Array, units: number, constraint: ConstraintSpec): Float64Array {
  if (constraint.kind === 'nonNeg') return Float64Array.from(w, (value) => Math.max(0, value));
  const { min, max, rate, axis } = constraint;
  const lineOf = (i: number): number => (axis === 0 ? i % units : Math.floor(i / units));
  return Float64Array.from(w, (value, i) => {
    const squares = w.reduce((sum, other, j) => (lineOf(j) === lineOf(i) ? sum + other * other : sum), 0);
    const length = Math.sqrt(squares);
    const kept = Math.min(Math.max(length, min), max);
    return (value * (rate * kept + (1 - rate) * length)) / (1e-7 + length);
  });
}

describe('padding of parameters and gradients stays 0', () => {
  test.each(Object.entries(OPTIMIZERS))('with %s, in layers of 1 to 9 inputs and units', (_, optimizer) => {
    const wrong = PAIRS.filter(
      ([depth, units]) => !keepsPadding(network(depth, units, PENALIZED), optimizer),
    );
    expect(wrong).toEqual([]);
  });

  test.each(Object.entries(COURSES))('with %s', (_, course) => {
    const wrong = SIZES.flatMap((units) =>
      [SGD, ADAM, OPTIMIZERS['sgd by globalClipNorm']]
        .filter((optimizer) => !keepsPadding(network(16, units, PENALIZED), optimizer, course))
        .map(({ kind }) => [units, kind]),
    );
    expect(wrong).toEqual([]);
  });

  test.each([1, 2, 3, 4, 7, 8, 9])('in 1 to 9 filters over %i channels, and in normalization', (channels) => {
    const parts = { kernel: PENALIZED, bias: PENALIZED };
    const normalize = (type: 'batchNormalization' | 'layerNormalization'): LayerSpec => {
      return { type, ...NORMALIZATION };
    };
    const between: Record<string, LayerSpec> = {
      'pooling at once': poolingLayer('maxPooling2d', [2, 2]),
      'batch normalization': normalize('batchNormalization'),
      'layer normalization': normalize('layerNormalization'),
    };
    const wrong = SIZES.flatMap((filters) =>
      Object.entries(between).flatMap(([what, layer], i) => {
        const groups = filters === channels ? channels : 1;
        const layers = [
          convLayer(filters, [2, 2], {}, { ...parts, groups, activation: 'relu' }),
          ...[layer, { type: 'flatten' } as const, denseLayer(filters, 'tanh', parts)],
          ...[normalize('batchNormalization'), normalize('layerNormalization')],
          denseLayer(1 + (filters % 3), 'tanh', parts),
        ];
        const optimizer = (filters + i) % 2 === 0 ? SGD : OPTIMIZERS['adam by clipNorm, with weight decay'];
        const spec = { rules: LAYERS, inputShape: [5, 5, channels], layers };
        return keepsPadding(spec, optimizer, { rows: 4 }) ? [] : [[filters, what, optimizer.kind]];
      }),
    );
    expect(wrong).toEqual([]);
  });
});

describe('steps are those of float64, in layers of 1 to 9 inputs and units', () => {
  const names = ['sgd', 'sgd by clipValue', 'sgd by globalClipNorm', 'adam by clipNorm, with weight decay'];

  test.each(names)('with L1 and L2 penalties and %s', (name) => {
    for (const [depth, units] of PAIRS) {
      const spec = network(depth, units, PENALIZED);
      const optimizer = OPTIMIZERS[name];
      compareSteps({ spec, loss: LOSS, optimizer, rows: 9, rate: 0.05, variants: ['base'] });
    }
  });

  test.each(Object.entries(CONSTRAINTS))('with the constraint %s', (what, constraint) => {
    for (const [depth, units] of PAIRS) {
      const spec = network(depth, units, { ...RULES, constraint });
      const before = networkOf('base', spec).weights.values();
      const { plan, arena } = trained(spec, SGD, { rate: 0 }).session;
      const block = arena.floats(plan.block, plan.blockLength);
      expect(paddingOf(block, plan.parameters).every((value) => value === 0)).toBe(true);
      plan.parameters.forEach((parameter, i) => {
        if (parameter.name !== 'kernel') return;
        // Three steps at rate 0: a rate below 1 brings norms nearer each time.
        const width = parameter.shape[1];
        const expected = [1, 2, 3].reduce<Float32Array>(
          (w) => Float32Array.from(constrained(w, width, constraint)),
          before[i],
        );
        expectClose(unpack(block, parameter), expected, `${what}, ${depth} inputs, ${units} units`, {
          units: 15,
        });
      });
    }
  });
});
