import { ndarray, ShapeError, ValueError } from 'lamella';
import { describe, expect, test } from 'vitest';
import { blobs, small, trained, visible } from './blobs.js';
import type { Kind } from './refusal.js';
import { expectRefusal } from './refusal.js';

const nan = blobs().x;
nan[17][2] = NaN;
const infinite = blobs().x;
infinite[0][3] = -Infinity;
const huge = blobs().x;
huge[59][0] = 1e39;
const ragged = blobs().x;
ragged[5] = [1, 2, 3];
const text = blobs().x as unknown[][];
text[3][1] = '0.5';
const form = 'an array of numbers (nested arrays, typed arrays, an NdArray or CSR rows)';
const oneDimensional =
  'use [[...]] or ndarray(data, [4, 1]) for one feature, ndarray(data, [1, 4]) for one row.';

describe('rows that are refused', () => {
  test.each<[string, unknown, Kind, string]>([
    ['NaN', nan, ValueError, 'X must hold finite numbers, but received NaN at row 17, column 2.'],
    ['−∞', infinite, ValueError, 'X must hold finite numbers, but received -Infinity at row 0, column 3.'],
    [
      'beyond float32',
      huge,
      ValueError,
      "X must be within float32's range (±3.4028235e38), but received 1e+39 at row 59, column 0.",
    ],
    [
      'ragged',
      ragged,
      ShapeError,
      'X must have rows of equal length, but row 0 has 4 values and row 5 has 3.',
    ],
    [
      'text',
      text,
      ValueError,
      "X must hold numbers, but received '0.5' at row 3, column 1; convert it with Number(...).",
    ],
    [
      'objects',
      [{ width: 1 }, { width: 2 }],
      ValueError,
      'X must hold numbers, but received an object at index 0; give every row as an array of its features.',
    ],
    [
      'no rows',
      [],
      ShapeError,
      'X must have at least 1 row and 1 feature, but received an empty array of shape (0).',
    ],
    [
      'no features',
      [[], []],
      ShapeError,
      'X must have at least 1 row and 1 feature, but received an empty array of shape (2, 0).',
    ],
    [
      'a list',
      [1, 2, 3, 4],
      ShapeError,
      `X: Expected a 2-d array, got a 1-d array of length 4; ${oneDimensional}`,
    ],
    [
      'a typed list',
      new Float32Array(4),
      ShapeError,
      `X: Expected a 2-d array, got a 1-d array of length 4; ${oneDimensional}`,
    ],
    ['a number', 5, ValueError, `X must be ${form}, but received 5.`],
    ['nothing', undefined, ValueError, `X must be ${form}, but received undefined.`],
    [
      'a promise',
      Promise.resolve([[1]]),
      ValueError,
      `X must be ${form}, but received a Promise (await it).`,
    ],
    [
      'BigInt',
      new BigInt64Array(4),
      ValueError,
      'X must hold numbers, but received a BigInt64Array; convert it with Float64Array.from(values, Number).',
    ],
    [
      'rank 5',
      ndarray(new Float32Array(60), [60, 1, 1, 1, 1]),
      ShapeError,
      'X must have 2 to 4 dimensions, but received the shape (60, 1, 1, 1, 1).',
    ],
  ])('%s', async (_what, x, Kind, sentence) => {
    const { y } = blobs();
    await expectRefusal(() => small().fit(x as never, y), Kind, sentence);
    const classifier = await trained();
    const before = visible(classifier);
    await expectRefusal(() => classifier.fit(x as never, y), Kind, sentence);
    await expectRefusal(() => classifier.partialFit(x as never, y), Kind, sentence);
    for (const method of ['predict', 'predictProba', 'predictLogProba'] as const) {
      await expectRefusal(() => classifier[method](x as never), Kind, sentence);
    }
    await expectRefusal(() => classifier.score(x as never, y), Kind, sentence);
    expect(visible(classifier)).toEqual(before);
  });

  test('of another width, where a network is there', async () => {
    const { x, y } = blobs();
    const narrow = x.map((row) => row.slice(1));
    const sentence = 'X must have 4 features, as the network was made for, but received 3 (shape (60, 3)).';
    const classifier = await trained({ warmStart: true });
    const before = visible(classifier);
    await expectRefusal(() => classifier.predict(narrow), ShapeError, sentence);
    await expectRefusal(() => classifier.score(narrow, y), ShapeError, sentence);
    await expectRefusal(() => classifier.fit(narrow, y), ShapeError, sentence);
    await expectRefusal(() => classifier.partialFit(narrow, y), ShapeError, sentence);
    expect(visible(classifier)).toEqual(before);
    classifier.setParams({ warmStart: false });
    await classifier.fit(narrow, y);
    expect(classifier.nFeaturesIn).toBe(3);
  });
});

const with17 = (label: unknown): unknown[] => blobs().y.map((y, i) => (i === 17 ? label : y));
const several = 'y must have one label per row, of shape (n) or (n, 1), but received';
const bits = 'y must hold 0 or 1 for each of several labels per row, but received';

describe('labels that are refused', () => {
  test.each<[string, unknown, Kind, string]>([
    ['nothing', undefined, ShapeError, 'y must be an array of labels, one per row, but received undefined.'],
    ['null', null, ShapeError, 'y must be an array of labels, one per row, but received null.'],
    ['a string', 'aab', ShapeError, "y must be an array of labels, one per row, but received 'aab'."],
    ['a set', new Set([1, 2]), ShapeError, 'y must be an array of labels, one per row, but received a Set.'],
    ['too few', [0, 1], ShapeError, 'y must have as many entries as X has rows, 60, but received 2.'],
    [
      'one class',
      blobs().y.map(() => 'ant'),
      ValueError,
      "y must hold at least 2 classes, but received only the class 'ant'.",
    ],
    [
      'a null',
      with17(null),
      ValueError,
      'y must hold labels of one type (finite numbers), but received null at index 17.',
    ],
    [
      'a NaN',
      with17(NaN),
      ValueError,
      'y must hold labels of one type (finite numbers), but received NaN at index 17.',
    ],
    [
      'mixed types',
      with17('1'),
      ValueError,
      "y must hold labels of one type (finite numbers), but received '1' at index 17.",
    ],
    [
      'objects',
      blobs().y.map((label) => ({ label })),
      ValueError,
      'y must hold labels of one type (strings, numbers or booleans), but received an object at index 0.',
    ],
    [
      'fractions',
      with17(0.5),
      ValueError,
      'y must hold classes (strings, booleans or whole numbers), but received 0.5 at index 17, which looks like a value to predict by regression.',
    ],
    [
      'BigInts',
      new BigInt64Array(60),
      ValueError,
      'y must hold numbers, but received a BigInt64Array; convert it with Float64Array.from(values, Number).',
    ],
    [
      'rows of numbers',
      blobs().y.map((label) => [0, 1, 2 * label]),
      ValueError,
      `${bits} 2 at row 1, column 2.`,
    ],
    [
      'a matrix of numbers',
      ndarray(new Uint8Array(180).fill(7), [60, 3]),
      ValueError,
      `${bits} 7 at row 0, column 0.`,
    ],
    [
      'rows of several labels and of one',
      blobs().y.map((label, i) => (i === 9 ? [label] : [label % 2, 1])),
      ShapeError,
      'y must have 2 labels in every row, as in row 0, but received [0] in row 9.',
    ],
    [
      'ragged rows',
      blobs().y.map((label, i) => (i === 9 ? [] : [label])),
      ShapeError,
      `${several} 0 values in row 9.`,
    ],
    [
      'rows and none',
      blobs().y.map((label, i) => (i === 9 ? label : [label])),
      ShapeError,
      'y must have one label per row, but received 0 in row 9, where row 0 is an array.',
    ],
  ])('%s', async (_what, y, Kind, sentence) => {
    const { x } = blobs();
    await expectRefusal(() => small().fit(x, y as never), Kind, sentence);
    const classifier = await trained();
    const before = visible(classifier);
    await expectRefusal(() => classifier.fit(x, y as never), Kind, sentence);
    expect(visible(classifier)).toEqual(before);
  });

  test('of another type, or unknown, where classes are there', async () => {
    const { x, y } = blobs();
    const classifier = await trained({ warmStart: true });
    const before = visible(classifier);
    const texts = y.map(String);
    const numbers = "y must hold numbers, as the classes [0, 1, 2] are, but received '0' at index 0.";
    await expectRefusal(() => classifier.score(x, texts), ValueError, numbers);
    await expectRefusal(() => classifier.partialFit(x, texts), ValueError, numbers);
    await expectRefusal(
      () => classifier.partialFit(x, with17(7) as number[]),
      ValueError,
      'y must hold only the classes [0, 1, 2], but received 7 at index 17.',
    );
    await expectRefusal(
      () => classifier.fit(x, with17(7) as number[]),
      ValueError,
      'MLPClassifier: warmStart needs the classes of the first call, [0, 1, 2], but received [0, 1, 2, 7].',
    );
    await expectRefusal(
      () => classifier.partialFit(x, y, { classes: [0, 1] }),
      ValueError,
      'MLPClassifier: partialFit needs the classes of the first call, [0, 1, 2], but received [0, 1].',
    );
    expect(visible(classifier)).toEqual(before);
    expect(classifier.score(x, with17(7) as number[])).toBeLessThan(1);
  });
});
