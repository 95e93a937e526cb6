import { LAYERS } from '../../src/layers/index.js';
import { describe, expect, test } from 'vitest';
import { toKernelRows } from '../../src/network/scale.js';
import type { NetworkSpec } from '../../src/network/spec.js';
import { plan } from '../../src/network/plan.js';
import { predictCalls } from '../../src/network/steps.js';
import { expectSameBits } from '../helpers/allclose.js';
import { denseLayer } from '../helpers/networks.js';
import { Seeded } from '../helpers/seeded.js';
import { networkOf } from '../helpers/training.js';
import { VARIANTS } from '../helpers/wasm.js';

const seeded = new Seeded(3);
const ROWS = 9;

/** 80 inputs, hidden layers that are wide enough for lists, dropout between them. */
function specOf(activation: 'relu' | 'tanh'): NetworkSpec {
  return {
    rules: LAYERS,
    inputShape: [80],
    layers: [
      denseLayer(71, activation),
      { type: 'dropout', rate: 0.5 },
      denseLayer(67, activation),
      denseLayer(64, activation),
      denseLayer(5, 'softmax'),
    ],
  };
}

function kernels(spec: NetworkSpec, rows: number): string[] {
  return predictCalls(plan(spec, 120, { csr: true }), rows, 'toCsr').map(({ kernel }) => kernel);
}

test('a single row goes by lists behind relu, more rows and other activations do not', () => {
  const count = (names: string[]): number => names.filter((name) => name === 'sparseForward').length;
  expect(count(kernels(specOf('relu'), 1))).toBe(4);
  expect(count(kernels(specOf('relu'), 2))).toBe(1);
  expect(count(kernels(specOf('tanh'), 1))).toBe(1);
});

describe.each(VARIANTS)('%s:', (variant) => {
  test.each(['relu', 'tanh'] as const)(
    'a row alone has the bits that it has in a batch: %s',
    (activation) => {
      const network = networkOf(variant, specOf(activation));
      network.weights.setValues(
        network.parameters.map(({ shape }) =>
          seeded.floats(
            shape.reduce((a, b) => a * b),
            0.4,
          ),
        ),
      );
      for (const data of [seeded.floats(ROWS * 80), seeded.bytes(ROWS * 80), new Float32Array(ROWS * 80)]) {
        const scale = data instanceof Uint8Array ? 1 / 255 : 1;
        const rows = { data, rows: ROWS, features: 80, scale, shape: [ROWS, 80] };
        const all = network.forward(toKernelRows(rows));
        expect(all.some((value) => value > 0 && value < 1)).toBe(true);
        for (let row = 0; row < ROWS; row++) {
          const one = { ...rows, data: data.subarray(80 * row, 80 * row + 80), rows: 1, shape: [1, 80] };
          expectSameBits(network.forward(one), all.subarray(5 * row, 5 * row + 5), `row ${row}`);
        }
      }
    },
  );
});
