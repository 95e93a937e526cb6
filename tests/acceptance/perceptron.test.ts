import { Perceptron } from 'lamella';
import { loadIris } from 'lamella/datasets';
import { expect, test } from 'vitest';

/**
 * scikit-learn 1.2.1: Perceptron(random_state=42).fit(x[:, 2:], y == 0) gives [[-1.4, -2.2]] and [4.], in 7
 * epochs.
 */
test("the perceptron finds scikit-learn's line between setosa and the others, by petal length and width", async () => {
  const { x, y } = loadIris();
  const petals = Array.from(y, (_, row) => Array.from(x.data.subarray(4 * row + 2, 4 * row + 4)));
  const setosa = Array.from(y, (species) => Number(species === 0));
  const perceptron = await new Perceptron({ randomState: 42 }).fit(petals, setosa);
  const { coef, intercept } = perceptron;
  expect(coef.shape).toEqual([1, 2]);
  expect(Math.abs(coef.data[0] + 1.4)).toBeLessThan(1e-9);
  expect(Math.abs(coef.data[1] + 2.2)).toBeLessThan(1e-9);
  expect(Math.abs(intercept[0] - 4)).toBeLessThan(1e-9);
  expect(perceptron.nIter).toBe(7);
  expect(perceptron.score(petals, setosa)).toBe(1);
});
