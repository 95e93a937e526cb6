import { describe, expect, test } from 'vitest';
import { callbacks, layers, loadModel, sequential } from 'lamella';
import type { Sequential } from 'lamella';
import { classifier, iris, quiet, threeClasses } from '../../sequential/data.js';
import { readEvents } from './event-reader.js';
import { printed } from './fake.js';

const { x, y } = threeClasses(60);
const options = { ...quiet, epochs: 6, batchSize: 16, validationSplit: 0.25 };

describe('in a fit of Sequential', () => {
  test('modelCheckpoint stores models that load and predict as the model did', async () => {
    const saved: Uint8Array[] = [];
    const predicted: Float32Array[] = [];
    const checkpoint = callbacks.modelCheckpoint({
      ...{ monitor: 'val_loss', saveBestOnly: true, name: '{epoch:02d}-{val_accuracy:.2f}' },
      write: (_name, bytes) => void saved.push(bytes),
    });
    const watch = {
      onEpochEnd: (_i: number, _logs: object, m: any) => void predicted.push(m.predict(x).data),
    };
    await classifier().fit(x, y, { ...options, callbacks: [checkpoint, watch] });
    expect(saved).toHaveLength(6);
    for (const [i, bytes] of saved.entries()) {
      const model = await loadModel<Sequential>(bytes);
      expect(model.predict(x).data).toEqual(predicted[i]);
    }
  });

  test('csvLogger, tensorBoard and the history tell the same', async () => {
    const files = new Map<string, Uint8Array>();
    const write = (name: string, bytes: Uint8Array): void => void files.set(name, bytes);
    const model = classifier();
    const scheduler = callbacks.learningRateScheduler((epoch) => 0.02 / (epoch + 1));
    const loggers = [callbacks.csvLogger({ write }), callbacks.tensorBoard({ write, now: () => 0 })];
    const { history } = await model.fit(x, y, { ...options, callbacks: [scheduler, ...loggers] });
    expect(Object.keys(history)).toEqual(['accuracy', 'learning_rate', 'loss', 'val_accuracy', 'val_loss']);
    const [header, ...lines] = new TextDecoder().decode(files.get('training.csv')).trim().split('\r\n');
    expect(header).toBe('epoch,accuracy,learning_rate,loss,val_accuracy,val_loss');
    const names = header.split(',').slice(1);
    const table = lines.map((line) => line.split(',').slice(1).map(Number));
    expect(table).toEqual(history.loss.map((_, epoch) => names.map((name) => history[name][epoch])));

    const events = [...files]
      .filter(([name]) => name.startsWith('logs/validation'))
      .map(([, bytes]) => readEvents(bytes));
    expect(events[0].slice(1).map(({ values }) => values.epoch_loss)).toEqual(
      history.val_loss.map(Math.fround),
    );
  });

  test('earlyStopping keeps the epoch of the best accuracy of rows that did not train', async () => {
    const flowers = iris();
    const model = sequential({
      seed: 5,
      layers: [
        layers.dense({ units: 16, activation: 'relu' }),
        layers.dense({ units: 3, activation: 'softmax' }),
      ],
    });
    model.compile({
      optimizer: { name: 'adam', learningRate: 0.05 },
      loss: 'sparseCategoricalCrossentropy',
      metrics: ['acc'],
    });
    const stop = callbacks.earlyStopping({ monitor: 'val_acc', patience: 5, restoreBestWeights: true });
    const validationData: [any, number[]] = [flowers.x, flowers.y];
    const { history } = await model.fit(flowers.x, flowers.y, {
      ...quiet,
      epochs: 200,
      validationData,
      callbacks: [stop],
    });
    expect(history.val_acc.length).toBeLessThan(200);
    expect(stop.best).toBe(Math.max(...history.val_acc));
    expect(history.val_acc.indexOf(stop.best!)).toBe(stop.bestEpoch);
    expect(history.val_acc.length).toBe(stop.bestEpoch + 6);
    expect(model.evaluate(flowers.x, flowers.y).acc).toBe(stop.best);
  });

  test('learningRateScheduler does not overrule a schedule of the optimizer', async () => {
    const model = classifier();
    model.compile({
      optimizer: { name: 'sgd', learningRate: (step: number) => 1 / (1 + step) },
      loss: 'sparseCategoricalCrossentropy',
    });
    const scheduler = callbacks.learningRateScheduler(() => 0.1);
    await expect(model.fit(x, y, { ...options, callbacks: [scheduler] })).rejects.toThrow(
      'learningRate can be set where the optimizer was given a number, but a schedule gives it.',
    );
  });

  test('progress takes the place of what fit shows, and shows it elsewhere', async () => {
    const texts: string[] = [];
    const progress = callbacks.progress({ write: (text) => texts.push(text), now: () => 0 });
    const lines = await printed(() =>
      classifier().fit(x, y, { ...options, epochs: 2, verbose: 2, callbacks: [progress] }),
    );
    expect(lines).toEqual([]);
    expect(texts).toHaveLength(4);
    expect(texts[0]).toBe('Epoch 1/2\n');
    expect(texts[1]).toMatch(
      /^3\/3 - 0s - 0s\/step - accuracy: 0\.\d{4} - loss: \d\.\d{4} - val_accuracy: 0\.\d{4} - val_loss: \d\.\d{4}\n$/,
    );
    expect(() => callbacks.progress({ terminal: 1 } as never)).toThrow(
      'progress: terminal must be a boolean, but received 1.',
    );
  });

  test('warnings of callbacks go to onWarning of fit', async () => {
    const warnings: string[] = [];
    const stop = callbacks.earlyStopping({ monitor: 'val_accuracy' });
    const onWarning = ({ message }: Error): void => void warnings.push(message);
    await classifier().fit(x, y, { verbose: 0, onWarning, callbacks: [stop] });
    expect(warnings).toEqual([
      'Early stopping conditioned on metric `val_accuracy` which is not available. Available metrics are: accuracy,loss',
    ]);
  });
});
