import { layers, MLPClassifier, Perceptron, sequential, ValueError } from 'lamella';
import { describe, expect, test } from 'vitest';
import { runInNewContext } from 'node:vm';

const x = Array.from({ length: 30 }, (_, i) => [((i * 7) % 11) / 11, ((i * 5) % 13) / 13]);
const numbers = x.map((_, i) => i % 3);
const names = numbers.map((i) => ['ant', 'bee', 'cow'][i]);
const flags = numbers.map((i) => i === 0);
const quiet = { maxIter: 2, randomState: 0, onWarning: () => {} };

const estimators = [
  ['MLPClassifier', (classWeight: unknown) => new MLPClassifier({ ...quiet, classWeight } as object)],
  ['Perceptron', (classWeight: unknown) => new Perceptron({ ...quiet, classWeight } as object)],
] as const;

/** A model with a softmax unit per class, or one sigmoid unit. */
function model(units: number) {
  const made = sequential({
    seed: 1,
    layers: [layers.dense({ units, activation: units > 1 ? 'softmax' : 'sigmoid', inputShape: [2] })],
  });
  made.compile({ loss: units > 1 ? 'sparseCategoricalCrossentropy' : 'binaryCrossentropy' });
  return made;
}

describe.each(estimators)('%s', (name, make) => {
  test.each([
    ['numbers', numbers, { 1: 3 }, new Map([[1, 3]])],
    ['strings', names, { bee: 3 }, new Map([['bee', 3]])],
    ['booleans', flags, { true: 3 }, new Map([[true, 3]])],
  ] as const)('takes the weights of %s from objects and Maps alike', async (_kind, y, object, map) => {
    const weights = [];
    for (const given of [
      object,
      map,
      JSON.parse(JSON.stringify(object)),
      Object.assign(Object.create(null), object),
    ]) {
      const estimator = make(given);
      await estimator.fit(x, y);
      weights.push(estimator.toBytes().length, 'coefs' in estimator ? estimator.coefs[0] : estimator.coef);
    }
    const plain = make(null);
    await plain.fit(x, y);
    expect(weights[3]).toEqual(weights[1]);
    expect(weights[5]).toEqual(weights[1]);
    expect(weights[7]).toEqual(weights[1]);
    expect(weights[1]).not.toEqual('coefs' in plain ? plain.coefs[0] : plain.coef);
  });

  test.each([
    [{ 7: 100 }, numbers, "the classes [0, 1, 2], but received a weight for '7'."],
    [{ 1: 1, 2: 1, 3: 100 }, numbers, "the classes [0, 1, 2], but received a weight for '3'."],
    [{ 0: 1, 1: 1, 2: 1, 3: 100 }, numbers, "the classes [0, 1, 2], but received a weight for '3'."],
    [{ '01': 2 }, numbers, "the classes [0, 1, 2], but received a weight for '01'."],
    [new Map([[3, 1]]), numbers, 'the classes [0, 1, 2], but received a weight for 3.'],
    [
      new Map([['1', 2]]),
      numbers,
      "the classes [0, 1, 2], but received a weight for '1', a string; the keys of a Map are compared by type, so use 1.",
    ],
    [
      new Map([['true', 2]]),
      flags,
      "the classes [false, true], but received a weight for 'true', a string; the keys of a Map are compared by type, so use true.",
    ],
    [{ Bee: 2 }, names, "the classes ['ant', 'bee', 'cow'], but received a weight for 'Bee'."],
    [{ 1: 2 }, flags, "the classes [false, true], but received a weight for '1'."],
  ] as const)('refuses the weight of a class that does not exist: %o', async (given, y, end) => {
    const estimator = make(given);
    await expect(estimator.fit(x, y)).rejects.toThrow(ValueError);
    await expect(estimator.fit(x, y)).rejects.toThrow(`${name}: classWeight must name ${end}`);
    await expect(estimator.partialFit(x, y, { classes: [...new Set<never>(y as never)] })).rejects.toThrow(
      end,
    );
  });

  test.each([
    [{ a: -1, b: 1 }, "-1 for 'a'"],
    [new Map([[0, NaN]]), 'NaN for 0'],
    [{ 0: '2' }, "'2' for '0'"],
    [{ 0: Infinity }, "Infinity for '0'"],
    [{ 0: null }, "null for '0'"],
    [new Map([[0, 1n]]), '1n for 0'],
    ['balance', "'balance'"],
    [[1, 2], '[1, 2]'],
    [new Date(0), 'a Date'],
    [new Set([1]), 'a Set'],
    [Promise.resolve({}), 'a Promise (await it)'],
    [new Float32Array(2), 'a Float32Array'],
    [new (class Weights {})(), 'a Weights'],
  ])('refuses %o', (given, received) => {
    expect(() => make(given)).toThrow(ValueError);
    expect(() => make(given)).toThrow(
      `${name}: classWeight must be 'balanced', a Map or an object from labels to weights >= 0 or null, but received ${received}.`,
    );
  });

  test('takes Maps and objects of another realm', async () => {
    const own = make({ 1: 3 });
    await own.fit(x, numbers);
    for (const text of ['new Map([[1, 3]])', '({ 1: 3 })']) {
      const foreign = make(runInNewContext(text));
      await foreign.fit(x, numbers);
      expect(foreign.score(x, numbers)).toEqual(own.score(x, numbers));
    }
  });
});

describe('Sequential', () => {
  test.each([
    [{ 7: 100 }, 'sequential.fit: classWeight must name the classes 0 to 2, but received a weight for 7.'],
    [{ 1: 1, 2: 1, 3: 100 }, 'the classes 0 to 2, but received a weight for 3.'],
    [new Map([[3, 1]]), 'the classes 0 to 2, but received a weight for 3.'],
    [
      new Map([['1', 1]]),
      "sequential.fit: classWeight must name classes by integers >= 0, but received '1'.",
    ],
    [{ ' 1': 1 }, "integers >= 0, but received ' 1'."],
    [{ '': 1 }, "integers >= 0, but received ''."],
    [{ '1e0': 1 }, "integers >= 0, but received '1e0'."],
    [{ '-1': 1 }, "integers >= 0, but received '-1'."],
    [{ 1: -1 }, "sequential.fit: classWeight must hold numbers >= 0, but received -1 for '1'."],
    ['balanced', "from class numbers to weights, but received 'balanced'."],
    [new Date(0), 'from class numbers to weights, but received a Date.'],
  ])('refuses %o in fit and trainOnBatch, and stays as it was', async (classWeight, end) => {
    const made = model(3);
    const before = made.getWeights();
    const options = { classWeight, verbose: 0 } as object;
    await expect(made.fit(x, numbers, options)).rejects.toThrow(ValueError);
    await expect(made.fit(x, numbers, options)).rejects.toThrow(end);
    const batch = end.replace('sequential.fit', 'sequential.trainOnBatch');
    expect(() => made.trainOnBatch(x, numbers, { classWeight } as object)).toThrow(batch);
    const stream = () => [[x, numbers]] as never;
    await expect(made.fit(stream, options as never)).rejects.toThrow(end);
    expect(made.getWeights()).toEqual(before);
  });

  test('knows two classes behind one unit with binaryCrossentropy', async () => {
    const y = flags.map(Number);
    const options = (classWeight: Record<number, number>) => ({ classWeight, verbose: 0 }) as const;
    await expect(model(1).fit(x, y, options({ 1: 2 }))).resolves.toBeDefined();
    await expect(model(1).fit(x, y, options({ 2: 2 }))).rejects.toThrow('the classes 0 to 1');
  });

  test('takes the classes of one output from y where the loss does not tell them', async () => {
    const made = model(1);
    made.compile({ loss: 'meanSquaredError' });
    await made.fit(x, numbers, { classWeight: { 2: 3 }, verbose: 0, onWarning: () => {} });
    await expect(made.fit(x, numbers, { classWeight: { 3: 3 }, verbose: 0 })).rejects.toThrow(
      'sequential.fit: classWeight must name classes that occur in y, but received a weight for 3.',
    );
  });
});
