import { expect, test } from 'vitest';
import { callbacks, layers, MLPClassifier, MLPRegressor, Perceptron, sequential } from 'lamella';

const x = [[0], [1], [2], [3]];
const y = [0, 1, 1, 0];
const silent = { onWarning: (): void => {} };

/** Trainings of so many epochs. */
const trainings: Record<string, (epochs: number) => Promise<unknown>> = {
  'Sequential.fit': (epochs) => {
    const model = sequential({ seed: 1, layers: [layers.dense({ units: 1, inputShape: [1] })] });
    model.compile({ optimizer: 'sgd', loss: 'mse', metrics: ['mae'] });
    const watch = [
      callbacks.earlyStopping({ monitor: 'loss', patience: epochs }),
      callbacks.reduceLROnPlateau({ monitor: 'loss', patience: epochs }),
      callbacks.learningRateScheduler((_epoch, rate) => rate),
    ];
    return model.fit(x, y, { ...silent, verbose: 0, epochs, validationData: [x, y], callbacks: watch });
  },
  'MLPClassifier.fit': (epochs) =>
    new MLPClassifier({
      ...{ ...silent, hiddenLayerSizes: [2], maxIter: epochs, nIterNoChange: epochs, randomState: 1 },
    }).fit(x, y, { validationData: [x, y] }),
  'MLPRegressor.partialFit': async (epochs) => {
    const regressor = new MLPRegressor({ ...silent, hiddenLayerSizes: [2], randomState: 1 });
    for (let epoch = 0; epoch < epochs; epoch++) await regressor.partialFit(x, y);
  },
  'Perceptron.fit': (epochs) => new Perceptron({ ...silent, maxIter: epochs, tol: null }).fit(x, y),
  'Perceptron.partialFit': async (epochs) => {
    const perceptron = new Perceptron({ ...silent });
    for (let epoch = 0; epoch < epochs; epoch++) await perceptron.partialFit(x, y, { classes: [0, 1] });
  },
};

/** The number of elements that arrays are asked for while they are copied or walked through. */
async function elements(act: () => Promise<unknown>): Promise<number> {
  const original = Array.prototype[Symbol.iterator];
  let count = 0;
  Array.prototype[Symbol.iterator] = function* counted(this: unknown[]) {
    for (let i = 0; i < this.length; i++) {
      count += 1;
      yield this[i];
    }
    return undefined;
  };
  try {
    await act();
  } finally {
    Array.prototype[Symbol.iterator] = original;
  }
  return count;
}

test.each(Object.entries(trainings))(
  '%s does as much in late epochs as in early ones',
  async (_name, train) => {
    await train(2);
    const some = await elements(() => train(300));
    const twice = await elements(() => train(600));
    expect(twice).toBeLessThan(2.5 * some);
  },
);
