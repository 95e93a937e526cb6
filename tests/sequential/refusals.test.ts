import { describe, expect, test } from 'vitest';
import {
  DivergedError,
  layers,
  modelFromJSON,
  loadModel,
  optimizers,
  sequential,
  UnsupportedError,
} from '../../src/index.js';
import type { Sequential } from '../../src/index.js';

const x = [
  [0, 1],
  [1, 0],
  [1, 1],
];
const y = [1, 2, 3];

function regression(learningRate = 0.01): Sequential {
  const model = sequential({ seed: 1, layers: [layers.dense({ units: 1, inputShape: [2] })] });
  model.compile({ optimizer: optimizers.sgd({ learningRate }), loss: 'meanSquaredError' });
  return model;
}

const flat = (model: Sequential): number[] => model.getWeights().flatMap(({ data }) => [...data]);

describe('a step that leads to no finite numbers', () => {
  test('is refused by trainOnBatch, which keeps the weights before it', () => {
    const model = regression(1e30);
    model.trainOnBatch(x, y);
    const before = flat(model);
    expect(() => model.trainOnBatch(x, y)).toThrow(
      expect.objectContaining({
        message:
          'sequential.trainOnBatch: Weights became non-finite: expected finite numbers; the weights before the step are kept; try a smaller learning rate, or features scaled to about unit variance.',
        code: 'DIVERGED',
      }),
    );
    expect(flat(model)).toEqual(before);
    expect(before.every(Number.isFinite)).toBe(true);
  });

  test('does not keep trainOnBatch from going on with another optimizer', () => {
    const model = regression(1e30);
    const weights = model.getWeights();
    model.trainOnBatch(x, y);
    expect(() => model.trainOnBatch(x, y)).toThrow(DivergedError);
    model.setWeights(weights);
    model.learningRate = 0.01;
    expect(model.trainOnBatch(x, y)).toEqual(regression().trainOnBatch(x, y));
  });
});

describe('weights that no memory holds are refused', () => {
  const wide = (units: number): Sequential =>
    sequential({ layers: [layers.dense({ units, inputShape: [1000] })] });

  test.each([1e9, 1e15])('when the model is made, %d units', (units) => {
    expect(() => wide(units)).toThrow(UnsupportedError);
    expect(() => wide(1e9)).toThrow(
      'sequential: 1001000000000 weights need 3818512 MiB, but a model has at most 4096 MiB; use fewer units.',
    );
  });

  test('in a description too', () => {
    const described = wide(3).toJSON() as unknown as { layers: { units: number }[] };
    described.layers[0].units = 1e9;
    expect(() => modelFromJSON(described as never)).toThrow(
      'sequential: 1001000000000 weights need 3818512 MiB, but a model has at most 4096 MiB; use fewer units.',
    );
  });

  test('naming the kernel of a convolution', () => {
    const kernel = layers.conv2d({ filters: 1e9, kernelSize: [3, 5], inputShape: [28, 28, 1] });
    expect(() => sequential({ layers: [kernel] })).toThrow(
      'sequential: 16000000000 weights need 61036 MiB, but a model has at most 4096 MiB; use fewer filters or a smaller kernelSize than [3, 5].',
    );
  });

  test('with what the optimizer keeps of them', async () => {
    const model = wide(500_000);
    model.compile({ optimizer: 'adam', loss: 'meanSquaredError' });
    const given = { data: new Uint8Array(1000), shape: [1, 1000] };
    const targets = { data: new Uint8Array(500_000), shape: [1, 500_000] };
    await expect(model.fit(given, targets, { verbose: 0 })).rejects.toThrow(
      'sequential: 500500000 weights and what the optimizer keeps of them need 5728 MiB, but a model has at most 4096 MiB; use fewer units.',
    );
  });
});

describe('compile refuses', () => {
  const compile = (metrics: any[]): void => regression().compile({ loss: 'mse', metrics });
  test.each([
    [['acuracy'], "sequential.compile: 'acuracy' is not a metric; did you mean 'accuracy'?"],
    [[null], 'sequential.compile: a metric must be a name or an object with a name, but received null.'],
    [
      ['mse', 'mse'],
      "sequential.compile: metrics must have different names, none of them 'loss', but 'mse' is there already.",
    ],
  ])('the metrics %j at once', (metrics, message) => {
    expect(() => compile(metrics)).toThrow(expect.objectContaining({ message, code: 'VALUE' }));
  });
});

test('setWeights looks at every dimension of a shape', () => {
  const model = regression();
  const [kernel, bias] = model.getWeights();
  expect(() => model.setWeights([{ ...kernel, shape: [1, 2] }, bias])).toThrow('expected the shape (2, 1)');
});

test('lr is understood as what it is called elsewhere', () => {
  expect(() => optimizers.sgd({ lr: 0.1 } as object)).toThrow(
    "optimizers.sgd: 'lr' is not an option; did you mean 'learningRate'?",
  );
  expect(() => layers.dense({ units: 1, input_dim: 2 } as any)).toThrow("did you mean 'inputShape'?");
});

test('layers and models say what their options are, instead of a number or a list', () => {
  expect(() => layers.dense(64 as any)).toThrow(
    'layers.dense: options must be an object, such as { units: ... }, but received 64.',
  );
  expect(() => layers.flatten('x' as any)).toThrow(
    "layers.flatten: options must be an object, but received 'x'.",
  );
  expect(() => sequential([layers.flatten()] as any)).toThrow(
    'sequential: options must be an object, such as { layers: [...] }, but received [a Layer].',
  );
});

test('loadModel says what to do with an ArrayBuffer', async () => {
  const bytes = regression().toBytes();
  await expect(loadModel(bytes.buffer as any)).rejects.toThrow(
    'A model must be given as the bytes of its file, a Uint8Array, but received an ArrayBuffer; wrap it as new Uint8Array(buffer).',
  );
});

test('evaluate and predict take the verbose of Keras, and print nothing', () => {
  const model = regression();
  for (const verbose of [0, 1, 2] as const) {
    expect(model.evaluate(x, y, { verbose })).toEqual(model.evaluate(x, y));
    expect(model.predict(x, { verbose })).toEqual(model.predict(x));
  }
  expect(() => model.evaluate(x, y, { verbose: 3 as never })).toThrow(
    'sequential.evaluate: verbose must be 0, 1 or 2, but received 3.',
  );
});
