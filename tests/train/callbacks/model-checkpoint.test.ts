import { describe, expect, test } from 'vitest';
import { callbacks } from 'lamella';
import { fileName } from '../../../src/train/callbacks/checkpoint-file.js';
import { logsOf, printed, run } from './fake.js';

const { modelCheckpoint } = callbacks;

/** What has been written, in order: [name, first byte]. */
function recorder(): {
  files: [string, number][];
  write: (name: string, bytes: Uint8Array) => Promise<void>;
} {
  const files: [string, number][] = [];
  return { files, write: async (name, [byte]) => void files.push([name, byte]) };
}

describe('modelCheckpoint writes the model', () => {
  test('after every epoch', async () => {
    const { files, write } = recorder();
    await run([modelCheckpoint({ write })], logsOf('loss', [1, 2]));
    expect(files).toEqual([
      ['model.safetensors', 1],
      ['model.safetensors', 2],
    ]);
  });

  test('under a name that tells epoch and values', async () => {
    const { files, write } = recorder();
    const name = 'm/{epoch:02d}-{val_loss:.2f}.safetensors';
    await run([modelCheckpoint({ write, name })], logsOf('val_loss', [1.234, 0.5]));
    expect(files.map(([file]) => file)).toEqual(['m/01-1.23.safetensors', 'm/02-0.50.safetensors']);
  });

  test('only when the best, if asked to, and says so', async () => {
    const { files, write } = recorder();
    const callback = modelCheckpoint({ write, name: 'F', saveBestOnly: true, verbose: 1 });
    const lines = await printed(() => run([callback], logsOf('val_loss', [0.5, 0.6, 0.123454])));
    expect(files).toEqual([
      ['F', 1],
      ['F', 3],
    ]);
    expect(lines).toEqual([
      '\nEpoch 1: val_loss improved from None to 0.50000, saving model to F',
      '\nEpoch 1: finished saving model to F',
      '\nEpoch 2: val_loss did not improve from 0.50000',
      '\nEpoch 3: val_loss improved from 0.50000 to 0.12345, saving model to F',
      '\nEpoch 3: finished saving model to F',
    ]);
  });

  test('that beats a threshold, in every fit anew', async () => {
    const { files, write } = recorder();
    const callback = modelCheckpoint({ write, saveBestOnly: true, initialValueThreshold: 0.3 });
    await run([callback], logsOf('val_loss', [0.5, 0.2]));
    await run([callback], logsOf('val_loss', [0.31, 0.25]));
    expect(files.map(([, epoch]) => epoch)).toEqual([2, 2]);
    expect(callback.best).toBe(0.25);
  });

  test('of the greatest accuracy', async () => {
    const { files, write } = recorder();
    await run(
      [modelCheckpoint({ write, monitor: 'accuracy', saveBestOnly: true })],
      logsOf('accuracy', [0.5, 0.4, 0.9]),
    );
    expect(files.map(([, epoch]) => epoch)).toEqual([1, 3]);
  });

  test('every so many steps, over the bounds of epochs', async () => {
    const { files, write } = recorder();
    const name = '{epoch}-{batch}';
    await run([modelCheckpoint({ write, name, saveFreq: 4 })], logsOf('loss', [1, 1, 1]), { steps: 3 });
    expect(files.map(([file]) => file)).toEqual(['2-1', '3-2']);
  });

  test('all the same, with a warning, when what it watches is missing', async () => {
    const { files, write } = recorder();
    const { warnings } = await run([modelCheckpoint({ write, saveBestOnly: true })], [{ loss: 1, acc: 0 }]);
    expect(files).toHaveLength(1);
    expect(warnings.map(({ message }) => message)).toEqual([
      'Can save best model only with val_loss available. Available metrics are: loss,acc',
    ]);
  });

  test('and passes on what write throws', async () => {
    const write = (): Promise<void> => Promise.reject(new Error('disk full'));
    await expect(run([modelCheckpoint({ write })], [{ loss: 1 }])).rejects.toThrow('disk full');
  });
});

describe('names', () => {
  test.each([
    ['{epoch}', '7'],
    ['{epoch:d}', '7'],
    ['{epoch:03d}', '007'],
    ['{epoch:3d}', '  7'],
    ['{loss}', '-0.00012'],
    ['{loss:.4f}', '-0.0001'],
    ['{loss:09.4f}', '-000.0001'],
    ['{loss:.1e}', '-1.2e-04'],
    ['{loss:f}', '-0.000120'],
    ['plain', 'plain'],
  ])('%s is %s', (pattern, expected) => {
    expect(fileName('x', pattern, { epoch: 7, loss: -0.00012 })).toBe(expected);
  });

  test.each([
    ['{acc}', "x: the name '{acc}' must ask for what is available, epoch, loss, but received {acc}."],
    [
      '{toString}',
      "x: the name '{toString}' must ask for what is available, epoch, loss, but received {toString}.",
    ],
    [
      '{loss:d}',
      "x: a format in the name '{loss:d}' must be like 02d, .4f or .2e, and d for integers only, but received 'd' for 0.5.",
    ],
    [
      '{epoch:>9}',
      "x: a format in the name '{epoch:>9}' must be like 02d, .4f or .2e, and d for integers only, but received '>9' for 7.",
    ],
  ])('%s is refused', (pattern, sentence) => {
    expect(() => fileName('x', pattern, { epoch: 7, loss: 0.5 })).toThrow(sentence);
  });
});

test.each([
  [{}, 'modelCheckpoint: write must be a function (name, bytes), but received undefined.'],
  [{ write: 'a' }, "modelCheckpoint: write must be a function, but received 'a'."],
  [{ saveFreq: 0 }, "modelCheckpoint: saveFreq must be 'epoch' or an integer >= 1, but received 0."],
  [
    { save_best_only: true },
    "modelCheckpoint: 'save_best_only' is not an option; did you mean 'saveBestOnly'?",
  ],
])('modelCheckpoint refuses %o', (options, sentence) => {
  expect(() => modelCheckpoint(options as never)).toThrow(sentence);
});
