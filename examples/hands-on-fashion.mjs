/**
 * Hands-On Machine Learning's classifier of Fashion-MNIST: 784-300-100-10, plain gradient descent, 5,000 rows
 * to validate.
 *
 *   node examples/hands-on-fashion.mjs [--epochs 30] [--dir folder-of-idx-files]
 */
import { layers, loadFashionMnist, optimizers, sequential } from 'lamella/node';
import { orExit, percent, positive, readOptions } from './terminal.mjs';

const NAMES = [
  ...['T-shirt/top', 'Trouser', 'Pullover', 'Dress', 'Coat'],
  ...['Sandal', 'Shirt', 'Sneaker', 'Bag', 'Ankle boot'],
];

/** Returns rows begin to end - 1, without copying them. */
const rows = ({ x, y }, begin, end) => [
  { ...x, data: x.data.subarray(784 * begin, 784 * end), shape: [end - begin, 28, 28] },
  y.subarray(begin, end),
];

const options = readOptions({ epochs: 30, dir: '' });
const { train, test } = await orExit(loadFashionMnist(options.dir ? { dir: options.dir } : {}));
const validationData = rows(train, 0, 5000);
const [x, y] = rows(train, 5000, train.y.length);

const model = sequential({
  seed: 42,
  layers: [
    layers.flatten({ inputShape: [28, 28] }),
    layers.dense({ units: 300, activation: 'relu' }),
    layers.dense({ units: 100, activation: 'relu' }),
    layers.dense({ units: 10, activation: 'softmax' }),
  ],
});
model.compile({
  optimizer: optimizers.sgd({ learningRate: 0.01 }),
  loss: 'sparseCategoricalCrossentropy',
  metrics: ['accuracy'],
});
model.summary();
const { history } = await model.fit(x, y, {
  epochs: positive(options, 'epochs'),
  validationData,
  verbose: 2,
});

console.log(`\nvalidation accuracy ${percent(history.val_accuracy.at(-1))}`);
console.log(`test accuracy       ${percent(model.evaluate(test.x, test.y).accuracy)}`);
const [three] = rows(test, 0, 3);
const predicted = Array.from(model.predictClasses(three), (k) => NAMES[k]);
console.log(`The first three test rows: ${predicted.join(', ')}`);
