import { describe, expect, test } from 'vitest';
import { callbacks, layers, sequential } from 'lamella';
import { histogram } from '../../../src/train/callbacks/event-files.js';
import { readEvents } from './event-reader.js';
import { logsOf, run } from './fake.js';

const { tensorBoard } = callbacks;
const TRAIN = 'logs/train/events.out.tfevents.1000.lamella.1.v2';
const VALIDATION = 'logs/validation/events.out.tfevents.1000.lamella.1.v2';

/** Keeps files by their names without the random number in them. */
function recorder() {
  const files = new Map<string, Uint8Array>();
  const write = (name: string, bytes: Uint8Array): void =>
    void files.set(name.replace(/\.\d+(?=\.\d+\.v2$)/, ''), bytes);
  return { files, write, now: (): number => 1000250 };
}

describe('tensorBoard', () => {
  test('writes training and validation into files of their own, a step per epoch', async () => {
    const { files, write, now } = recorder();
    const epochs = [
      { loss: 0.5, accuracy: 0.25, val_loss: 2 },
      { loss: 0.125, accuracy: 1, val_loss: 4 },
    ];
    await run([tensorBoard({ write, now })], epochs);
    expect([...files.keys()]).toEqual([TRAIN, VALIDATION]);
    const rate = Math.fround(0.1);
    expect(readEvents(files.get(TRAIN)!)).toEqual([
      { wallTime: 1000.25, step: 0, version: 'brain.Event:2', values: {} },
      {
        wallTime: 1000.25,
        step: 0,
        values: { epoch_loss: 0.5, epoch_accuracy: 0.25, epoch_learning_rate: rate },
      },
      {
        wallTime: 1000.25,
        step: 1,
        values: { epoch_loss: 0.125, epoch_accuracy: 1, epoch_learning_rate: rate },
      },
    ]);
    expect(readEvents(files.get(VALIDATION)!).map(({ step, values }) => [step, values])).toEqual([
      [0, {}],
      [0, { epoch_loss: 2 }],
      [1, { epoch_loss: 4 }],
    ]);
  });

  test('writes no validation file where nothing validates', async () => {
    const { files, write, now } = recorder();
    await run([tensorBoard({ write, now, logDir: 'a/b' })], logsOf('loss', [1]));
    expect([...files.keys()]).toEqual(['a/b/train/events.out.tfevents.1000.lamella.1.v2']);
  });

  test('begins a new file in every fit', async () => {
    const { files, write, now } = recorder();
    const callback = tensorBoard({ write, now });
    await run([callback], logsOf('loss', [1]));
    await run([callback], logsOf('loss', [1]));
    expect([...files.keys()]).toEqual([TRAIN, TRAIN.replace('.1.v2', '.2.v2')]);
  });

  test.each([
    ['batch' as const, [1, 2, 3, 4, 5, 6]],
    [4, [4]],
  ])('writes values of batches with updateFreq %s', async (updateFreq, steps) => {
    const { files, write, now } = recorder();
    await run([tensorBoard({ write, now, updateFreq })], logsOf('loss', [0.5, 0.5]), { steps: 3 });
    const batches = readEvents(files.get(TRAIN)!).filter(({ values }) => 'batch_loss' in values);
    expect(batches.map(({ step }) => step)).toEqual(steps);
  });

  test('watches batches only if it counts them', () => {
    const { write } = recorder();
    expect(tensorBoard({ write }).onBatchEnd).toBeUndefined();
    expect(tensorBoard({ write, updateFreq: 'batch' }).onBatchEnd).toBeDefined();
  });

  test('writes steps per second and distributions of weights if asked to', async () => {
    const { files, write } = recorder();
    let time = 0;
    const options = { write, now: () => (time += 100), writeStepsPerSecond: true, histogramFreq: 2 };
    await run([tensorBoard(options)], logsOf('loss', [1, 1, 1]), { steps: 5 });
    const events = readEvents([...files.values()][0]);
    expect(events[1].values.epoch_steps_per_second).toBe(50);
    const tag = 'dense/kernel/histogram';
    const counts = events.filter(({ values }) => tag in values);
    expect(counts.map(({ step, values }) => [step, values[tag]])).toEqual([
      [0, 2],
      [2, 2],
    ]);
  });

  test('names weights by their layers', async () => {
    const { files, write } = recorder();
    const model = sequential({
      seed: 1,
      layers: [
        layers.dense({ units: 2, inputShape: [1] }),
        layers.batchNormalization(),
        layers.dense({ units: 1, name: 'out', useBias: false }),
      ],
    });
    model.compile({ optimizer: 'sgd', loss: 'mse' });
    const callback = tensorBoard({ write, histogramFreq: 1 });
    await model.fit([[0], [1]], [0, 1], { verbose: 0, onWarning: () => {}, callbacks: [callback] });
    const tags = readEvents([...files.values()][0]).flatMap(({ values }) => Object.keys(values));
    expect(tags.filter((tag) => tag.endsWith('/histogram'))).toEqual([
      'dense/kernel/histogram',
      'dense/bias/histogram',
      'batch_normalization/gamma/histogram',
      'batch_normalization/beta/histogram',
      'batch_normalization/moving_mean/histogram',
      'batch_normalization/moving_variance/histogram',
      'out/kernel/histogram',
    ]);
    expect(model.weightNames).toHaveLength(model.getWeights().length);
  });

  test('never writes to a file of another run, even of the same second', async () => {
    const names = new Set<string>();
    let begun = 0;
    const write = (name: string, bytes: Uint8Array): void => {
      if (readEvents(bytes).length === 1) begun += 1;
      names.add(name);
    };
    for (let i = 0; i < 20; i++) {
      const callback = tensorBoard({ write, now: () => 1000 });
      for (let fit = 0; fit < 2; fit++) await run([callback], [{ loss: 1, val_loss: 2 }]);
    }
    expect([names.size, begun]).toEqual([80, 80]);
  });

  test('counts batches on where training is resumed', async () => {
    const { files, write } = recorder();
    let backup: Uint8Array | undefined;
    const all = () => [
      tensorBoard({ write, now: () => 1000, updateFreq: 'batch' }),
      callbacks.backupAndRestore({ write: (_name, bytes) => void (backup = bytes), read: () => backup }),
    ];
    const crash = {
      onEpochBegin(epoch: number): void {
        if (epoch === 1) throw new Error('power cut');
      },
    };
    const epochs = logsOf('loss', [1, 1]);
    await expect(run([...all(), crash], epochs, { steps: 3 })).rejects.toThrow('power cut');
    files.clear();
    await run(all(), epochs, { steps: 3 });
    const events = readEvents([...files.values()][0]).filter(({ values }) => 'batch_loss' in values);
    expect(events.map(({ step }) => step)).toEqual([4, 5, 6]);
  });

  test('takes the clock when it writes', async () => {
    const { files, write } = recorder();
    const before = Date.now() / 1000;
    await run([tensorBoard({ write })], logsOf('loss', [1]));
    const [{ wallTime }] = readEvents([...files.values()][0]);
    expect(wallTime).toBeGreaterThanOrEqual(before);
    expect(wallTime).toBeLessThanOrEqual(Date.now() / 1000);
  });

  test.each([
    [{}, 'tensorBoard: write must be a function (name, bytes), but received undefined.'],
    [
      { updateFreq: 0 },
      "tensorBoard: updateFreq must be one of 'epoch', 'batch' or an integer >= 1, but received 0.",
    ],
    [{ log_dir: 'a' }, "tensorBoard: 'log_dir' is not an option; did you mean 'logDir'?"],
  ])('refuses %o', (options, sentence) => {
    expect(() => tensorBoard(options as never)).toThrow(sentence);
  });
});

describe('a histogram', () => {
  test('counts every value once, up to the greatest', () => {
    const values = Float32Array.from({ length: 301 }, (_, i) => i);
    const { counts, limits, ...rest } = histogram(values);
    expect(rest).toEqual({ min: 0, max: 300, count: 301, sum: 45150, sumOfSquares: 9045050 });
    expect(counts).toEqual([...new Array(29).fill(10), 11]);
    expect([limits[0], limits[29]]).toEqual([10, 300]);
  });

  test('of equal values has them in its last bucket', () => {
    const { counts, limits } = histogram([2, 2]);
    expect([counts[29], limits[29]]).toEqual([2, 2]);
  });
});
