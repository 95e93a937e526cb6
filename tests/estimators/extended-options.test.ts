import { loadModel, MLPClassifier, optimizers, schedules, ValueError } from 'lamella';
import type { MLPClassifierOptions, MLPOptions } from 'lamella';
import { describe, expect, test } from 'vitest';
import { blobs, small, trained, visible } from './blobs.js';
import { bits } from './goldens.js';
import { expectRefusal } from './refusal.js';

const { x, y } = blobs();

describe('activations', () => {
  test('one per layer is the same as one for all, where they are the same', async () => {
    for (const activation of ['relu', 'logistic', 'tanh'] as const) {
      const hiddenLayerSizes = [6, 5];
      const single = await trained({ hiddenLayerSizes, activation });
      const each = await trained({ hiddenLayerSizes, activation: [activation, activation] });
      expect(bits(each)).toBe(bits(single));
    }
  });

  test.each([
    ...['relu6', 'leakyRelu', 'elu', 'selu', 'gelu', 'silu', 'mish', 'hardSigmoid', 'softplus', 'softsign'],
    ...['exponential', 'softmax', 'logSoftmax', 'swish', 'hard_sigmoid'],
  ])('%s trains', async (activation) => {
    const options = { maxIter: 60, solver: 'lbfgs', hiddenLayerSizes: [8] } as const;
    const model = await trained({ ...options, activation: activation as never });
    expect(model.score(x, y)).toBeGreaterThan(0.8);
  });

  test('are told in canonical spelling', () => {
    expect(small({ activation: ['logistic'] }).getParams().activation).toEqual(['sigmoid']);
    expect(small({ activation: 'leaky_relu' as never }).getParams().activation).toBe('leakyRelu');
  });
});

describe('dropout', () => {
  const dropped = { dropout: 0.5, hiddenLayerSizes: [20, 10], batchSize: 10 };

  test('0 is none, and draws nothing from the stream of scikit-learn', async () => {
    expect(bits(await trained({ dropout: [0] }))).toBe(bits(await trained()));
    const still: MLPOptions = { hiddenLayerSizes: [20], learningRateInit: 1e-30, solver: 'sgd', alpha: 0 };
    expect(bits(await trained({ ...still, dropout: 0.3 }))).toBe(bits(await trained(still)));
  });

  test('changes training by the seed, not predictions', async () => {
    const [one, two] = [await trained(dropped), await trained(dropped)];
    expect(visible(two)).toEqual(visible(one));
    expect(bits(one)).not.toBe(bits(await trained({ ...dropped, dropout: 0 })));
    expect(bits(one)).not.toBe(bits(await trained({ ...dropped, dropout: [0.5, 0] })));
    expect(one.predictProba(x)).toEqual(one.predictProba(x));
    expect(one.nLayers).toBe(4);
    expect(one.coefs.map(({ shape }) => shape)).toEqual([
      [4, 20],
      [20, 10],
      [10, 3],
    ]);
  });

  test('goes on the same after partialFit and after a file', async () => {
    const kept = small(dropped);
    const moved = small(dropped);
    let other: MLPClassifier = moved;
    for (let i = 0; i < 4; i++) {
      await kept.partialFit(x, y, { classes: [0, 1, 2] });
      await other.partialFit(x, y, { classes: [0, 1, 2] });
      other = await MLPClassifier.fromBytes(other.toBytes());
    }
    expect(bits(other)).toBe(bits(kept));
  });
});

describe('optimizer objects', () => {
  test('adam and sgd are those of the same name', async () => {
    const adam = optimizers.adam({ learningRate: 0.01, epsilon: 1e-8 });
    expect(bits(await trained({ solver: adam }))).toBe(bits(await trained()));
    const sgd = optimizers.sgd({ learningRate: 0.01, momentum: 0.9, nesterov: true });
    expect(bits(await trained({ solver: sgd }))).toBe(bits(await trained({ solver: 'sgd' })));
  });

  test.each(Object.entries(optimizers))('%s trains', async (_name, optimizer) => {
    const model = await trained({ solver: optimizer({ learningRate: 0.02 }), maxIter: 40, batchSize: 10 });
    expect(model.lossCurve.at(-1)).toBeLessThan(model.lossCurve[0]);
  });

  test('take schedules, which go on in partialFit, and functions', async () => {
    const learningRate = schedules.piecewiseConstant({ boundaries: [5], values: [0.05, 0] });
    const model = small({ solver: optimizers.sgd({ learningRate }), batchSize: 60, alpha: 0 });
    const seen: string[] = [];
    for (let i = 0; i < 9; i++) {
      await model.partialFit(x, y, { classes: [0, 1, 2] });
      seen.push(bits(model));
    }
    expect(new Set(seen).size).toBe(6);
    const steps: number[] = [];
    const rate = (step: number): number => steps.push(step) * 0 + 0.01;
    await trained({ solver: optimizers.adam({ learningRate: rate }), batchSize: 20, maxIter: 2 });
    expect(steps).toEqual([0, 0, 1, 2, 3, 4, 5]);
  });
});

describe('options round-trip', () => {
  test.each<MLPClassifierOptions>([
    { classWeight: new Map([[0, 2]]) },
    { classWeight: { 0: 2 } },
    { solver: optimizers.rmsprop({ learningRate: 0.01, momentum: 0.5 }) },
    {
      solver: optimizers.adam({
        learningRate: schedules.cosineDecay({ initialLearningRate: 0.1, decaySteps: 9 }),
      }),
    },
    { hiddenLayerSizes: [4, 3], activation: ['relu', 'gelu'], dropout: [0.1, 0] },
    { solver: 'lbfgs', maxFun: 20 },
  ])('%j', async (options) => {
    const make = (given: object): MLPClassifier =>
      new MLPClassifier({ maxIter: 3, randomState: 1, onWarning: () => {}, ...given });
    const model = make(options);
    const params = model.getParams();
    expect(params).toMatchObject(options);
    expect(new MLPClassifier(params).getParams()).toEqual(params);
    await model.fit(x, y);
    const loaded = (await loadModel(model.toBytes())) as MLPClassifier;
    expect(loaded.getParams()).toEqual({ ...params, onWarning: null });
    expect(loaded.predictProba(x)).toEqual(model.predictProba(x));
  });
});

describe('options beyond scikit-learn that are refused', () => {
  test.each<[MLPOptions, string]>([
    [
      { activation: 'heaviside' as never },
      "activation must have a slope to train by, but received 'heaviside', which has none.",
    ],
    [
      { activation: 5 as never },
      'activation must be a name, or an array of one name per hidden layer, but received 5.',
    ],
    [{ activation: 'tahn' as never }, "'tahn' is not an activation; did you mean 'tanh'?"],
    [
      { hiddenLayerSizes: [3, 2], activation: ['relu'] },
      "activation must hold one value for each of the 2 hidden layers, but received ['relu'].",
    ],
    [
      { dropout: 1 },
      'dropout must be a number >= 0 and < 1 or an array whose every value is a number >= 0 and < 1, but received 1.',
    ],
    [
      { dropout: [0.1, 0.2] },
      'dropout must hold one value for each of the 1 hidden layers, but received [0.1, 0.2].',
    ],
    [
      { dropout: 0.1, solver: 'lbfgs' },
      "solver 'lbfgs' needs a loss that does not change, expected dropout 0, but received 0.1.",
    ],
    [
      { solver: {} as never },
      'an optimizer must be a name or an object with a name, but received an object.',
    ],
    [{ maxFun: 0 }, 'maxFun must be an integer >= 1, but received 0.'],
  ])('%j', (options, sentence) =>
    expectRefusal(() => small(options), ValueError, `MLPClassifier: ${sentence}`),
  );
});
