import { describe, expect, test } from 'vitest';
import type { Sequential } from '../../src/index.js';
import { layers, loadModel, modelFromJSON, sequential, ValueError } from '../../src/index.js';
import { loadModel as loadPredictor } from '../../src/predict.js';
import { expectClose, expectSameBits } from '../helpers/allclose.js';
import { Seeded } from '../helpers/seeded.js';
import { quiet } from './data.js';

const SHAPES = { rows: [5], images: [3, 4, 5] };
const ROWS = 20;

function model(shape: number[]): Sequential {
  const made = sequential({
    seed: 2,
    layers: [
      layers.unitNormalization({ inputShape: shape }),
      layers.flatten(),
      layers.dense({ units: 8, activation: 'relu' }),
      layers.unitNormalization({ axis: -1 }),
      layers.dense({ units: 3, activation: 'softmax' }),
    ],
  });
  made.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy' });
  return made;
}

function dataOf(shape: number[]) {
  const seeded = new Seeded(6);
  const size = shape.reduce((product, each) => product * each);
  const data = seeded.floats(ROWS * size);
  data.fill(0, 0, size); // a row that has no direction
  return { x: { data, shape: [ROWS, ...shape] }, y: seeded.integers(ROWS, 3) };
}

describe.each(Object.entries(SHAPES))('unitNormalization of %s', (_name, shape) => {
  const { x, y } = dataOf(shape);

  test('gives the last dimension the norm 1, and zeros zeros', () => {
    const alone = sequential({ layers: [layers.unitNormalization({ inputShape: shape })] });
    const result = alone.predict(x);
    expect(result.shape).toEqual(x.shape);
    const channels = shape.at(-1)!;
    const expected = Float64Array.from(x.data, (value, i) => {
      const at = i - (i % channels);
      return value && value / Math.hypot(...x.data.subarray(at, at + channels));
    });
    expectClose(result.data as Float32Array, expected, 'outputs', { size: 1 });
  });

  test('trains, is saved, loaded and described', async () => {
    const trained = model(shape);
    const { history } = await trained.fit(x, y, { epochs: 30, ...quiet });
    expect(history.loss.at(-1)).toBeLessThan(history.loss[0]);
    const predictions = trained.predict(x).data as Float32Array;
    const bytes = trained.toBytes();
    for (const load of [loadModel<Sequential>, loadPredictor]) {
      const loaded = (await load(bytes)) as Sequential;
      expectSameBits(loaded.predict(x).data as Float32Array, predictions, 'predictions of what is loaded');
    }
    expect(modelFromJSON(trained.toJSON()).toJSON()).toEqual(trained.toJSON());
    expect(JSON.stringify(trained.toJSON())).toContain(
      '"type":"unitNormalization","name":"unit_normalization_1"',
    );
    const lines: string[] = [];
    trained.summary({ print: (line: string) => void lines.push(line) });
    expect(lines.join('\n')).toContain('UnitNormalization');
    expect(trained.layers[0].getWeights()).toEqual([]);
  });
});

test.each([0, 1, 2, [-1], [1, 2], 'last', null])('the axis %j is refused', (axis) => {
  expect(() => layers.unitNormalization({ axis } as never)).toThrow(ValueError);
  expect(() => layers.unitNormalization({ axis } as never)).toThrow(
    /^layers\.unitNormalization: axis must be -1, the last axis, but received /,
  );
});
