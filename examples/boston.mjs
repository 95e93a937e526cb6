/**
 * The PyTorch tutorial on house prices in Boston: split, standardise, train 13-100-1, save, load, predict.
 *
 * scikit-learn 1.2 removed this data set: one of its features is computed from the share of Black people in a
 * district, on the assumption that segregation raises prices. It is here only to reproduce the tutorial.
 *
 *   node examples/boston.mjs [--epochs 10000] [--csv boston_house_prices.csv] [--save boston.safetensors]
 */
import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { layers, optimizers, sequential, StandardScaler, trainTestSplit } from 'lamella';
import { readModel, saveModel } from 'lamella/node';
import { fail, positive, readOptions } from './terminal.mjs';

const options = readOptions({
  epochs: 10_000,
  csv: '/usr/lib/python3/dist-packages/sklearn/datasets/data/boston_house_prices.csv',
  save: '',
});

const csv = await readFile(options.csv, 'utf8').catch(() =>
  fail(
    `There is no ${options.csv}; run \`apt install python3-sklearn\` on Debian 12, or give the file with --csv.`,
  ),
);
const [, header, ...lines] = csv.trim().split(/\r?\n/);
if (!header?.includes('MEDV'))
  fail(`${options.csv} is not boston_house_prices.csv: its second line must name MEDV.`);
// A price of 50 means 50 or more.
const districts = lines.map((line) => line.split(',').map(Number)).filter((row) => row[13] !== 50);
const x = districts.map((row) => row.slice(0, 13));
const y = districts.map((row) => row[13]);
const { xTrain, xTest, yTrain, yTest } = trainTestSplit(x, y, { randomState: 2 });

const scaler = new StandardScaler();
const train = scaler.fitTransform(xTrain);
const test = scaler.transform(xTest);

const model = sequential({
  seed: 0,
  layers: [layers.dense({ units: 100, activation: 'relu', inputShape: [13] }), layers.dense({ units: 1 })],
});
model.compile({ optimizer: optimizers.adam({ learningRate: 0.01 }), loss: 'meanSquaredError' });
const { history } = await model.fit(train, yTrain, {
  epochs: positive(options, 'epochs'),
  batchSize: yTrain.length,
  verbose: 0,
});
for (let epoch = 1; epoch <= history.loss.length; epoch *= 10) {
  console.log(`step ${String(epoch).padStart(5)}  MSE ${history.loss[epoch - 1].toFixed(3)}`);
}
console.log(`\n${yTrain.length} districts to train on, MSE ${model.evaluate(train, yTrain).loss.toFixed(3)}`);
console.log(`${yTest.length} districts to test on,  MSE ${model.evaluate(test, yTest).loss.toFixed(3)}`);

const path = options.save || join(tmpdir(), `boston-${process.pid}.safetensors`);
await saveModel(model, path);
const loaded = await readModel(path);
if (!options.save) await rm(path);
const prices = loaded.predict(test).data;
console.log(`\nThe model, saved and loaded again, on the first five test districts, in $1000:`);
for (let i = 0; i < 5; i++)
  console.log(`predicted ${prices[i].toFixed(1).padStart(5)}, true ${yTest[i].toFixed(1).padStart(5)}`);
