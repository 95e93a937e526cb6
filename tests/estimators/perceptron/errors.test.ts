import { NotFittedError, Perceptron, ShapeError, ValueError } from 'lamella';
import type { PerceptronOptions } from 'lamella';
import { describe, expect, test } from 'vitest';
import { blobs } from '../blobs.js';
import { expectRefusal } from '../refusal.js';

const { x, y } = blobs();

describe('Perceptron refuses', () => {
  const fit = (options: PerceptronOptions, rows: unknown = x, labels: unknown = y) =>
    new Perceptron({ onWarning: () => {}, ...options }).fit(rows as number[][], labels as number[]);

  test.each<[string, () => unknown, string]>([
    [
      'a single class',
      () =>
        fit(
          {},
          x,
          x.map(() => 1),
        ),
      'y must hold at least 2 classes, but received only the class 1.',
    ],
    [
      'partialFit without classes',
      () => new Perceptron().partialFit(x, y),
      'Perceptron: partialFit needs all classes in its first call, but received none; pass { classes: [...] }.',
    ],
    [
      'partialFit with balanced classes',
      () => new Perceptron({ classWeight: 'balanced' }).partialFit(x, y, { classes: [0, 1, 2] }),
      "Perceptron: partialFit does not support classWeight: 'balanced', which needs all rows; give the weight of each class.",
    ],
    [
      'partialFit with early stopping',
      () => new Perceptron({ earlyStopping: true }).partialFit(x, y, { classes: [0, 1, 2] }),
      'Perceptron: partialFit does not support earlyStopping: true, use fit.',
    ],
    [
      'numbers that overflow',
      () =>
        fit(
          { eta0: 1e308 },
          x.map((row) => row.map((value) => 9 * value)),
        ),
      'Floating-point under-/overflow occurred at epoch #1. Scaling input data with StandardScaler or MinMaxScaler might help.',
    ],
    [
      'the weight of a class that does not exist',
      () => fit({ classWeight: { 7: 2 } }),
      "Perceptron: classWeight must name the classes [0, 1, 2], but received a weight for '7'.",
    ],
    [
      'weights of classes that are none',
      () => fit({ classWeight: { 1: -2 } }),
      "Perceptron: classWeight must be 'balanced', a Map or an object from labels to weights >= 0 or null, but received -2 for '1'.",
    ],
    [
      'validation rows that all weigh nothing',
      () =>
        new Perceptron({ earlyStopping: true }).fit(x, y, {
          sampleWeight: y.map((_, row) => (row === 5 ? 1 : 0)),
        }),
      'Perceptron: The sample weights for validation set are all zero, consider using a different random state.',
    ],
    [
      'a validation set that is too small',
      () => fit({ earlyStopping: true, validationFraction: 0.01 }),
      'Perceptron: earlyStopping cannot hold out validationFraction 0.01 of 60 rows: A stratified split needs at least one test row for each of the 3 classes, but has 1.',
    ],
    [
      'options that it does not know',
      () => new Perceptron({ eta: 1 } as PerceptronOptions),
      "Perceptron: 'eta' is not an option; did you mean 'eta0'?",
    ],
    [
      'NaN',
      () =>
        fit(
          {},
          [
            [1, 2],
            [3, NaN],
          ],
          [0, 1],
        ),
      'X must hold finite numbers, but received NaN at row 1, column 1.',
    ],
    [
      'infinite values of images',
      () => fit({}, { data: Float32Array.of(1, 2, 3, 4, 5, Infinity, 7, 8), shape: [2, 2, 2] }, [0, 1]),
      'X must hold finite numbers, but received Infinity at index [1, 0, 1].',
    ],
    [
      'NaN in sparse rows',
      () => fit({}, { data: [1, NaN], indices: [0, 2], indptr: [0, 1, 1, 2], shape: [3, 3] }, [0, 1, 1]),
      'X must hold finite numbers, but received NaN at row 2, column 2.',
    ],
  ])('%s', async (_name, call, sentence) => {
    await expectRefusal(call, ValueError, sentence);
  });

  test('rows of another width than those of fit', async () => {
    const perceptron = await fit({});
    await expectRefusal(
      () => perceptron.predict([[1, 2]]),
      ShapeError,
      'X must have 4 features, as the model was made for, but received 2 (shape (1, 2)).',
    );
  });

  test('a single row that is no matrix', async () => {
    await expect(fit({}, [1, 2, 3], [1])).rejects.toThrow(/^X: Expected a 2-d array, got a 1-d array/);
  });

  test('labels for another number of rows', async () => {
    await expectRefusal(
      () => fit({}, x, [0, 1]),
      ShapeError,
      'y must have as many entries as X has rows, 60, but received 2.',
    );
  });

  test.each(['coef', 'intercept', 'classes', 'nIter', 't', 'loss', 'lossCurve', 'nFeaturesIn'] as const)(
    '%s before fit',
    (name) => {
      expect(() => new Perceptron()[name]).toThrow(
        new NotFittedError(
          `Perceptron: ${name} needs a trained model, but fit has not been called; call await fit(X, y) first.`,
        ),
      );
    },
  );
});
