import { describe, expect, test } from 'vitest';
import { layers, sequential } from '../../src/index.js';
import { classifier, line, quiet, threeClasses } from './data.js';

const { x, y, oneHot } = threeClasses(12);
const open = (): any => sequential({ layers: [layers.dense({ units: 2 })] });
const any = (value: unknown): any => value;

describe('fit refuses', () => {
  const sparse = (): any => classifier();
  const categorical = (): any => classifier(3, 'categoricalCrossentropy');
  const cases: [string, () => Promise<unknown>, string | RegExp][] = [
    [
      'to run before compile',
      () => open().fit(x, y),
      'sequential: fit needs a compiled model, but compile has not been called',
    ],
    [
      'unknown options',
      () => sparse().fit(x, y, { epoch: 3 }),
      "sequential.fit: 'epoch' is not an option; did you mean 'epochs'?",
    ],
    ['no targets', () => sparse().fit(x), 'y must be given: an array of targets, one per row of x.'],
    [
      'names as labels',
      () => sparse().fit(x.slice(0, 1), ['setosa']),
      "y must hold numbers, but received 'setosa' in row 0; number the classes from 0, as LabelEncoder does",
    ],
    [
      'fewer targets than rows',
      () => sparse().fit(x, y.slice(1)),
      'y must have as many entries as x has rows, 12, but received 11',
    ],
    [
      'another width',
      () => sparse().fit([[1, 2]], [0]),
      'x must have the shape (rows, 3), as the model was built for, but received (rows, 2)',
    ],
    [
      'NaN',
      () => sparse().fit([[1, NaN, 3]], [0]),
      'x must hold finite numbers, but received NaN at row 0, column 1',
    ],
    [
      'labels out of range',
      () => sparse().fit(x.slice(0, 2), [0, 3]),
      'y must hold integers from 0 to 2 for sparseCategoricalCrossentropy with 3 outputs, but received 3 in row 1',
    ],
    ['fractions as labels', () => sparse().fit(x.slice(0, 2), [0.5, 1]), 'but received 0.5 in row 0'],
    [
      'one-hot rows for the sparse loss',
      () => sparse().fit(x, oneHot),
      'but received the shape (12, 3); for one-hot rows use categoricalCrossentropy',
    ],
    [
      'integers for the categorical loss',
      () => categorical().fit(x, y),
      'for integer classes use sparseCategoricalCrossentropy, or toCategorical(y, 3)',
    ],
    [
      'one-hot rows of another width',
      () => categorical().fit([[1, 2, 3]], [[1, 0]]),
      'y must be one-hot rows of the shape (rows, 3) for categoricalCrossentropy, but received the shape (1, 2)',
    ],
    [
      'two targets for one unit',
      () => line().fit([[1]], [[1, 2]]),
      'for targets of 2 values give the last layer that many units',
    ],
    [
      'both kinds of validation',
      () => sparse().fit(x, y, { validationSplit: 0.5, validationData: [x, y] }),
      'expected validationSplit or validationData, but received both',
    ],
    [
      'a split that leaves nothing',
      () => line().fit([[1]], [1], { validationSplit: 0.5 }),
      'must leave at least 1 row on both sides, but of 1 rows 0 would train and 1 validate',
    ],
    [
      'validation data that are none',
      () => sparse().fit(x, y, { validationData: { x, y } }),
      'validationData must be [x, y], [x, y, sampleWeight] or a function',
    ],
    [
      'wrong validation data, by name',
      () => sparse().fit(x, y, { validationData: [[[1]], [1]] }),
      'validationData: x must have the shape (rows, 3)',
    ],
    [
      'negative weights',
      () => line().fit([[1]], [1], { sampleWeight: [-1] }),
      'sampleWeight must hold numbers >= 0, but received -1 in row 0',
    ],
    [
      'weights of classes that are none',
      () => sparse().fit(x, y, { classWeight: { a: 1 } }),
      "classWeight must name classes by integers >= 0, but received 'a'",
    ],
    [
      'callbacks that are none',
      () => sparse().fit(x, y, { callbacks: ['earlyStopping'] }),
      /a callback must be an object with any of setParams, onTrainBegin/,
    ],
    [
      'streams with y',
      () => sparse().fit(() => [], y, quiet),
      'y comes with the batches where x is a function',
    ],
    [
      'streams of something else',
      () => sparse().fit(() => [x], quiet),
      'a batch must be [x, y] or [x, y, sampleWeight]',
    ],
    [
      'empty streams',
      () => sparse().fit(() => [], quiet),
      'expected at least 1 batch per epoch, but the iterable gave none',
    ],
    [
      'functions that return no stream',
      () => sparse().fit(() => 5, quiet),
      'the function must return an iterable or async iterable of [x, y] batches, but returned 5',
    ],
  ];

  test.each(cases)('%s', async (_what, act, sentence) => {
    await expect(act()).rejects.toThrow(sentence);
  });

  test('and leaves an unbuilt model unbuilt', async () => {
    const model = open();
    model.compile({ loss: 'mse' });
    await expect(model.fit([[1, 2]], [1], quiet)).rejects.toThrow(
      'for one value per row give the last layer 1 unit',
    );
    expect(model.built).toBe(false);
  });

  test('targets below 0 for cross-entropy, and names hinge', async () => {
    const model = line();
    model.compile({ loss: 'binary_crossentropy' });
    await expect(model.fit([[1]], [-1], quiet)).rejects.toThrow('for targets of -1 and 1 use hinge');
  });
});

describe('fit warns', () => {
  async function warnings(
    layer: object,
    loss: string,
    rows: number[][],
    targets: unknown,
  ): Promise<string[]> {
    const told: string[] = [];
    const model = sequential({ seed: 1, layers: [layers.dense(any(layer))] });
    model.compile({ optimizer: { name: 'sgd', learningRate: 0 }, loss });
    await model.fit(rows, any(targets), { verbose: 0, onWarning: ({ message }) => void told.push(message) });
    return told;
  }

  test('of softmax over one unit', async () => {
    const [told] = await warnings({ units: 1, activation: 'softmax' }, 'mse', [[1]], [1]);
    expect(told).toBe(
      'The output layer has 1 unit with softmax, which is 1 for every row; use sigmoid for 1 unit, or one unit per class.',
    );
  });

  test('of cross-entropy over an output that is no probability', async () => {
    const [told] = await warnings({ units: 1 }, 'bce', [[1]], [1]);
    expect(told).toContain("use activation 'sigmoid', or losses.binaryCrossentropy({ fromLogits: true })");
  });

  test('of features that look unscaled, by their columns', async () => {
    const rows = [0, 1, 2, 3].map((i) => [i / 4, 100 * i, 5, i * -1000]);
    const told = await warnings({ units: 1 }, 'mse', rows, [0, 0, 0, 0]);
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(
      /^The features look unscaled: columns 1, 3 \(column 3 has values up to 3000 and a standard deviation of 1120\)/,
    );
    expect(await warnings({ units: 1 }, 'mse', [[1], [-3]], [0, 0])).toEqual([]);
    const flat = sequential({ layers: [layers.flatten(), layers.dense({ units: 1 })] });
    flat.compile({ loss: 'mse' });
    const image = { data: Uint8Array.of(0, 255, 255, 0), shape: [2, 2, 1] };
    const seen: string[] = [];
    await flat.fit(image, [0, 0], { verbose: 0, onWarning: ({ message }) => void seen.push(message) });
    expect(seen[0]).toContain('a scale of 1/255');
  });
});
