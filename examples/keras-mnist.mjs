/**
 * Keras's MNIST tutorial: two hidden layers of half as many units as inputs, then of 400 units; one-hot
 * targets.
 *
 *   node examples/keras-mnist.mjs [--epochs 10] [--units 392 | --units 400] [--dir folder-of-idx-files]
 */
import { layers, loadMnist, sequential, toCategorical } from 'lamella/node';
import { orExit, percent, positive, readOptions } from './terminal.mjs';

const options = readOptions({ epochs: 10, units: '392,400', dir: '' });
const epochs = positive(options, 'epochs');
const { train, test } = await orExit(loadMnist(options.dir ? { dir: options.dir } : {}));
const [trainTargets, testTargets] = [train, test].map(({ y }) => toCategorical(y, 10));

const results = [];
for (const units of options.units.split(',').map(Number)) {
  const model = sequential({
    seed: 1,
    layers: [
      layers.flatten({ inputShape: [28, 28] }),
      layers.dense({ units, activation: 'relu' }),
      layers.dense({ units, activation: 'relu' }),
      layers.dense({ units: 10, activation: 'softmax' }),
    ],
  });
  model.compile({ optimizer: 'adam', loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
  model.summary();
  await model.fit(train.x, trainTargets, { epochs, batchSize: 32, verbose: 2 });
  const known = model.evaluate(train.x, trainTargets).accuracy;
  const unseen = model.evaluate(test.x, testTargets).accuracy;
  results.push(
    `784-${units}-${units}-10: train accuracy ${percent(known)}, test accuracy ${percent(unseen)}`,
  );
}
console.log(`\n${results.join('\n')}`);
