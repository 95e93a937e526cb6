import { Perceptron, ShapeError, ValueError } from 'lamella';
import { loadIris } from 'lamella/datasets';
import { describe, expect, test, vi } from 'vitest';
import { blobs, frozen } from '../blobs.js';
import { readGolden } from '../goldens.js';
import { expectRefusal } from '../refusal.js';

const { x, y } = blobs();
const iris = loadIris();
const petals = {
  data: Float64Array.from({ length: 300 }, (_, i) => iris.x.data[4 * (i >> 1) + 2 + (i & 1)]),
  shape: [150, 2],
};
const setosa = Array.from(iris.y, (code) => (code === 0 ? 'setosa' : 'another'));

describe('Perceptron', () => {
  test('finds the setosa by their petals with the weights of scikit-learn', async () => {
    const { cases } = readGolden<{
      cases: { name: string; calls: { coef: { data: number[] }; intercept: number[] }[] }[];
    }>('sklearn_perceptron');
    const { coef, intercept } = cases.find(({ name }) => name === 'petals-42')!.calls[0];
    const perceptron = await new Perceptron({ randomState: 42 }).fit(petals, setosa);
    expect([...perceptron.coef.data]).toEqual(coef.data);
    expect([...perceptron.intercept]).toEqual(intercept);
    expect(
      perceptron.predict([
        [1.4, 0.2],
        [5, 2],
      ]),
    ).toEqual(['setosa', 'another']);
    expect(perceptron.score(petals, setosa)).toBe(1);
  });

  test('has the defaults of scikit-learn, and getParams makes another one', async () => {
    const params = new Perceptron().getParams();
    expect(params).toEqual({
      ...{
        penalty: null,
        alpha: 1e-4,
        l1Ratio: 0.15,
        fitIntercept: true,
        maxIter: 1000,
        tol: 1e-3,
        shuffle: true,
      },
      ...{
        verbose: 0,
        eta0: 1,
        randomState: 0,
        earlyStopping: false,
        validationFraction: 0.1,
        nIterNoChange: 5,
      },
      ...{ classWeight: null, warmStart: false, onWarning: null },
    });
    expect(new Perceptron(params).getParams()).toEqual(params);
  });

  test('computes with numbers as they are given, in whatever form', async () => {
    const bytes = {
      data: Uint8Array.from({ length: 240 }, (_, i) => (i * 37) % 256),
      shape: [60, 4],
      scale: 1 / 255,
    };
    const numbers = Array.from({ length: 60 }, (_, row) => [...bytes.data.subarray(4 * row, 4 * row + 4)]);
    const labels = numbers.map(([a, b]) => a > b);
    const ofBytes = await new Perceptron().fit(bytes, labels);
    const ofNumbers = await new Perceptron().fit(
      numbers.map((row) => row.map((value) => value * (1 / 255))),
      labels,
    );
    const ofImages = await new Perceptron().fit({ ...bytes, shape: [60, 2, 2] }, labels);
    expect(ofNumbers.coef).toEqual(ofBytes.coef);
    expect(ofImages.coef).toEqual(ofBytes.coef);
    expect(ofBytes.coef.data).toBeInstanceOf(Float64Array);
  });

  test('weighs classes by a Map or by an object alike', async () => {
    const byMap = await new Perceptron({ classWeight: new Map([[1, 3]]) }).fit(x, y);
    const byObject = await new Perceptron({ classWeight: { 1: 3 } }).fit(x, y);
    expect(byObject.coef).toEqual(byMap.coef);
    expect(byMap.coef).not.toEqual((await new Perceptron().fit(x, y)).coef);
  });

  test('draws a seed where it is given none, and tells which', async () => {
    const perceptron = await new Perceptron({ randomState: null }).fit(x, y);
    const { randomState } = perceptron.getParams();
    expect(randomState).toEqual(expect.any(Number));
    expect((await new Perceptron({ randomState }).fit(x, y)).coef).toEqual(perceptron.coef);
  });

  test('warns when it has not converged, and not where tol is null', async () => {
    const warnings: string[] = [];
    const onWarning = ({ message }: Error): void => void warnings.push(message);
    await new Perceptron({ maxIter: 2, onWarning }).fit(x, y);
    await new Perceptron({ maxIter: 2, tol: null, onWarning }).fit(x, y);
    expect(warnings).toEqual([
      'Maximum number of iteration reached before convergence. Consider increasing maxIter to improve the fit.',
    ]);
  });

  test('changes nothing that it is given', async () => {
    const given = frozen({
      rows: x.map((row) => [...row]),
      labels: [...y],
      weights: y.map((code) => code + 1),
    });
    const before = structuredClone(given);
    await new Perceptron({ penalty: 'l1' }).fit(given.rows, given.labels, { sampleWeight: given.weights });
    expect(given).toEqual(before);
  });

  test('writes labels where it is told to', async () => {
    const perceptron = await new Perceptron().fit(x, y);
    const out = new Uint8Array(60);
    expect(perceptron.predict(x, { out })).toBe(out);
    expect([...out]).toEqual(perceptron.predict(x));
  });
});

describe('while fit runs', () => {
  test('epochs are told with their loss, and awaited', async () => {
    const told: number[] = [];
    const perceptron = new Perceptron({ maxIter: 3, tol: null });
    await perceptron.fit(x, y, {
      onEpoch: async ({ epoch, loss }) => {
        await Promise.resolve();
        expect(perceptron.nIter).toBe(epoch);
        told.push(loss);
      },
    });
    expect(told).toHaveLength(3);
    expect(perceptron.lossCurve).toEqual(told);
    expect(perceptron.loss).toBe(told[2]);
  });

  test('abort rejects with its reason; the finished epochs stay', async () => {
    const abort = new AbortController();
    const perceptron = new Perceptron({ maxIter: 9, tol: null });
    const onEpoch = ({ epoch }: { epoch: number }): void => {
      if (epoch === 2) abort.abort(new Error('enough'));
    };
    await expect(perceptron.fit(x, y, { signal: abort.signal, onEpoch })).rejects.toThrow('enough');
    const short = await new Perceptron({ maxIter: 2, tol: null }).fit(x, y);
    expect(perceptron.coef).toEqual(short.coef);
    expect(perceptron.nIter).toBe(2);
  });

  test('other work of the program gets its turn', async () => {
    let now = 0;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => (now += 30));
    let turns = 0;
    const timer = setInterval(() => turns++, 0);
    await new Perceptron({ maxIter: 50, tol: null }).fit(x, y, {
      onEpoch: () => new Promise((resolve) => setTimeout(resolve, 0)),
    });
    clearInterval(timer);
    clock.mockRestore();
    expect(turns).toBeGreaterThan(5);
  });

  test('a second fit is refused', async () => {
    const perceptron = new Perceptron();
    const first = perceptron.fit(x, y);
    await expectRefusal(
      () => perceptron.fit(x, y),
      ValueError,
      'Perceptron: fit was called while the model is being trained; await the first call.',
    );
    await first;
  });

  test('what fails before training leaves the model as it was', async () => {
    const perceptron = await new Perceptron({ warmStart: true }).fit(x, y);
    const { coef } = perceptron;
    await expect(perceptron.fit(x, y.map(String))).rejects.toThrow(ValueError);
    await expect(perceptron.fit([[1, 2]], [0])).rejects.toThrow(ShapeError);
    expect(perceptron.coef).toEqual(coef);
  });
});
