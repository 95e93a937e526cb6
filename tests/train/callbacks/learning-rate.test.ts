import { describe, expect, test } from 'vitest';
import { callbacks } from 'lamella';
import { floatText } from '../../../src/train/callbacks/monitor.js';
import { FakeModel, logsOf, printed, run } from './fake.js';

const { reduceLROnPlateau, learningRateScheduler, terminateOnNaN } = callbacks;

describe('reduceLROnPlateau', () => {
  // options, values, the learning rates in force in these epochs
  test.each([
    ['after its patience', { patience: 2 }, [1, 1, 1, 1], [0.1, 0.1, 0.1, 0.1 * 0.1]],
    ['again and again', { patience: 1, factor: 0.5 }, [1, 1, 1, 1], [0.1, 0.1, 0.05, 0.025]],
    ['not while it improves', { patience: 1 }, [4, 3, 2, 1], [0.1, 0.1, 0.1, 0.1]],
    ['when it improves by 1e-4 or less', { patience: 1 }, [1, 0.99995, 0.9999], [0.1, 0.1, 0.1 * 0.1]],
    [
      'not in its cooldown',
      { patience: 1, cooldown: 2, factor: 0.5 },
      [1, 1, 1, 1, 1],
      [0.1, 0.1, 0.05, 0.05, 0.025],
    ],
    ['down to its least', { patience: 1, minLr: 0.05 }, [1, 1, 1, 1], [0.1, 0.1, 0.05, 0.05]],
  ])('reduces the learning rate %s', async (_name, options, values, expected) => {
    const { model } = await run([reduceLROnPlateau(options)], logsOf('val_loss', values));
    expect(model.history.learning_rate).toEqual(expected);
  });

  test('reduces it for falling accuracy', async () => {
    const callback = reduceLROnPlateau({ monitor: 'val_accuracy', patience: 1 });
    const { model } = await run([callback], logsOf('val_accuracy', [0.5, 0.6, 0.7, 0.1, 0]));
    expect(model.history.learning_rate).toEqual([0.1, 0.1, 0.1, 0.1, 0.1 * 0.1]);
  });

  test('says what it does', async () => {
    const callback = reduceLROnPlateau({ patience: 1, verbose: 1, factor: 1e-4 });
    const lines = await printed(() => run([callback], logsOf('val_loss', [1, 1])));
    expect(lines).toEqual(['\nEpoch 2: ReduceLROnPlateau reducing learning rate to 1e-05.']);
  });

  test('warns when what it watches is missing', async () => {
    const { warnings } = await run([reduceLROnPlateau()], [{ loss: 1 }]);
    expect(warnings.map(({ message }) => message)).toEqual([
      'Learning rate reduction is conditioned on metric `val_loss` which is not available. Available metrics are: loss,learning_rate.',
    ]);
  });

  test.each([
    [{ factor: 1 }, 'reduceLROnPlateau: factor must be a number > 0 and < 1, but received 1.'],
    [{ minLR: 1 }, "reduceLROnPlateau: 'minLR' is not an option; did you mean 'minLr'?"],
    [{ cooldown: -1 }, 'reduceLROnPlateau: cooldown must be an integer >= 0, but received -1.'],
  ])('refuses %o', (options, sentence) => {
    expect(() => reduceLROnPlateau(options as object)).toThrow(sentence);
  });
});

describe('learningRateScheduler', () => {
  test('sets the learning rate of every epoch from its number and the last', async () => {
    const halve = (epoch: number, rate: number): number => (epoch < 2 ? rate : rate / 2);
    const { model } = await run([learningRateScheduler(halve)], logsOf('loss', [1, 1, 1, 1]));
    expect(model.history.learning_rate).toEqual([0.1, 0.1, 0.05, 0.025]);
    const same = await run([learningRateScheduler({ schedule: halve })], logsOf('loss', [1, 1, 1]));
    expect(same.model.history.learning_rate).toEqual([0.1, 0.1, 0.05]);
  });

  test('says what it does', async () => {
    const callback = learningRateScheduler({ schedule: () => 1, verbose: 1 });
    expect(await printed(() => run([callback], [{ loss: 1 }]))).toEqual([
      '\nEpoch 1: LearningRateScheduler setting learning rate to 1.0.',
    ]);
  });

  test.each([
    [undefined, 'undefined'],
    [NaN, 'NaN'],
    [-1, '-1'],
    ['0.1', "'0.1'"],
    [Promise.resolve(1), 'a Promise (await it)'],
  ])('refuses the learning rate %o', async (rate, received) => {
    const running = run([learningRateScheduler(() => rate as number)], [{ loss: 1 }]);
    await expect(running).rejects.toThrow(
      `learningRateScheduler: what schedule returns for epoch 0 must be a number >= 0, but received ${received}.`,
    );
  });

  test('needs a schedule', () => {
    expect(() => learningRateScheduler({} as never)).toThrow(
      'learningRateScheduler: schedule must be a function (epoch, learningRate) => learningRate, but received undefined.',
    );
  });
});

describe('terminateOnNaN', () => {
  test.each([NaN, Infinity, -Infinity])('ends training at the batch whose loss is %d', async (loss) => {
    const model = new FakeModel();
    const lines = await printed(() =>
      run([terminateOnNaN()], [{ loss: 1 }, { loss }, { loss: 1 }], { model }),
    );
    expect([model.stopTraining, model.epochsRun]).toEqual([true, 2]);
    expect(lines).toEqual(['Batch 0: Invalid loss, terminating training']);
  });

  test('lets finite losses be, and rejects if asked to', async () => {
    expect((await run([terminateOnNaN()], logsOf('loss', [1, 2]))).epochs).toBe(2);
    const running = run([terminateOnNaN({ raiseError: true })], logsOf('loss', [NaN]));
    await expect(running).rejects.toThrow(
      'The loss must be finite, but it is NaN at batch 0, and terminateOnNaN was asked to raise an error.',
    );
  });
});

test.each([
  [0.1, '0.1'],
  [1, '1.0'],
  [0, '0.0'],
  [1e-4, '0.0001'],
  [1e-5, '1e-05'],
  [2.5e-5, '2.5e-05'],
  [1e-100, '1e-100'],
  [1e15, '1000000000000000.0'],
  [1e16, '1e+16'],
  [-0.5, '-0.5'],
  [NaN, 'nan'],
  [-Infinity, '-inf'],
])('%d is printed as in Python', (value, expected) => {
  expect(floatText(value)).toBe(expected);
});
