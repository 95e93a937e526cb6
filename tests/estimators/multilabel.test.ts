import { MLPClassifier, ShapeError } from 'lamella';
import type { NdArray } from 'lamella';
import { describe, expect, test } from 'vitest';
import { blobs, small } from './blobs.js';
import { bits } from './goldens.js';
import { expectRefusal } from './refusal.js';

const { x, y } = blobs();
const several = y.map((label) => [Number(label > 0), Number(label === 1), 1]);

describe('several labels per row', () => {
  const expected = { data: Uint8Array.from(several.flat()), shape: [60, 3] };
  const options = { maxIter: 200, solver: 'lbfgs', hiddenLayerSizes: [12] } as const;

  test('are predicted as a matrix, each with its probability', async () => {
    const model = await small(options).fit(x, several);
    const predicted = model.predict<NdArray<Uint8Array>>(x);
    const { data, shape } = model.predictProba(x);
    expect(shape).toEqual([60, 3]);
    expect([...predicted.data]).toEqual(Array.from(data, (p) => Number(p > 0.5)));
    const right = several.filter((row, i) => row.every((bit, j) => bit === predicted.data[3 * i + j]));
    expect(model.score(x, several)).toBeCloseTo(right.length / 60, 12);
    expect(model.score(x, several)).toBeGreaterThan(0.9);
    const out = new Uint8Array(180);
    expect(model.predict(x, { out })).toEqual(predicted);
    expect(out).toEqual(predicted.data);
    expect([model.classes, model.outActivation, model.nOutputs]).toEqual([[0, 1, 2], 'logistic', 3]);
  });

  test('may be given in any form, and come back from a file', async () => {
    const model = await small().fit(x, several);
    const flags = several.map((row) => row.map(Boolean));
    for (const form of [expected, flags as never, several.map((row) => Uint8Array.from(row)) as never]) {
      expect(bits(await small().fit(x, form))).toBe(bits(model));
    }
    const loaded = await MLPClassifier.fromBytes(model.toBytes());
    expect(loaded.predictProba(x)).toEqual(model.predictProba(x));
    await loaded.partialFit(x, several);
    expect(loaded.nIter).toBe(1);
    expect(loaded.lossCurve).toHaveLength(model.nIter + 1);
  });

  test('need no classes in partialFit, and stay as many', async () => {
    const model = await small().partialFit(x, several);
    const pair = several.map((row) => row.slice(1));
    await expectRefusal(
      () => model.partialFit(x, pair),
      ShapeError,
      'y must have 3 labels per row, as the model has, but received the shape (60, 2).',
    );
    await expectRefusal(
      () => model.partialFit(x, y),
      ShapeError,
      'y must have 3 labels per row, 0 or 1 each, as the model has, but received one per row.',
    );
    await expectRefusal(
      () => model.score(x, y),
      ShapeError,
      'y must have 3 labels per row, 0 or 1 each, as the model has, but received one per row.',
    );
  });
});
