/** The problem to learn: points of two classes in the plane, and the features that the network sees. */
import { init, layers, optimizers, regularizers, sequential, trainTestSplit } from 'lamella';
import { makeBlobs, makeCircles, makeSpirals, makeXor } from 'lamella/datasets';

/** Nearly all points are within [-EXTENT, EXTENT] in both directions. */
export const EXTENT = 6;

const SAMPLES = 400;

/** Makes points with `noise` from 0 to 1. */
export const DATA_SETS = {
  circle: (noise, randomState) =>
    scaled(5, makeCircles({ samples: SAMPLES, factor: 0.35, noise: 0.05 + 0.2 * noise, randomState })),
  xor: (noise, randomState) => scaled(5.5, makeXor({ samples: SAMPLES, noise: 0.3 * noise, randomState })),
  gauss: (noise, randomState) =>
    scaled(1, makeBlobs({ samples: SAMPLES, centers: CENTERS, clusterStd: 0.6 + 2 * noise, randomState })),
  spiral: (noise, randomState) =>
    scaled(5.5, makeSpirals({ samples: SAMPLES, turns: 1.25, noise: 0.15 * noise, randomState })),
};

const CENTERS = [
  [-2.5, -2.5],
  [2.5, 2.5],
];

export const FEATURES = [
  { name: 'x₁', of: (x) => x },
  { name: 'x₂', of: (_, y) => y },
  { name: 'x₁²', of: (x) => x * x },
  { name: 'x₂²', of: (_, y) => y * y },
  { name: 'x₁x₂', of: (x, y) => x * y },
  { name: 'sin x₁', of: (x) => Math.sin(x) },
  { name: 'sin x₂', of: (_, y) => Math.sin(y) },
];

function scaled(factor, { x, y }) {
  return { points: { data: x.data.map((value) => value * factor), shape: x.shape }, classes: y };
}

/** Returns the points of the data set, some for training and the others for testing. */
export function drawPoints({ data, noise, trainShare, dataSeed }) {
  const { points, classes } = DATA_SETS[data](noise, dataSeed);
  const parts = trainTestSplit(points, classes, { trainSize: trainShare, randomState: 0, stratify: classes });
  return {
    train: { points: parts.xTrain, classes: parts.yTrain },
    test: { points: parts.xTest, classes: parts.yTest },
  };
}

/** Returns the features that are switched on, row by row. */
export function featuresOf({ data, shape: [rows] }, chosen) {
  const width = chosen.length;
  const values = new Float32Array(rows * width);
  for (let row = 0; row < rows; row++) {
    chosen.forEach((feature, column) => {
      values[row * width + column] = FEATURES[feature].of(data[2 * row], data[2 * row + 1]);
    });
  }
  return { data: values, shape: [rows, width] };
}

/** Returns the centres of `side` x `side` pixels, from the top left, row by row. */
export function gridOf(side) {
  const data = new Float32Array(2 * side * side);
  for (let i = 0; i < side * side; i++) {
    data[2 * i] = EXTENT * (((i % side) + 0.5) * (2 / side) - 1);
    data[2 * i + 1] = EXTENT * (1 - (Math.floor(i / side) + 0.5) * (2 / side));
  }
  return { data, shape: [side * side, 2] };
}

/**
 * Makes the network of the settings and, to look into it, one network for each hidden layer that ends there.
 * These share nothing with it: their weights have to be set.
 */
export async function buildNetwork(settings) {
  await init();
  const { features, hidden, activation, penalty, penaltyRate, optimizer, seed } = settings;
  const kernelRegularizer = penalty === 'none' ? null : regularizers[penalty]({ [penalty]: penaltyRate });
  const hiddenLayers = (count) =>
    hidden.slice(0, count).map((units, i) => {
      const shape = i === 0 ? { inputShape: [features.length] } : {};
      return layers.dense({ units, activation, kernelRegularizer, ...shape });
    });
  const inputs = hidden.length === 0 ? { inputShape: [features.length] } : {};
  const output = layers.dense({ units: 1, activation: 'sigmoid', kernelRegularizer, ...inputs });
  const model = sequential({ seed, layers: [...hiddenLayers(hidden.length), output] });
  model.compile({
    // Read at every step, so that it may change during training.
    optimizer: optimizers[optimizer]({ learningRate: () => settings.learningRate }),
    loss: 'binaryCrossentropy',
    metrics: ['accuracy'],
  });
  const probes = hidden.map((_, i) => sequential({ seed, layers: hiddenLayers(i + 1) }));
  return { model, probes };
}
