import { MLPRegressor, ndarray, ShapeError, toNested, ValueError } from 'lamella';
import type { MLPRegressorOptions, NdArray } from 'lamella';
import { describe, expect, test } from 'vitest';
import { blobs } from './blobs.js';
import { expectRefusal } from './refusal.js';

const { x } = blobs(120);
const counts = x.map((row) => Math.round(4 + 3 * row[0] + 2 * row[1]));
const both = x.map((row) => [row[0] + row[1], row[2] - row[3]]);

function make(options: MLPRegressorOptions = {}): MLPRegressor {
  return new MLPRegressor({
    hiddenLayerSizes: [8],
    learningRateInit: 0.02,
    maxIter: 100,
    randomState: 1,
    onWarning: () => {},
    ...options,
  });
}

describe('one output', () => {
  test('is predicted as a Float32Array, into an array of the caller where there is one', async () => {
    const model = await make().fit(x, counts);
    const predicted = model.predict(x);
    expect(predicted).toBeInstanceOf(Float32Array);
    expect(predicted).toHaveLength(120);
    const out = new Float32Array(120);
    expect(model.predict(x, { out })).toBe(out);
    expect(out).toEqual(predicted);
    expect(model.score(x, counts)).toBeGreaterThan(0.95);
    expect([model.nOutputs, model.outActivation]).toEqual([1, 'identity']);
  });

  test('may be given in any form', async () => {
    const bits = [...(await make({ maxIter: 5 }).fit(x, counts)).predict(x)];
    const forms = [
      Float64Array.from(counts),
      ndarray(counts, [120, 1]),
      counts.map((count) => [count]),
      { data: Int16Array.from(counts, (count) => 4 * count), shape: [120], scale: 0.25 },
    ];
    for (const y of forms) expect([...(await make({ maxIter: 5 }).fit(x, y)).predict(x)]).toEqual(bits);
  });
});

describe('several outputs', () => {
  test('are predicted as an NdArray; the score is the mean of their R²', async () => {
    const model = await make().fit(x, both);
    const predicted = model.predict<NdArray>(x);
    expect(predicted.shape).toEqual([120, 2]);
    const column = (rows: number[][], j: number): number[] => rows.map((row) => row[j]);
    const r2 = [0, 1].map((j) => {
      const [truth, guess] = [column(both, j), column(toNested(predicted) as number[][], j)];
      const mean = truth.reduce((sum, value) => sum + value, 0) / 120;
      const spread = truth.reduce((sum, value) => sum + (value - mean) ** 2, 0);
      return 1 - truth.reduce((sum, value, i) => sum + (value - guess[i]) ** 2, 0) / spread;
    });
    expect(model.score(x, both)).toBeCloseTo((r2[0] + r2[1]) / 2, 10);
    expect(model.score(x, both)).toBeGreaterThan(0.9);
    const out = new Float32Array(240);
    expect(model.predict<NdArray>(x, { out }).data).toBe(out);
  });
});

describe('the Poisson loss', () => {
  test('predicts counts, none below 0', async () => {
    const model = await make({ loss: 'poisson' }).fit(x, counts);
    expect(model.outActivation).toBe('exp');
    expect(model.predict(x).every((value) => value > 0)).toBe(true);
    expect(model.score(x, counts)).toBeGreaterThan(0.9);
  });

  test.each([1, 2])('is half the deviance, summed over %d outputs', async (outputs) => {
    const y = counts.map((count, i) => (outputs === 1 ? [count] : [count, i % 3]));
    const still: MLPRegressorOptions = { loss: 'poisson', solver: 'sgd', learningRateInit: 1e-30, alpha: 0 };
    const model = await make({ ...still, maxIter: 1, batchSize: 120 }).fit(x, y);
    const given = model.predict(x) as Float32Array | NdArray;
    const predicted = 'shape' in given ? given.data : given;
    const deviance = y
      .flat()
      .map((t, i) => (t === 0 ? 0 : t * Math.log(t / predicted[i])) - t + predicted[i]);
    const mean = deviance.reduce((sum, value) => sum + value, 0) / 120;
    expect(model.loss / mean).toBeCloseTo(1, 6);
  });

  test('by lbfgs reaches what adam comes to', async () => {
    const adam = await make({ loss: 'poisson', maxIter: 600, tol: 0, nIterNoChange: Infinity }).fit(
      x,
      counts,
    );
    const lbfgs = await make({ loss: 'poisson', solver: 'lbfgs', maxIter: 200 }).fit(x, counts);
    expect(lbfgs.loss).toBeLessThan(adam.loss * 1.05);
  });
});

describe('what is refused', () => {
  const name = 'MLPRegressor';
  test.each<[string, () => unknown, typeof ValueError | typeof ShapeError, string]>([
    [
      'an unknown loss',
      () => make({ loss: 'huber' as never }),
      ValueError,
      `${name}: loss must be one of 'squaredError', 'poisson', but received 'huber'.`,
    ],
    [
      'class weights',
      () => make({ classWeight: 'balanced' } as never),
      ValueError,
      `${name}: 'classWeight' is not an option; the options are hiddenLayerSizes, activation, solver, alpha, batchSize, learningRate, learningRateInit, powerT, maxIter, shuffle, randomState, tol, verbose, warmStart, momentum, nesterovsMomentum, earlyStopping, validationFraction, beta1, beta2, epsilon, nIterNoChange, maxFun, dropout, onWarning, loss.`,
    ],
    [
      'values below 0 with poisson',
      () =>
        make({ loss: 'poisson' }).fit(
          x,
          counts.map((count, i) => (i === 4 ? -1 : count)),
        ),
      ValueError,
      "y must be >= 0 for the loss 'poisson', but received -1 in row 4.",
    ],
    [
      'targets of rank 3',
      () => make().fit(x, ndarray(new Float32Array(120), [120, 1, 1])),
      ShapeError,
      'y must have the shape (rows) or (rows, outputs), but received the shape (120, 1, 1).',
    ],
    [
      'targets beyond float32',
      () =>
        make().fit(
          x,
          counts.map(() => 1e39),
        ),
      ValueError,
      "y must be within float32's range (±3.4028235e38), but received 1e+39 at index 0.",
    ],
    [
      'texts',
      () => make().fit(x, counts.map(String) as never),
      ValueError,
      "y must hold numbers, but received '1' at index 0; convert it with Number(...).",
    ],
  ])('%s', (_what, call, Kind, sentence) => expectRefusal(call, Kind, sentence));

  test('another number of outputs, where a network is there', async () => {
    const model = await make({ maxIter: 2 }).fit(x, both);
    const before = model.coefs;
    const other = `${name}: partialFit goes on with a network of 2 linear outputs, but y and the options ask for 1 linear outputs; start anew by fit without warmStart.`;
    await expectRefusal(() => model.partialFit(x, counts), ValueError, other);
    await expectRefusal(
      () => model.score(x, counts),
      ShapeError,
      'y must have 2 outputs, as the model has, but received 1.',
    );
    const out = new Float32Array(120);
    await expectRefusal(
      () => model.predict(x, { out }),
      ShapeError,
      'out must have 240 elements for the shape (120, 2), but received 120.',
    );
    expect(model.coefs).toEqual(before);
  });
});

test('a model of poisson outputs comes back from bytes and goes on', async () => {
  const model = await make({ loss: 'poisson', maxIter: 3 }).fit(x, counts);
  const loaded = await MLPRegressor.fromBytes(model.toBytes());
  expect(loaded.getParams()).toEqual({ ...model.getParams(), onWarning: null });
  expect(loaded.predict(x)).toEqual(model.predict(x));
  await loaded.partialFit(x, counts);
  await model.partialFit(x, counts);
  expect(loaded.predict(x)).toEqual(model.predict(x));
  expect(loaded.loss).toBe(model.loss);
});
