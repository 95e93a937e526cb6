/**
 * Decides which products pass from two measurements, by a curved border that a network of 20 sigmoid units
 * has to find: class 1 lies below x2 = .25 + 2 (x1 - .5)².
 *
 *   node examples/quality-check.mjs [--epochs 3000]
 */
import { layers, sequential, trainTestSplit } from 'lamella';
import { percent, positive, readOptions } from './terminal.mjs';

const epochs = positive(readOptions({ epochs: 3000 }), 'epochs');

/** Returns a generator of numbers from 0 to 1, the same in every run (mulberry32, by T. Ettinger). */
function uniform(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let bits = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 4294967296;
  };
}

const border = (x1) => 0.25 + 2 * (x1 - 0.5) * (x1 - 0.5);
const next = uniform(1);
const x = Array.from({ length: 411 }, () => [next(), next()]);
const y = x.map(([x1, x2]) => (x2 < border(x1) ? 1 : 0));
const { xTrain, xTest, yTrain, yTest } = trainTestSplit(x, y, { testSize: 0.33, randomState: 10 });

const model = sequential({
  seed: 1,
  layers: [
    layers.dense({ units: 20, activation: 'sigmoid', inputShape: [2] }),
    layers.dense({ units: 1, activation: 'sigmoid' }),
  ],
});
model.compile({ optimizer: 'adam', loss: 'binaryCrossentropy', metrics: ['accuracy'] });
const { history } = await model.fit(xTrain, yTrain, { epochs, verbose: 0 });

console.log(
  `loss ${history.loss[0].toFixed(4)} in the first epoch, ${history.loss.at(-1).toFixed(4)} in the last`,
);
console.log(
  `accuracy: train ${percent(history.accuracy.at(-1))}, test ${percent(model.evaluate(xTest, yTest).accuracy)}\n`,
);

const [width, height] = [61, 25];
const centres = (count) => Array.from({ length: count }, (_, i) => (i + 0.5) / count);
const grid = centres(height)
  .reverse()
  .flatMap((x2) => centres(width).map((x1) => [x1, x2]));
const predicted = model.predictClasses(grid);
const right = grid.map(([x1, x2], i) => predicted[i] === (x2 < border(x1) ? 1 : 0));
for (let row = 0; row < height; row++) {
  const line = Array.from({ length: width }, (_, column) => {
    const i = row * width + column;
    return right[i] ? (predicted[i] === 1 ? '█' : '·') : '?';
  });
  console.log(line.join(''));
}
console.log('\n█ class 1   · class 0   ? on the wrong side of the true border');
