import type { NdArray, PredictOptions } from 'lamella';
import { layers, loadModel, MLPClassifier, MLPRegressor, sequential, ShapeError, ValueError } from 'lamella';
import { beforeAll, describe, expect, test } from 'vitest';

// Predictions of a row into the same array again take a shorter way (src/network/prediction-memo.ts). It has
// to see all that the caller may have changed.

interface Row {
  data: Float32Array | Uint8Array;
  shape: number[];
  scale?: number;
}

type Predict = (x: Row, options?: { out?: any }) => unknown;

const [x, y] = [
  Array.from({ length: 40 }, (_, i) => [i % 7, (i * i) % 5, i % 3]),
  Array.from({ length: 40 }, (_, i) => i % 3),
];

const network = () =>
  sequential({
    seed: 2,
    layers: [
      layers.dense({ units: 9, activation: 'relu', inputShape: [3] }),
      layers.dense({ units: 4, activation: 'softmax' }),
    ],
  });

const trained = <M extends MLPClassifier | MLPRegressor>(model: M, targets: number[]): Promise<M> =>
  model.fit(x, targets) as Promise<M>;

const OPTIONS = { hiddenLayerSizes: [8], maxIter: 20, randomState: 1, onWarning: () => {} };

/** Every method that fills an array, by name, with the array. */
const cases: [string, Predict, () => any][] = [];

beforeAll(async () => {
  const model = network();
  const three = await trained(new MLPClassifier(OPTIONS), y);
  const two = await trained(
    new MLPClassifier(OPTIONS),
    y.map((k) => Math.min(k, 1)),
  );
  const one = await trained(new MLPRegressor(OPTIONS), y);
  const loaded = await loadModel<typeof model>(model.toBytes());
  const floats = (length: number) => () => new Float32Array(length);
  cases.push(
    ['sequential', (row, options) => model.predict(row, options as PredictOptions), floats(4)],
    ['a loaded model', (row, options) => loaded.predict(row, options as PredictOptions), floats(4)],
    ['predictProba', (row, options) => three.predictProba(row, options), floats(3)],
    ['predictProba of two classes', (row, options) => two.predictProba(row, options), floats(2)],
    ['predictLogProba', (row, options) => two.predictLogProba(row, options), floats(2)],
    ['labels', (row, options) => three.predict(row, options!), () => new Int8Array(1)],
    ['a plain array of labels', (row, options) => two.predict(row, options!), () => [0]],
    ['regressor', (row, options) => one.predict(row, options), floats(1)],
  );
});

const values = (result: any): number[] => [...((result as NdArray).data ?? result)];
const copy = (row: Row): Row => ({ ...row, data: row.data.slice(), shape: [...row.shape] });

describe('a row that is predicted into the same array again', () => {
  test('gives what it would give for the first time, whatever it holds', () => {
    expect(cases.length).toBe(8);
    for (const [name, predict, make] of cases) {
      const options = { out: make() };
      for (const data of [new Float32Array(3), new Uint8Array(3)]) {
        const row: Row = { data, shape: [1, 3] };
        for (let i = 0; i < 12; i++) {
          data.set([i, (5 * i) % 7, (3 * i) % 4]);
          const result = predict(row, options);
          expect((result as NdArray).data ?? result, name).toBe(options.out);
          expect(values(result), name).toEqual(values(predict(copy(row))));
          if (i === 5) row.scale = 0.25;
          if (i === 8) options.out = make();
          if (i === 10) row.data = data.map((value) => value + 1);
        }
      }
    }
  });

  test('is looked at for its shape, its length and its numbers', () => {
    for (const [name, predict, make] of cases) {
      const row: Row = { data: Float32Array.of(1, 2, 3), shape: [1, 3] };
      const options = { out: make() };
      const again = () => predict(row, options);
      again();
      again();
      row.shape[1] = 4;
      expect(again, name).toThrow(ShapeError);
      row.shape[1] = 3;
      row.data[1] = NaN;
      expect(again, name).toThrow(ValueError);
      row.data[1] = 2;
      row.scale = NaN;
      expect(again, name).toThrow(ValueError);
      row.scale = undefined;
      again();
      options.out = name.includes('labels') ? 'abc' : new Float32Array(7);
      expect(again, name).toThrow(/out/);
      options.out = make();
      again();
      (options as any).unknown = 1;
      expect(again, name).toThrow(/not an option/);
      delete (options as any).unknown;
      const shape = row.shape;
      row.shape = undefined as any;
      expect(again, name).toThrow(ShapeError);
      row.shape = shape;
      const result = again() as any;
      if (result.shape) {
        const expected = { ...result, shape: [...result.shape] };
        result.shape.push(1);
        result.data = undefined;
        expect(again(), name).toEqual(expected);
      }
      (row as any).stride = [3, -1];
      expect(again, name).toThrow();
      delete (row as any).stride;
      if (Array.isArray(options.out)) options.out.push(1);
      else structuredClone(options.out, { transfer: [options.out.buffer] });
      expect(again, name).toThrow(/out must/);
      options.out = make();
      again();
      structuredClone(row.data, { transfer: [row.data.buffer as ArrayBuffer] });
      expect(again, name).toThrow();
    }
  });

  test('may come nested, or as rows of any other form', () => {
    const forms = [
      [[1, 2, 3]],
      [Float32Array.of(1, 2, 3)],
      { data: [1, 2, 3], shape: [1, 3], stride: [3, 1], offset: 0 },
    ];
    for (const [name, predict, make] of cases) {
      const expected = values(predict({ data: Float32Array.of(1, 2, 3), shape: [1, 3] }, { out: make() }));
      for (const form of forms) {
        const options = { out: make() };
        for (let i = 0; i < 2; i++) expect(values(predict(form as never, options)), name).toEqual(expected);
      }
    }
  });

  test('is not written into an array that is frozen meanwhile', () => {
    const [, predict] = cases.find(([name]) => name === 'a plain array of labels')!;
    const row: Row = { data: Float32Array.of(1, 2, 3), shape: [1, 3] };
    const options = { out: [null] };
    predict(row, options);
    predict(row, options);
    Object.freeze(options.out);
    for (const x of [row, copy(row)]) {
      expect(() => predict(x, options)).toThrow(
        new ValueError('out must be writable, but received a frozen array.'),
      );
    }
  });

  test('sees new weights and another training', async () => {
    const model = network();
    const row: Row = { data: Float32Array.of(1, 2, 3), shape: [1, 3] };
    const options = { out: new Float32Array(4) };
    const before = [...model.predict(row, options).data];
    model.predict(row, options);
    model.setWeights(model.getWeights().map(({ data, shape }) => ({ data: data.map((w) => 2 * w), shape })));
    expect([...model.predict(row, options).data]).not.toEqual(before);
    expect([...options.out]).toEqual([...model.predict(copy(row)).data]);
    model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
    await model.fit([[1, 2, 3]], [[1, 0, 0, 0]], { epochs: 2, verbose: 0 });
    expect([...model.predict(row, options).data]).toEqual([...model.predict(copy(row)).data]);

    const classifier = await trained(new MLPClassifier(OPTIONS), y);
    const label = { out: ['a'] as any[] };
    classifier.predict(row, label);
    classifier.predict(row, label);
    const probabilities = { out: new Float32Array(3) };
    const [logs, plain] = [
      classifier.predictLogProba(row, probabilities),
      classifier.predictProba(row, probabilities),
    ];
    expect(logs.data).toBe(plain.data);
    expect([...plain.data]).toEqual([...classifier.predictProba(copy(row)).data]);
    await classifier.fit(
      x,
      y.map((k) => `class ${k}`),
    );
    expect([...(classifier.predict(row, label) as string[])]).toEqual(classifier.predict(copy(row)));
  });

  test('takes options as the first call does: of their own', () => {
    const model = network();
    const row: Row = { data: Float32Array.of(1, 2, 3), shape: [1, 3] };
    const inherited = Object.create({ out: new Float32Array(4) });
    const first = model.predict(row, inherited).data;
    row.data.set([3, 1, 2]);
    const second = model.predict(row, inherited).data;
    expect([...second]).toEqual([...model.predict(copy(row)).data]);
    expect(second).not.toBe(first);
  });
});

test('a model file is read as it was when it was handed over', async () => {
  const [one, two] = await Promise.all(
    [0, 2].map((add) =>
      new MLPClassifier(OPTIONS).fit(
        x,
        y.map((k) => k + add),
      ),
    ),
  );
  const bytes = one.toBytes();
  const other = two.toBytes();
  const loading = [loadModel<MLPClassifier>(bytes), MLPClassifier.fromBytes(bytes)];
  bytes.set(other.subarray(0, bytes.length));
  for (const model of await Promise.all(loading)) expect(model.classes).toEqual(one.classes);
});
