import { describe, expect, test } from 'vitest';
import type { Callback } from '../../src/index.js';
import { layers, sequential } from '../../src/index.js';
import { classifier, line, quiet, threeClasses } from './data.js';

const { x, y, oneHot } = threeClasses(40);

describe('the history', () => {
  test('has training values sorted, then validation values sorted, under the names as they were written', async () => {
    const model = sequential({ seed: 1, layers: [layers.dense({ units: 3, activation: 'softmax' })] });
    const weird = (): number => 2;
    model.compile({ loss: 'categorical_crossentropy', metrics: ['mse', 'acc', weird] });
    const { history, epoch } = await model.fit(x, oneHot, { ...quiet, epochs: 3, validationSplit: 0.25 });
    expect(Object.keys(history)).toEqual([
      'acc',
      'loss',
      'mse',
      'weird',
      'val_acc',
      'val_loss',
      'val_mse',
      'val_weird',
    ]);
    expect(epoch).toEqual([0, 1, 2]);
    expect(history.val_weird).toEqual([2, 2, 2]);
  });

  test('means the losses of the batches, weighted by their rows and penalties included', async () => {
    const model = sequential({
      layers: [
        layers.dense({
          units: 1,
          inputShape: [1],
          kernelInitializer: 'ones',
          kernelRegularizer: { name: 'l2', l2: 0.5 },
        }),
      ],
    });
    model.compile({ optimizer: { name: 'sgd', learningRate: 0 }, loss: 'mse' });
    const { history } = await model.fit([[1], [2], [3]], [0, 0, 0], { ...quiet, batchSize: 2 });
    expect(history.loss[0]).toBeCloseTo((1 + 4 + 9) / 3 + 0.5, 6);
  });

  test('holds the values before the updates of each batch, as evaluate finds them at rate 0', async () => {
    const model = classifier();
    const before = model.evaluate(x, y);
    model.learningRate = 0;
    const { history } = await model.fit(x, y, { ...quiet, batchSize: 7 });
    expect(history.loss[0]).toBeCloseTo(before.loss, 6);
    expect(history.accuracy[0]).toBeCloseTo(before.accuracy, 12);
  });
});

describe('validation', () => {
  test('takes the last rows before shuffling: of 10 rows with a share of .25, 3', async () => {
    const model = line(0);
    const targets = [0, 0, 0, 0, 0, 0, 0, 3, 3, 3];
    const rows = targets.map(() => [0]);
    const { history } = await model.fit(rows, targets, { ...quiet, validationSplit: 0.25 });
    expect(history.loss).toEqual([0]);
    expect(history.val_loss).toEqual([9]);
  });

  test('on given data, with their weights, after every validationFreq epochs', async () => {
    const model = line(0);
    const data = [
      [[0], [0]],
      [1, 2],
      [1, 0.5],
    ] as const;
    const options = { ...quiet, epochs: 5, validationData: data as never };
    const { history } = await model.fit([[0]], [0], { ...options, validationFreq: 2 });
    expect(history.val_loss).toEqual([(1 + 0.5 * 4) / 2, 1.5]);
    const listed = await model.fit([[0]], [0], { ...options, validationFreq: [1, 5, 9] });
    expect(listed.history.val_loss).toHaveLength(2);
  });

  test('stops after validationSteps batches', async () => {
    const model = line(0);
    const validationData = [
      [[0], [0], [0]],
      [1, 1, 5],
    ] as never;
    const options = { ...quiet, batchSize: 1, validationData, validationSteps: 2 };
    const { history } = await model.fit([[0]], [0], options);
    expect(history.val_loss).toEqual([1]);
  });
});

describe('weights of rows and classes', () => {
  test('multiply, and divide by the number of rows', async () => {
    const model = classifier();
    model.learningRate = 0;
    const sampleWeight = y.map((_, i) => i % 3);
    const classWeight = { 0: 2, 2: 0.5 };
    const single = x.map((row, i) => model.evaluate([row], [y[i]]).loss);
    const expected = single.map((loss, i) => loss * (i % 3) * [2, 1, 0.5][y[i]]);
    const mean = expected.reduce((sum, value) => sum + value, 0) / x.length;
    const { history } = await model.fit(x, y, { ...quiet, sampleWeight, classWeight });
    expect(history.loss[0]).toBeCloseTo(mean, 5);
    expect(history.accuracy[0]).toBeCloseTo(model.evaluate(x, y).accuracy, 12);
    const byMap = await model.fit(x, y, {
      ...quiet,
      sampleWeight,
      classWeight: new Map([
        [0, 2],
        [2, 0.5],
      ]),
    });
    expect(byMap.history.loss).toEqual(history.loss);
  });
});

describe('epochs and steps', () => {
  test('run from initialEpoch to epochs', async () => {
    const seen: number[] = [];
    const callbacks: Callback[] = [{ onEpochBegin: (index) => void seen.push(index) }];
    const { epoch } = await classifier().fit(x, y, { ...quiet, callbacks, initialEpoch: 3, epochs: 5 });
    expect(seen).toEqual([3, 4]);
    expect(epoch).toEqual([3, 4]);
  });

  test('of stepsPerEpoch go on where the last epoch ended', async () => {
    const batches: number[] = [];
    const model = line(0);
    const rows = [[0], [0], [0]];
    const callbacks: Callback[] = [{ onEpochEnd: (_, { loss }) => void batches.push(loss) }];
    await model.fit(rows, [1, 2, 3], {
      ...quiet,
      ...{ shuffle: false, batchSize: 1, stepsPerEpoch: 2, epochs: 3, callbacks },
    });
    expect(batches).toEqual([(1 + 4) / 2, (9 + 1) / 2, (4 + 9) / 2]);
  });

  test('end after maxSteps, in the middle of an epoch', async () => {
    let steps = 0;
    const callbacks: Callback[] = [{ onBatchEnd: () => void steps++ }];
    await classifier().fit(x, y, { ...quiet, callbacks, batchSize: 8, epochs: 9, maxSteps: 7 });
    expect(steps).toBe(7);
  });

  test('continue the optimizer over calls of fit: twice two epochs are four', async () => {
    const [once, twice] = [classifier(), classifier()];
    await once.fit(x, y, { ...quiet, epochs: 4 });
    await twice.fit(x, y, { ...quiet, epochs: 2 });
    await twice.fit(x, y, { ...quiet, epochs: 2 });
    expect(twice.getWeights()).toEqual(once.getWeights());
  });

  test('begin with a new optimizer after compile', async () => {
    const [kept, renewed] = [classifier(), classifier()];
    for (const model of [kept, renewed]) await model.fit(x, y, quiet);
    renewed.compile({
      optimizer: { name: 'adam', learningRate: 0.02 },
      loss: 'sparseCategoricalCrossentropy',
    });
    for (const model of [kept, renewed]) await model.fit(x, y, { ...quiet, shuffle: false });
    expect(renewed.getWeights()[0].data).not.toEqual(kept.getWeights()[0].data);
  });

  test('one by one, by trainOnBatch, are those of fit without shuffling', async () => {
    const [whole, single] = [classifier(), classifier()];
    await whole.fit(x, y, { ...quiet, shuffle: false, batchSize: 16, epochs: 2 });
    for (const begin of [0, 16, 32, 0, 16]) {
      single.trainOnBatch(x.slice(begin, begin + 16), y.slice(begin, begin + 16));
    }
    const told = single.testOnBatch(x.slice(32), y.slice(32));
    expect(single.trainOnBatch(x.slice(32), y.slice(32)).loss).toBeCloseTo(told.loss, 6);
    expect(single.getWeights()).toEqual(whole.getWeights());
  });
});

describe('streams', () => {
  const batches = (): [number[][], number[]][] => [
    [x.slice(0, 16), y.slice(0, 16)],
    [x.slice(16, 40), y.slice(16, 40)],
  ];

  test('give the steps of an epoch, opened once per epoch, and build the model', async () => {
    let opened = 0;
    const stack = [layers.dense({ units: 3, activation: 'softmax' })];
    const model = sequential({ seed: 1, layers: stack });
    model.compile({ loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
    const stream = (): [number[][], number[]][] => {
      opened += 1;
      return batches();
    };
    const { history } = await model.fit(stream, { ...quiet, epochs: 3 });
    expect(opened).toBe(3);
    expect(history.accuracy).toHaveLength(3);
    expect(model.inputShape).toEqual([3]);
  });

  test('train as arrays do: the same bits', async () => {
    const [arrays, stream] = [classifier(), classifier()];
    await arrays.fit(x, y, { ...quiet, shuffle: false, batchSize: 20, epochs: 2 });
    async function* open(): AsyncGenerator<[number[][], number[]]> {
      yield [x.slice(0, 20), y.slice(0, 20)];
      yield [x.slice(20), y.slice(20)];
    }
    await stream.fit(open, { ...quiet, epochs: 2, validationData: open });
    expect(stream.getWeights()).toEqual(arrays.getWeights());
    expect(stream.history.history.val_loss[1]).toBeCloseTo(arrays.evaluate(x, y).loss, 5);
  });

  test('without an end are cut by stepsPerEpoch, and told that they are no longer needed', async () => {
    let closed = 0;
    function* endless(): Generator<[number[][], number[]]> {
      try {
        for (;;) yield [x, y];
      } finally {
        closed += 1;
      }
    }
    const { history } = await classifier().fit(endless, { ...quiet, stepsPerEpoch: 3, epochs: 2 });
    expect(history.loss).toHaveLength(2);
    expect(closed).toBe(2);
  });
});
