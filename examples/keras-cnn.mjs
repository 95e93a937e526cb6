/**
 * Keras's MNIST tutorial with convolutions: 32 filters of 5 x 5 pixels, max pooling of 2 x 2, dropout, 128
 * units, one-hot targets.
 *
 *   node examples/keras-cnn.mjs [--epochs 10] [--threads 1] [--dir folder-of-idx-files]
 */
import { layers, loadMnist, sequential, toCategorical } from 'lamella/node';
import { orExit, percent, positive, readOptions } from './terminal.mjs';

const options = readOptions({ epochs: 10, threads: 1, dir: '' });
const epochs = positive(options, 'epochs');
const threads = positive(options, 'threads');
const { train, test } = await orExit(loadMnist(options.dir ? { dir: options.dir } : {}));
const [trainTargets, testTargets] = [train, test].map(({ y }) => toCategorical(y, 10));

const model = sequential({
  seed: 7,
  layers: [
    layers.conv2d({ filters: 32, kernelSize: [5, 5], activation: 'relu', inputShape: [28, 28, 1] }),
    layers.maxPooling2d({ poolSize: [2, 2] }),
    layers.dropout({ rate: 0.2 }),
    layers.flatten(),
    layers.dense({ units: 128, activation: 'relu' }),
    layers.dense({ units: 10, activation: 'softmax' }),
  ],
});
model.compile({ optimizer: 'adam', loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
model.summary();
await model.fit(train.x, trainTargets, { epochs, threads, batchSize: 200, verbose: 2 });
const { accuracy } = model.evaluate(test.x, testTargets);
console.log(`\ntest accuracy ${percent(accuracy)}, error ${percent(1 - accuracy)}`);
