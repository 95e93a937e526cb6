import { layers, MLPClassifier, Perceptron, sequential, ValueError } from 'lamella';
import { expect, test } from 'vitest';

// Asynchronous calls read the caller's arrays while the program goes on: memory that goes away meanwhile must
// end them, where it would be read as zeros or end in a TypeError.

const ROWS = 600;
const y = Int32Array.from({ length: ROWS }, (_, i) => i % 2);
const onWarning = (): void => {};

const calls: Record<string, (x: never) => Promise<unknown>> = {
  'MLPClassifier.fit': (x) => new MLPClassifier({ maxIter: 2, onWarning }).fit(x, y),
  'MLPClassifier.partialFit': (x) => new MLPClassifier({ onWarning }).partialFit(x, y, { classes: [0, 1] }),
  'MLPClassifier.fit by lbfgs': (x) =>
    new MLPClassifier({ solver: 'lbfgs', maxIter: 2, onWarning }).fit(x, y),
  'Perceptron.fit': (x) => new Perceptron({ maxIter: 2, onWarning }).fit(x, y),
  'Sequential.fit': (x) => {
    const model = sequential({ layers: [layers.dense({ units: 1, inputShape: [8] })] });
    model.compile({ optimizer: 'sgd', loss: 'mse' });
    return model.fit(x, y, { verbose: 0 });
  },
};

const spoils: Record<string, (buffer: ArrayBuffer) => void> = {
  transferred: (buffer) => void structuredClone(buffer, { transfer: [buffer] }),
  shrunk: (buffer) => (buffer as ArrayBuffer & { resize(size: number): void }).resize(8),
};

test.each(Object.keys(calls).flatMap((name) => Object.keys(spoils).map((how) => [name, how] as const)))(
  '%s refuses rows whose buffer is %s before the promise settles',
  async (name, how) => {
    const Resizable = ArrayBuffer as unknown as new (size: number, options: object) => ArrayBuffer;
    const bytes = 4 * ROWS * 8;
    const data = new Float32Array(new Resizable(bytes, { maxByteLength: bytes }));
    for (let i = 0; i < data.length; i++) data[i] = (i * 7919) % 13;
    const result = calls[name]({ data, shape: [ROWS, 8] } as never).catch((error: unknown) => error);
    spoils[how](data.buffer as ArrayBuffer);
    expect(await result).toMatchObject({ code: expect.stringMatching(/^(VALUE|SHAPE)$/) });
  },
);

test('rows that stay are read as ever', async () => {
  const x = { data: new Float32Array(ROWS * 8).map((_, i) => (i * 7919) % 13), shape: [ROWS, 8] };
  for (const call of Object.values(calls)) expect(await call(x as never)).not.toBeInstanceOf(ValueError);
});
