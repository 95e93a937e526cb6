import { describe, expect, test } from 'vitest';
import type { ArrayInput, Sequential } from '../../src/index.js';
import { layers, sequential } from '../../src/index.js';
import { sparseSample } from '../helpers/csr.js';
import { Seeded } from '../helpers/seeded.js';
import { quiet } from './data.js';

const ROWS = 80;
const COLUMNS = 96;
const y = new Seeded(5).integers(ROWS, 3);
const { dense, csr, untidy } = sparseSample(ROWS, COLUMNS, 0.15);

const FIRST = {
  dense: () => [],
  dropout: () => [layers.dropout({ rate: 0.3, inputShape: [COLUMNS] })],
  rescaling: () => [layers.rescaling({ scale: 0.5, offset: 0.25, inputShape: [COLUMNS] })],
};

/** A compiled classifier that begins with some layer. */
function compiled(first: keyof typeof FIRST, optimizer: string): Sequential {
  const model = sequential({
    seed: 4,
    layers: [
      ...FIRST[first](),
      layers.dense({ units: 19, activation: 'relu', ...(first === 'dense' && { inputShape: [COLUMNS] }) }),
      layers.dense({ units: 3, activation: 'softmax' }),
    ],
  });
  model.compile({ optimizer, loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
  return model;
}

describe.each(Object.keys(FIRST) as (keyof typeof FIRST)[])(
  'CSR rows for a network that begins with %s',
  (first) => {
    test.each(['sgd', 'adam', 'rmsprop'])(
      'train and predict to the bits of dense rows by %s',
      async (optimizer) => {
        const trained = async (x: ArrayInput): Promise<unknown> => {
          const model = compiled(first, optimizer);
          const options = { ...quiet, epochs: 3, batchSize: 17, validationSplit: 0.2 };
          const { history } = await model.fit(x, y, options);
          await model.fit(x, y, { ...quiet, epochs: 1, validationData: [x, y] });
          return [history, model.evaluate(x, y), model.predict(x), model.getWeights()];
        };
        const expected = await trained(dense);
        expect(await trained(csr)).toEqual(expected);
        expect(await trained(untidy)).toEqual(expected);
      },
    );

    test('train batch by batch, dense and sparse ones in turn', async () => {
      const sizes = [5, 40, 12, 80];
      const batches = sizes.map((rows, i) => sparseSample(rows, COLUMNS, 0.02 + 0.2 * i, i));
      const stepped = (pick: (i: number) => 'dense' | 'csr'): unknown => {
        const model = compiled(first, 'adam');
        const losses = batches.map((batch, i) => model.trainOnBatch(batch[pick(i)], y.slice(0, sizes[i])));
        return [losses, model.getWeights()];
      };
      const expected = stepped(() => 'dense');
      expect(stepped(() => 'csr')).toEqual(expected);
      expect(stepped((i) => (i % 2 === 0 ? 'csr' : 'dense'))).toEqual(expected);
      expect(stepped((i) => (i % 2 === 1 ? 'csr' : 'dense'))).toEqual(expected);
    });

    test('train on streams, and validate with them', async () => {
      const sizes = [30, 30, 20];
      const batches = sizes.map((rows, i) => sparseSample(rows, COLUMNS, 0.05 + 0.2 * i, i));
      const trained = async (pick: (i: number) => 'dense' | 'csr'): Promise<unknown> => {
        const model = compiled(first, 'sgd');
        const stream = () => batches.map((batch, i) => [batch[pick(i)], y.slice(0, sizes[i])] as const);
        const { history } = await model.fit(stream, { ...quiet, epochs: 2, validationData: stream });
        return [history, model.getWeights()];
      };
      const expected = await trained(() => 'dense');
      expect(await trained(() => 'csr')).toEqual(expected);
      expect(await trained((i) => (i === 1 ? 'csr' : 'dense'))).toEqual(expected);
    });
  },
);
