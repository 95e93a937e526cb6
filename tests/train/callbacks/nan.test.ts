import { describe, expect, test } from 'vitest';
import { callbacks, layers, MLPRegressor, sequential } from 'lamella';
import type { LamellaWarning, Sequential } from 'lamella';
import { Auc } from '../../../src/train/metrics/classification.js';
import { countLoss, countScore, newStoppingState } from '../../../src/estimators/model.js';
import { ranksOf } from '../../../src/search/search.js';
import { FakeModel, logsOf, run } from './fake.js';

const monitored = { monitor: 'val_mine', mode: 'min' as const };
const sentence = 'val_mine is NaN in epoch 1; NaN never counts as an improvement.';

/** A callback per class that monitors a value, and the best value that it has seen. */
const monitors = {
  earlyStopping: () => callbacks.earlyStopping({ ...monitored, patience: 9 }),
  reduceLROnPlateau: () => callbacks.reduceLROnPlateau({ ...monitored, patience: 9 }),
  modelCheckpoint: () => callbacks.modelCheckpoint({ ...monitored, saveBestOnly: true, write: () => {} }),
};

describe.each(Object.entries(monitors))('%s', (_name, create) => {
  test.each([
    ['first', [NaN, 5, 4]],
    ['between others', [5, NaN, 4]],
    ['last', [5, 4, NaN]],
  ])('does not take NaN for the best when it comes %s', async (_when, values) => {
    const callback = create();
    await run([callback], logsOf('val_mine', values));
    expect(callback.best).toBe(4);
  });

  test('has no best where all values are NaN, and warns once in every fit', async () => {
    const callback = create();
    for (let fit = 0; fit < 2; fit++) {
      const { warnings } = await run([callback], logsOf('val_mine', [NaN, NaN, NaN]));
      expect(callback.best).toBeNull();
      expect(warnings.map(({ message }) => message)).toEqual([sentence]);
    }
  });
});

test('several callbacks that monitor the same value warn once in all', async () => {
  const all = Object.values(monitors).map((create) => create());
  const { warnings } = await run(all, logsOf('val_mine', [NaN, NaN]));
  expect(warnings.map(({ message }) => message)).toEqual([sentence]);
});

test('modelCheckpoint stores no model for NaN, earlyStopping restores none', async () => {
  const saved: string[] = [];
  const write = (name: string): void => void saved.push(name);
  const options = { ...monitored, saveBestOnly: true, name: '{epoch}', write };
  const stop = callbacks.earlyStopping({ ...monitored, patience: 3, restoreBestWeights: true });
  const model = new FakeModel();
  await run([callbacks.modelCheckpoint(options), stop], logsOf('val_mine', [NaN, NaN, NaN, NaN]), { model });
  expect(saved).toEqual([]);
  expect([model.epochsRun, model.weight]).toEqual([3, 3]);
});

test('reduceLROnPlateau counts NaN towards its patience', async () => {
  const callback = callbacks.reduceLROnPlateau({ ...monitored, patience: 2, factor: 0.5 });
  const { model } = await run([callback], logsOf('val_mine', [1, NaN, NaN, 0.5]));
  expect(model.history.learning_rate).toEqual([0.1, 0.1, 0.1, 0.05]);
});

/** Rows in the order of their classes: the last fifth is all of one class. */
const sorted = Array.from({ length: 40 }, (_, i) => [i / 20 - 1, Math.abs((i % 7) - 3)]);

function withMetric(metrics: any[]): Sequential {
  const model = sequential({
    seed: 1,
    layers: [layers.dense({ units: 1, activation: 'sigmoid', inputShape: [2] })],
  });
  model.compile({ optimizer: 'adam', loss: 'binaryCrossentropy', metrics });
  return model;
}

describe('the warning says why where that is known', () => {
  test.each([
    ['auc', 'val_auc', 'because the validation rows are all of one class'],
    [
      function profit() {
        return NaN;
      },
      'val_profit',
      'because the metric profit returned NaN',
    ],
  ])('of %s', async (metric, monitor, because) => {
    const y = sorted.map((_, i) => (i < 20 ? 0 : 1));
    const warnings: LamellaWarning[] = [];
    const stop = callbacks.earlyStopping({ monitor, mode: 'max', patience: 3, restoreBestWeights: true });
    const { epoch } = await withMetric([metric]).fit(sorted, y, {
      ...{ verbose: 0, epochs: 50, validationSplit: 0.2, callbacks: [stop] },
      onWarning: (warning) => void warnings.push(warning),
    });
    expect([epoch.length, stop.best]).toEqual([3, null]);
    expect(warnings.map(({ message }) => message)).toEqual([
      `${monitor} is NaN in epoch 1 ${because}; NaN never counts as an improvement.`,
    ]);
  });

  test('of an area under the curve without positives, without negatives, and of predictions', () => {
    const reason = (yTrue: number[], yPred: number[]): string | undefined => {
      const auc = new Auc();
      auc.update(Float32Array.from(yTrue), Float32Array.from(yPred), yTrue.length, 1);
      expect(auc.result()).toBeNaN();
      return auc.explainNaN('the rows');
    };
    expect(reason([1, 1], [0.1, 0.2])).toBe('the rows are all of one class');
    expect(reason([0, 0], [0.1, 0.2])).toBe('the rows are all of one class');
    expect(reason([0, 1], [NaN, 0.2])).toBe('predictions are NaN');
  });
});

test('searches rank NaN last', () => {
  expect(ranksOf([NaN, 0.5, NaN, 0.7, -Infinity])).toEqual([4, 2, 4, 1, 3]);
});

describe('multi-layer perceptrons', () => {
  test('count NaN as no improvement', () => {
    const state = newStoppingState();
    const scores = [NaN, 0.5, NaN, 0.7].map((score) => [countScore(state, score, 1e-4), state.misses]);
    expect(scores).toEqual([
      [false, 1],
      [true, 0],
      [false, 1],
      [true, 0],
    ]);
    expect(state.bestScore).toBe(0.7);
    countLoss(state, NaN, 1e-4);
    expect([state.misses, state.bestLoss]).toEqual([1, Infinity]);
  });

  test('stop early where the validation score is NaN, and warn once, saying why', async () => {
    const warnings: string[] = [];
    const x = Array.from({ length: 20 }, (_, i) => [i / 20, 1 - i / 20]);
    const y = x.map(([a]) => 2 * a);
    const regressor = new MLPRegressor({
      ...{ hiddenLayerSizes: [3], randomState: 1, maxIter: 50, earlyStopping: true, nIterNoChange: 3 },
      onWarning: ({ message }) => void warnings.push(message),
    });
    await regressor.fit(x, y, { validationData: [[[0.5, 0.5]], [1]] });
    expect(regressor.nIter).toBe(4);
    expect(regressor.validationScores).toEqual([NaN, NaN, NaN, NaN]);
    expect(regressor.bestValidationScore).toBeNull();
    expect(warnings).toEqual([
      'The validation score is NaN in epoch 1 because a single validation row has no R²; NaN never counts as an improvement.',
    ]);
  });

  test('have no best validation score where all are NaN', async () => {
    const x = Array.from({ length: 20 }, (_, i) => [i / 20, 1 - i / 20]);
    const regressor = new MLPRegressor({
      hiddenLayerSizes: [3],
      randomState: 1,
      maxIter: 3,
      onWarning: () => {},
    });
    await regressor.fit(
      x,
      x.map(([a]) => a),
      { validationData: [[[0.5, 0.5]], [1]] },
    );
    expect(regressor.bestValidationScore).toBeNull();
  });
});
