import { permutationImportance, ValueError } from 'lamella';
import { fromRecords, TableClassifier, TableRegressor } from 'lamella/table';
import { beforeAll, describe, expect, test } from 'vitest';

const onWarning = () => {};
const table = fromRecords(
  Array.from({ length: 120 }, (_, i) => ({
    colour: ['red', 'green', 'blue'][i % 3],
    size: (i * 37) % 100,
    noise: (i * 7919) % 101,
    same: 1,
    kind: i % 20 === 0 ? null : i % 3 === 0 ? 'warm' : 'cold',
    price: 3 * ((i * 37) % 100),
  })),
);
let classifier: TableClassifier;

beforeAll(async () => {
  const columns = { price: 'drop' } as const;
  classifier = await new TableClassifier({ target: 'kind', columns, randomState: 0, onWarning }).fit(table);
});

describe('permutationImportance of a model of tables', () => {
  test('names the columns that the model uses, and finds the one that tells', async () => {
    const { names, means, stds, importances } = await permutationImportance(classifier, table, {
      nRepeats: 3,
      randomState: 1,
    });
    expect(names).toEqual(['colour', 'size', 'noise']);
    expect(importances.shape).toEqual([3, 3]);
    expect(means[0]).toBeGreaterThan(0.2);
    expect(Math.abs(means[1])).toBeLessThan(0.1);
    expect(stds).toHaveLength(3);
  });

  test('is the same for the same seed, whatever names the default score', async () => {
    const options = { nRepeats: 2, randomState: 3 };
    const first = await permutationImportance(classifier, table, options);
    expect(await permutationImportance(classifier, table, { ...options, scoring: 'accuracy' })).toEqual(
      first,
    );
    const byFunction = await permutationImportance(classifier, table, {
      ...options,
      scoring: (model: any, rows: any) => model.score(rows),
    });
    expect(byFunction).toEqual(first);
  });

  test('scores by probabilities, and numbers by R²', async () => {
    const { means } = await permutationImportance(classifier, table, {
      scoring: 'negLogLoss',
      randomState: 0,
    });
    expect(means[0]).toBeGreaterThan(means[1]);
    const columns = { kind: 'drop' } as const;
    const regressor = await new TableRegressor({ target: 'price', columns, randomState: 0, onWarning }).fit(
      table,
    );
    const found = await permutationImportance(regressor, table, { randomState: 0 });
    expect(found.names![found.means.indexOf(Math.max(...found.means))]).toBe('size');
  });

  test('refuses arrays, tables without the target, and a signal that has aborted', async () => {
    await expect(permutationImportance(classifier, [[1]] as never, {})).rejects.toThrow(ValueError);
    await expect(permutationImportance(classifier, table.select(['size']), {})).rejects.toThrow(
      "permutationImportance: target: 'kind' is not a column of the table",
    );
    await expect(permutationImportance(classifier, table, { nRepeat: 3 } as never)).rejects.toThrow(
      "did you mean 'nRepeats'?",
    );
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(permutationImportance(classifier, table, { signal })).rejects.toThrow('enough');
  });
});
