import { afterAll, describe, expect, test, vi } from 'vitest';
import { engine, init, layers, optimizers, sequential } from '../../src/index.js';
import { pool } from '../../src/engine/threads/pool.js';
import { kernelModule } from '../helpers/wasm.js';
import { Seeded } from '../helpers/seeded.js';

// Without V8's flag the binary computes the same, only slower.
vi.mock('../../src/engine/revectorizer.js', () => ({ ensureRevectorizer() {} }));

afterAll(() => pool.end());

const [ROWS, FEATURES, CLASSES] = [150, 97, 7];

type Optimizer = ReturnType<typeof optimizers.adam>;

async function weightsAfter(
  variant: 'relaxed' | 'wide',
  threads: number,
  { optimizer, density }: { optimizer: Optimizer; density: number },
): Promise<unknown> {
  await init({ variant });
  expect(engine().variant).toBe(variant);
  const random = new Seeded(5);
  const x = random.floats(ROWS * FEATURES);
  for (let i = 0; i < x.length; i++) if (random.uniform() >= density) x[i] = 0;
  const y = Array.from({ length: ROWS }, (_, i) => (i * 5) % CLASSES);
  const model = sequential({
    seed: 3,
    layers: [
      layers.dense({ units: 93, activation: 'relu', inputShape: [FEATURES] }),
      layers.dense({ units: 41, activation: 'tanh' }),
      layers.dense({ units: 130, activation: 'gelu' }),
      layers.dense({ units: CLASSES, activation: 'softmax' }),
    ],
  });
  model.compile({ optimizer, loss: 'sparseCategoricalCrossentropy' });
  const { history } = await model.fit({ data: x, shape: [ROWS, FEATURES] }, y, {
    ...{ threads, epochs: 2, batchSize: 70, verbose: 0 },
    onWarning() {},
  });
  return [
    history,
    model.getWeights().map(({ data }) => data),
    model.predict({ data: x, shape: [ROWS, FEATURES] }),
  ];
}

describe.each([
  ['adam', { optimizer: optimizers.adam(), density: 1 }],
  ['momentum', { optimizer: optimizers.sgd({ momentum: 0.9, nesterov: true }), density: 1 }],
  ['sgd', { optimizer: optimizers.sgd({ learningRate: 0.1 }), density: 1 }],
  ['lion with clipping', { optimizer: optimizers.lion({ globalClipNorm: 0.1 }), density: 1 }],
  ['adam on sparse rows', { optimizer: optimizers.adam(), density: 0.2 }],
] as const)('a whole fit with %s', (_, course) => {
  test('has the bits of relaxed, on one, two and three threads', async () => {
    const expected = await weightsAfter('relaxed', 1, course);
    for (const threads of [1, 2, 3]) expect(await weightsAfter('wide', threads, course)).toEqual(expected);
  });
});

test('auto never is wide', async () => {
  await init({ variant: 'wide' });
  await init({ variant: 'auto' });
  expect(engine().variant).toBe('relaxed');
});

test('takes a compiled module', async () => {
  await init({ variant: 'wide', module: kernelModule('wide') });
  expect(engine()).toMatchObject({ variant: 'wide', wasmBytes: undefined });
});
