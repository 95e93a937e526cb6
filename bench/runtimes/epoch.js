/** Trains some epochs of W1 on MNIST in any runtime, and times each. */
import { engine, init, MLPClassifier } from '../../dist/index.js';

/** Returns the seconds of every epoch except the first, which compiles, and the engine used. */
export async function measure({ x, y }, { variant, epochs }) {
  await init({ variant });
  const ends = [];
  const classifier = new MLPClassifier({
    hiddenLayerSizes: [50, 20, 10],
    ...{ solver: 'sgd', learningRateInit: 0.1, alpha: 1e-4, momentum: 0.9 },
    ...{ maxIter: epochs + 1, tol: 0, nIterNoChange: 1e9, randomState: 1, onWarning() {} },
  });
  await classifier.fit(x, y, { onEpoch: () => void ends.push(performance.now()) });
  const seconds = ends.slice(1).map((end, i) => (end - ends[i]) / 1000);
  return { variant: engine().variant, seconds, loss: classifier.loss };
}
