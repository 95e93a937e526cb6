/** lamella's predictions, timed as the peers time theirs. */
import { readFile } from 'node:fs/promises';
import { layers, ndarray, type Sequential, sequential } from 'lamella';
import { loadMnist } from 'lamella/node';
import { time } from '../harness.js';
import { COMPARED_ROWS, type Prediction, type PredictRequest, SINGLE_ROWS } from './request.js';

/** relu, and softmax at the end. */
export function network(sizes: readonly number[]): Sequential {
  return sequential({
    seed: 1,
    layers: sizes.slice(1).map((units, i) =>
      layers.dense({
        units,
        activation: i === sizes.length - 2 ? 'softmax' : 'relu',
        kernelInitializer: 'heUniform',
        ...(i === 0 ? { inputShape: [sizes[0]] } : {}),
      }),
    ),
  });
}

/**
 * The network after an epoch of MNIST, so that its activations are as sparse as in use; random weights would
 * not give that.
 */
export async function trained(sizes: readonly number[]): Promise<Float32Array[]> {
  const model = network(sizes);
  model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy' });
  const { x, y } = (await loadMnist()).train;
  await model.fit({ ...x, shape: [y.length, sizes[0]] }, y, { epochs: 1, batchSize: 32, verbose: 0 });
  return model.getWeights().map(({ data }) => data as Float32Array);
}

async function floats(file: string): Promise<Float32Array> {
  const { buffer, byteOffset, length } = await readFile(file);
  return new Float32Array(buffer.slice(byteOffset, byteOffset + length));
}

/** Predicts on the engine that `init` has chosen. */
export async function predict({ sizes, weights, rows, batch, seconds }: PredictRequest): Promise<Prediction> {
  const model = network(sizes);
  const values = await floats(weights);
  let from = 0;
  model.setWeights(
    model.getWeights().map(({ shape }) => {
      const length = shape.reduce((product, size) => product * size, 1);
      return ndarray(values.subarray(from, (from += length)), shape);
    }),
  );
  const x = await floats(rows);
  const features = sizes[0];
  const calls = Array.from({ length: batch === 1 ? SINGLE_ROWS : 1 }, (_, i) =>
    ndarray(x.subarray(i * features, (i + batch) * features), [batch, features]),
  );
  const out = new Float32Array(batch * sizes[sizes.length - 1]);
  const { min, median } = time(() => {
    for (const call of calls) model.predict(call, { out });
  }, seconds);
  const first = ndarray(x.subarray(0, COMPARED_ROWS * features), [COMPARED_ROWS, features]);
  const { data } = model.predict(first);
  return { min: min / calls.length, median: median / calls.length, probabilities: Array.from(data) };
}
