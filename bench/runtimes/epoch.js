/** What every runtime does: some epochs of W1 on MNIST, timed one by one. */
import { engine, init, MLPClassifier } from '../../dist/index.js';

/** Seconds of every epoch but the first, which compiles, and what computed. */
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
