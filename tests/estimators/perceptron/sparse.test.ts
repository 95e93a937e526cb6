import { Perceptron } from 'lamella';
import type { PerceptronOptions } from 'lamella';
import { describe, expect, test } from 'vitest';
import type { Matrix } from '../goldens.js';
import { readGolden } from '../goldens.js';

/** tests/goldens/sklearn_perceptron_sparse.py says what the members are. */
interface Case {
  readonly params: PerceptronOptions;
  readonly binary: boolean;
  readonly coef: Matrix;
  readonly intercept: number[];
  readonly nIter: number;
  readonly t: number;
  readonly labels: number[];
}

const { data: x, cases } = readGolden<{
  data: { data: number[]; indices: number[]; indptr: number[]; shape: number[]; y: number[] };
  cases: Case[];
}>('sklearn_perceptron_sparse');

/** JSON has no negative zero. */
const plain = (value: number): number => (value === 0 ? 0 : value);

describe('on sparse rows', () => {
  test.each(cases)(
    'has the weights of scikit-learn, bit for bit: $params',
    async ({ params, ...recorded }) => {
      const y = recorded.binary ? x.y.map((label) => (label === 1 ? 1 : 0)) : x.y;
      const perceptron = await new Perceptron({ ...params, onWarning: () => {} }).fit(x, y);
      expect([...perceptron.coef.data].map(plain)).toEqual(recorded.coef.data);
      expect([...perceptron.intercept].map(plain)).toEqual(recorded.intercept);
      expect(perceptron.nIter).toBe(recorded.nIter);
      expect(perceptron.t).toBe(recorded.t);
      expect(perceptron.predict(x)).toEqual(recorded.labels);
    },
  );

  test('decides as on the same rows in full', async () => {
    const perceptron = await new Perceptron().fit(x, x.y);
    const [rows, features] = x.shape;
    const full = new Float64Array(rows * features);
    for (let row = 0; row < rows; row++) {
      for (let i = x.indptr[row]; i < x.indptr[row + 1]; i++) full[row * features + x.indices[i]] = x.data[i];
    }
    expect(perceptron.decisionFunction({ data: full, shape: x.shape })).toEqual(
      perceptron.decisionFunction(x),
    );
  });
});
