import {
  MLPClassifier,
  MLPRegressor,
  ndarray,
  NotFittedError,
  Perceptron,
  ShapeError,
  ValueError,
} from 'lamella';
import { describe, expect, test } from 'vitest';
import { blobs, frozen } from './blobs.js';
import { expectRefusal } from './refusal.js';

/**
 * What every estimator does: scikit-learn's check_estimator, as far as it applies
 * (sklearn/utils/estimator_checks.py).
 */
const options = { maxIter: 5, randomState: 1, onWarning: (): void => {} };
const network = { ...options, hiddenLayerSizes: [5], learningRateInit: 0.01 };

/** What the estimators have in common, whatever their targets are. */
interface Estimator {
  readonly nIter: number;
  fit(x: unknown, y: unknown, options?: object): Promise<this>;
  partialFit(x: unknown, y: unknown, options?: object): Promise<this>;
  predict(x: unknown): ArrayLike<unknown>;
  score(x: unknown, y: unknown): number;
  getParams(): { readonly maxIter: number };
  setParams(options: object): this;
  toBytes(): Uint8Array;
}

interface Kind {
  readonly name: string;
  readonly make: (options?: object) => Estimator;
  readonly classifies: boolean;
}

const kinds: Kind[] = [
  {
    name: 'MLPClassifier',
    make: (given) => new MLPClassifier({ ...network, ...given }) as never,
    classifies: true,
  },
  {
    name: 'MLPClassifier with lbfgs',
    make: (given) => new MLPClassifier({ ...network, solver: 'lbfgs', ...given }) as never,
    classifies: true,
  },
  {
    name: 'MLPRegressor',
    make: (given) => new MLPRegressor({ ...network, ...given }) as never,
    classifies: false,
  },
  {
    name: 'MLPRegressor with lbfgs',
    make: (given) => new MLPRegressor({ ...network, solver: 'lbfgs', ...given }) as never,
    classifies: false,
  },
  {
    name: 'Perceptron',
    make: (given) => new Perceptron({ ...options, ...given }) as never,
    classifies: true,
  },
];

const { x, y } = blobs();

/** Everything that predicting gives, as plain numbers or labels. */
function predictions(estimator: Estimator, rows: number[][]): unknown[] {
  return Array.from(estimator.predict(rows));
}

describe.each(kinds)('$name', ({ name, make, classifies }) => {
  const owner = name.split(' ')[0];

  test('fit resolves to the estimator', async () => {
    const estimator = make();
    expect(await estimator.fit(x, y)).toBe(estimator);
  });

  test('has nothing fitted before fit', async () => {
    const estimator = make();
    for (const call of [() => estimator.predict(x), () => estimator.score(x, y), () => estimator.nIter]) {
      expect(call).toThrow(NotFittedError);
      expect(call).toThrow(/fit has not been called; call await fit\(X, y\) first\.$/);
    }
    await expectRefusal(
      () => estimator.predict(x),
      NotFittedError,
      `${owner}: predict needs a trained model, but fit has not been called; call await fit(X, y) first.`,
    );
  });

  test('keeps the options that it is given; they round-trip', async () => {
    const estimator = make({ maxIter: 7 });
    const before = estimator.getParams();
    expect(before.maxIter).toBe(7);
    await estimator.fit(x, y);
    expect(estimator.getParams()).toEqual(before);
    expect(make().setParams(before).getParams()).toEqual(before);
    expect(make(before).getParams()).toEqual(before);
  });

  test('fits again to the same model', async () => {
    const estimator = await make().fit(x, y);
    const first = predictions(estimator, x);
    const bytes = estimator.toBytes();
    await estimator.fit(x, y);
    expect(predictions(estimator, x)).toEqual(first);
    expect(estimator.toBytes()).toEqual(bytes);
  });

  test('predicts a row the same alone, in any order and among any others', async () => {
    const estimator = await make().fit(x, y);
    const whole = predictions(estimator, x);
    expect(x.flatMap((row) => predictions(estimator, [row]))).toEqual(whole);
    expect(predictions(estimator, [...x].reverse()).reverse()).toEqual(whole);
    expect(predictions(estimator, x.slice(20, 30))).toEqual(whole.slice(20, 30));
  });

  test('does not change what it is given, and takes frozen data', async () => {
    const data = blobs();
    const copy = structuredClone(data);
    const estimator = make();
    await estimator.fit(frozen(data.x), frozen(data.y));
    estimator.predict(data.x);
    estimator.score(data.x, data.y);
    expect(data).toEqual(copy);
  });

  test('is the same with row weights of 1', async () => {
    const none = await make().fit(x, y);
    const ones = await make().fit(x, y, { sampleWeight: y.map(() => 1) });
    expect(predictions(ones, x)).toEqual(predictions(none, x));
  });

  test('comes back from bytes to predict the same', async () => {
    const estimator = await make().fit(x, y);
    const Kind = estimator.constructor as unknown as { fromBytes(bytes: Uint8Array): Promise<Estimator> };
    const loaded = await Kind.fromBytes(estimator.toBytes());
    expect(predictions(loaded, x)).toEqual(predictions(estimator, x));
    expect(loaded.toBytes()).toEqual(estimator.toBytes());
  });

  test('takes one feature, and two rows', async () => {
    const narrow = await make().fit(
      x.map((row) => row.slice(0, 1)),
      y,
    );
    expect(predictions(narrow, [[0.5], [1]])).toHaveLength(2);
    const short = await make().fit(x.slice(0, 2), y.slice(0, 2));
    expect(predictions(short, x)).toHaveLength(60);
  });

  test.each<[string, unknown, RegExp]>([
    ['NaN', [[1, NaN, 1, 1]], /^X must hold finite numbers, but received NaN at row 0, column 1\.$/],
    [
      'infinity',
      [[Infinity, 1, 1, 1]],
      /^X must hold finite numbers, but received Infinity at row 0, column 0\.$/,
    ],
    [
      'nothing',
      [],
      /^X must have at least 1 row and 1 feature, but received an empty array of shape \(0\)\.$/,
    ],
    ['no features', [[]], /^X must have at least 1 row and 1 feature, but received an empty array/],
    ['a list', [1, 2], /^X: Expected a 2-d array, got a 1-d array of length 2; use/],
    ['texts', [['1', '2']], /^X must hold numbers, but received '1' at row 0, column 0/],
    ['a complex number', [[{ re: 1, im: 2 }]], /^X must hold numbers, but received an object/],
  ])('refuses rows that hold %s', async (_what, rows, sentence) => {
    const estimator = await make().fit(x, y);
    const before = predictions(estimator, x);
    for (const call of [() => estimator.predict(rows), () => estimator.score(rows, [0])]) {
      expect(call).toThrow(sentence);
    }
    const labels = Array.from({ length: Math.max(1, (rows as unknown[]).length) }, (_, i) => i);
    await expect(make().fit(rows, labels)).rejects.toThrow();
    expect(predictions(estimator, x)).toEqual(before);
  });

  test('refuses rows of another width than it was trained on', async () => {
    const estimator = await make().fit(x, y);
    const narrow = x.map((row) => row.slice(1));
    const sentence = /^X must have 4 features, as the (network|model) was made for, but received 3/;
    expect(() => estimator.predict(narrow)).toThrow(sentence);
    expect(() => estimator.score(narrow, y)).toThrow(sentence);
    if (name.endsWith('lbfgs')) return;
    await expect(estimator.partialFit(narrow, y)).rejects.toThrow(sentence);
  });

  test('refuses targets of another length', async () => {
    const sentence = 'y must have as many entries as X has rows, 60, but received 59.';
    const short = y.slice(1);
    await expectRefusal(() => make().fit(x, short), ShapeError, sentence);
    const estimator = await make().fit(x, y);
    expect(() => estimator.score(x, short)).toThrow(ShapeError);
  });

  test('refuses targets that are not finite', async () => {
    const bad = y.map((label, i) => (i === 5 ? NaN : label));
    await expect(make().fit(x, bad)).rejects.toThrow(ValueError);
    await expect(make().fit(x, bad)).rejects.toThrow(/but received NaN at index 5\.$/);
  });

  test('refuses unknown options, and offers the nearest', () => {
    expect(() => make({ maxItr: 1 })).toThrow(`${owner}: 'maxItr' is not an option; did you mean 'maxIter'?`);
    expect(() => make().setParams({ random_state: 1 })).toThrow(/did you mean 'randomState'\?$/);
  });

  test('takes targets as a column', async () => {
    const column = await make().fit(x, ndarray(Float64Array.from(y), [60, 1]));
    expect(predictions(column, x)).toEqual(predictions(await make().fit(x, y), x));
  });

  test.runIf(classifies)('knows strings, booleans and negative numbers as classes', async () => {
    for (const names of [
      ['c', 'a', 'b'],
      [3, -5, 0],
    ] as (string | number)[][]) {
      const labels = y.map((label) => names[label]);
      const estimator = (await make({ maxIter: 100 }).fit(x, labels)) as never as MLPClassifier;
      expect(estimator.classes).toEqual([...names].sort((a, b) => (a < b ? -1 : 1)));
      expect(new Set(estimator.predict(x))).toEqual(new Set(names));
    }
    const bools = (await make().fit(
      x,
      y.map((label) => label > 0),
    )) as never as MLPClassifier;
    expect(bools.classes).toEqual([false, true]);
  });

  test.runIf(classifies)('refuses one class and fractions', async () => {
    const ones = y.map(() => 1);
    await expectRefusal(
      () => make().fit(x, ones),
      ValueError,
      'y must hold at least 2 classes, but received only the class 1.',
    );
    await expect(
      make().fit(
        x,
        y.map((label) => label / 2),
      ),
    ).rejects.toThrow(/looks like a value to predict/);
  });
});

describe('probabilities', () => {
  test.each([2, 3])('of %d classes sum to 1 and agree with the labels', async (count) => {
    const labels = y.map((label) => label % count);
    const classifier = await new MLPClassifier(network).fit(x, labels);
    const { data, shape } = classifier.predictProba(x);
    expect(shape).toEqual([60, count]);
    classifier.predict(x).forEach((label, row) => {
      const each = data.slice(row * count, (row + 1) * count);
      expect(each.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 6);
      expect(each.indexOf(Math.max(...each))).toBe(label);
    });
    const logs = classifier.predictLogProba(x).data;
    expect(logs.every((value, i) => Math.abs(Math.exp(value) - data[i]) < 1e-6)).toBe(true);
  });
});
