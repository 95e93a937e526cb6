import {
  confusionMatrix,
  kFold,
  LabelBinarizer,
  LamellaError,
  OneHotEncoder,
  Perceptron,
  stratifiedKFold,
  toCategorical,
  ValueError,
} from 'lamella';
import { makeBlobs, makeCircles, makeMoons, makeSpirals, makeXor } from 'lamella/datasets';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';

const many = Array.from({ length: 60000 }, (_, i) => i);
const fitted = new LabelBinarizer().fit(many);
const categories = new OneHotEncoder().fit(many.map((i) => [i]));

describe('what no memory holds is refused at once', () => {
  test.each<[string, () => unknown, string]>([
    [
      'kFold',
      () => kFold(1e9),
      'kFold: nSplits times the number of rows must be at most 268435456, but received 5 and 1000000000.',
    ],
    ['kFold, many parts', () => kFold(1e7, { nSplits: 1e7 }), 'but received 10000000 and 10000000.'],
    [
      'stratifiedKFold',
      () => stratifiedKFold(new Uint8Array(30000), { nSplits: 30000 }),
      'stratifiedKFold: nSplits times the number of rows must be at most',
    ],
    [
      'makeMoons',
      () => makeMoons({ samples: 2 ** 31 }),
      'makeMoons: samples must be an integer >= 2 and <= 67108864, but received 2147483648.',
    ],
    [
      'makeCircles',
      () => makeCircles({ samples: 2 ** 31 }),
      'makeCircles: samples must be an integer >= 2 and <= 67108864',
    ],
    ['makeXor', () => makeXor({ samples: 2 ** 31 }), 'makeXor: samples must be'],
    ['makeSpirals', () => makeSpirals({ samples: 2 ** 31 }), 'makeSpirals: samples must be'],
    [
      'makeSpirals, arms',
      () => makeSpirals({ arms: 2 ** 31 }),
      'makeSpirals: samples must be an integer >= 2147483648, but received 100.',
    ],
    ['makeBlobs', () => makeBlobs({ samples: 2 ** 31 }), 'makeBlobs: samples must be'],
    [
      'makeBlobs, centers',
      () => makeBlobs({ centers: 2 ** 31 }),
      'makeBlobs: samples and centers must have at most 134217728 coordinates each, but 2147483648 with 2 features have more.',
    ],
    [
      'makeBlobs, features',
      () => makeBlobs({ features: 2 ** 31 }),
      'but 100 with 2147483648 features have more.',
    ],
    [
      'confusionMatrix',
      () => confusionMatrix(many, many),
      'confusionMatrix: a matrix of 60000 labels needs 27466 MiB of memory',
    ],
    [
      'LabelBinarizer',
      () => fitted.transform(many),
      'LabelBinarizer: a table of 60000 rows and 60000 classes needs 27466 MiB of memory',
    ],
    [
      'OneHotEncoder',
      () => categories.transform(many.map((i) => [i])),
      'OneHotEncoder: a table of 60000 rows and 60000 categories needs',
    ],
    [
      'toCategorical',
      () => toCategorical([1e12]),
      'toCategorical: y must hold whole numbers from 0 to 1073741823, so that the one-hot rows fit in memory, but received 1000000000000 at index 0.',
    ],
    [
      'toCategorical, behind others',
      () => toCategorical([0, 1, 2 ** 40]),
      'but received 1099511627776 at index 2.',
    ],
    [
      'toCategorical, all together',
      () => toCategorical(many),
      'toCategorical: y must hold whole numbers from 0 to 17894, so that the one-hot rows fit in memory, but received 17895 at index 17895.',
    ],
    [
      'toCategorical, classes',
      () => toCategorical([0, 1], 1e12),
      'toCategorical: classes must be at most 536870912 for 2 numbers',
    ],
  ])('%s', (_what, call, sentence) => {
    expect(call).toThrow(ValueError);
    expect(call).toThrow(sentence);
  });

  test('Perceptron on CSR rows of very many columns', async () => {
    const fit = (columns: number) =>
      new Perceptron().fit({ data: [1, 1], indices: [0, 5], indptr: [0, 1, 2], shape: [2, columns] }, [0, 1]);
    await expect(fit(2 ** 31)).rejects.toThrow(LamellaError);
    await expect(fit(2 ** 30)).rejects.toThrow(ValueError);
    await expect(fit(2 ** 30)).rejects.toThrow(
      'Perceptron: a table of 1 x 1073741824 weights needs 8192 MiB of memory, but at most 1024 MiB may be used',
    );
  });
});

test.each([
  [[0, 1, 2, NaN], 'NaN at index 3'],
  [[0, -1, NaN], '-1 at index 1'],
  [[0, 1.5, 1e12], '1.5 at index 1'],
  [[Infinity, 0], 'Infinity at index 0'],
])('toCategorical names the index of the first bad number in %o', (y, received) => {
  for (const classes of [undefined, 3]) {
    expect(() => toCategorical(y, classes)).toThrow(ValueError);
    expect(() => toCategorical(y, classes)).toThrow(`but received ${received}.`);
  }
});

test('Perceptron refuses NaN and infinities of any array', async () => {
  const fit = (x: unknown) => new Perceptron().fit(x as never, [0, 1]);
  const Half = (globalThis as { Float16Array?: typeof Float32Array }).Float16Array;
  const rows = (data: unknown) => ({ data, shape: [2, 2] });
  for (const bad of ['NaN', 'Infinity', '-Infinity']) {
    const inputs: unknown[] = [
      rows(runInNewContext(`Float32Array.of(0, 1, 1, ${bad})`)),
      rows(runInNewContext(`Float64Array.of(0, 1, 1, ${bad})`)),
      runInNewContext(`[[0, 1], [1, ${bad}]]`),
      runInNewContext(`[Float32Array.of(0, 1), Float32Array.of(1, ${bad})]`),
      ...(Half ? [rows(Half.of(0, 1, 1, Number(bad))), [Half.of(0, 1), Half.of(1, Number(bad))]] : []),
    ];
    for (const x of inputs) await expect(fit(x)).rejects.toThrow(ValueError);
  }
  await expect(fit(rows(runInNewContext('Float32Array.of(0, 1, 1, 0)')))).resolves.toBeInstanceOf(Perceptron);
});
