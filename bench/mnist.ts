/**
 * npm run bench: trains scikit-learn's MNIST tutorial network on the package as built, plots the results, and
 * measures the kernels. Ctrl-C ends training early and keeps the results so far.
 */
import { init, MLPClassifier } from 'lamella';
import { loadMnist, type ImageDataSet } from 'lamella/node';
import {
  type Machine,
  machine,
  machineInWords,
  spread,
  type Spread,
  writeBeside,
  writeResult,
} from './harness.js';
import { PRODUCTS } from './kernels/operands.js';
import { type KernelRates, measureKernels } from './kernels/rates.js';
import { type Digit, trainingPicture } from './mnist/picture.js';
import { bar, LiveLine, lossChart, type Picture, pictures, picturesPerRow, table } from './terminal.js';

const EPOCHS = 30;
const W1 = {
  hiddenLayerSizes: [50, 20, 10],
  solver: 'sgd',
  learningRateInit: 0.1,
  alpha: 1e-4,
  randomState: 1,
  maxIter: EPOCHS,
  onWarning: () => {}, // the output below says that the tutorial trains for 100 epochs
} as const;
const W2 = {
  hiddenLayerSizes: [392, 392],
  batchSize: 32,
  alpha: 0,
  randomState: 1,
  maxIter: 1,
  onWarning: () => {},
} as const;

interface Training {
  readonly epochs: number;
  readonly losses: readonly number[];
  readonly secondsPerEpoch: Spread;
  readonly trainAccuracy: number;
  readonly testAccuracy: number;
  readonly aborted: boolean;
}

async function main(): Promise<void> {
  const abort = new AbortController();
  process.once('SIGINT', () => abort.abort());
  await init();
  const on = await machine();
  console.log(machineInWords(on));

  const start = performance.now();
  const mnist = await loadMnist();
  const rows = [mnist.train, mnist.test].map(({ y }) => y.length.toLocaleString('en'));
  console.log(`MNIST: ${rows[0]} + ${rows[1]} digits read in ${(performance.now() - start).toFixed(0)} ms\n`);

  const classifier = new MLPClassifier(W1);
  const training = await train(classifier, mnist, abort.signal);
  if (training === undefined) {
    console.log('Stopped before the first epoch was over.');
    process.exitCode = 130;
    return;
  }
  show(training);
  showDigits(classifier, mnist);
  await draw(on, training, digits(classifier, mnist));
  if (training.aborted) {
    await keep(on, { training });
    process.exitCode = 130;
    return;
  }
  const w2Epoch = await timeW2(mnist, abort.signal);
  const kernels = abort.signal.aborted ? undefined : await measureKernels(on.variant);
  if (kernels) showKernels(kernels, on.variant);
  await keep(on, { training, w2EpochSeconds: w2Epoch, kernels });
  if (abort.signal.aborted) process.exitCode = 130;
}

/** Trains W1, printing a line per epoch; returns undefined if no epoch was finished. */
async function train(
  classifier: MLPClassifier,
  { train, test }: ImageDataSet,
  signal: AbortSignal,
): Promise<Training | undefined> {
  console.log('784-50-20-10-10, relu, sgd with momentum, batches of 200 (the scikit-learn tutorial):');
  const line = new LiveLine();
  const losses: number[] = [];
  const seconds: number[] = [];
  let last = performance.now();
  const onEpoch = ({ epoch, loss }: { epoch: number; loss: number }): void => {
    const now = performance.now();
    losses.push(loss);
    seconds.push((now - last) / 1000);
    last = now;
    const { median } = spread(seconds);
    const rate = `${Math.round(train.y.length / seconds[seconds.length - 1] / 1000)}k rows/s`;
    const left = `${((EPOCHS - epoch) * median).toFixed(1)} s left`;
    const progress = `${bar(epoch / EPOCHS, 20)}  epoch ${String(epoch).padStart(2)}/${EPOCHS}`;
    line.show(`${progress}  ${rate.padStart(11)}  loss ${loss.toFixed(5)}  ${left}`);
  };
  try {
    await classifier.fit(train.x, train.y, { onEpoch, signal });
  } catch (error) {
    if (!signal.aborted || error !== signal.reason) throw error;
  }
  line.end();
  if (losses.length === 0) return undefined;
  return {
    epochs: losses.length,
    losses,
    secondsPerEpoch: spread(seconds),
    trainAccuracy: classifier.score(train.x, train.y),
    testAccuracy: classifier.score(test.x, test.y),
    aborted: signal.aborted,
  };
}

function show({ epochs, losses, secondsPerEpoch, trainAccuracy, testAccuracy, aborted }: Training): void {
  const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;
  const ended = aborted ? 'stopped by you' : epochs < EPOCHS ? 'converged' : 'the tutorial runs up to 100';
  console.log(`${lossChart(losses)}\n`);
  console.log(`accuracy    train ${percent(trainAccuracy)}, test ${percent(testAccuracy)}`);
  console.log(`epochs      ${epochs} (${ended})`);
  console.log(`per epoch   ${inSeconds(secondsPerEpoch)}\n`);
}

function inSeconds({ min, median, quartiles }: Spread): string {
  const [low, high] = quartiles.map((value) => value.toFixed(3));
  return `median ${median.toFixed(3)} s, min ${min.toFixed(3)} s, half of them within ${low} to ${high} s`;
}

/** Draws as many test digits as fit side by side; the last one is a wrong prediction, if there is one. */
function showDigits(classifier: MLPClassifier, { test }: ImageDataSet): void {
  const predicted = classifier.predict(test.x);
  const wrong = predicted.findIndex((label, row) => label !== test.y[row]);
  const shown = Array.from({ length: Math.min(5, picturesPerRow()) }, (_, row) => row);
  if (wrong >= shown.length) shown[shown.length - 1] = wrong;
  const drawn = shown.map((row): Picture => {
    const mark = predicted[row] === test.y[row] ? '' : ' (wrong)';
    const caption = [`test digit ${row}`, `predicted ${predicted[row]}, truth ${test.y[row]}${mark}`];
    return { pixels: test.x.data.subarray(784 * row, 784 * (row + 1)), caption };
  });
  console.log(`${pictures(drawn)}\n`);
}

/** The first test digits, and the first that are predicted wrong. */
function digits(classifier: MLPClassifier, { test }: ImageDataSet): Digit[] {
  const predicted = classifier.predict(test.x);
  const all = predicted.map((label, row) => ({
    pixels: test.x.data.subarray(784 * row, 784 * (row + 1)),
    predicted: Number(label),
    truth: test.y[row],
  }));
  const wrong = all.filter(({ predicted: label, truth }) => label !== truth);
  return [...all.slice(0, 15), ...wrong.slice(0, 5)];
}

async function draw(on: Machine, training: Training, shown: readonly Digit[]): Promise<void> {
  const { epochs, losses, secondsPerEpoch, testAccuracy } = training;
  const title = `MNIST, 784-50-20-10-10: ${(100 * testAccuracy).toFixed(1)} % of the test digits after ${epochs} epochs`;
  const machine = `${secondsPerEpoch.median.toFixed(2)} s an epoch of 60,000 digits: Node.js ${on.node}, ${on.cpu}, one thread`;
  const picture = trainingPicture({ title, machine }, losses, shown);
  console.log(`Picture: ${await writeBeside('mnist', on, 'svg', picture)}\n`);
}

/** Seconds of one epoch of W2, data loading included; undefined if aborted. */
async function timeW2({ train }: ImageDataSet, signal: AbortSignal): Promise<number | undefined> {
  const start = performance.now();
  try {
    await new MLPClassifier(W2).fit(train.x, train.y, { signal });
  } catch (error) {
    if (!signal.aborted || error !== signal.reason) throw error;
    return undefined;
  }
  const seconds = (performance.now() - start) / 1000;
  console.log(`784-392-392-10, relu, adam, batches of 32: one epoch in ${seconds.toFixed(2)} s\n`);
  return seconds;
}

function showKernels({ peak, rates }: KernelRates, variant: string): void {
  const unit = variant === 'base' ? 'multiply + add' : 'fused multiply-add';
  console.log(
    `GFLOP/s of dense products, and their share of ${peak.toFixed(1)}, the most that 128-bit ${unit}`,
  );
  console.log('reaches here without touching memory:');
  const rows = rates.map((shape) => [
    `${shape.name}: ${shape.rows} x ${shape.inputs} x ${shape.units}`,
    ...PRODUCTS.map((product) => {
      const { best } = shape[product];
      return `${best.toFixed(1)}  ${((100 * best) / peak).toFixed(0).padStart(3)} %`;
    }),
  ]);
  console.log(`${table(['rows x inputs x units', 'forward', 'dW', 'dX'], rows)}\n`);
}

async function keep(
  on: Machine,
  result: { training: Training; w2EpochSeconds?: number; kernels?: KernelRates },
): Promise<void> {
  console.log(`Kept in ${await writeResult('mnist', on, result)}`);
}

await main();
