import { describe, expect, test } from 'vitest';
import { constraints, losses, optimizers, regularizers, schedules } from '../../src/index.js';
import { resolveConstraint } from '../../src/network/constraints.js';
import { resolveLoss, smoothTargets } from '../../src/network/loss-options.js';
import { runAtOnce } from '../../src/yielding.js';
import { resolveOptimizer } from '../../src/network/optimizer-options.js';
import { resolveRegularizer } from '../../src/network/regularizers.js';

describe('a loss', () => {
  test('carries its options to the plan, and leaves smoothing to the targets', () => {
    const given = losses.categoricalCrossentropy({ fromLogits: true, labelSmoothing: 0.25 });
    const resolved = resolveLoss(given, 'model');
    expect(resolved).toEqual({
      name: 'categoricalCrossentropy',
      spec: { name: 'categoricalCrossentropy', fromLogits: true },
      labelSmoothing: 0.25,
      config: given,
    });
    const targets = Float32Array.of(0, 1, 0, 0);
    expect([...runAtOnce(smoothTargets(targets, 4, resolved))]).toEqual([0.0625, 0.8125, 0.0625, 0.0625]);
    expect([...targets]).toEqual([0, 1, 0, 0]);
    const binary = resolveLoss(losses.binaryCrossentropy({ labelSmoothing: 0.25 }), 'model');
    expect([...runAtOnce(smoothTargets(targets, 4, binary))]).toEqual([0.125, 0.875, 0.125, 0.125]);
    expect(runAtOnce(smoothTargets(targets, 4, resolveLoss('huber', 'model')))).toBe(targets);
    expect(resolveLoss(losses.huber({ delta: 2 }), 'model').spec).toEqual({ name: 'huber', delta: 2 });
  });

  test('may be a function of arrays (rows, outputs)', () => {
    const seen: number[][] = [];
    const { name, spec, config, hostLoss } = resolveLoss(
      (yTrue: { shape: number[] }, yPred: { shape: number[]; data: Float32Array }) => {
        seen.push([...yTrue.shape], [...yPred.shape]);
        return { loss: 3, gradient: { data: yPred.data.map((value) => 2 * value), shape: yPred.shape } };
      },
      'model',
    );
    expect([name, spec, config]).toEqual(['custom', { name: 'custom' }, null]);
    const result = hostLoss!(new Float32Array(6), Float32Array.of(1, 2, 3, 4, 5, 6), 3);
    expect(result.loss).toBe(3);
    expect([...(result.gradient as Float32Array)]).toEqual([2, 4, 6, 8, 10, 12]);
    expect(seen).toEqual([
      [3, 2],
      [3, 2],
    ]);
  });

  test('that is a function must return a number and a whole gradient', () => {
    const call = (returned: unknown) => () =>
      resolveLoss(() => returned, 'model.compile').hostLoss!(new Float32Array(4), new Float32Array(4), 2);
    expect(call(undefined)).toThrow(
      'model.compile: the loss function must return { loss, gradient } with a number as loss, but received undefined.',
    );
    expect(call({ loss: '1', gradient: [] })).toThrow("with a number as loss, but received '1'.");
    expect(call({ loss: 1, gradient: [1, 2] })).toThrow(
      'model.compile: the loss function must return a gradient of shape (2, 2), 4 values, but received 2 values.',
    );
    expect(call({ loss: 1 })).toThrow('4 values, but received undefined.');
    expect([...(call({ loss: 1, gradient: [1, 2, 3, 4] })().gradient as number[])]).toEqual([1, 2, 3, 4]);
  });
});

describe('an optimizer', () => {
  test("has Keras's defaults", () => {
    const spec = (name: string) => JSON.parse(JSON.stringify(resolveOptimizer(name, 'model').spec));
    const moments = { beta1: 0.9, beta2: 0.999, epsilon: 1e-7 };
    expect(spec('sgd')).toEqual({ kind: 'sgd', momentum: 0, nesterov: false });
    expect(spec('adam')).toEqual({ kind: 'adam', ...moments, amsgrad: false });
    expect(spec('adamw')).toEqual({ kind: 'adam', ...moments, amsgrad: false, weightDecay: 0.004 });
    expect(spec('adamax')).toEqual({ kind: 'adamax', ...moments });
    expect(spec('nadam')).toEqual({ kind: 'nadam', ...moments });
    expect(spec('rmsprop')).toEqual({
      kind: 'rmsprop',
      rho: 0.9,
      momentum: 0,
      epsilon: 1e-7,
      centered: false,
    });
    expect(spec('adagrad')).toEqual({ kind: 'adagrad', initialAccumulator: 0.1, epsilon: 1e-7 });
    expect(spec('adadelta')).toEqual({ kind: 'adadelta', rho: 0.95, epsilon: 1e-7 });
    expect(spec('lion')).toEqual({ kind: 'lion', beta1: 0.9, beta2: 0.99 });
    const rates = ['sgd', 'adam', 'adadelta'].map((name) => resolveOptimizer(name, 'model').learningRate);
    expect(rates).toEqual([0.01, 0.001, 0.001]);
    expect(resolveOptimizer(optimizers.adamw({ weightDecay: 0 }), 'model').spec.weightDecay).toBe(0);
    expect(resolveOptimizer({ name: 'adamw', weightDecay: null }, 'model').spec.weightDecay).toBeUndefined();
  });

  test('takes at most one kind of clipping', () => {
    expect(() => optimizers.adam({ clipNorm: 1, clipValue: 2 })).toThrow(
      'optimizers.adam: expected at most one of clipNorm, globalClipNorm and clipValue, but received clipNorm and clipValue.',
    );
    expect(() => resolveOptimizer({ name: 'sgd', clipNorm: 1, globalClipNorm: 1 }, 'model')).toThrow(
      'model: expected at most one of',
    );
    const { spec } = resolveOptimizer({ name: 'sgd', clipNorm: null, clipValue: 0.5 }, 'model');
    expect([spec.clipNorm, spec.clipValue]).toEqual([undefined, 0.5]);
  });

  test('takes a learning rate as a number, a schedule or a function, and says which values are none', () => {
    const schedule = schedules.exponentialDecay({ initialLearningRate: 1, decaySteps: 1, decayRate: 0.5 });
    const decayed = resolveOptimizer(optimizers.sgd({ learningRate: schedule }), 'model');
    expect([0, 1, 3].map(decayed.learningRate as (step: number) => number)).toEqual([1, 0.5, 0.125]);
    expect(decayed.config).toEqual({ name: 'sgd', learningRate: schedule });
    const free = resolveOptimizer(
      optimizers.sgd({ learningRate: (step) => (step < 2 ? 0.5 : NaN) }),
      'model',
    );
    expect(free.config).toBeNull();
    expect((free.learningRate as (step: number) => number)(1)).toBe(0.5);
    expect(() => (free.learningRate as (step: number) => number)(2)).toThrow(
      'model: the learning rate of step 2 must be a number >= 0, but received NaN.',
    );
    for (const learningRate of [-1, NaN, Infinity, '0.1', null]) {
      expect(() => resolveOptimizer({ name: 'sgd', learningRate }, 'model')).toThrow(
        'optimizers.sgd: learningRate must be a number >= 0, a schedule or a function of the step, but received',
      );
    }
  });

  test('refuses moments that never forget, and an epsilon that float32 does not hold', () => {
    expect(() => optimizers.adam({ beta1: 1 })).toThrow(
      'beta1 must be a number >= 0 and < 1, but received 1.',
    );
    expect(() => optimizers.adam({ epsilon: 0 })).toThrow(
      'epsilon must be a number >= 1e-30, but received 0.',
    );
    expect(() => optimizers.sgd({ beta1: 0.9 } as object)).toThrow(
      "optimizers.sgd: 'beta1' is not an option",
    );
  });
});

describe('penalties and constraints', () => {
  test('have their defaults', () => {
    const penalties = ['l1', 'l2', 'l1_l2', null].map((name) => resolveRegularizer(name, 'dense'));
    expect(penalties).toEqual([{ l1: 0.01, l2: 0 }, { l1: 0, l2: 0.01 }, { l1: 0, l2: 0 }, undefined]);
    expect(resolveRegularizer(regularizers.l1l2({ l2: 0.5 }), 'dense')).toEqual({ l1: 0, l2: 0.5 });
    expect(resolveRegularizer(regularizers.l1l2(), 'dense')).toEqual({ l1: 0, l2: 0 });
    const norm = { kind: 'norm', min: 0, max: 2, rate: 1, axis: 0 };
    expect(resolveConstraint('max_norm', 'dense')).toEqual(norm);
    expect(resolveConstraint('minMaxNorm', 'dense')).toEqual({ ...norm, max: 1 });
    expect(resolveConstraint('unit_norm', 'dense')).toEqual({ ...norm, min: 1, max: 1 });
    expect(resolveConstraint('non_neg', 'dense')).toEqual({ kind: 'nonNeg' });
    const chosen = constraints.minMaxNorm({ minValue: 0.5, maxValue: 3, rate: 0.25, axis: 1 });
    expect(resolveConstraint(chosen, 'dense')).toEqual({
      kind: 'norm',
      min: 0.5,
      max: 3,
      rate: 0.25,
      axis: 1,
    });
  });

  test('refuse what makes no sense', () => {
    expect(() => regularizers.l2({ l2: -1 })).toThrow(
      'regularizers.l2: l2 must be a number >= 0, but received -1.',
    );
    expect(() => constraints.maxNorm({ axis: 4 })).toThrow('axis must be an integer >= 0 and <= 3');
    for (const axis of [2, [1, 2], [0, 2], [0, 1, 2, 3]]) {
      expect(() => resolveConstraint(constraints.unitNorm({ axis }), 'dense')).toThrow(
        `dense: the axis of a norm must be 0, 1, [0, 1] or [0, 1, 2], but received [${[axis].flat().join(', ')}].`,
      );
    }
    expect(() => resolveConstraint({ name: 'minMaxNorm', minValue: 3 }, 'dense')).toThrow(
      'dense: minMaxNorm needs minValue <= maxValue, but received minValue 3 and maxValue 1.',
    );
  });
});
