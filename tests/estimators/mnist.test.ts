import { init, MLPClassifier } from 'lamella';
import { loadMnist } from 'lamella/node';
import { expect, test } from 'vitest';

test('two epochs of MNIST follow scikit-learn, labels as strings or bytes', async () => {
  await init({ variant: 'base' });
  const { train, test } = await loadMnist();
  const names = Array.from(train.y, String);
  const classifier = new MLPClassifier({
    hiddenLayerSizes: [50, 20, 10],
    solver: 'sgd',
    learningRateInit: 0.1,
    alpha: 1e-4,
    maxIter: 2,
    randomState: 1,
    onWarning: () => {},
  });
  await classifier.fit(train.x, names);
  const { lossCurve, classes } = classifier;
  // scikit-learn 1.2.1, float32
  expect(Math.abs(lossCurve[0] - 0.42632351)).toBeLessThan(5e-5);
  expect(Math.abs(lossCurve[1] - 0.15132898)).toBeLessThan(1e-3);
  expect(classes).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
  expect(classifier.score(test.x, Array.from(test.y, String))).toBeGreaterThan(0.95);
  const predicted = classifier.predict(test.x);
  await classifier.fit(train.x, train.y);
  expect(classifier.lossCurve).toEqual(lossCurve);
  expect(classifier.predict(test.x).map(String)).toEqual(predicted);
});
