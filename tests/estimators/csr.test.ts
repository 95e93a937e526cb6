import { afterAll, describe, expect, test } from 'vitest';
import { pool } from '../../src/engine/threads/pool.js';
import type { ArrayInput, MLPClassifierOptions } from '../../src/index.js';
import { MLPClassifier, MLPRegressor } from '../../src/index.js';
import { sparseSample, topics } from '../helpers/csr.js';
import { Seeded } from '../helpers/seeded.js';

afterAll(() => pool.end());

const ROWS = 90;
const COLUMNS = 101;
const labels = [...new Seeded(5).integers(ROWS, 3)];
const values = new Seeded(6).floats(ROWS);
const DENSITIES = { 'mostly zeros': 0.1, 'half of them zeros': 0.5 };

/** Everything that a model has come to. */
function outcome(model: MLPClassifier | MLPRegressor): unknown {
  const { lossCurve, coefs, intercepts, validationScores, validationLossCurve } = model;
  return { lossCurve, coefs, intercepts, validationScores, validationLossCurve };
}

const CASES: Record<string, MLPClassifierOptions & { readonly threads?: number }> = {
  adam: {},
  'sgd with momentum': { solver: 'sgd', learningRateInit: 0.1, nesterovsMomentum: false },
  'sgd with nesterov': { solver: 'sgd', learningRateInit: 0.1 },
  'plain sgd': { solver: 'sgd', learningRateInit: 0.1, momentum: 0 },
  'plain sgd without decay': { solver: 'sgd', learningRateInit: 0.1, momentum: 0, alpha: 0 },
  lbfgs: { solver: 'lbfgs' },
  'single rows': { batchSize: 1 },
  'batches that leave a rest': { batchSize: 37 },
  'one batch': { batchSize: ROWS },
  'early stopping': { earlyStopping: true, validationFraction: 0.2 },
  '2 threads': { hiddenLayerSizes: [130], threads: 2 },
  '3 threads': { hiddenLayerSizes: [130], solver: 'sgd', threads: 3 },
};

describe.each(Object.entries(DENSITIES))('CSR rows, %s,', (_name, density) => {
  const { dense, csr, untidy } = sparseSample(ROWS, COLUMNS, density);

  test.each(Object.entries(CASES))(
    'train a classifier to the bits of dense rows: %s',
    async (_case, given) => {
      const { threads, ...options } = given;
      const trained = async (x: ArrayInput): Promise<MLPClassifier> => {
        const model = new MLPClassifier({
          ...{ hiddenLayerSizes: [23, 9], batchSize: 16, maxIter: 4, randomState: 1, onWarning() {} },
          ...options,
        });
        return model.fit(x, labels, { threads });
      };
      const expected = await trained(dense);
      for (const rows of [csr, untidy]) {
        const model = await trained(rows);
        expect(outcome(model)).toEqual(outcome(expected));
        expect(model.predictProba(rows)).toEqual(expected.predictProba(dense));
        expect(model.predict(rows)).toEqual(expected.predict(dense));
        expect(model.score(rows, labels)).toBe(expected.score(dense, labels));
      }
    },
  );

  test('train a regressor to the bits of dense rows, with weights and rows to validate with', async () => {
    const other = sparseSample(40, COLUMNS, density, 2);
    const trained = async (x: ArrayInput, validation: ArrayInput): Promise<MLPRegressor> => {
      const model = new MLPRegressor({ hiddenLayerSizes: [11], maxIter: 3, randomState: 2, onWarning() {} });
      const sampleWeight = labels.map((label) => label / 2);
      return model.fit(x, values, { sampleWeight, validationData: [validation, values.subarray(0, 40)] });
    };
    const expected = await trained(dense, other.dense);
    expect(outcome(await trained(csr, other.csr))).toEqual(outcome(expected));
    expect(outcome(await trained(untidy, other.dense))).toEqual(outcome(expected));
    expect(expected.predict(csr)).toEqual(expected.predict(dense));
  });

  test('go on with partialFit, longer rows than before included', async () => {
    const parts = [sparseSample(20, COLUMNS, density / 20, 3), sparseSample(35, COLUMNS, density, 4)];
    const trained = async (kind: 'dense' | 'csr' | 'untidy'): Promise<MLPClassifier> => {
      const model = new MLPClassifier({ hiddenLayerSizes: [13], batchSize: 20, randomState: 3 });
      for (const part of [...parts, ...parts]) {
        const count = part.dense.shape[0];
        await model.partialFit(part[kind], labels.slice(0, count), { classes: [0, 1, 2] });
      }
      return model;
    };
    const expected = outcome(await trained('dense'));
    expect(outcome(await trained('csr'))).toEqual(expected);
    expect(outcome(await trained('untidy'))).toEqual(expected);
  });
});

test('CSR rows of few columns, for which lists do not pay, train to the bits of dense rows', async () => {
  const { dense, csr } = sparseSample(ROWS, 20, 0.3);
  const trained = (x: ArrayInput): Promise<MLPClassifier> =>
    new MLPClassifier({ hiddenLayerSizes: [7], maxIter: 3, randomState: 1, onWarning() {} }).fit(x, labels);
  const [expected, model] = [await trained(dense), await trained(csr)];
  expect(outcome(model)).toEqual(outcome(expected));
  expect(model.predictProba(csr)).toEqual(expected.predictProba(dense));
});

test('a bag of 20,000 words trains and generalises', async () => {
  const { x, y } = topics(2000, 20000, 50);
  const train = { ...x, indptr: [...Array.from(x.indptr).slice(0, 1501)], shape: [1500, 20000] };
  const end = 1500 * 50;
  const trainRows = {
    ...train,
    data: Array.from(x.data).slice(0, end),
    indices: Array.from(x.indices).slice(0, end),
  };
  const testRows = {
    data: Array.from(x.data).slice(end),
    indices: Array.from(x.indices).slice(end),
    indptr: Array.from(x.indptr)
      .slice(1500)
      .map((start) => start - end),
    shape: [500, 20000],
  };
  const model = new MLPClassifier({ hiddenLayerSizes: [64], maxIter: 5, randomState: 1, onWarning() {} });
  await model.fit(trainRows, y.slice(0, 1500));
  expect(model.score(testRows, y.slice(1500))).toBeGreaterThan(0.9);
});

test('values that look unscaled are named by their row and column', async () => {
  const messages: string[] = [];
  const model = new MLPClassifier({
    ...{ hiddenLayerSizes: [2], maxIter: 1, randomState: 1 },
    onWarning: ({ message }) => messages.push(message),
  });
  const x = { data: [1, 2, 500], indices: [0, 99, 7], indptr: [0, 1, 1, 3], shape: [3, 100] };
  await model.fit(x, [0, 1, 0]);
  expect(messages[0]).toContain('received 500 at row 2, column 7;');
});
