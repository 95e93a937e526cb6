import { afterAll, describe, expect, test } from 'vitest';
import { MLPClassifier, layers, optimizers, sequential } from '../../../src/index.js';
import { pool } from '../../../src/engine/threads/pool.js';

afterAll(() => pool.end());

/** Values 0 … 1 from a counter, `density` of them not zero. */
function values(length: number, density: number, seed: number): Float32Array {
  let state = seed;
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state >>> 8) / 16777216;
  };
  return Float32Array.from({ length }, () => (next() < density ? next() : 0));
}

const ROWS = 150;

function data(features: number, density: number) {
  const x = { data: values(ROWS * features, density, 7), shape: [ROWS, features] };
  const y = Array.from(values(ROWS, 1, 9), (value) => Math.floor(value * 7));
  return { x, y };
}

type Options = ConstructorParameters<typeof MLPClassifier>[0];

async function trained(threads: number, density: number, options: Options): Promise<unknown> {
  const { x, y } = data(97, density);
  const model = new MLPClassifier({
    ...{ hiddenLayerSizes: [93, 41, 130], batchSize: 70, maxIter: 2, randomState: 1, onWarning() {} },
    ...options,
  });
  await model.fit(x, y, { threads });
  return [model.lossCurve, model.coefs.map(({ data }) => data), model.intercepts];
}

const CASES: Record<string, Options> = {
  adam: {},
  sgd: { solver: 'sgd' },
  'plain sgd without decay': { solver: 'sgd', momentum: 0, alpha: 0 },
  tanh: { activation: 'tanh' },
  gelu: { activation: 'gelu' as never },
  dropout: { dropout: 0.3 },
  'one unit after another': { hiddenLayerSizes: [1, 9, 200] },
  rmsprop: { solver: optimizers.rmsprop({ momentum: 0.5 }) as never },
  nadam: { solver: optimizers.nadam() as never },
  adamw: { solver: optimizers.adamw() as never },
  lion: { solver: optimizers.lion({ clipValue: 0.1 }) as never },
  'clipping by norm': { solver: optimizers.adagrad({ globalClipNorm: 0.1 }) as never },
  'wide layers behind relu': { hiddenLayerSizes: [180, 170, 60], alpha: 0 },
  'wide layers behind relu, half of it dropped': { hiddenLayerSizes: [180, 170], dropout: 0.5 },
  'batches beyond the registers': { batchSize: 150, hiddenLayerSizes: [300] },
};

describe.each([
  ['dense', 1],
  ['sparse', 0.2],
] as const)('on %s rows', (_name, density) => {
  test.each(Object.keys(CASES))('one, two and three threads give the same bits: %s', async (name) => {
    const one = await trained(1, density, CASES[name]);
    expect(await trained(2, density, CASES[name])).toEqual(one);
    expect(await trained(3, density, CASES[name])).toEqual(one);
    expect(await trained(2, density, CASES[name])).toEqual(one);
  });
});

test.each(['meanSquaredError', 'huber', 'categoricalHinge', 'categoricalCrossentropy', 'hinge'])(
  'Sequential gives the same bits on any number of threads: %s',
  async (loss) => {
    const run = async (threads: number): Promise<unknown> => {
      const model = sequential({
        seed: 3,
        layers: [
          layers.dense({
            units: 83,
            inputShape: [97],
            kernelRegularizer: { name: 'l1l2', l1: 1e-4, l2: 1e-4 },
          }),
          layers.batchNormalization(),
          layers.activation({ activation: 'relu' }),
          layers.dropout({ rate: 0.2 }),
          layers.dense({ units: 120, activation: 'elu' }),
          layers.layerNormalization(),
          layers.gaussianNoise({ stddev: 0.1 }),
          layers.dense({ units: 7, activation: 'softmax' }),
        ],
      });
      model.compile({ optimizer: optimizers.adam({ clipNorm: 1 }), loss, metrics: ['accuracy'] });
      const { x, y } = data(97, 1);
      const targets = y.map((label) => Array.from({ length: 7 }, (_, i) => (i === label ? 1 : 0)));
      const { history } = await model.fit(x, targets, {
        ...{ threads, epochs: 2, batchSize: 64, verbose: 0, validationSplit: 0.2 },
        onWarning() {},
      });
      return [history, model.getWeights().map(({ data }) => data)];
    };
    const one = await run(1);
    expect(await run(2)).toEqual(one);
    expect(await run(3)).toEqual(one);
  },
);
