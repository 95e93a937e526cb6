import { loadModel, MLPClassifier, NotFittedError, Perceptron } from 'lamella';
import type { MLPOptions } from 'lamella';
import { describe, expect, test } from 'vitest';
import { blobs, small, trained, visible } from '../estimators/blobs.js';
import { expectRefusal } from '../estimators/refusal.js';

const { x, y } = blobs();

describe('a classifier that was saved and loaded', () => {
  test.each<MLPOptions>([
    {},
    { solver: 'sgd', learningRate: 'adaptive', nesterovsMomentum: false },
    { activation: 'tanh', hiddenLayerSizes: [9, 17], alpha: 0, nIterNoChange: Infinity },
    { earlyStopping: true, validationFraction: 0.2, hiddenLayerSizes: [] },
  ])('is the same in all that can be seen of it: %j', async (options) => {
    const classifier = await trained(options);
    const loaded = await MLPClassifier.fromBytes(classifier.toBytes());
    expect(visible(loaded)).toEqual({
      ...visible(classifier),
      params: { ...classifier.getParams(), onWarning: null },
    });
  });

  test.each([
    ['strings', ['b', 'a', 'é']],
    ['booleans', [true, false]],
    ['numbers', [10, -2]],
  ])('keeps the type of its labels: %s', async (_name, names) => {
    const labels = y.map((code) => names[code % names.length]);
    const classifier = await small().fit(x, labels);
    const loaded = await loadModel<MLPClassifier>(classifier.toBytes());
    expect(loaded.classes).toEqual(classifier.classes);
    expect(loaded.predict(x)).toEqual(classifier.predict(x));
  });

  test.each<MLPOptions>([
    { solver: 'adam' },
    { solver: 'sgd', learningRate: 'invscaling' },
    { solver: 'sgd', momentum: 0 },
  ])('goes on with partialFit to the same bits as one that was never saved: %j', async (options) => {
    const stayed = await trained(options);
    const loaded = await MLPClassifier.fromBytes(stayed.toBytes());
    await stayed.partialFit(x, y);
    await loaded.partialFit(x, y);
    expect(visible(loaded)).toMatchObject({ ...visible(stayed), params: { solver: options.solver } });
  });

  test('goes on after several calls of partialFit, which share a trainer', async () => {
    const stayed = await trained();
    await stayed.partialFit(x, y);
    await stayed.partialFit(x.slice(0, 20), y.slice(0, 20));
    const loaded = await MLPClassifier.fromBytes(stayed.toBytes());
    await stayed.partialFit(x, y);
    await loaded.partialFit(x, y);
    expect(loaded.predictProba(x)).toEqual(stayed.predictProba(x));
    expect(loaded.lossCurve).toEqual(stayed.lossCurve);
  });

  test('goes on with warmStart to the same bits', async () => {
    const stayed = await trained({ warmStart: true });
    const loaded = await MLPClassifier.fromBytes(stayed.toBytes());
    await stayed.fit(x, y);
    await loaded.setParams({ onWarning: () => {} }).fit(x, y);
    expect(loaded.lossCurve).toEqual(stayed.lossCurve);
    expect(loaded.predictProba(x)).toEqual(stayed.predictProba(x));
  });
});

describe('a Perceptron that was saved and loaded', () => {
  const options = { maxIter: 3, tol: null, penalty: 'elasticnet', classWeight: new Map([[1, 2.5]]) } as const;

  test('is the same in all that can be seen of it', async () => {
    const perceptron = await new Perceptron(options).fit(x, y);
    const loaded = (await loadModel(perceptron.toBytes())) as Perceptron;
    expect(loaded).toBeInstanceOf(Perceptron);
    expect(loaded.getParams()).toEqual(perceptron.getParams());
    for (const name of [
      'coef',
      'intercept',
      'classes',
      'loss',
      'lossCurve',
      'nIter',
      't',
      'nFeaturesIn',
    ] as const) {
      expect(loaded[name]).toEqual(perceptron[name]);
    }
    expect(loaded.decisionFunction(x)).toEqual(perceptron.decisionFunction(x));
  });

  test('goes on to the same bits', async () => {
    const stayed = await new Perceptron(options).fit(x, y);
    const loaded = await Perceptron.fromBytes(stayed.toBytes());
    await stayed.partialFit(x, y);
    await loaded.partialFit(x, y);
    expect(loaded.coef).toEqual(stayed.coef);
    expect(loaded.t).toBe(stayed.t);
  });
});

describe('toBytes', () => {
  test('gives the same bytes for the same model', async () => {
    const first = await trained();
    const second = await trained();
    expect(Buffer.compare(second.toBytes(), first.toBytes())).toBe(0);
    const again = (await loadModel(first.toBytes())).toBytes();
    expect(Buffer.compare(again, first.toBytes())).toBe(0);
  });

  test('needs a trained model', async () => {
    await expectRefusal(
      () => new Perceptron().toBytes(),
      NotFittedError,
      'Perceptron: toBytes needs a trained model, but fit has not been called; call await fit(X, y) first.',
    );
    expect(() => small().toBytes()).toThrow(NotFittedError);
  });

  test('leaves onWarning out', async () => {
    const loaded = await loadModel<MLPClassifier>((await trained()).toBytes());
    expect(loaded.getParams().onWarning).toBeNull();
  });

  test('works while fit runs: the last whole step, to start anew from', async () => {
    const classifier = small({ maxIter: 3 });
    const saved: Uint8Array[] = [];
    await classifier.fit(x, y, { onEpoch: () => void saved.push(classifier.toBytes()) });
    const loaded = (await loadModel(saved[1])) as MLPClassifier;
    expect(loaded.nIter).toBe(2);
    expect(loaded.lossCurve).toEqual(classifier.lossCurve.slice(0, 2));
    await loaded.setParams({ onWarning: () => {} }).partialFit(x, y);
    expect(loaded.nIter).toBe(1);
    expect(loaded.lossCurve).toHaveLength(3);
    expect(((await loadModel(saved[2])) as MLPClassifier).predictProba(x)).toEqual(
      classifier.predictProba(x),
    );
  });
});
