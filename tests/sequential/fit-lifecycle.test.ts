import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Callback } from '../../src/index.js';
import { callbacks } from '../../src/index.js';
import { classifier, line, quiet, slowClock, threeClasses } from './data.js';

const { x, y } = threeClasses(64);

afterEach(() => void vi.restoreAllMocks());

describe('while fit runs', () => {
  test('a second fit, setWeights, trainOnBatch and compile are refused', async () => {
    const model = classifier();
    const running = model.fit(x, y, { ...quiet, epochs: 3 });
    const sentence =
      /^sequential: (fit|setWeights|trainOnBatch|compile) was called while the model is being trained; await the promise of fit first\.$/;
    await expect(model.fit(x, y)).rejects.toThrow(sentence);
    expect(() => model.setWeights(model.getWeights())).toThrow(sentence);
    expect(() => model.layers[0].setWeights([])).toThrow(/of layer 'dense' was called while/);
    expect(() => model.trainOnBatch(x, y)).toThrow(sentence);
    expect(() => model.compile({ loss: 'mse' })).toThrow(sentence);
    await running;
    model.setWeights(model.getWeights());
  });

  test('predict sees the last whole step', async () => {
    const model = line(0.25);
    const seen: number[] = [];
    const watch: Callback = { onBatchEnd: (_i, _logs, m: any) => void seen.push(m.predict([[0]]).data[0]) };
    await model.fit([[0]], [1], { ...quiet, epochs: 3, callbacks: [watch] });
    expect(seen).toEqual([0.5, 0.75, 0.875]);
    expect(model.predict([[0]]).data[0]).toBe(0.875);
  });

  test('callbacks may replace the weights, and training goes on from them', async () => {
    const model = line(0);
    const replace: Callback = {
      onEpochEnd: (index, _logs, m) =>
        m.setWeights([
          { data: Float32Array.of(0), shape: [1, 1] },
          { data: Float32Array.of(index + 1), shape: [1] },
        ]),
    };
    const { history } = await model.fit([[0]], [0], { ...quiet, epochs: 3, callbacks: replace });
    expect(history.loss).toEqual([0, 1, 4]);
    expect(model.getWeights()[1].data[0]).toBe(3);
  });
});

describe('callbacks', () => {
  test('are called with index, logs and model, in order, and awaited', async () => {
    const calls: string[] = [];
    const log = async (what: string): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      calls.push(what);
    };
    const model = classifier();
    const keys = (logs: object): string => Object.keys(logs).join();
    const callback: Callback<any> = {
      onTrainBegin: (_logs, m) => log(`train ${m === model}`),
      onEpochBegin: (index) => log(`epoch ${index}`),
      onBatchEnd: (index, logs) => log(`batch ${index} ${keys(logs)}`),
      onEpochEnd: (index, logs) => log(`end ${index} ${keys(logs)}`),
      onTrainEnd: (logs) => log(`done ${keys(logs)}`),
    };
    const options = { ...quiet, callbacks: [callback], batchSize: 32, validationSplit: 0.25 };
    await model.fit(x, y, options);
    expect(calls).toEqual([
      ...['train true', 'epoch 0', 'batch 0 accuracy,loss', 'batch 1 accuracy,loss'],
      'end 0 accuracy,loss,val_accuracy,val_loss',
      'done accuracy,loss,val_accuracy,val_loss',
    ]);
  });

  test('that throw end training: fit rejects with what they throw, and the model can be used', async () => {
    const model = classifier();
    const fault = new Error('enough');
    const thrower: Callback = {
      onEpochEnd: (index) => {
        if (index === 1) throw fault;
      },
    };
    await expect(model.fit(x, y, { ...quiet, epochs: 5, callbacks: [thrower] })).rejects.toBe(fault);
    expect(model.history.history.loss).toHaveLength(1);
    await model.fit(x, y, quiet);
  });

  test('may add to the history, as reduceLROnPlateau does', async () => {
    const { history } = await line(0).fit([[0]], [1], {
      ...quiet,
      ...{ epochs: 4, callbacks: [callbacks.reduceLROnPlateau({ monitor: 'loss', patience: 1 })] },
    });
    expect(Object.keys(history)).toEqual(['learning_rate', 'loss']);
    expect(history.learning_rate).toHaveLength(4);
  });

  test('earlyStopping brings the best weights back', async () => {
    const model = line(1.2); // overshoots further every time
    const stop = callbacks.earlyStopping({ monitor: 'loss', patience: 2, restoreBestWeights: true });
    const { history } = await model.fit([[0]], [1], { ...quiet, epochs: 20, callbacks: [stop] });
    expect(history.loss.length).toBe(3);
    expect(model.evaluate([[0]], [1]).loss).toBe(history.loss[1]);
  });
});

describe('training ends', () => {
  test('normally when stopTraining is set; the next fit begins with false', async () => {
    const model = classifier();
    const stop: Callback = { onEpochEnd: (index, _logs, m) => void (m.stopTraining = index === 1) };
    const { epoch } = await model.fit(x, y, { ...quiet, epochs: 9, callbacks: [stop] });
    expect(epoch).toEqual([0, 1]);
    await model.fit(x, y, quiet);
    expect(model.stopTraining).toBe(false);
  });

  test('with the reason of the signal, the weights of the last whole step and the finished epochs', async () => {
    const model = classifier();
    const controller = new AbortController();
    const reason = new Error('no longer wanted');
    let last: unknown;
    const abort: Callback = {
      onBatchEnd: (index, _logs, m) => {
        if (m.epochsRun !== 2 || index !== 1) return;
        last = m.getWeights();
        controller.abort(reason);
      },
    };
    const options = { ...quiet, epochs: 9, batchSize: 16, callbacks: [abort], signal: controller.signal };
    await expect(model.fit(x, y, options)).rejects.toBe(reason);
    expect(model.history.history.loss).toHaveLength(2);
    expect(model.getWeights()).toEqual(last);
    await expect(model.fit(x, y, options)).rejects.toBe(reason);
  });

  test('when maxTimeMs is over', async () => {
    const model = classifier();
    slowClock();
    let steps = 0;
    const count: Callback = { onBatchEnd: () => void steps++ };
    await model.fit(x, y, { ...quiet, epochs: 10_000_000, maxTimeMs: 60, callbacks: [count] });
    expect(steps).toBeGreaterThanOrEqual(10);
    expect(steps).toBeLessThanOrEqual(60);
  });

  test('yields to timers while it runs', async () => {
    const model = classifier();
    let ticks = 0;
    const timer = setInterval(() => (ticks += 1), 5);
    const enough: Callback = { onBatchEnd: (_index, _logs, m) => void (m.stopTraining = ticks >= 3) };
    await model.fit(x, y, { ...quiet, epochs: 10_000_000, maxTimeMs: 60_000, callbacks: [enough] });
    clearInterval(timer);
    expect(ticks).toBeGreaterThanOrEqual(3);
  });
});

describe('divergence', () => {
  const grow = { ...quiet, epochs: 200 };

  test('rejects with the last finite weights, and names their epoch', async () => {
    const model = line(1e6);
    const fault: any = await model.fit([[1e3]], [1e3], grow).catch((error: unknown) => error);
    expect(fault.code).toBe('DIVERGED');
    expect(fault.message).toMatch(
      /in epoch \d+: expected finite numbers; the weights after epoch \d+ are restored/,
    );
    expect(model.history.epoch).toHaveLength(fault.epoch + 1);
    expect(model.getWeights().every(({ data }) => data.every(Number.isFinite))).toBe(true);
    expect(model.predict([[0]]).data[0]).toBe(model.getWeights()[1].data[0]);
  });

  test('ends training normally with terminateOnNaN', async () => {
    const model = line(1e6);
    const stop = callbacks.terminateOnNaN();
    const print = console.log;
    console.log = () => {};
    const { epoch } = await model.fit([[1e3]], [1e3], { ...grow, callbacks: [stop] }).finally(() => {
      console.log = print;
    });
    expect(epoch.length).toBeLessThan(200);
    expect(model.getWeights().every(({ data }) => data.every(Number.isFinite))).toBe(true);
  });
});
