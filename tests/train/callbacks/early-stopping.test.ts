import { describe, expect, test } from 'vitest';
import { callbacks } from 'lamella';
import { FakeModel, logsOf, printed, run } from './fake.js';

const { earlyStopping } = callbacks;
const best = { restoreBestWeights: true };

describe('earlyStopping ends training', () => {
  // options, values of val_loss, epochs that run
  test.each([
    ['at the first epoch that does not improve', {}, [3, 2, 2, 1, 0], 3],
    ['after the epochs of its patience', { patience: 2 }, [3, 2, 2, 2.5, 0], 4],
    ['not when it improves in between', { patience: 2 }, [3, 2, 2, 1, 1, 0], 6],
    ['when it improves by less than minDelta', { minDelta: 0.5 }, [3, 2, 1.5, 0], 3],
    ['by the size of minDelta, whatever its sign', { minDelta: -0.5 }, [3, 2, 1.5, 0], 3],
    ['not before it watches', { startFromEpoch: 3 }, [1, 2, 3, 4, 5, 0], 5],
    ['when patience runs out above the baseline', { patience: 2, baseline: 1 }, [5, 4, 4, 4], 3],
    ['not while it stays better than the baseline', { patience: 2, baseline: 10 }, [5, 4, 4, 3, 3, 3], 6],
    ['by a larger value in max mode', { mode: 'max' as const }, [1, 2, 3, 3], 4],
    ['not by a first epoch of NaN, which any number improves on', { patience: 2 }, [NaN, 1, 1, 1, 1], 4],
    ['when the value stays NaN', { patience: 3 }, [NaN, NaN, NaN, NaN], 3],
    ['when the value becomes NaN', { patience: 2 }, [1, NaN, NaN, 0], 3],
  ])('%s', async (_name, options, values, expected) => {
    const { epochs } = await run([earlyStopping(options)], logsOf('val_loss', values));
    expect(epochs).toBe(expected);
  });

  test.each([
    ['val_loss', 'min'],
    ['mean_absolute_error', 'min'],
    ['val_mse', 'min'],
    ['acc', 'max'],
    ['val_sparseCategoricalAccuracy', 'max'],
    ['auc', 'max'],
    ['val_precision', 'max'],
    ['recall', 'max'],
    ['f1_score', 'max'],
    ['val_r2Score', 'max'],
    ['cosineSimilarity', 'max'],
  ])('watching %s, which is better when %s', async (monitor, direction) => {
    const rising = await run([earlyStopping({ monitor })], logsOf(monitor, [0.1, 0.2, 0.3]));
    const falling = await run([earlyStopping({ monitor })], logsOf(monitor, [0.3, 0.2, 0.1]));
    expect([rising.epochs, falling.epochs]).toEqual(direction === 'max' ? [3, 2] : [2, 3]);
  });
});

describe('earlyStopping restores the weights', () => {
  test('of the best epoch, and says so', async () => {
    const model = new FakeModel();
    const callback = earlyStopping({ patience: 1, verbose: 1, ...best });
    const lines = await printed(() => run([callback], logsOf('val_loss', [3, 1, 2, 0]), { model }));
    expect(model.weight).toBe(2);
    expect(lines).toEqual([
      'Epoch 3: early stopping',
      'Restoring model weights from the end of the best epoch: 2.',
    ]);
    expect([callback.stoppedEpoch, callback.bestEpoch, callback.best, callback.wait]).toEqual([2, 1, 1, 1]);
  });

  test('of the best epoch even if it never stopped training', async () => {
    const model = new FakeModel();
    const callback = earlyStopping({ patience: 9, verbose: 1, ...best });
    const lines = await printed(() => run([callback], logsOf('val_loss', [1, 2, 3]), { model }));
    expect(model.weight).toBe(1);
    expect(lines).toEqual(['Restoring model weights from the end of the best epoch: 1.']);
  });

  test('of the best epoch even if it is worse than the baseline', async () => {
    const model = new FakeModel();
    await run([earlyStopping({ patience: 2, baseline: 0, ...best })], logsOf('val_loss', [5, 4, 6]), {
      model,
    });
    expect(model.weight).toBe(2);
  });

  test('only if asked to', async () => {
    const model = new FakeModel();
    await run([earlyStopping()], logsOf('val_loss', [1, 2]), { model });
    expect(model.weight).toBe(2);
  });
});

test('earlyStopping begins anew in every fit', async () => {
  const callback = earlyStopping(best);
  await run([callback], logsOf('val_loss', [1, 2]));
  const model = new FakeModel();
  const { epochs } = await run([callback], logsOf('val_loss', [9, 8, 7]), { model });
  expect([epochs, model.weight, callback.best]).toEqual([3, 3, 7]);
});

test('earlyStopping warns when what it watches is missing, and names what there is', async () => {
  const { epochs, warnings } = await run([earlyStopping()], [{ loss: 1, accuracy: 0.5 }]);
  expect(epochs).toBe(1);
  expect(warnings.map(({ message }) => message)).toEqual([
    'Early stopping conditioned on metric `val_loss` which is not available. Available metrics are: loss,accuracy',
  ]);
});

test('earlyStopping needs to be told which way an unknown metric is better', async () => {
  const running = run([earlyStopping({ monitor: 'profit' })], logsOf('profit', [1, 2]));
  await expect(running).rejects.toThrow(
    "earlyStopping: mode must be 'min' or 'max' where the name of what is monitored does not tell which is better, but received 'auto' with monitor 'profit'.",
  );
});

test.each([
  [{ patiance: 1 }, "earlyStopping: 'patiance' is not an option; did you mean 'patience'?"],
  [{ patience: -1 }, 'earlyStopping: patience must be an integer >= 0, but received -1.'],
  [{ patience: 1.5 }, 'earlyStopping: patience must be an integer >= 0, but received 1.5.'],
  [{ mode: 'up' }, "earlyStopping: mode must be one of 'auto', 'min', 'max', but received 'up'."],
  [{ monitor: '' }, "earlyStopping: monitor must be a non-empty string, but received ''."],
  [{ restoreBestWeights: 1 }, 'earlyStopping: restoreBestWeights must be a boolean, but received 1.'],
  [{ min_delta: 1 }, "earlyStopping: 'min_delta' is not an option; did you mean 'minDelta'?"],
])('earlyStopping refuses %o', (options, sentence) => {
  expect(() => earlyStopping(options as object)).toThrow(sentence);
});
