/**
 * The network that one writes with NumPy to learn how networks work: 784-100-10, sigmoid, momentum. Initial
 * weights matter: with zeros, all hidden units stay alike; with a wide normal distribution, most begin
 * saturated; Xavier's keep them different and sensitive.
 *
 * node examples/from-scratch.mjs [--epochs 10] [--batch-size 32] [--learning-rate 0.1] [--momentum 0.9]
 *   [--dir folder]
 */
import { initializers, layers, loadMnist, optimizers, sequential } from 'lamella/node';
import { orExit, percent, positive, readOptions } from './terminal.mjs';

const options = readOptions({ epochs: 10, 'batch-size': 32, 'learning-rate': 0.1, momentum: 0.9, dir: '' });
const epochs = positive(options, 'epochs');
const batchSize = positive(options, 'batch-size');
const learningRate = positive(options, 'learning-rate');
const momentum = Number(options.momentum);
const { train, test } = await orExit(loadMnist(options.dir ? { dir: options.dir } : {}));

const starts = {
  zeros: 'zeros',
  'random normal': initializers.randomNormal({ stddev: 1 }),
  Xavier: 'xavierNormal',
};
console.log(`batches of ${batchSize}, learning rate ${learningRate}, momentum ${momentum}`);
const results = [];
for (const [name, kernelInitializer] of Object.entries(starts)) {
  const model = sequential({
    seed: 1,
    layers: [
      layers.flatten({ inputShape: [28, 28] }),
      layers.dense({ units: 100, activation: 'sigmoid', kernelInitializer }),
      layers.dense({ units: 10, activation: 'softmax', kernelInitializer }),
    ],
  });
  model.compile({
    optimizer: optimizers.sgd({ learningRate, momentum }),
    loss: 'sparseCategoricalCrossentropy',
    metrics: ['accuracy'],
  });
  console.log(`\nInitial weights: ${name}`);
  const tell = (epoch, { loss, accuracy }) =>
    console.log(
      `epoch ${String(epoch + 1).padStart(2)}  loss ${loss.toFixed(4)}  accuracy ${percent(accuracy)}`,
    );
  await model.fit(train.x, train.y, { epochs, batchSize, verbose: 0, callbacks: { onEpochEnd: tell } });
  results.push(`${name.padEnd(14)} ${percent(model.evaluate(test.x, test.y).accuracy).padStart(8)}`);
}
console.log(`\ntest accuracy by initial weights\n${results.join('\n')}`);
