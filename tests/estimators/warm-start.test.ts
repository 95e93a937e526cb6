import { MLPClassifier, MLPRegressor, Perceptron } from 'lamella';
import { describe, expect, test } from 'vitest';

const x = Array.from({ length: 30 }, (_, i) => [((i * 7) % 11) / 11, ((i * 5) % 13) / 13]);
const y = x.map((_, i) => i % 3);

/** Estimators that do not converge within maxIter, with what they warn of. */
const kinds = [
  ['MLPClassifier', (options: object) => new MLPClassifier({ hiddenLayerSizes: [4], ...options })],
  ['MLPRegressor', (options: object) => new MLPRegressor({ hiddenLayerSizes: [4], ...options })],
  [
    'lbfgs',
    (options: object) => new MLPRegressor({ hiddenLayerSizes: [4], solver: 'lbfgs', tol: 0, ...options }),
  ],
  ['Perceptron', (options: object) => new Perceptron({ tol: 1e-9, ...options })],
] as const;

describe.each(kinds)('%s', (name, make) => {
  test('counts the epochs of the present call, and warns in each that ends at maxIter', async () => {
    const warnings: string[] = [];
    const onWarning = (warning: Error): void => void warnings.push(warning.name);
    const estimator = make({ warmStart: true, maxIter: 3, randomState: 0, onWarning });
    const epochs: number[] = [];
    for (let call = 1; call <= 3; call++) {
      await estimator.fit(x, y, { onEpoch: ({ epoch }) => void epochs.push(epoch) });
      expect(estimator.nIter).toBe(3);
      expect(warnings).toEqual(Array(call).fill('ConvergenceWarning'));
    }
    const counted = [1, 2, 3, 4, 5, 6, 7, 8, 9];
    expect(epochs).toEqual(name === 'lbfgs' ? [1, 2, 3, 1, 2, 3, 1, 2, 3] : counted);
    expect(estimator.lossCurve).toHaveLength(name === 'lbfgs' ? 0 : 9);
  });
});

describe.each(kinds.filter(([name]) => name !== 'lbfgs'))('%s', (_name, make) => {
  test('has run one epoch after partialFit, also after fit and from a file', async () => {
    const estimator = make({ maxIter: 4, randomState: 0, onWarning: () => {} });
    await estimator.fit(x, y);
    expect(estimator.nIter).toBe(4);
    await estimator.partialFit(x, y);
    await estimator.partialFit(x, y);
    expect(estimator.nIter).toBe(1);
    expect(estimator.lossCurve).toHaveLength(6);
    const loaded = await (estimator.constructor as typeof MLPClassifier).fromBytes(estimator.toBytes());
    expect(loaded.nIter).toBe(1);
    await loaded.partialFit(x, y);
    expect([loaded.nIter, loaded.lossCurve.length]).toEqual([1, 7]);
  });
});

test.each([
  ['MLPClassifier', () => new MLPClassifier({ warmStart: true, maxIter: 1, onWarning: () => {} })],
  ['Perceptron', () => new Perceptron({ warmStart: true, maxIter: 1, onWarning: () => {} })],
])('a warm start of %s says which classes y lacks', async (name, make) => {
  const estimator = make();
  await estimator.fit(x, y);
  const before = estimator.score(x, y);
  const sentence = (held: string) =>
    `${name}: y must hold the classes of the fit before, [0, 1, 2], but holds only ${held}.`;
  await expect(
    estimator.fit(
      x,
      y.map(() => 0),
    ),
  ).rejects.toThrow(sentence('0'));
  await expect(
    estimator.fit(
      x,
      y.map((label) => label % 2),
    ),
  ).rejects.toThrow(sentence('0, 1'));
  expect(estimator.score(x, y)).toBe(before);
});
