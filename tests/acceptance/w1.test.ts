import { init, MLPClassifier } from 'lamella';
import { loadMnist } from 'lamella/node';
import { expect, test } from 'vitest';

/** scikit-learn 1.2.1, float32: losses of the first five epochs, and how near ours must come. */
const LOSSES = [
  [0.42632, 5e-5],
  [0.15133, 1e-3],
  [0.11924, 3e-3],
  [0.10124, 3e-3],
  [0.08691, 3e-3],
];

/**
 * scikit-learn over six runs with perturbed rounding: 43-100 epochs, .9931-.9976 of the training rows and
 * .9686-.9717 of the test rows right.
 */
test('784-50-20-10-10, as scikit-learn trains it on MNIST', async () => {
  await init({ variant: 'base' });
  const { train, test } = await loadMnist();
  const classifier = new MLPClassifier({
    hiddenLayerSizes: [50, 20, 10],
    solver: 'sgd',
    learningRateInit: 0.1,
    alpha: 1e-4,
    maxIter: 100,
    randomState: 1,
    onWarning: () => {},
  });
  await classifier.fit(train.x, Array.from(train.y, String));
  const { lossCurve, nIter } = classifier;
  const labels = Array.from(test.y, String);
  const [training, testing] = [
    classifier.score(train.x, Array.from(train.y, String)),
    classifier.score(test.x, labels),
  ];
  console.log(
    `${nIter} epochs, train ${training}, test ${testing}, losses ${lossCurve.slice(0, 5).join(' ')}`,
  );
  LOSSES.forEach(([loss, tolerance], i) => {
    expect(Math.abs(lossCurve[i] - loss)).toBeLessThan(tolerance);
  });
  expect(nIter).toBeGreaterThan(30);
  expect(training).toBeGreaterThanOrEqual(0.992);
  expect(testing).toBeGreaterThanOrEqual(0.966);
});
