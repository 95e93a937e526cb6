import { OneHotEncoder, Perceptron, permutationImportance, Pipeline, ShapeError, ValueError } from 'lamella';
import type { Estimator, PermutationImportanceOptions } from 'lamella';
import { describe, expect, test } from 'vitest';
import { importancesOf } from '../../src/search/importance.js';
import { expectNear, type Matrix, readGolden } from '../data/goldens.js';
import { iris } from './goldens.js';

interface Recorded {
  readonly params: object;
  readonly options: PermutationImportanceOptions;
  readonly importances: Matrix;
  readonly means: number[];
  readonly stds: number[];
}

const { importances } = readGolden<{ importances: Recorded[] }>('sklearn_folds');
const { x, y } = iris();

async function fitted(params: object = { randomState: 0 }): Promise<Perceptron> {
  return new Perceptron({ ...params, onWarning: () => {} }).fit(x, y);
}

describe('permutationImportance equals scikit-learn', () => {
  test.each(importances.map((each) => [JSON.stringify([each.params, each.options]), each] as const))(
    '%s',
    async (_name, recorded) => {
      const before = x.data.slice();
      const result = await permutationImportance(await fitted(recorded.params), x, y, recorded.options);
      expect(result.importances.shape).toEqual(recorded.importances.shape);
      expectNear(result.importances.data, recorded.importances.data, 'importances');
      expectNear(result.means, recorded.means, 'means');
      expectNear(result.stds, recorded.stds, 'stds');
      expect(x.data).toEqual(before);
    },
  );
});

describe('permutationImportance', () => {
  test('gives the same for every form of the rows', async () => {
    const model = await fitted();
    const options = { randomState: 5, nRepeats: 2 };
    const expected = await permutationImportance(model, x, y, options);
    const rows = Array.from(y, (_, row) => Array.from(x.data.subarray(4 * row, 4 * row + 4)));
    const typed = rows.map((row) => Float64Array.from(row));
    const strided = { data: x.data, shape: [150, 4], stride: [4, 1], offset: 0 };
    for (const form of [rows, typed, strided]) {
      expect(await permutationImportance(model, form, y, options)).toEqual(expected);
    }
  });

  test('shuffles labels that a pipeline encodes, and leaves other columns as they are', async () => {
    const colours = Array.from({ length: 60 }, (_, i) => [i % 3 ? 'red' : 'blue', `size ${i % 5}`]);
    const targets = colours.map(([colour]) => colour === 'red');
    const pipeline = new Pipeline([
      new OneHotEncoder(),
      new Perceptron({ randomState: 0, onWarning: () => {} }),
    ]);
    await pipeline.fit(colours, targets);
    const { means } = await permutationImportance(pipeline, colours, targets, { randomState: 1 });
    expect(means[0]).toBeGreaterThan(0.2);
    expect(means[1]).toBe(0);
  });

  test('takes any function as the scorer, with the shuffled rows', async () => {
    const seen: number[][] = [];
    const scoring = (_model: Estimator, rows: unknown) => {
      seen.push(Array.from((rows as { data: Float64Array }).data));
      return seen.length;
    };
    const data = { data: Float64Array.of(1, 10, 2, 20, 3, 30), shape: [3, 2] };
    const result = await permutationImportance(await fitted(), data, [0, 1, 2], {
      scoring,
      nRepeats: 2,
      randomState: 0,
    });
    expect([...result.importances.data]).toEqual([-1, -2, -3, -4]);
    expect(result.stds).toEqual(Float64Array.of(0.5, 0.5));
    for (const [i, values] of seen.entries()) {
      const columns = [0, 1].map((j) => [values[j], values[2 + j], values[4 + j]]);
      if (i < 3) expect(columns[1]).toEqual([10, 20, 30]);
      else expect(columns[0]).toEqual([1, 2, 3]);
      expect(columns.map((column) => column.toSorted((a, b) => a - b))).toEqual([
        [1, 2, 3],
        [10, 20, 30],
      ]);
    }
  });

  test('scores anything whose columns can be permuted', async () => {
    const table = { wages: [1, 2, 3, 4], name: ['a', 'b', 'c', 'd'] };
    const now = { ...table };
    const names = ['wages', 'name'] as const;
    function* permute(column: number, order: Int32Array) {
      yield* [];
      const name = names[column];
      Object.assign(now, { [name]: Array.from(order, (row) => table[name][row]) });
    }
    const score = () => now.wages.filter((wage, row) => wage === row + 1).length;
    const options = { randomState: 3, nRepeats: 4 };
    const result = await importancesOf({ rows: 4, columns: 2, names, permute, score }, options);
    expect(result.names).toEqual(['wages', 'name']);
    expect(result.means[0]).toBeGreaterThan(0);
    expect([...result.importances.data.subarray(4)]).toEqual([0, 0, 0, 0]);
    expect(now).toEqual(table);
  });

  test('stops when its signal aborts', async () => {
    const controller = new AbortController();
    let calls = 0;
    const scoring = () => {
      if (++calls === 3) controller.abort(new Error('enough'));
      return 0;
    };
    const run = permutationImportance(await fitted(), x, y, { scoring, signal: controller.signal });
    await expect(run).rejects.toThrow('enough');
    expect(calls).toBe(3);
  });

  test('refuses what it cannot shuffle or score', async () => {
    const model = await fitted();
    const refuse = async (
      call: Promise<unknown>,
      Kind: typeof ShapeError | typeof ValueError,
      text: string,
    ) => {
      await expect(call).rejects.toThrow(Kind);
      await expect(call).rejects.toThrow(text);
    };
    await refuse(
      permutationImportance(model, x, y.slice(1)),
      ShapeError,
      'permutationImportance: y must have one entry for each of the 150 rows of x, but has 149.',
    );
    await refuse(
      permutationImportance(model, [1, 2, 3], [0, 1, 2]),
      ShapeError,
      'permutationImportance: x must be of shape (rows, columns), but received the shape (3).',
    );
    await refuse(
      permutationImportance(model, [[1, 2], [3]], [0, 1]),
      ShapeError,
      'permutationImportance: x must be of shape (rows, columns), but received 1 columns in row 1 and 2 in row 0.',
    );
    await refuse(
      permutationImportance({}, x, y),
      ValueError,
      'model must be a fitted estimator with predict',
    );
    await refuse(permutationImportance(model, x, y, { scoring: 'acc' }), ValueError, "received 'acc'");
    await refuse(
      permutationImportance(model, x, y, { nRepeats: 0 }),
      ValueError,
      'nRepeats must be an integer >= 1',
    );
    const scoring = () => 'high' as never;
    await refuse(
      permutationImportance(model, x, y, { scoring }),
      ValueError,
      "permutationImportance: scoring must give a number, but received 'high'.",
    );
  });
});
