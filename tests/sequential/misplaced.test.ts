import { layers, MLPClassifier, MLPRegressor, Perceptron, sequential, ValueError } from 'lamella';
import { describe, expect, test } from 'vitest';

const { dense, input } = layers;
const x = [
  [0, 1],
  [1, 0],
  [1, 1],
  [0, 0],
];
const y = [0, 1, 0, 1];

function model(loss = 'binaryCrossentropy') {
  const made = sequential({ seed: 1, layers: [dense({ units: 1, activation: 'sigmoid', inputShape: [2] })] });
  made.compile({ loss });
  return made;
}

describe('options of the other interface are refused, and the right name is offered', () => {
  test.each<[string, () => unknown, string]>([
    ['epochs', () => new MLPClassifier({ epochs: 5 } as object), "did you mean 'maxIter'?"],
    ['epochs', () => new MLPRegressor({ epochs: 5 } as object), "did you mean 'maxIter'?"],
    ['epochs', () => new Perceptron({ epochs: 5 } as object), "did you mean 'maxIter'?"],
    ['optimizer', () => new MLPClassifier({ optimizer: 'sgd' } as object), "did you mean 'solver'?"],
    ['seed', () => new Perceptron({ seed: 5 } as object), "did you mean 'randomState'?"],
    ['learningRate', () => new Perceptron({ learningRate: 0.1 } as object), "did you mean 'eta0'?"],
    ['hiddenLayerSizes', () => sequential({ hiddenLayerSizes: [5] } as object), "did you mean 'layers'?"],
    ['randomState', () => sequential({ randomState: 5 } as object), "did you mean 'seed'?"],
    ['inputShape', () => sequential({ inputShape: [2] } as object), 'it goes to the first layer.'],
    ['epochs', () => model().compile({ epochs: 5 } as never), 'it goes to fit(x, y, { ... }).'],
    ['learningRate', () => model().compile({ learningRate: 1 } as never), 'it goes to an optimizer'],
    ['solver', () => model().compile({ solver: 'sgd' } as never), "did you mean 'optimizer'?"],
  ])('%s', (name, call, offer) => {
    expect(call).toThrow(ValueError);
    expect(call).toThrow(`'${name}' is not an option; ${offer}`);
  });

  test.each<[string, () => Promise<unknown>, string]>([
    ['maxIter', () => model().fit(x, y, { maxIter: 5 } as object), "did you mean 'epochs'?"],
    ['optimizer', () => model().fit(x, y, { optimizer: 'sgd' } as object), 'it goes to compile({ ... }).'],
    ['learningRate', () => model().fit(x, y, { learningRate: 1 } as object), 'it goes to an optimizer'],
    [
      'epochs',
      () => new MLPClassifier().fit(x, y, { epochs: 5 } as object),
      "'maxIter' goes to new MLPClassifier({ ... }).",
    ],
    [
      'epochs',
      () => new Perceptron().fit(x, y, { epochs: 5 } as object),
      "'maxIter' goes to new Perceptron({ ... }).",
    ],
    [
      'maxIter',
      () => new Perceptron().partialFit(x, y, { maxIter: 5 } as object),
      'it goes to new Perceptron({ ... }).',
    ],
    [
      'verbose',
      () => new MLPRegressor().fit(x, y, { verbose: 1 } as object),
      'it goes to new MLPRegressor({ ... }).',
    ],
  ])('%s in fit', async (name, call, offer) => {
    await expect(call()).rejects.toThrow(ValueError);
    await expect(call()).rejects.toThrow(`'${name}' is not an option; ${offer}`);
  });

  const objects: Record<string, unknown> = {
    'a Map': new Map([['epochs', 3]]),
    'a Date': new Date(0),
    'a Promise (await it)': Promise.resolve({}),
    'an AbortSignal': new AbortController().signal,
    'an AbortController': new AbortController(),
    '[1]': [1],
    'a Float32Array': new Float32Array(2),
  };
  test.each(Object.entries(objects))('%s is no object of options', async (received, given) => {
    const sentence = `options must be an object, but received ${received}.`;
    for (const estimator of [new MLPClassifier(), new MLPRegressor(), new Perceptron()]) {
      await expect(estimator.fit(x, y, given as object)).rejects.toThrow(sentence);
      expect(() => estimator.setParams(given as object)).toThrow(sentence);
    }
    await expect(model().fit(x, y, given as object)).rejects.toThrow(sentence);
    expect(() => model().evaluate(x, y, given as object)).toThrow(sentence);
  });
});

describe('inputShape is refused', () => {
  const behind = (layer: string) =>
    `sequential: only the first layer may tell the shape of the input, but ${layer} layer behind it does too.`;
  test.each<[string, () => unknown, string]>([
    [
      'on a later layer',
      () =>
        sequential({ layers: [dense({ units: 2, inputShape: [2] }), dense({ units: 1, inputShape: [2] })] }),
      behind('a dense'),
    ],
    [
      'on a later layer of a model without a shape',
      () => sequential({ layers: [dense({ units: 2 }), dense({ units: 1, inputShape: [2] })] }),
      behind('a dense'),
    ],
    [
      'behind layers.input',
      () => sequential({ layers: [input({ shape: [2] }), dense({ units: 1, inputShape: [2] })] }),
      behind('a dense'),
    ],
    [
      'of a second input',
      () => sequential({ layers: [input({ shape: [2] }), input({ shape: [2] })] }),
      behind('an input'),
    ],
    [
      'beside shape',
      () => input({ shape: [2], inputShape: [3] } as never),
      'layers.input: expected shape, but received inputShape too; give one of them.',
    ],
    [
      'as a number',
      () => dense({ units: 1, inputShape: 2 as never }),
      'layers.dense: inputShape must be an array of',
    ],
    [
      'with the dimension of the batch',
      () => dense({ units: 1, inputShape: [null, 2] as never }),
      'but received [null, 2].',
    ],
    [
      'of a rank that the layer does not take',
      () =>
        dense({ units: 1, inputShape: [4, 4, 1] }) &&
        sequential({ layers: [dense({ units: 1, inputShape: [4, 4, 1] })] }),
      'put a flatten layer before it.',
    ],
  ])('%s', (_where, call, sentence) => {
    expect(call).toThrow(sentence);
  });

  test('where data disagree', async () => {
    const wide = sequential({ layers: [dense({ units: 1, inputShape: [3] })] });
    wide.compile({ loss: 'mse' });
    await expect(wide.fit(x, y)).rejects.toThrow('as the model was built for, but received (rows, 2).');
  });
});

describe('targets of Sequential', () => {
  test('may be booleans, which are taken as 0 and 1', async () => {
    const flags = y.map(Boolean);
    for (const given of [flags, flags.map((flag) => [flag])]) {
      const [one, other] = [model(), model()];
      const { history } = await one.fit(x, given as never, { verbose: 0, epochs: 2 });
      expect(history).toEqual((await other.fit(x, y, { verbose: 0, epochs: 2 })).history);
      expect(one.evaluate(x, given as never)).toEqual(other.evaluate(x, y));
    }
  });

  test('must not be texts', async () => {
    const fit = (given: unknown) => model('mse').fit(x, given as never, { verbose: 0 });
    await expect(fit(['1', '2', '3', '4'])).rejects.toThrow(
      "y must hold numbers, but received '1' in row 0; convert the texts with Number, as in y.map(Number).",
    );
    await expect(fit([['1'], ['2'], ['3'], ['4']])).rejects.toThrow('with Number');
    await expect(fit(['a', 'b', 'a', 'b'])).rejects.toThrow(
      'number the classes from 0, as LabelEncoder does',
    );
  });
});

describe('batches must come from a function', () => {
  function* batches() {
    yield [x, y];
  }
  async function* later() {
    yield [x, y];
  }
  test.each<[string, () => unknown]>([
    ['a generator', () => batches()],
    ['an asynchronous generator', () => later()],
    ['an iterator', () => [[x, y]].values()],
    ['a Set', () => new Set([[x, y]])],
  ])('not %s', async (_what, make) => {
    for (const more of [[{ verbose: 0 }], [y, { verbose: 0 }]]) {
      await expect(model().fit(make() as never, ...(more as never[]))).rejects.toThrow(ValueError);
      await expect(model().fit(make() as never, ...(more as never[]))).rejects.toThrow(
        'give a function that returns it, since it is called once per epoch.',
      );
    }
  });

  test.each<[string, unknown]>([
    [
      'of arrays',
      [
        [x, y],
        [x, y],
      ],
    ],
    ['of one', [[x, y]]],
    ['with weights', [[x, y, [1, 1, 1, 1]]]],
    ['of typed arrays', [[x, Float32Array.from(y)]]],
    [
      'of NdArrays',
      [
        [
          { data: Float32Array.from(x.flat()), shape: [4, 2] },
          { data: Float32Array.from(y), shape: [4] },
        ],
      ],
    ],
  ])('not an array %s', async (_what, array) => {
    await expect(model().fit(array as never, { verbose: 0 } as never)).rejects.toThrow(
      'sequential.fit: an array is data, but x is an array of [x, y] batches; for batches give a function that returns them, such as () => batches.',
    );
  });

  test('while data of any rank are data', async () => {
    const images = sequential({ layers: [layers.flatten({ inputShape: [2, 2] }), dense({ units: 1 })] });
    images.compile({ loss: 'mse' });
    const rows = [
      [
        [0, 1],
        [1, 0],
      ],
      [
        [1, 1],
        [0, 0],
      ],
    ];
    await images.fit(rows, [0, 1], { verbose: 0, onWarning: () => {} });
  });
});
