import { FormatError, loadModel, MLPClassifier, NotFittedError, ShapeError, ValueError } from 'lamella';
import { loadModel as loadPredictor } from 'lamella/predict';
import { fromColumns, fromRecords, TableClassifier, TableRegressor, TargetEncoder } from 'lamella/table';
import { beforeAll, describe, expect, test } from 'vitest';
import { withConfig } from '../model-files/config.js';

type Warnings = string[];
const told = (warnings: Warnings) => ({ onWarning: ({ message }: Error) => void warnings.push(message) });
const silent = { onWarning: () => {} };
const small = () => new MLPClassifier({ hiddenLayerSizes: [4], maxIter: 3, randomState: 0, ...silent });

const records = Array.from({ length: 90 }, (_, i) => ({
  ...{ island: ['Biscoe', 'Dream', null][i % 3], mass: i % 10 === 0 ? null : 3000 + 20 * ((i * 37) % 90) },
  ...{ wild: i % 4 === 0, seen: new Date(86400000 * 40 * i), code: `id ${i}`, always: 'x' },
  ...{ nothing: null, species: (i * 37) % 90 > 45 ? 'Gentoo' : 'Adelie' },
}));
const table = fromRecords(records, { types: { nothing: 'number' } });

describe('a TableClassifier', () => {
  let model: TableClassifier;
  const warnings: Warnings = [];

  beforeAll(async () => {
    model = await new TableClassifier({ target: 'species', randomState: 0, ...told(warnings) }).fit(table);
  });

  test('predicts labels and probabilities of tables and records', () => {
    expect(model.classes).toEqual(['Adelie', 'Gentoo']);
    expect(model.score(table)).toBeGreaterThan(0.9);
    const rows = records.slice(0, 5);
    expect(model.predict(rows)).toEqual(model.predict(table.head(5)));
    for (const row of model.predictProba(rows)) {
      expect(Object.keys(row)).toEqual(['Adelie', 'Gentoo']);
      expect(row.Adelie + row.Gentoo).toBeCloseTo(1, 6);
    }
    expect(model.predict([])).toEqual([]);
  });

  test('reports what became of each column, and drops those that tell nothing', () => {
    const treatments = model.report().map(({ column, treatment }) => [column, treatment]);
    expect(Object.fromEntries(treatments)).toEqual({
      ...{ island: 'category', mass: 'number', wild: 'boolean', seen: 'date' },
      ...{ code: 'drop', always: 'drop', nothing: 'drop' },
    });
    expect(model.featureNames().slice(0, 5)).toEqual([
      ...['island_Biscoe', 'island_Dream', 'island_missing', 'mass', 'mass_missing'],
    ]);
  });

  test('evaluates beside the largest class, and keeps the evaluation of the rows held out', () => {
    const { accuracy, confusionMatrix, classes, baseline } = model.evaluate(table);
    expect(accuracy).toBe(model.score(table));
    expect(confusionMatrix.flat().reduce((sum, count) => sum + count, 0)).toBe(90);
    expect(classes).toEqual(['Adelie', 'Gentoo']);
    expect(baseline.accuracy).toBeGreaterThanOrEqual(0.5);
    expect(model.heldOut!.confusionMatrix.flat().reduce((sum, count) => sum + count, 0)).toBe(9);
    expect(() => model.evaluate(fromRecords([{ species: 'Chinstrap' }]))).toThrow(
      "target 'species' must have labels that fit has seen, 'Adelie', 'Gentoo', but received 'Chinstrap'.",
    );
  });

  test('reads and writes files with the same bits, also in lamella/predict', async () => {
    const bytes = model.toBytes();
    const expected = model.predictProba(table);
    const loaded = await loadModel<TableClassifier>(bytes);
    expect(loaded.predictProba(table)).toEqual(expected);
    expect(loaded.heldOut).toEqual(model.heldOut);
    expect(loaded.toBytes()).toEqual(bytes);
    const predictor = (await loadPredictor(bytes as never)) as unknown as TableClassifier;
    expect(predictor.predictProba(table)).toEqual(expected);
    expect(predictor.report()).toEqual(model.report());
  });

  test('ignores unknown columns and fills missing ones, and says so once', async () => {
    const rows = [{ island: 'Dream', colour: 'red' }];
    const own: Warnings = [];
    const loaded = await TableClassifier.fromBytes(model.toBytes());
    loaded.setParams(told(own));
    expect(loaded.predict(rows)).toHaveLength(1);
    expect(loaded.predict(rows)).toHaveLength(1);
    expect(own).toEqual([
      "TableClassifier ignores the columns 'colour', which fit has not seen.",
      "TableClassifier takes the columns 'mass', 'wild', 'seen' as missing values, since the rows have none.",
    ]);
    expect(loaded.predictProba(rows)).toEqual(
      loaded.predictProba([{ island: 'Dream', mass: null, wild: null, seen: null }]),
    );
  });

  test('refuses values of another type by row and column, and one bare record', () => {
    const wrong = [{ mass: 1 }, { mass: 2 }, { mass: 3 }, { mass: 'heavy' }];
    expect(() => model.predict(wrong)).toThrow(ValueError);
    expect(() => model.predict(wrong)).toThrow("row 3, column 'mass'");
    expect(() => model.predict({ mass: 1 } as never)).toThrow(ShapeError);
    expect(() => model.predict({ mass: 1 } as never)).toThrow('write [record].');
  });

  test('goes on with partialFit, and refuses labels that are new', async () => {
    const copy = await TableClassifier.fromBytes(model.toBytes());
    await copy.partialFit(table);
    expect(copy.predictProba(table)).not.toEqual(model.predictProba(table));
    expect(copy.featureNames()).toEqual(model.featureNames());
    const rows = fromRecords([{ mass: 1, species: 'Chinstrap' }]);
    await expect(copy.partialFit(rows)).rejects.toThrow(ValueError);
  });

  test('is refused by JSON.stringify and before fit', () => {
    expect(() => JSON.stringify(model)).toThrow('keep the bytes of toBytes()');
    const unfitted = new TableClassifier({ target: 'species' });
    expect(() => unfitted.predict([])).toThrow(NotFittedError);
    expect(() => unfitted.toBytes()).toThrow(NotFittedError);
  });
});

describe('targets', () => {
  test('must be there and of two classes; rows without one are left out, with one warning', async () => {
    const one = fromRecords([
      { a: 1, y: 'only' },
      { a: 2, y: 'only' },
    ]);
    await expect(new TableClassifier({ target: 'y', ...silent }).fit(one)).rejects.toThrow(
      'target \'y\' must have at least 2 classes, but has one only, "only".',
    );
    await expect(new TableClassifier({ target: 'z' }).fit(one)).rejects.toThrow(ValueError);
    const warnings: Warnings = [];
    const gaps = fromRecords(records.map((each, i) => ({ ...each, species: i % 30 ? each.species : null })));
    const options = { target: 'species', estimator: small(), ...told(warnings) };
    await new TableClassifier(options).fit(gaps.select(['mass', 'species']));
    expect(warnings).toEqual(["TableClassifier.fit: 3 rows have no target 'species' and will not be used."]);
  });

  test('of regressors are predicted in their own units', async () => {
    const rows = fromColumns({
      x: Float64Array.from({ length: 200 }, (_, i) => i),
      y: Float64Array.from({ length: 200 }, (_, i) => 1e6 + 1000 * i),
    });
    const model = await new TableRegressor({ target: 'y', randomState: 0, ...silent }).fit(rows);
    const { r2, baseline, meanAbsoluteError } = model.evaluate(rows);
    expect(r2).toBeGreaterThan(0.98);
    expect(meanAbsoluteError).toBeLessThan(baseline.meanAbsoluteError / 5);
    const loaded = await loadModel<TableRegressor>(model.toBytes());
    expect(loaded.predict(rows)).toEqual(model.predict(rows));
    const predictor = (await loadPredictor(model.toBytes() as never)) as unknown as TableRegressor;
    expect(predictor.predict([{ x: 7 }])).toEqual(model.predict([{ x: 7 }]));
    await model.partialFit(rows);
    expect(model.score(rows)).toBeGreaterThan(0.9);
  });
});

describe('columns', () => {
  test('of 100,000 categories are kept to 40 features', async () => {
    const count = 200000;
    const wide = fromColumns({
      zip: Array.from({ length: count }, (_, i) => `z${i % 100000}`),
      y: Array.from({ length: count }, (_, i) => (i % 2 ? 'a' : 'b')),
    });
    const estimator = new MLPClassifier({ hiddenLayerSizes: [2], maxIter: 1, batchSize: 5000, ...silent });
    const model = await new TableClassifier({ target: 'y', estimator, ...silent }).fit(wide);
    expect(model.featureNames()).toHaveLength(40);
    expect(model.report()[0].categories).toBeGreaterThan(90000);
    expect(model.predict([{ zip: 'never seen' }, { zip: null }])).toHaveLength(2);
  });

  test('called __proto__ are columns as others', async () => {
    const column = Array.from({ length: 60 }, (_, i) => i % 2);
    const named = column.map((value) => JSON.parse(`{"__proto__": ${value}, "y": "${value ? 'a' : 'b'}"}`));
    const warnings: Warnings = [];
    const options = { target: 'y', randomState: 0, ...told(warnings) };
    const model = await new TableClassifier(options).fit(fromRecords(named));
    expect(model.featureNames()).toEqual(['__proto__']);
    expect(model.predict(named.slice(0, 2))).toEqual(['b', 'a']);
    const loaded = await loadModel<TableClassifier>(model.toBytes());
    expect(loaded.predictProba(named)).toEqual(model.predictProba(named));
    const other = await new TableClassifier({ target: 'species', estimator: small(), ...silent }).fit(table);
    expect(other.predict([JSON.parse('{"__proto__": {"mass": 5}}')])).toHaveLength(1);
    expect(({} as { mass?: number }).mass).toBeUndefined();
  });

  test('with a TargetEncoder are encoded without the own target of the rows that train', async () => {
    // Every category has two rows of one target: encoded by its own target, each row would tell it.
    const rows = fromColumns({
      key: Array.from({ length: 120 }, (_, i) => `k${i >> 1}`),
      y: Array.from({ length: 120 }, (_, i) => ((i * 7919) % 13 < 6 ? 'a' : 'b')),
    });
    const seen: number[][] = [];
    class Watching extends MLPClassifier {
      override fit(x: any, y: any, options?: any) {
        seen.push(Array.from(x.data as Float32Array));
        return super.fit(x, y, options);
      }
    }
    const encoder = new TargetEncoder();
    const estimator = new Watching({ hiddenLayerSizes: [2], maxIter: 1, ...silent });
    const options = { target: 'y', estimator, columns: { key: encoder }, validationFraction: 0, ...silent };
    const model = await new TableClassifier({ ...options, randomState: 4 }).fit(rows);
    const crossed = new TargetEncoder({ randomState: 4 }).fitTransform(
      rows.select(['key']),
      rows.column('y') as string[],
    );
    expect(seen[0]).toEqual(Array.from(Float32Array.from(crossed.data)));
    expect(seen[0]).not.toEqual(Array.from(Float32Array.from(model.vectorizer.transform(rows).data)));
    // The encoder of the user is copied: another model cannot change what this one has learned.
    expect(() => encoder.categories).toThrow(NotFittedError);
    await new TableClassifier({ ...options, randomState: 4 }).fit(rows);
    expect(seen[1]).toEqual(seen[0]);
  });
});

describe('a changed file is refused', () => {
  test.each<[string, (config: any) => void]>([
    ['with counts of other classes', (config) => config.heldOut.confusionMatrix.pop()],
    ['with an accuracy beyond 1', (config) => (config.heldOut.accuracy = 2)],
    ['with a member too many', (config) => (config.heldOut.code = '1')],
    ['with other labels', (config) => (config.heldOut.classes = ['Adelie', 'Emu'])],
    ['with a baseline that is no label', (config) => (config.baseline = 'Emu')],
    ['without an encoder', (config) => (config.vectorizer.fitted.columns[0].encoder = null)],
    ['without a target', (config) => delete config.params.target],
  ])('%s', async (_name, change) => {
    const model = await new TableClassifier({ target: 'species', estimator: small(), ...silent }).fit(table);
    const bytes = withConfig(model.toBytes(), change);
    await expect(loadModel(bytes)).rejects.toThrow(FormatError);
    await expect(loadPredictor(bytes)).rejects.toThrow(FormatError);
  });
});
