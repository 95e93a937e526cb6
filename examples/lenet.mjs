/**
 * LeNet-5 (LeCun et al., 1998) with tanh and average pooling: the output shape of every layer, and a few
 * epochs of training.
 *
 *   node examples/lenet.mjs [--epochs 5] [--threads 1] [--dir folder-of-idx-files]
 */
import { layers, loadMnist, optimizers, sequential } from 'lamella/node';
import { orExit, percent, positive, readOptions } from './terminal.mjs';

const options = readOptions({ epochs: 5, threads: 1, dir: '' });
const epochs = positive(options, 'epochs');
const threads = positive(options, 'threads');
const { train, test } = await orExit(loadMnist(options.dir ? { dir: options.dir } : {}));

const model = sequential({
  name: 'lenet-5',
  seed: 1,
  layers: [
    layers.conv2d({
      filters: 6,
      kernelSize: 5,
      padding: 'same',
      activation: 'tanh',
      inputShape: [28, 28, 1],
    }),
    layers.averagePooling2d(),
    layers.conv2d({ filters: 16, kernelSize: 5, activation: 'tanh' }),
    layers.averagePooling2d(),
    layers.flatten(),
    layers.dense({ units: 120, activation: 'tanh' }),
    layers.dense({ units: 84, activation: 'tanh' }),
    layers.dense({ units: 10, activation: 'softmax' }),
  ],
});
model.compile({
  optimizer: optimizers.adam({ learningRate: 2e-3 }),
  loss: 'sparseCategoricalCrossentropy',
  metrics: ['accuracy'],
});
model.summary();
await model.fit(train.x, train.y, { epochs, threads, batchSize: 100, verbose: 2 });
console.log(`\ntest accuracy ${percent(model.evaluate(test.x, test.y).accuracy)}`);
