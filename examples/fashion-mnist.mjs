/**
 * Fashion-MNIST with 784-392-196-10: accuracy, the probabilities of one piece of clothing, and the
 * predictions for the first ten.
 *
 *   node examples/fashion-mnist.mjs [--epochs 10] [--dir folder-of-idx-files]
 */
import { layers, loadFashionMnist, sequential } from 'lamella/node';
import { drawImage, orExit, percent, positive, readOptions } from './terminal.mjs';

const NAMES = [
  ...['T-shirt/top', 'Trouser', 'Pullover', 'Dress', 'Coat'],
  ...['Sandal', 'Shirt', 'Sneaker', 'Bag', 'Ankle boot'],
];

const options = readOptions({ epochs: 10, dir: '' });
const { train, test } = await orExit(loadFashionMnist(options.dir ? { dir: options.dir } : {}));

const model = sequential({
  seed: 3,
  layers: [
    layers.flatten({ inputShape: [28, 28] }),
    layers.dense({ units: 392, activation: 'relu' }),
    layers.dense({ units: 196, activation: 'relu' }),
    layers.dense({ units: 10, activation: 'softmax' }),
  ],
});
model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
await model.fit(train.x, train.y, { epochs: positive(options, 'epochs'), verbose: 2 });

const { loss, accuracy } = model.evaluate(test.x, test.y);
console.log(`\ntest loss ${loss.toFixed(4)}, test accuracy ${percent(accuracy)}`);

const probabilities = model.predict(test.x);
const first = probabilities.data.subarray(0, 10);
console.log(`\nThe first one:\n${drawImage(test.x.data.subarray(0, 784))}\n`);
NAMES.forEach((name, i) => {
  if (first[i] >= 0.001) console.log(`${name.padEnd(12)} ${percent(first[i]).padStart(8)}`);
});

console.log('\nThe first ten:');
model
  .predictClasses(test.x)
  .slice(0, 10)
  .forEach((predicted, row) => {
    const wrong = predicted === test.y[row] ? '' : `  (it is ${NAMES[test.y[row]]})`;
    console.log(`${String(row).padStart(2)}  ${NAMES[predicted]}${wrong}`);
  });
