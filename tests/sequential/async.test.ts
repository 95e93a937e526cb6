import { createHash } from 'node:crypto';
import { layers, loadModel, sequential, type Sequential } from 'lamella';
import * as predictOnly from 'lamella/predict';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { abortAfter, asText, countTurns, hastenClock } from '../helpers/event-loop.js';
import { Seeded } from '../helpers/seeded.js';

afterEach(() => vi.restoreAllMocks());

const seeded = new Seeded(6);
const ROWS = 900;
const flat = { data: seeded.floats(ROWS * 100), shape: [ROWS, 100] };
const images = { data: flat.data, shape: [ROWS, 10, 10, 1] };
const nested = Array.from({ length: ROWS }, (_, i) => [...flat.data.subarray(100 * i, 100 * i + 100)]);
const y = Array.from({ length: ROWS }, (_, i) => i % 3);
const sampleWeight = y.map((label) => 1 + label / 2);

function dense(): Sequential {
  const model = sequential({
    seed: 3,
    layers: [
      layers.dense({ units: 40, activation: 'relu', inputShape: [100], kernelRegularizer: 'l2' }),
      layers.dropout({ rate: 0.3 }),
      layers.dense({ units: 3, activation: 'softmax' }),
    ],
  });
  model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
  return model;
}

function convolutional(): Sequential {
  const model = sequential({
    seed: 3,
    layers: [
      layers.conv2d({ filters: 4, kernelSize: 3, activation: 'relu', inputShape: [10, 10, 1] }),
      layers.batchNormalization(),
      layers.maxPooling2d(),
      layers.flatten(),
      layers.dense({ units: 3, activation: 'softmax' }),
    ],
  });
  model.compile({ optimizer: 'sgd', loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
  return model;
}

const cases = [
  { name: 'dense', make: dense, x: flat as never },
  { name: 'dense, nested rows', make: dense, x: nested as never },
  { name: 'convolutional', make: convolutional, x: images as never },
];

describe.each(cases)('$name', ({ make, x }) => {
  let model: Sequential;
  let predictor: predictOnly.AnyPredictor & {
    predict: Sequential['predict'];
    predictAsync: Sequential['predictAsync'];
  };

  beforeAll(async () => {
    model = make();
    await model.fit(x, y, { epochs: 1, batchSize: 300, verbose: 0 });
    predictor = await predictOnly.loadModel(model.toBytes());
  });

  test('predictAsync gives what predict gives, and lets the host run', async () => {
    for (const each of [model, predictor]) {
      const { result, turns } = await countTurns(() => each.predictAsync(x, { threads: 'auto', verbose: 0 }));
      expect(asText(result) === asText(each.predict(x))).toBe(true);
      expect(turns).toBeGreaterThan(2);
    }
    const out = new Float32Array(ROWS * 3);
    expect((await model.predictAsync(x, { out })).data).toBe(out);
  });

  test.each([16, 300, 10000])(
    'evaluateAsync gives what evaluate gives, in batches of %i',
    async (batchSize) => {
      const options = { batchSize, sampleWeight };
      const { result, turns } = await countTurns(() => model.evaluateAsync(x, y, options));
      expect(result).toEqual(model.evaluate(x, y, options));
      expect(turns).toBeGreaterThan(2);
    },
  );

  test('end with the reason of their signal', async () => {
    for (const work of [
      (signal: AbortSignal) => model.predictAsync(x, { signal }),
      (signal: AbortSignal) => model.evaluateAsync(x, y, { signal }),
    ]) {
      await expect(work(AbortSignal.abort('early'))).rejects.toBe('early');
      const signal = abortAfter(1);
      hastenClock();
      await expect(work(signal)).rejects.toBe('now');
      vi.restoreAllMocks();
    }
  });

  test('go by the weights of the beginning, whatever is trained meanwhile', async () => {
    const trained = await loadModel<Sequential>(model.toBytes());
    const [predicted, evaluated] = [trained.predict(x), trained.evaluate(x, y)];
    hastenClock();
    const [prediction, evaluation] = await Promise.all([
      trained.predictAsync(x),
      trained.evaluateAsync(x, y),
      trained.fit(x, y, { epochs: 2, batchSize: 50, verbose: 0 }),
    ]);
    vi.restoreAllMocks();
    expect(asText(prediction) === asText(predicted)).toBe(true);
    expect(evaluation).toEqual(evaluated);
    expect(trained.evaluate(x, y)).not.toEqual(evaluated);
  });

  test('reject what the synchronous calls refuse', async () => {
    await expect(model.predictAsync([[1, 2]])).rejects.toThrow('predictAsync: x must');
    await expect(model.evaluateAsync(x, [1])).rejects.toThrow('as many entries as x has rows');
    await expect(model.predictAsync(x, { out: new Float32Array(3) })).rejects.toThrow(
      'predictAsync: out must',
    );
    await expect(model.evaluateAsync(x, y, { batchsize: 3 } as never)).rejects.toThrow(
      "did you mean 'batchSize'",
    );
    await expect(sequential().evaluateAsync(x, y)).rejects.toThrow('compile');
  });
});

test('fit copies large blocks of weights, slots and memory in pieces', async () => {
  const model = sequential({ seed: 1, layers: [layers.dense({ units: 1000, inputShape: [1000] })] });
  model.compile({ optimizer: 'adam', loss: 'meanSquaredError' });
  const rows = { data: new Float32Array(1000).fill(0.5), shape: [1, 1000] };
  const { turns } = await countTurns(() => model.fit(rows, rows, { epochs: 1, verbose: 0 }));
  // A million weights are 16 pieces of 65,536; with Adam's two slots they are read, written and saved, eight
  // blocks in all.
  expect(turns).toBeGreaterThan(8 * 15);
});

describe('while 90,000 weights are copied in pieces', () => {
  const WIDE = 300;
  const rows = { data: new Seeded(8).floats(200 * WIDE), shape: [200, WIDE] };

  function wide(): Sequential {
    const model = sequential({
      seed: 1,
      layers: [layers.dense({ units: WIDE, inputShape: [WIDE] }), layers.dense({ units: 1 })],
    });
    model.compile({ optimizer: 'adam', loss: 'meanSquaredError' });
    return model;
  }

  const labels = Float32Array.from({ length: 200 }, (_, i) => i % 7);
  const options = { epochs: 5, verbose: 0, batchSize: 200, onWarning: (): void => {} } as const;

  /**
   * Calls `onTurn` whenever the host has its turn, by a clock on which all steps are slow: the fourth comes
   * in slices.
   */
  async function fitBetween(model: Sequential, onTurn: () => void, signal?: AbortSignal): Promise<void> {
    let [now, running] = [performance.now(), true];
    vi.spyOn(performance, 'now').mockImplementation(() => (now += 60));
    const turn = (): void => {
      if (!running) return;
      onTurn();
      setImmediate(turn);
    };
    setImmediate(turn);
    try {
      await model.fit(rows, labels, { ...options, signal });
    } finally {
      running = false;
      vi.restoreAllMocks();
    }
  }

  const stateOf = (model: Sequential): string => {
    const { weights, optimizer } = model.getTrainingState();
    const hash = createHash('sha256').update(String(optimizer.step));
    for (const { data } of [...weights, ...optimizer.slots.flat()]) hash.update(data as Float32Array);
    return hash.digest('hex');
  };

  test('saving the model does not change what is trained', async () => {
    const [alone, saved] = [wide(), wide()];
    await alone.fit(rows, labels, options);
    await fitBetween(saved, () => void saved.toBytes());
    expect(stateOf(saved) === stateOf(alone)).toBe(true);
  });

  test('an abort leaves the state of a whole step', async () => {
    const whole = new Set<string>();
    const watched = wide();
    const watch = (): void => void whole.add(stateOf(watched));
    await watched.fit(rows, labels, { ...options, callbacks: { onTrainBegin: watch, onBatchEnd: watch } });
    let turns = 0;
    await fitBetween(wide(), () => void turns++);
    for (let at = 1; at < turns; at += Math.ceil(turns / 25)) {
      const model = wide();
      const abort = new AbortController();
      let left = at;
      await fitBetween(model, () => void (--left === 0 && abort.abort('now')), abort.signal).catch(() => {});
      if (model.getTrainingState().optimizer.step > 0)
        expect(whole.has(stateOf(model)), `turn ${at}`).toBe(true);
    }
  });

  test('evaluateAsync goes by the weights of one moment', async () => {
    const model = wide();
    const [first, second] = [
      model.getWeights(),
      model.getWeights().map(({ data, shape }) => ({ data: data.map((v) => 3 * v), shape })),
    ];
    const losses = [second, first].map((weights) => {
      model.setWeights(weights);
      return model.evaluate(rows, labels).loss;
    });
    model.predict(rows); // from now on, weights are changed where they are
    let turns = 0;
    const change = (): void => {
      model.setWeights(++turns % 2 ? second : first);
      if (turns < 1000) setImmediate(change);
    };
    setImmediate(change);
    hastenClock();
    const { loss } = await model.evaluateAsync(rows, labels);
    turns = 1000;
    expect(losses).toContain(loss);
  });

  test('stopTraining ends a fit before its first step', async () => {
    const model = wide();
    hastenClock();
    const fitted = model.fit(rows, labels, options);
    model.stopTraining = true;
    expect((await fitted).epoch).toEqual([]);
    expect((await model.fit(rows, labels, options)).epoch).toHaveLength(5);
  });
});
