import type { ArrayInput } from 'lamella';
import { loadModel, MLPClassifier, MLPRegressor, ndarray, Perceptron } from 'lamella';
import * as predictOnly from 'lamella/predict';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { abortAfter, asText, countTurns, hastenClock } from '../helpers/event-loop.js';
import { blobs } from './blobs.js';

/** Blobs, 60 times over, in 40 columns: some pieces of work for every reader. */
const { x: few, y: fewLabels } = blobs();
const y = Array.from({ length: 3600 }, (_, i) => fewLabels[i % 60]);
const data = Float32Array.from(
  { length: 3600 * 40 },
  (_, i) => few[Math.floor(i / 40) % 60][i % 4] + (i % 7) / 50,
);
const x = ndarray(data, [3600, 40]);
const nested = Array.from({ length: 3600 }, (_, i) => [...data.subarray(40 * i, 40 * i + 40)]);
const some = { data: data.subarray(0, 4000), shape: [100, 40] };
const several = y.map((label) => [label > 0 ? 1 : 0, label > 1 ? 1 : 0]);

afterEach(() => vi.restoreAllMocks());

type Method = (x: ArrayInput, ...rest: unknown[]) => unknown;
type AnyModel = Record<string, Method>;

const quiet = { onWarning: () => undefined, randomState: 1, maxIter: 2, hiddenLayerSizes: [8] };
const models: Record<string, AnyModel> = {};
const targets: Record<string, unknown> = {
  MLPClassifier: y,
  'MLPClassifier of two classes': y.map((label) => label > 0),
  'MLPClassifier of several labels': several,
  MLPRegressor: y.map((label) => label / 3),
  'MLPRegressor of two outputs': several,
  Perceptron: y.map((label) => `class ${label}`),
};

beforeAll(async () => {
  for (const [name, truth] of Object.entries(targets)) {
    const model = name.startsWith('MLPClassifier')
      ? new MLPClassifier(quiet)
      : name.startsWith('MLPRegressor')
        ? new MLPRegressor(quiet)
        : new Perceptron({ onWarning: () => undefined, maxIter: 2 });
    const shortTruth = (truth as unknown[]).slice(0, 100);
    await model.fit(some, shortTruth as never);
    models[name] = model as never;
    models[`${name}, loaded`] = (await loadModel(model.toBytes())) as never;
    models[`${name}, to predict`] = (await predictOnly.loadModel(model.toBytes())) as never;
  }
});

const names = Object.keys(targets).flatMap((name) => [name, `${name}, loaded`, `${name}, to predict`]);
const cases = names.flatMap((name) =>
  ['predict', 'predictProba', 'score']
    .filter((method) => method !== 'predictProba' || name.startsWith('MLPClassifier'))
    .filter((method) => method !== 'score' || !name.endsWith('to predict'))
    .map((method) => [name, method] as const),
);

describe.each(cases)('%s.%sAsync', (name, method) => {
  const args = (): unknown[] => (method === 'score' ? [targets[name.split(',')[0]]] : []);
  const sync = (input: ArrayInput): unknown => models[name][method](input, ...args());
  const async = (input: ArrayInput, options?: object): Promise<unknown> =>
    models[`${name}`][`${method}Async`](input, ...args(), options) as Promise<unknown>;

  test('gives what the synchronous call gives, and lets the host run', async () => {
    for (const input of [x, nested]) {
      const { result, turns } = await countTurns(() => async(input, { threads: 1 }));
      expect(asText(result) === asText(sync(input))).toBe(true);
      expect(turns).toBeGreaterThan(2);
      vi.restoreAllMocks();
    }
  });

  test('ends with the reason of its signal', async () => {
    await expect(async(x, { signal: AbortSignal.abort('early') })).rejects.toBe('early');
    const signal = abortAfter(0);
    hastenClock();
    await expect(async(x, { signal })).rejects.toBe('now');
  });

  test('rejects what the synchronous call refuses', async () => {
    const bad = {
      data: Float32Array.from(data, (value, i) => (i === 140000 ? NaN : value)),
      shape: [3600, 40],
    };
    for (const input of [bad, [[1, 2]], 'rows'] as unknown as ArrayInput[]) {
      let refusal: unknown;
      try {
        sync(input);
      } catch (error) {
        refusal = error;
      }
      await expect(async(input)).rejects.toEqual(refusal);
    }
    await expect(async(x, { threads: 0 })).rejects.toThrow(/Async: threads must be /);
    await expect(async(x, { sginal: 1 })).rejects.toThrow(/did you mean 'signal'/);
  });
});

test('predictAsync fills out, and works before fit as predict does', async () => {
  const out = new Int32Array(3600);
  const model = models.MLPClassifier as unknown as MLPClassifier;
  expect(await model.predictAsync(x, { out })).toBe(out);
  expect([...out]).toEqual(model.predict(x));
  await expect(new MLPClassifier().predictAsync(x)).rejects.toThrow('predictAsync needs a trained model');
  await expect(new Perceptron().scoreAsync(x, y)).rejects.toThrow('scoreAsync needs a trained model');
});

test('predict takes threads, and refuses what is no number of them', () => {
  for (const name of names) {
    const model = models[name];
    for (const method of ['predict', 'predictProba'].filter((each) => each in model)) {
      expect(asText(model[method](some, { threads: 2 }))).toBe(asText(model[method](some)));
      expect(() => model[method](some, { threads: 1.5 })).toThrow(/threads must be .*, but received 1.5/);
    }
  }
});

test('rows are predicted by the same weights, whatever is trained meanwhile', async () => {
  const model = new MLPClassifier({ ...quiet, warmStart: true });
  await model.fit(x, y);
  const expected = model.predictProba(x);
  hastenClock();
  const [result] = await Promise.all([model.predictProbaAsync(x), model.fit(x, y)]);
  expect(result).toEqual(expected);
  vi.restoreAllMocks();
  expect(model.predictProba(x)).not.toEqual(expected);
});

describe('Perceptron.fit', () => {
  test.each(['fit', 'partialFit'] as const)('%s lets the host run, and gives the same bits', async (call) => {
    const options = call === 'fit' ? {} : { classes: [0, 1, 2] };
    const make = () => new Perceptron({ onWarning: () => undefined, maxIter: 3, penalty: 'elasticnet' });
    const calm = make();
    await calm[call](x, y, options);
    const { result, turns } = await countTurns(() => make()[call](x, y, options));
    expect(result.coef).toEqual(calm.coef);
    expect(result.intercept).toEqual(calm.intercept);
    expect(turns).toBeGreaterThan(3);
  });

  test('ends with the reason of its signal while rows are read, and between the classes of an epoch', async () => {
    for (const delay of [0, 5, 10]) {
      const signal = abortAfter(delay);
      hastenClock();
      const fit = new Perceptron({ tol: null }).fit(x, y, { signal });
      await expect(fit).rejects.toBe('now');
      vi.restoreAllMocks();
    }
  });
});
