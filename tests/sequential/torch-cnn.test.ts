import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Layer } from '../../src/index.js';
import { init, layers, sequential } from '../../src/index.js';

interface Stored {
  readonly shape: number[];
  readonly data: number[];
}

type Described = Record<string, unknown> & { readonly type: keyof typeof layers };

/** As tests/goldens/torch_cnn.py describes it. */
interface CnnCase {
  readonly name: string;
  readonly x: Stored;
  readonly y: number[];
  readonly layers: readonly Described[];
  readonly optimizer: { readonly name: string };
  readonly start: readonly Stored[][];
  readonly losses: readonly number[];
  readonly weights: readonly (readonly number[][])[];
}

const file = new URL('../goldens/torch_cnn.json', import.meta.url);
const goldens = JSON.parse(readFileSync(file, 'utf8')) as { cases: CnnCase[] };

function largest(values: ArrayLike<number>): number {
  return Array.from(values).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

async function trained({ x, y, start, losses, optimizer, ...golden }: CnnCase) {
  const make = layers as unknown as Record<string, (options: object) => Layer>;
  const model = sequential({
    layers: [
      layers.input({ shape: x.shape.slice(1) }),
      ...golden.layers.map(({ type, ...options }) => make[type](options)),
    ],
  });
  const arrays = start.flat().map(({ data, shape }) => ({ data: Float32Array.from(data), shape }));
  model.setWeights(arrays);
  model.compile({ optimizer: optimizer as { name: 'sgd' }, loss: 'sparseCategoricalCrossentropy' });
  const { history } = await model.fit({ data: Float32Array.from(x.data), shape: x.shape }, y, {
    ...{ epochs: losses.length, batchSize: y.length, shuffle: false, verbose: 0 as const },
  });
  return { losses: history.loss, weights: model.getWeights().map(({ data }) => data) };
}

describe.each(['base', 'relaxed'] as const)(
  'ten steps of a CNN in %s follow PyTorch in float64',
  (variant) => {
    test.each(goldens.cases.map((golden) => [golden.name, golden] as const))('%s', async (_, golden) => {
      await init({ variant });
      const { losses, weights } = await trained(golden);
      golden.losses.forEach((loss, step) => expect(Math.abs(losses[step] / loss - 1)).toBeLessThan(1e-4));
      golden.weights.flat().forEach((expected, i) => {
        const error = largest(expected.map((value, j) => value - weights[i][j])) / largest(expected);
        expect(error, `array ${i}`).toBeLessThanOrEqual(1e-4);
        const moved = largest(expected.map((value, j) => value - golden.start.flat()[i].data[j]));
        expect(moved / largest(expected), `array ${i}`).toBeGreaterThan(5e-4);
      });
    });
  },
);
