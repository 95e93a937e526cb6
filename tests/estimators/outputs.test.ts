import { MLPClassifier, ndarray } from 'lamella';
import type { MLPOptions } from 'lamella';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { blobs, small, trained, visible } from './blobs.js';
import { bits, relativeDifference } from './goldens.js';

const { x, y } = blobs();

describe('predictions', () => {
  test('are copies, in ordinary buffers, that sum to 1', async () => {
    for (const labels of [y, y.map((k) => k > 0)]) {
      const classifier = await small().fit(x, labels);
      const { data, shape } = classifier.predictProba(x);
      expect(data.buffer.constructor).toBe(ArrayBuffer);
      expect(data.byteLength).toBe(data.buffer.byteLength);
      for (let row = 0; row < 60; row++) {
        const sum = data.subarray(row * shape[1], (row + 1) * shape[1]).reduce((a, b) => a + b);
        expect(sum).toBeCloseTo(1, 6);
      }
      data.fill(7);
      expect(classifier.predictProba(x).data.every((p) => p >= 0 && p <= 1)).toBe(true);
      for (const { data } of classifier.coefs) data.fill(7);
      for (const bias of classifier.intercepts) bias.fill(7);
      classifier.lossCurve.push(7);
      classifier.classes.pop();
      expect(visible(classifier)).toEqual(visible(await small().fit(x, labels)));
    }
  });

  test('fill what they are given', async () => {
    for (const labels of [y, y.map((k) => Math.min(k, 1))]) {
      const classifier = await small().fit(x, labels);
      const plain = classifier.predict(x);
      for (const out of [new Float64Array(60), new Int8Array(60), new Array<number>(60)]) {
        expect(classifier.predict(x, { out })).toBe(out);
        expect([...out]).toEqual(plain);
      }
      for (const method of ['predictProba', 'predictLogProba'] as const) {
        const expected = classifier[method](x);
        const out = new Float32Array(expected.data.length).fill(9);
        const given = classifier[method](x, { out });
        expect(given.data).toBe(out);
        expect(given).toEqual(expected);
      }
    }
    const named = await small().fit(
      x,
      y.map((k) => 'abc'[k]),
    );
    const out: string[] = new Array<string>(60);
    expect(named.predict(x, { out })).toEqual(named.predict(x));
  });

  test('have the logarithms of their probabilities', async () => {
    const classifier = await trained();
    const { data } = classifier.predictProba(x);
    const logs = classifier.predictLogProba(x);
    expect(logs.shape).toEqual([60, 3]);
    expect([...logs.data]).toEqual([...data].map((p) => Math.fround(Math.log(p))));
    const sure = await trained({ activation: 'identity' });
    expect(sure.predictLogProba([[1e6, 0, 0, 0]]).data).toContain(-Infinity);
  });

  test('score by weight', async () => {
    const classifier = await trained();
    const right = classifier.predict(x).map((label, i) => label === y[i]);
    const sampleWeight = y.map((_, i) => i % 4);
    const total = sampleWeight.reduce((a, b) => a + b);
    const share = sampleWeight.reduce((sum, weight, i) => sum + (right[i] ? weight : 0), 0) / total;
    expect(classifier.score(x, y, { sampleWeight })).toBeCloseTo(share, 12);
    expect(classifier.score(x, y, { sampleWeight: ndarray(sampleWeight) })).toBeCloseTo(share, 12);
    expect(classifier.score(x, y, { sampleWeight: right.map(Number) })).toBe(1);
    expect(classifier.score(x, y)).toBe(right.filter(Boolean).length / 60);
  });
});

describe('options', () => {
  test('come back from getParams, which makes the same estimator', async () => {
    const options: MLPOptions = { hiddenLayerSizes: 7, activation: 'logistic', solver: 'sgd', verbose: 0 };
    const classifier = small(options);
    const params = classifier.getParams();
    expect(params).toMatchObject({ hiddenLayerSizes: [7], activation: 'sigmoid', solver: 'sgd', tol: 1e-4 });
    const twin = new MLPClassifier(params);
    expect(twin.getParams()).toEqual(params);
    expect(new MLPClassifier().setParams(params).getParams()).toEqual(params);
    expect(bits(await twin.fit(x, y))).toBe(bits(await classifier.fit(x, y)));
  });

  test('cannot be changed from outside', () => {
    const sizes = [5, 4];
    const classifier = small({ hiddenLayerSizes: sizes });
    sizes.push(3);
    (classifier.getParams().hiddenLayerSizes as number[]).push(2);
    expect(classifier.getParams().hiddenLayerSizes).toEqual([5, 4]);
    (new MLPClassifier().getParams().hiddenLayerSizes as number[]).push(50);
    expect(new MLPClassifier().getParams().hiddenLayerSizes).toEqual([100]);
  });

  test('tell the seed that was drawn, which trains to the same bits', async () => {
    const classifier = small({ randomState: null });
    expect(classifier.getParams().randomState).toBeNull();
    await classifier.fit(x, y);
    const { randomState } = classifier.getParams();
    expect(Number.isInteger(randomState)).toBe(true);
    expect(bits(await trained({ randomState }))).toBe(bits(classifier));
    const other = await small({ randomState: null }).fit(x, y);
    expect(other.getParams().randomState).not.toBe(randomState);
  });

  test('that are changed count when training goes on', async () => {
    const classifier = await trained({ warmStart: true });
    await classifier.setParams({ alpha: 5 }).fit(x, y);
    await classifier.setParams({ activation: 'tanh', alpha: 0 }).fit(x, y);
    await classifier.partialFit(x, y);
    // scikit-learn 1.2.1 on the same rows, with the same calls
    const expected = [
      ...[1.4232438, 1.3854289, 1.3495815, 1.3163483, 1.6536118, 1.6167344, 1.5824324, 1.5509419],
      ...[1.2366822, 1.2043138, 1.1726977, 1.1417643, 1.1113762],
    ];
    expect(classifier.lossCurve).toHaveLength(expected.length);
    expect(relativeDifference(classifier.lossCurve, expected, expected.length)).toBeLessThan(1e-5);
    expect(classifier.score(x, y)).toBeCloseTo(0.41666, 3);
  });

  test('of no layers make a logistic regression', async () => {
    const classifier = await trained({ hiddenLayerSizes: [] });
    expect(classifier.nLayers).toBe(2);
    expect(classifier.coefs.map(({ shape }) => shape)).toEqual([[4, 3]]);
  });
});

describe('warnings', () => {
  const log = vi.spyOn(console, 'warn').mockImplementation(() => {});
  afterAll(() => log.mockRestore());
  const unconverged =
    "Stochastic Optimizer: Maximum iterations (3) reached and the optimization hasn't converged yet.";

  test('go to onWarning alone, if there is one', async () => {
    log.mockClear();
    const warnings: Error[] = [];
    await trained({ maxIter: 3, batchSize: 100, onWarning: (warning) => void warnings.push(warning) });
    expect(warnings.map(({ name, message }) => [name, message])).toEqual([
      [
        'LamellaWarning',
        'Got `batchSize` less than 1 or larger than sample size. It is going to be clipped: 100 rows asked for, 60 training rows there.',
      ],
      ['ConvergenceWarning', unconverged],
    ]);
    expect(log).not.toHaveBeenCalled();
  });

  test('or else to console.warn, each once', async () => {
    log.mockClear();
    for (let i = 0; i < 3; i++) await trained({ maxIter: 3, onWarning: null });
    expect(log.mock.calls).toEqual([[`ConvergenceWarning: ${unconverged}`]]);
  });

  test('tell of features that look unscaled, once for a training', async () => {
    const warnings: string[] = [];
    const onWarning = ({ message }: Error): void => void warnings.push(message);
    const large = x.map((row, i) => (i === 7 ? [...row.slice(0, 3), -2500] : row));
    const pixels = Uint8Array.from({ length: 240 }, (_, i) => (i * 7) % 240);
    const classifier = small({ onWarning, maxIter: 100, tol: 10, warmStart: true });
    await classifier.fit(large, y);
    await classifier.fit(large, y);
    await classifier.partialFit(large, y);
    expect(warnings).toEqual([
      'X looks unscaled: expected values of about -3 to 3, but received -2500 at row 7, column 3; scale the features to about unit variance.',
    ]);
    const images = { data: pixels, shape: [60, 2, 2] };
    await small({ onWarning, maxIter: 100, tol: 10 }).fit(images, y);
    expect(warnings[1]).toBe(
      'X looks unscaled: expected values of about -3 to 3, but received 239 at row 34, column 1; give them a scale, as in { data, shape, scale: 1 / 255 }.',
    );
    await small({ onWarning, maxIter: 100, tol: 10 }).fit({ ...images, scale: 1 / 255 }, y);
    expect(warnings).toHaveLength(2);
  });

  test('count the rows that early stopping leaves', async () => {
    const warnings: string[] = [];
    const onWarning = ({ message }: Error): void => void warnings.push(message);
    await trained({ earlyStopping: true, validationFraction: 0.5, batchSize: 31, maxIter: 100, onWarning });
    expect(warnings[0]).toContain('31 rows asked for, 30 training rows there');
  });
});

test('verbose prints every epoch, also when it is a number', async () => {
  const lines: string[] = [];
  const log = vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(line));
  await trained({ maxIter: 2, verbose: 10 });
  await trained({ maxIter: 2, verbose: 0 });
  log.mockRestore();
  expect(lines).toEqual([
    expect.stringMatching(/^Iteration 1, loss = \d\.\d{8}$/),
    expect.stringMatching(/^Iteration 2, loss = \d\.\d{8}$/),
  ]);
});
