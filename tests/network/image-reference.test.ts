import { describe, expect, test } from 'vitest';
import { finiteDifferences } from '../helpers/finite-differences.js';
import type { AffineMap, Image, ReferenceLayer, Sampling } from '../helpers/reference.js';
import * as reference from '../helpers/reference.js';
import { Seeded } from '../helpers/seeded.js';

const ROWS = 2;
const IMAGE: Image = [3, 4, 2];
const SIZE = 24;

const MAPS: AffineMap[] = [
  [0.8, -0.6, 1.3, 0.6, 0.8, -0.4],
  [1.5, 0, -1.1, 0, 0.4, 3.2],
];

const sampling = (fillMode: Sampling['fillMode']): ReferenceLayer =>
  reference.sampling(IMAGE, { fillMode, interpolation: 'bilinear', fillValue: 2 }, () => MAPS);

/** The kernel that makes a layer's input, so that its gradient shows the gradient of that input. */
function below(seeded: Seeded): ReferenceLayer {
  return reference.dense(seeded.floats(2 * SIZE), seeded.floats(SIZE));
}

describe('the float64 reference of images has the gradients that finite differences give', () => {
  test.each([
    [
      'zero padding',
      reference.zeroPadding(IMAGE, [
        [1, 0],
        [2, 3],
      ]),
    ],
    ['the global average', reference.globalAverage(IMAGE)],
    ['the global maximum', reference.globalMax(IMAGE)],
    ['spatial dropout of a given mask', reference.spatialDropout(IMAGE, 0.5, () => [1, 0, 0, 1])],
    ['sampling, mirrored', sampling('reflect')],
    ['sampling, repeated', sampling('wrap')],
    ['sampling, its edge drawn out', sampling('nearest')],
    ['sampling, on a ground', sampling('constant')],
    [
      'sampling of nearest pixels',
      reference.sampling(IMAGE, { fillMode: 'reflect', interpolation: 'nearest', fillValue: 0 }, () => MAPS),
    ],
    [
      'batch normalization by channels',
      reference.batchNormalization({ gamma: [0.5, 2], beta: [0.1, -1], epsilon: 1e-3, momentum: 0.9 }),
    ],
  ] as const)('with %s', (_, layer) => {
    const seeded = new Seeded(91);
    const outputs = layer.forward(new Float64Array(ROWS * SIZE).fill(1), ROWS).length / ROWS;
    const targets = seeded.floats(ROWS * outputs);
    const first = below(seeded);
    const network = new reference.ReferenceNetwork(
      [first, layer, reference.activation('tanh', outputs)],
      reference.losses.halfSquaredError,
    );
    const batch = { x: seeded.floats(ROWS * 2), targets, rows: ROWS };
    const gradients = network.gradients(batch);
    network.layers.forEach(({ parameters }, i) => {
      for (const [name, values] of Object.entries(parameters)) {
        finiteDifferences(() => network.loss(batch), values).forEach((expected, j) => {
          const what = `${name} of layer ${i}, ${j}`;
          expect(Math.abs(gradients[i][name][j] - expected), what).toBeLessThan(1e-8);
        });
      }
    });
  });
});
