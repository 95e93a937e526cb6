import { describe, expect, test } from 'vitest';
import { layers, sequential } from '../../src/index.js';
import { classifier, line, threeClasses } from './data.js';

const { x } = threeClasses(12);
const open = (): any => sequential({ layers: [layers.dense({ units: 2 })] });
const any = (value: unknown): any => value;

describe('layers refuse', () => {
  test.each([
    ['dense without units', () => layers.dense(any({})), 'layers.dense: units must be given.'],
    [
      'unknown options',
      () => layers.dense(any({ units: 3, activaton: 'relu' })),
      "layers.dense: 'activaton' is not an option; did you mean 'activation'?",
    ],
    [
      'unknown activations',
      () => layers.dense({ units: 3, activation: 'rleu' }),
      "layers.dense: 'rleu' is not an activation; did you mean 'relu'?",
    ],
    [
      'unknown initializers, naming the option',
      () => layers.dense({ units: 3, kernelInitializer: 'zeroes' }),
      "layers.dense: kernelInitializer: 'zeroes' is not an initializer; did you mean 'zeros'?",
    ],
    [
      'a rate of 1',
      () => layers.dropout({ rate: 1 }),
      'layers.dropout: rate must be a number >= 0 and < 1, but received 1.',
    ],
    [
      'shapes of no whole numbers',
      () => layers.dense({ units: 1, inputShape: [2.5] }),
      'layers.dense: inputShape must be an array of 1 to 64 values, each of them an integer >= 1, but received [2.5].',
    ],
    [
      'weights outside a model',
      () => layers.flatten().getWeights(),
      'layers.flatten: getWeights needs a layer of a model, but this one is in none; pass it to sequential({ layers: [...] }) or model.add.',
    ],
  ])('%s', (_what, act, sentence) => {
    expect(act).toThrow(expect.objectContaining({ message: sentence, code: 'VALUE' }));
  });
});

describe('a model refuses', () => {
  const twice = layers.dense({ units: 2 });
  test.each([
    [
      'unknown options',
      () => sequential(any({ layer: [] })),
      /'layer' is not an option; did you mean 'layers'\?/,
    ],
    [
      'things that are no layers',
      () => sequential({ layers: [any({ units: 3 })] }),
      /a layer must be made by a factory/,
    ],
    ['a layer twice', () => sequential({ layers: [twice, twice] }), /layer 'dense' is in use already/],
    [
      'a name twice',
      () => sequential({ layers: [layers.flatten({ name: 'a' }), layers.flatten({ name: 'a' })] }),
      /two layers are called 'a'/,
    ],
    [
      'an inputShape further up',
      () => sequential({ layers: [twice, layers.dense({ units: 1, inputShape: [2] })] }),
      /layer 'dense' is in use already|only the first layer may tell/,
    ],
    [
      'dense on images',
      () => sequential({ layers: [layers.dense({ units: 3, inputShape: [28, 28] })] }),
      /sequential, layer 'dense': A dense layer takes rows of features.*\(28, 28\); put a flatten layer before it/,
    ],
    [
      'summary before it is built',
      () => open().summary(),
      /sequential: summary needs a built model, but the shape of the input is not known; give the first layer an inputShape/,
    ],
    ['getWeights before it is built', () => open().getWeights(), /getWeights needs a built model/],
    ['anything without layers', () => sequential().predict([[1]]), /the model has no layers; add some first/],
    ['seeds that are none', () => sequential({ seed: -1 }), /seed must be an integer >= 0/],
    [
      'weights of another shape',
      () => line().setWeights([[[1, 2]], [0]]),
      /setWeights expected the shape \(1, 1\) for array 0, kernel, but received \(1, 2\)/,
    ],
    ['too few weights', () => line().setWeights([]), /expected a list of 2 arrays, but received 0/],
    [
      'NaN as a weight',
      () => line().setWeights([[[NaN]], [0]]),
      /finite numbers, but received NaN at position 0 of array 0, kernel/,
    ],
    [
      'predict of another width',
      () => classifier().predict([[1, 2]]),
      /x must have the shape \(rows, 3\), as the model was built for, but received \(rows, 2\)/,
    ],
    [
      'predict of one row as a list',
      () => classifier().predict([1, 2, 3]),
      /Expected a 2-d array, got a 1-d array of length 3/,
    ],
    [
      'out of another length',
      () => classifier().predict(x, { out: new Float32Array(4) }),
      /out must have 36 elements for the shape \(12, 3\), but received 4/,
    ],
  ])('%s', (_what, act, sentence) => {
    expect(act).toThrow(sentence);
  });

  test('images without flatten, and says how to flatten them', () => {
    const model = sequential({ layers: [layers.dense({ units: 1, inputShape: [4] })] });
    const image = { data: new Float32Array(8), shape: [2, 2, 2] };
    expect(() => model.predict(image)).toThrow(/begin it with layers\.flatten\(\)/);
  });
});

describe('compile refuses', () => {
  test.each([
    ['no loss', {}, 'sequential.compile: loss must be given, such as'],
    ['unknown losses', { loss: 'msee' }, "'msee' is not a loss; did you mean 'mse'?"],
    [
      'unknown optimizers',
      { loss: 'mse', optimizer: 'adma' },
      "'adma' is not an optimizer; did you mean 'adam'?",
    ],
    ['unknown options', { loss: 'mse', metric: [] }, "'metric' is not an option; did you mean 'metrics'?"],
    [
      'metrics that are no list',
      { loss: 'mse', metrics: 'acc' },
      "metrics must be an array of names and functions, but received 'acc'",
    ],
  ])('%s', (_what, options, sentence) => {
    expect(() => classifier().compile(any(options))).toThrow(sentence);
  });

  test('threshold units above anything that is to be trained', () => {
    const frozen = { units: 2, trainable: false, activation: 'heaviside', inputShape: [2] };
    const make = (options: object): any =>
      sequential({ layers: [layers.dense(any({ ...frozen, ...options })), layers.dense({ units: 1 })] });
    expect(() => make({ trainable: true }).compile({ loss: 'mse' })).toThrow(
      "sequential: layer 'dense' has the activation 'heaviside', whose slope is 0 everywhere, so that nothing trains through it",
    );
    make({}).compile({ loss: 'mse' });
  });
});

describe('errors name the method that was called', () => {
  const { x: rows, y } = threeClasses(12);
  const model = classifier();
  const wrong = [[1, 2, 3, 4, 5, 6, 7]];

  test.each<[string, (data: any) => unknown]>([
    ['predict', (data) => model.predict(data)],
    ['predictOnBatch', (data) => model.predictOnBatch(data)],
    ['predictClasses', (data) => model.predictClasses(data)],
    ['evaluate', (data) => model.evaluate(data, [0])],
    ['testOnBatch', (data) => model.testOnBatch(data, [0])],
    ['trainOnBatch', (data) => model.trainOnBatch(data, [0])],
  ])('%s', (method, call) => {
    expect(() => call(wrong)).toThrow(expect.objectContaining({ code: 'SHAPE' }));
    expect(() => call(wrong)).toThrow(new RegExp(`^sequential\\.${method}: x must have the shape`));
  });

  test.each<[string, (model: any) => unknown]>([
    ['predictOnBatch', (each) => each.predictOnBatch(rows)],
    ['predictClasses', (each) => each.predictClasses(rows)],
    ['testOnBatch', (each) => each.testOnBatch(rows, y)],
    ['trainOnBatch', (each) => each.trainOnBatch(rows, y)],
  ])('%s of a model that is not ready', (method, call) => {
    expect(() => call(open())).toThrow(new RegExp(`^sequential: ${method} needs a (built|compiled) model`));
  });

  test('classWeight of trainOnBatch', () => {
    expect(() => model.trainOnBatch(rows, y, { classWeight: { 7: 2 } })).toThrow(
      'sequential.trainOnBatch: classWeight must name the classes 0 to 2, but received a weight for 7.',
    );
  });
});
