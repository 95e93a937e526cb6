import { engine, init, MLPClassifier } from 'lamella';

const hex = ({ buffer, byteOffset, byteLength }) =>
  [...new Uint8Array(buffer, byteOffset, byteLength)]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');

/** Sixty rows of four features, three classes; every value is exact in float32. */
function rows() {
  const x = [];
  const y = [];
  for (let i = 0; i < 60; i++) {
    x.push([(i % 3) - 1, ((i * 7) % 16) / 16, ((i * 5) % 8) / 8 - 0.5, ((i % 3) * (i % 5)) / 4]);
    y.push(['ant', 'bee', 'cat'][i % 3]);
  }
  return { x, y };
}

/** A training whose every bit is the same on any machine and runtime. */
export async function train() {
  await init({ variant: 'base' });
  const { x, y } = rows();
  const classifier = new MLPClassifier({
    hiddenLayerSizes: [8, 5],
    activation: 'tanh',
    batchSize: 13,
    learningRateInit: 0.02,
    maxIter: 25,
    randomState: 1,
    onWarning: () => {},
  });
  await classifier.fit(x, y);
  return {
    variant: engine().variant,
    predictions: classifier.predict(x),
    accuracy: classifier.score(x, y),
    probabilities: hex(classifier.predictProba(x).data),
    coefs: classifier.coefs.map(({ data }) => hex(data)),
    intercepts: classifier.intercepts.map(hex),
    losses: [...classifier.lossCurve],
  };
}

/** Another, which is worth two threads: how many it had, and the bits of its weights. */
export async function trainOnTwoThreads() {
  await init({ variant: 'base' });
  const x = Array.from({ length: 300 }, (_, row) =>
    Array.from({ length: 100 }, (_, column) => ((row * 37 + column * 11) % 64) / 64),
  );
  const classifier = new MLPClassifier({
    hiddenLayerSizes: [128, 128],
    batchSize: 50,
    maxIter: 3,
    randomState: 1,
    onWarning: () => {},
  });
  let threads;
  await classifier.fit(
    x,
    x.map((_, row) => row % 3),
    { threads: 2, onEpoch: () => void (threads = engine().threads) },
  );
  return { threads, shared: hex(classifier.coefs[1].data) };
}
