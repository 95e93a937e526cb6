import {
  LamellaError,
  layers,
  loadModel,
  MLPClassifier,
  MLPRegressor,
  Perceptron,
  sequential,
} from 'lamella';
import * as predictOnly from 'lamella/predict';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { countTurns } from '../helpers/event-loop.js';
import { Seeded } from '../helpers/seeded.js';

afterEach(() => vi.restoreAllMocks());

const seeded = new Seeded(4);
const x = { data: seeded.floats(20 * 1500), shape: [20, 1500] };
const y = Array.from({ length: 20 }, (_, i) => i % 2);
const options = { hiddenLayerSizes: [60], maxIter: 1, randomState: 1, onWarning: () => undefined };

interface Saved {
  toBytes(): Uint8Array;
  predict(x: unknown): unknown;
}

const models: [string, () => Promise<Saved>][] = [
  ['MLPClassifier', () => new MLPClassifier(options).partialFit(x, y, { classes: [0, 1] })],
  ['MLPRegressor', () => new MLPRegressor(options).fit(x, y)],
  [
    'Perceptron',
    () =>
      new Perceptron({ maxIter: 2, onWarning: () => undefined }).fit(
        { data: seeded.floats(4 * 90000), shape: [4, 90000] },
        [0, 1, 0, 1],
      ),
  ],
  [
    'Sequential',
    async () => {
      const dense = layers.dense({ units: 60, inputShape: [1500] });
      const model = sequential({
        seed: 1,
        layers: [dense, layers.dense({ units: 1, activation: 'sigmoid' })],
      });
      model.compile({ optimizer: 'adam', loss: 'binaryCrossentropy' });
      await model.fit(x, y, { epochs: 2, verbose: 0 });
      return model;
    },
  ],
];

describe.each(models)('%s', (name, make) => {
  test('is loaded in slices, to the bit', async () => {
    const bytes = (await make()).toBytes();
    const { result, turns } = await countTurns(() => loadModel(bytes));
    expect(Buffer.from(result.toBytes()).equals(Buffer.from(bytes))).toBe(true);
    expect(turns).toBeGreaterThan(8);
    const predictor = await countTurns(() => predictOnly.loadModel<predictOnly.AnyPredictor & Saved>(bytes));
    expect(predictor.turns).toBeGreaterThan(8);
    if (name !== 'Perceptron') expect(predictor.result.predict(x)).toEqual((result as Saved).predict(x));
  });

  test('is refused when a bit of its arrays has changed', async () => {
    const bytes = (await make()).toBytes();
    bytes[bytes.length - 100] ^= 4;
    const refused = countTurns(() => loadModel(bytes));
    await expect(refused).rejects.toThrow('the file is damaged');
  });
});

describe('a file of more than 16 MiB', () => {
  const large = (): Uint8Array => {
    const model = sequential({ seed: 1, layers: [layers.dense({ units: 2100, inputShape: [2100] })] });
    return model.toBytes();
  };

  test('is refused when its bytes change, or are transferred, before they have been read', async () => {
    const changed = large();
    const refused = loadModel(changed);
    changed.fill(0, changed.length - 100);
    await expect(refused).rejects.toThrow('the file is damaged');
    const transferred = large();
    const alsoRefused = loadModel(transferred);
    structuredClone(transferred.buffer, { transfer: [transferred.buffer as ArrayBuffer] });
    await expect(alsoRefused).rejects.toThrow(LamellaError);
  });
});
