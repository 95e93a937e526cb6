import { init, MLPClassifier, MLPRegressor, ShapeError, ValueError } from 'lamella';
import type { MLPOptions } from 'lamella';
import { beforeAll, describe, expect, test } from 'vitest';
import { blobs, small, trained, visible } from './blobs.js';
import { bits } from './goldens.js';
import { expectRefusal } from './refusal.js';

const { x, y } = blobs();
const full: MLPOptions = { batchSize: 60, shuffle: false, alpha: 0.1, maxIter: 10, activation: 'tanh' };
const counts = y.map((_, row) => (row * 7) % 4);
const repeated = counts.flatMap((count, row) => Array<number>(count).fill(row));
const quiet = { hiddenLayerSizes: [5], randomState: 1, learningRateInit: 0.01, onWarning: () => {} };

/** Largest difference of any two weights. */
function apart(a: MLPClassifier | MLPRegressor, b: MLPClassifier | MLPRegressor): number {
  const values = (model: typeof a): number[] => model.coefs.flatMap(({ data }) => [...data]);
  const others = values(b);
  return values(a).reduce((most, value, i) => Math.max(most, Math.abs(value - others[i])), 0);
}

describe.each(['base', 'relaxed'] as const)('row weights in %s', (variant) => {
  beforeAll(() => init({ variant }));

  test.each<MLPOptions>([
    {},
    { solver: 'sgd', batchSize: 7 },
    { earlyStopping: true, validationFraction: 0.3 },
    { solver: 'lbfgs' },
  ])('of 1 are the same bits as none: %j', async (options) => {
    const none = await trained(options);
    const ones = await small(options).fit(x, y, { sampleWeight: new Float32Array(60).fill(1) });
    expect(bits(ones)).toBe(bits(none));
    expect(ones.lossCurve).toEqual(none.lossCurve);
    expect(ones.validationScores).toEqual(none.validationScores);
  });

  test.each(['sgd', 'adam', 'lbfgs'] as const)('that count rows are as rows repeated: %s', async (solver) => {
    const weighted = await small({ ...full, solver }).fit(x, y, { sampleWeight: counts });
    const rows = repeated.map((row) => x[row]);
    const labels = repeated.map((row) => y[row]);
    const all = await small({ ...full, solver, batchSize: repeated.length }).fit(rows, labels);
    expect(apart(weighted, all)).toBeLessThan(1e-5);
    expect(weighted.loss).toBeCloseTo(all.loss, 6);
    const values = new MLPRegressor({ ...quiet, ...full, solver });
    await values.fit(x, y, { sampleWeight: counts });
    const other = await new MLPRegressor({ ...quiet, ...full, solver, batchSize: rows.length }).fit(
      rows,
      labels,
    );
    expect(apart(values, other)).toBeLessThan(1e-5);
  });

  test('of 0 are as rows left out', async () => {
    const kept = y.flatMap((_, row) => (row % 3 === 1 && row < 30 ? [] : [row]));
    const sampleWeight = y.map((_, row) => (kept.includes(row) ? 1 : 0));
    const weighted = await small(full).fit(x, y, { sampleWeight });
    const fewer = await small({ ...full, batchSize: kept.length }).fit(
      kept.map((row) => x[row]),
      kept.map((row) => y[row]),
    );
    expect(apart(weighted, fewer)).toBeLessThan(1e-5);
  });

  test('of a batch that are all 0 leave only the penalty', async () => {
    const sampleWeight = y.map((_, row) => (row < 30 ? 0 : 1));
    const model = await small({ batchSize: 10, shuffle: false }).fit(x, y, { sampleWeight });
    expect(model.coefs.every(({ data }) => data.every(Number.isFinite))).toBe(true);
  });

  test('count in partialFit', async () => {
    const [plain, weighted] = [small(full), small(full)];
    await plain.partialFit(x, y, { classes: [0, 1, 2] });
    await weighted.partialFit(x, y, { classes: [0, 1, 2], sampleWeight: counts });
    expect(apart(plain, weighted)).toBeGreaterThan(1e-6);
  });

  test('of classes multiply them', async () => {
    const byRow = await small(full).fit(x, y, {
      sampleWeight: y.map((label, i) => counts[i] * [1, 3, 0.5][label]),
    });
    const map = await new MLPClassifier({
      ...quiet,
      ...full,
      classWeight: new Map([
        [1, 3],
        [2, 0.5],
      ]),
    }).fit(x, y, { sampleWeight: counts });
    const named = await new MLPClassifier({ ...quiet, ...full, classWeight: { 1: 3, 2: 0.5 } }).fit(x, y, {
      sampleWeight: counts,
    });
    expect(bits(map)).toBe(bits(byRow));
    expect(bits(named)).toBe(bits(byRow));
  });

  test("'balanced' gives every class the same sum", async () => {
    const rows = y.flatMap((label, i) => (label === 0 && i > 20 ? [] : [i]));
    const [some, labels] = [rows.map((row) => x[row]), rows.map((row) => y[row])];
    const share = [0, 1, 2].map((k) => rows.length / (3 * labels.filter((label) => label === k).length));
    const options = { ...quiet, ...full, batchSize: rows.length };
    const balanced = await new MLPClassifier({ ...options, classWeight: 'balanced' }).fit(some, labels);
    const byHand = await new MLPClassifier(options).fit(some, labels, {
      sampleWeight: labels.map((label) => share[label]),
    });
    expect(bits(balanced)).toBe(bits(byHand));
  });
});

describe('weights that are refused', () => {
  const several = y.map((label) => [Number(label > 0), Number(label > 1)]);
  const classWeight = new Map([[7, 2]]);
  test.each<[string, () => Promise<unknown>, typeof ValueError | typeof ShapeError, string]>([
    [
      'too few',
      () => small().fit(x, y, { sampleWeight: [1, 2] }),
      ShapeError,
      'sampleWeight must have one weight for each of the 60 rows, but received the shape (2).',
    ],
    [
      'below 0',
      () => small().fit(x, y, { sampleWeight: y.map((_, i) => (i === 3 ? -1 : 1)) }),
      ValueError,
      'sampleWeight must hold finite weights >= 0, but received -1 at index 3.',
    ],
    [
      'only zeros',
      () => small().fit(x, y, { sampleWeight: y.map(() => 0) }),
      ValueError,
      'sampleWeight must hold at least one weight > 0, but received only zeros.',
    ],
    [
      'beyond float32',
      () => small().fit(x, y, { sampleWeight: y.map(() => 1e39) }),
      ValueError,
      'sampleWeight must hold weights within the range of float32 (1e-45 to 3.4e38), but received others.',
    ],
    [
      'of unknown classes',
      () => new MLPClassifier({ ...quiet, classWeight }).fit(x, y),
      ValueError,
      'MLPClassifier: classWeight must name the classes [0, 1, 2], but received a weight for 7.',
    ],
    [
      'of several labels',
      () => new MLPClassifier({ ...quiet, classWeight: 'balanced' }).fit(x, several),
      ValueError,
      "MLPClassifier: classWeight must be null with several labels per row, but received 'balanced'.",
    ],
    [
      'of a part of the data',
      () => new MLPClassifier({ ...quiet, classWeight: 'balanced' }).partialFit(x, y, { classes: [0, 1, 2] }),
      ValueError,
      "MLPClassifier: classWeight 'balanced' needs all rows at once, but partialFit sees a part of them; give the weight of each class.",
    ],
    [
      'that leave nothing',
      () => new MLPClassifier({ ...quiet, classWeight: { 0: 0, 1: 0, 2: 0 } }).fit(x, y),
      ValueError,
      'MLPClassifier: classWeight must leave at least one row a weight > 0, but received an object.',
    ],
  ])('%s', async (_what, call, Kind, sentence) => {
    const before = visible(await trained());
    await expectRefusal(call, Kind, sentence);
    expect(visible(await trained())).toEqual(before);
  });
});
