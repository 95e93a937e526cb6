import { MLPClassifier, NotFittedError, ShapeError, UnsupportedError, ValueError } from 'lamella';
import { describe, expect, test, vi } from 'vitest';
import { blobs, frozen, small, trained, visible } from './blobs.js';
import type { Kind } from './refusal.js';
import { expectRefusal } from './refusal.js';

describe('calls at the wrong time', () => {
  const early = (wanted: string): string =>
    `MLPClassifier: ${wanted} needs a trained model, but fit has not been called; call await fit(X, y) first.`;

  test.each([
    ...['classes', 'coefs', 'intercepts', 'loss', 'bestLoss', 'lossCurve', 'validationScores'],
    ...['bestValidationScore', 'nIter', 'nLayers', 'nOutputs', 'nFeaturesIn', 'outActivation', 't'],
  ])('the result %s before fit', async (name) => {
    const read = (): unknown => (small() as unknown as Record<string, unknown>)[name];
    await expectRefusal(read, NotFittedError, early(name));
  });

  test.each(['predict', 'predictProba', 'predictLogProba', 'score'] as const)(
    '%s before fit',
    async (name) => {
      const { x, y } = blobs();
      await expectRefusal(() => small()[name](x, y as never), NotFittedError, early(name));
    },
  );

  test('predict before fit has ended', async () => {
    const { x, y } = blobs();
    const classifier = small();
    const promise = classifier.fit(x, y);
    expect(() => classifier.predict(x)).toThrow(
      new NotFittedError(
        'MLPClassifier: predict needs a trained model, but fit has not ended; await its promise first.',
      ),
    );
    await promise;
    expect(classifier.predict(x)).toHaveLength(60);
  });

  test('members of the promise', async () => {
    const { x, y } = blobs();
    const promise = small().fit(x, y);
    const misread = promise as unknown as MLPClassifier;
    await expectRefusal(
      () => misread.predict(x),
      NotFittedError,
      'MLPClassifier: predict needs a trained model, but was asked of the promise that fit returns; put await before the call of fit.',
    );
    await expectRefusal(
      () => misread.lossCurve,
      NotFittedError,
      'MLPClassifier: lossCurve needs a trained model, but was asked of the promise that fit returns; put await before the call of fit.',
    );
    expect(promise).toBeInstanceOf(Promise);
    expect(Object.keys(promise)).toEqual([]);
    expect(await promise).toBeInstanceOf(MLPClassifier);
  });

  test('partialFit without classes, and with early stopping', async () => {
    const { x, y } = blobs();
    await expectRefusal(
      () => small().partialFit(x, y),
      ValueError,
      'MLPClassifier: partialFit needs all classes in its first call, but received none; pass { classes: [...] }.',
    );
    await expectRefusal(
      () => small().partialFit(x, y, { classes: 3 as never }),
      ShapeError,
      'classes must be an array of labels, one per row, but received 3.',
    );
    await expectRefusal(
      () => small({ earlyStopping: true }).partialFit(x, y, { classes: [0, 1, 2] }),
      ValueError,
      'MLPClassifier: partialFit does not support earlyStopping: true, use fit.',
    );
  });

  test('going on with other sizes', async () => {
    const { x, y } = blobs();
    const classifier = await trained({ warmStart: true });
    const before = visible(classifier);
    const sentence = (call: string): string =>
      `MLPClassifier: ${call} goes on with a network of hiddenLayerSizes [5], but they have been set to [6]; set them back, or start anew by fit without warmStart.`;
    classifier.setParams({ hiddenLayerSizes: [6] });
    await expectRefusal(() => classifier.fit(x, y), ValueError, sentence('warmStart'));
    await expectRefusal(() => classifier.partialFit(x, y), ValueError, sentence('partialFit'));
    classifier.setParams({ hiddenLayerSizes: [5] });
    expect(visible(classifier)).toEqual(before);
    await classifier.fit(x, y);
    expect(classifier.nIter).toBe(4);
  });
});

describe('early stopping without enough rows', () => {
  const cannot = 'MLPClassifier: earlyStopping cannot hold out validationFraction';

  test.each<[string, number, (row: number) => unknown, string]>([
    ['one row', 0.01, (row) => row % 3, `${cannot} 0.01 of 60 rows: at least 2 are needed, but it gives 1.`],
    [
      'a class of one row',
      0.1,
      (row) => (row === 5 ? 'rare' : 'often'),
      `${cannot} 0.1 of 60 rows: A stratified split needs at least 2 rows of every class, but class 'rare' has 1.`,
    ],
    [
      'no rows to train',
      0.999,
      (row) => row % 3,
      `${cannot} 0.999 of 60 rows: A split must leave at least 1 row in each part and use at most the 60 rows there are, but testSize 0.999 would give 0 to train and 60 to test.`,
    ],
  ])('%s', async (_what, validationFraction, label, sentence) => {
    const { x } = blobs();
    const y = x.map((_, row) => label(row));
    const classifier = await trained();
    classifier.setParams({ earlyStopping: true, validationFraction });
    const before = visible(classifier);
    await expectRefusal(() => classifier.fit(x, y as never), ValueError, sentence);
    expect(visible(classifier)).toEqual(before);
  });
});

describe('arrays to fill that are refused', () => {
  test.each<[string, unknown, string]>([
    ['predict', [], 'out must have 60 elements for the shape (60), but received 0.'],
    ['predict', new Int32Array(61), 'out must have 60 elements for the shape (60), but received 61.'],
    [
      'predictProba',
      new Float32Array(60),
      'out must have 180 elements for the shape (60, 3), but received 60.',
    ],
    [
      'predictLogProba',
      new Float32Array(1),
      'out must have 180 elements for the shape (60, 3), but received 1.',
    ],
  ])('%s: length', async (method, out, sentence) => {
    const classifier = await trained();
    const call = classifier[method as 'predict'].bind(classifier);
    await expectRefusal(() => call(blobs().x, { out: out as never }), ShapeError, sentence);
  });

  test('type', async () => {
    const { x, y } = blobs();
    const classifier = await trained();
    await expectRefusal(
      () => classifier.predict(x, { out: {} as never }),
      ValueError,
      'out must be an array or a typed array, but received an object.',
    );
    await expectRefusal(
      () => classifier.predictProba(x, { out: new Float64Array(180) as never }),
      ValueError,
      'MLPClassifier.predictProba: out must be a Float32Array, but received a Float64Array.',
    );
    await expectRefusal(
      () => classifier.predict(x, { into: [] } as never),
      ValueError,
      "MLPClassifier.predict: 'into' is not an option; the options are out, threads.",
    );
    await classifier.fit(
      x,
      y.map((label) => 200 * label),
    );
    await expectRefusal(
      () => classifier.predict(x, { out: new Uint8Array(60) }),
      ValueError,
      'out must be able to hold the labels [0, 200, 400], but received a Uint8Array, which cannot hold 400.',
    );
  });
});

describe('weights of a score that are refused', () => {
  const weights = blobs().x.map(() => 1);
  test.each<[string, unknown, Kind, string]>([
    [
      'too few',
      [1, 2],
      ShapeError,
      'sampleWeight must have one weight for each of the 60 rows, but received the shape (2).',
    ],
    [
      'negative',
      weights.with(8, -1),
      ValueError,
      'sampleWeight must hold finite weights >= 0, but received -1 at index 8.',
    ],
    [
      'NaN',
      weights.with(8, NaN),
      ValueError,
      'sampleWeight must hold finite weights >= 0, but received NaN at index 8.',
    ],
    [
      'all 0',
      weights.map(() => 0),
      ValueError,
      'sampleWeight must hold at least one weight > 0, but received only zeros.',
    ],
  ])('%s', async (_what, sampleWeight, Kind, sentence) => {
    const { x, y } = blobs();
    const classifier = await trained();
    await expectRefusal(() => classifier.score(x, y, { sampleWeight } as never), Kind, sentence);
  });
});

test('a network beyond the memory is refused before anything is lost', async () => {
  const { x, y } = blobs();
  const classifier = await trained();
  const before = visible(classifier);
  const small = classifier.getParams();
  classifier.setParams({ hiddenLayerSizes: [65536, 65536] });
  await expectRefusal(
    () => classifier.fit(x, y),
    UnsupportedError,
    'MLPClassifier: training with hiddenLayerSizes [65536, 65536] needs 49163 MiB for weights and optimizer, but this runtime gives less (at most 4096 MiB); use fewer units.',
  );
  classifier.setParams({ hiddenLayerSizes: small.hiddenLayerSizes });
  expect(visible(classifier)).toEqual(before);
});

test('memory that the runtime does not give is refused before anything is lost', async () => {
  const { x, y } = blobs();
  const classifier = await trained({ warmStart: true });
  const before = visible(classifier);
  const memory = vi.spyOn(WebAssembly, 'Memory').mockImplementation(function () {
    throw new RangeError('could not allocate memory');
  });
  try {
    for (const warmStart of [true, false]) {
      classifier.setParams({ warmStart });
      const labels: (number | string)[] = warmStart ? y : y.map(String);
      await expectRefusal(
        () => classifier.fit(x, labels),
        UnsupportedError,
        expect.stringMatching(
          /^The network and its batch need 1 MiB of WebAssembly memory, but this runtime/,
        ),
      );
    }
    await expect(classifier.partialFit(x, y)).rejects.toBeInstanceOf(UnsupportedError);
  } finally {
    memory.mockRestore();
  }
  classifier.setParams({ warmStart: true });
  expect(visible(classifier)).toEqual(before);
});

test('refused or not, inputs stay as they are', async () => {
  const { x, y } = frozen(blobs());
  const sampleWeight = Float32Array.from(y, (_, i) => i);
  const options = frozen({ hiddenLayerSizes: [5], maxIter: 2, onWarning: () => {} });
  const classifier = await new MLPClassifier(options).fit(x, y, frozen({ onEpoch: () => {} }));
  classifier.predict(x);
  classifier.predictProba(x);
  classifier.score(x, y, { sampleWeight });
  expect({ x, y }).toEqual(blobs());
  expect([...sampleWeight]).toEqual(y.map((_, i) => i));

  const rows = { data: Float32Array.from(x.flat()), shape: [60, 4] };
  const bytes = { data: Uint8Array.from(x.flat(), (_, i) => i), shape: [60, 4], scale: 0.25 };
  const copies = structuredClone([rows, bytes]);
  for (const each of [rows, bytes]) await classifier.fit(each, y);
  expect([rows, bytes]).toEqual(copies);
});
