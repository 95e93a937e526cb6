import { MLPClassifier, ValueError } from 'lamella';
import { describe, expect, test } from 'vitest';
import { blobs, trained, visible } from './blobs.js';
import { expectRefusal } from './refusal.js';

describe('options that are refused', () => {
  const all =
    'hiddenLayerSizes, activation, solver, alpha, batchSize, learningRate, learningRateInit, powerT, maxIter, shuffle, randomState, tol, verbose, warmStart, momentum, nesterovsMomentum, earlyStopping, validationFraction, beta1, beta2, epsilon, nIterNoChange, maxFun, dropout, onWarning, classWeight';
  const sizes = 'hiddenLayerSizes must be an integer >= 1 or an array whose every value is an integer >= 1';

  test.each<[unknown, string]>([
    [{ hiddenLayerSize: [5] }, "'hiddenLayerSize' is not an option; did you mean 'hiddenLayerSizes'?"],
    [{ hidden_layer_sizes: [5] }, "'hidden_layer_sizes' is not an option; did you mean 'hiddenLayerSizes'?"],
    [{ random_state: 1 }, "'random_state' is not an option; did you mean 'randomState'?"],
    [{ n_iter_no_change: 1 }, "'n_iter_no_change' is not an option; did you mean 'nIterNoChange'?"],
    [{ beta_1: 0.8 }, "'beta_1' is not an option; did you mean 'beta1'?"],
    [{ maxiter: 5 }, "'maxiter' is not an option; did you mean 'maxIter'?"],
    [{ epochs: 5 }, "'epochs' is not an option; did you mean 'maxIter'?"],
    [{ optimizer: 'adam' }, "'optimizer' is not an option; did you mean 'solver'?"],
    [{ lr: 0.1 }, "'lr' is not an option; did you mean 'learningRateInit'?"],
    [{ colour: 'red' }, `'colour' is not an option; the options are ${all}.`],
    [
      JSON.parse('{ "__proto__": { "maxIter": 2 } }'),
      `'__proto__' is not an option; the options are ${all}.`,
    ],
    [{ constructor: 1 }, `'constructor' is not an option; the options are ${all}.`],
    [5, 'options must be an object, but received 5.'],
    [null, 'options must be an object, but received null.'],
    [[100], 'options must be an object, but received [100].'],
    [{ hiddenLayerSizes: 0 }, `${sizes}, but received 0.`],
    [{ hiddenLayerSizes: [0] }, `${sizes}, but received [0].`],
    [{ hiddenLayerSizes: [5, -3] }, `${sizes}, but received [5, -3].`],
    [{ hiddenLayerSizes: [2.5] }, `${sizes}, but received [2.5].`],
    [{ hiddenLayerSizes: '5' }, `${sizes}, but received '5'.`],
    [{ hiddenLayerSizes: null }, `${sizes}, but received null.`],
    [
      { hiddenLayerSizes: [10, 70000] },
      'hiddenLayerSizes must be at most 65536 units each, but received 70000.',
    ],
    [
      { activation: 'step' },
      "'step' is not an activation; expected one of linear, relu, relu6, leakyRelu, elu, selu, gelu, silu, mish, sigmoid, hardSigmoid, tanh, softplus, softsign, exponential, sign, heaviside, softmax, logSoftmax.",
    ],
    [
      { solver: 'newton' },
      "solver must be one of 'adam', 'sgd', 'lbfgs' or an object that optimizers makes, but received 'newton'.",
    ],
    [{ alpha: -1 }, 'alpha must be a number >= 0, but received -1.'],
    [{ batchSize: 0 }, "batchSize must be 'auto' or an integer >= 1, but received 0."],
    [{ batchSize: '32' }, "batchSize must be 'auto' or an integer >= 1, but received '32'."],
    [
      { learningRate: 0.1 },
      "learningRate must be one of 'constant', 'invscaling', 'adaptive' (learningRateInit is the number), but received 0.1.",
    ],
    [{ learningRateInit: 0 }, 'learningRateInit must be a number > 0, but received 0.'],
    [{ powerT: -0.5 }, 'powerT must be a number >= 0, but received -0.5.'],
    [{ maxIter: 1.5 }, 'maxIter must be an integer >= 1, but received 1.5.'],
    [{ shuffle: 1 }, 'shuffle must be a boolean, but received 1.'],
    [{ randomState: -1 }, 'randomState must be an integer >= 0 and <= 4294967295 or null, but received -1.'],
    [
      { randomState: 4294967296 },
      'randomState must be an integer >= 0 and <= 4294967295 or null, but received 4294967296.',
    ],
    [{ tol: NaN }, 'tol must be a number >= 0, but received NaN.'],
    [{ verbose: 'yes' }, "verbose must be a boolean or an integer >= 0, but received 'yes'."],
    [{ momentum: 1.1 }, 'momentum must be a number >= 0 and <= 1, but received 1.1.'],
    [{ validationFraction: 1 }, 'validationFraction must be a number > 0 and < 1, but received 1.'],
    [{ beta2: 1 }, 'beta2 must be a number >= 0 and < 1, but received 1.'],
    [{ epsilon: 0 }, 'epsilon must be a number > 0, but received 0.'],
    [{ nIterNoChange: 0 }, 'nIterNoChange must be an integer >= 1 or Infinity, but received 0.'],
    [{ onWarning: 'log' }, "onWarning must be a function or null, but received 'log'."],
  ])('%j', async (options, sentence) => {
    const given = options as object;
    await expectRefusal(() => new MLPClassifier(given), ValueError, `MLPClassifier: ${sentence}`);
    const classifier = await trained();
    const before = visible(classifier);
    await expectRefusal(() => classifier.setParams(given), ValueError, `MLPClassifier: ${sentence}`);
    expect(visible(classifier)).toEqual(before);
  });

  test.each<[unknown, string]>([
    [{ onepoch: () => {} }, "'onepoch' is not an option; did you mean 'onEpoch'?"],
    [{ maxIter: 5 }, "'maxIter' is not an option; it goes to new MLPClassifier({ ... })."],
    [{ batch_size: 5 }, "'batch_size' is not an option; 'batchSize' goes to new MLPClassifier({ ... })."],
    [{ epochs: 5 }, "'epochs' is not an option; 'maxIter' goes to new MLPClassifier({ ... })."],
    [
      { callbacks: [] },
      "'callbacks' is not an option; the options are signal, onEpoch, sampleWeight, validationData, stopBy, threads.",
    ],
    [{ signal: true }, 'signal must be an AbortSignal, but received true.'],
    [{ onEpoch: 5 }, 'onEpoch must be a function, but received 5.'],
    [[1, 1, 1], 'options must be an object, but received [1, 1, 1].'],
    [null, 'options must be an object, but received null.'],
  ])('of fit: %j', async (options, sentence) => {
    const { x, y } = blobs();
    const classifier = await trained();
    const before = visible(classifier);
    const given = options as object;
    await expectRefusal(() => classifier.fit(x, y, given), ValueError, `MLPClassifier.fit: ${sentence}`);
    expect(visible(classifier)).toEqual(before);
  });

  test('inherited ones do not count', async () => {
    const classifier = new MLPClassifier(Object.create({ maxIter: 'many' }) as object);
    expect(classifier.getParams().maxIter).toBe(200);
  });
});
