/**
 * scikit-learn's MNIST tutorial: 784-50-20-10-10, stochastic gradient descent, up to 100 epochs.
 *
 *   node examples/sklearn-mnist.mjs [--epochs 100] [--dir folder-of-idx-files]
 */
import { loadMnist, MLPClassifier } from 'lamella/node';
import { bars, orExit, percent, positive, readOptions } from './terminal.mjs';

const options = readOptions({ epochs: 100, dir: '' });
const { train, test } = await orExit(loadMnist(options.dir ? { dir: options.dir } : {}));

const classifier = new MLPClassifier({
  hiddenLayerSizes: [50, 20, 10],
  maxIter: positive(options, 'epochs'),
  alpha: 1e-4,
  solver: 'sgd',
  learningRateInit: 0.1,
  randomState: 1,
  verbose: true,
});
await classifier.fit(train.x, train.y);

console.log(`\nloss by epoch\n${bars(classifier.lossCurve)}\n`);
console.log(`train accuracy ${percent(classifier.score(train.x, train.y))}`);
console.log(`test accuracy  ${percent(classifier.score(test.x, test.y))}`);
