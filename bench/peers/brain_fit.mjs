/** brain.js: its own gradient descent, row by row; networks of sigmoids with several classes only. */
import { createRequire } from 'node:module';
import { load, serve, timeSteps } from './serving.mjs';

const require = createRequire(import.meta.url);
const brain = require('brain.js');
const { version } = require('brain.js/package.json');

const CHUNK = 100;

async function train({ estimator, layers, options, data: files, seconds, epochs }) {
  if (layers) throw new Error('it has no convolutions');
  if (estimator !== 'MLPClassifier') throw new Error('it has no squared error of its own to compare');
  const { data, targets, features } = load(files);
  const classes = new Set(targets).size;
  const outputs = classes === 2 ? 1 : classes;
  const sample = (row) => ({
    input: Array.from(data.subarray(row * features, (row + 1) * features)),
    output: Array.from({ length: outputs }, (_, k) => Number((classes === 2 ? 1 : k) === targets[row])),
  });
  const rows = targets.length;
  const network = new brain.NeuralNetwork({
    hiddenLayers: options.hiddenLayerSizes,
    activation: 'sigmoid',
    learningRate: 0.1,
  });
  const step = (begin, end) => {
    const samples = Array.from({ length: end - begin }, (_, i) => sample(begin + i));
    return network.train(samples, { iterations: 1, errorThresh: 1e-9, log: false }).error;
  };
  const before = step(0, Math.min(rows, CHUNK));
  const times = await timeSteps({ rows, batch: CHUNK, seconds, epochs }, step);
  return { ...times, losses: [before, step(0, Math.min(rows, CHUNK))] };
}

await serve({ name: `brain.js ${version}` }, train);
