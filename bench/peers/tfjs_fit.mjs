/** TensorFlow.js on its backend `cpu` or `wasm` (one thread): trainOnBatch over consecutive batches. */
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { load, serve, timeSteps } from './serving.mjs';

const backend = process.argv[2];
const binaries = dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'));
setWasmPaths(`${binaries}/`);
setThreadsCount(1);
await tf.setBackend(backend);
await tf.ready();

function layersOf({ layers, options, estimator }, features, classes) {
  if (layers) {
    return layers.map(({ type, ...rest }, i) =>
      tf.layers[type]({ ...rest, ...(i === 0 ? { inputShape: [28, 28, 1] } : {}) }),
    );
  }
  const activation = { logistic: 'sigmoid' }[options.activation] ?? 'relu';
  const last = estimator === 'MLPRegressor' ? 'linear' : classes === 2 ? 'sigmoid' : 'softmax';
  const units = classes === 2 || estimator === 'MLPRegressor' ? 1 : classes;
  return [...options.hiddenLayerSizes, units].map((width, i, all) =>
    tf.layers.dense({
      units: width,
      activation: i === all.length - 1 ? last : activation,
      ...(i === 0 ? { inputShape: [features] } : {}),
    }),
  );
}

function optimizerOf({ layers, options }) {
  const rate = options.learningRateInit ?? 0.001;
  if (layers || (options.solver ?? 'adam') === 'adam') return tf.train.adam(rate);
  const momentum = options.momentum ?? 0.9;
  if (momentum === 0) return tf.train.sgd(rate);
  return tf.train.momentum(rate, momentum, options.nesterovsMomentum ?? true);
}

async function train(request) {
  const { data, targets, features } = load(request.data);
  const { options, estimator, layers } = request;
  const classes = estimator === 'MLPRegressor' ? 0 : new Set(targets).size;
  const loss =
    classes === 0 ? 'meanSquaredError' : classes === 2 ? 'binaryCrossentropy' : 'categoricalCrossentropy';
  const model = tf.sequential({ layers: layersOf(request, features, classes) });
  model.compile({ optimizer: optimizerOf(request), loss });
  const rows = targets.length;
  const batch = options.batchSize ?? Math.min(200, rows);
  const some = (begin, end) => {
    const shape = layers ? [end - begin, 28, 28, 1] : [end - begin, features];
    const wanted = Array.from(targets.subarray(begin, end));
    const y =
      classes > 2
        ? tf.oneHot(tf.tensor1d(wanted, 'int32'), classes).toFloat()
        : tf.tensor2d(wanted, [end - begin, 1]);
    return [tf.tensor(data.subarray(begin * features, end * features), shape), y];
  };
  const release = (tensors) => tensors.forEach((each) => each.dispose());
  const lossNow = async () => {
    const [x, y] = some(0, Math.min(rows, batch));
    const value = tf.tidy(() => model.evaluate(x, y, { batchSize: batch }));
    const [number] = await value.data();
    release([x, y, value]);
    return number;
  };
  const before = await lossNow();
  const times = await timeSteps(
    { rows, batch, seconds: request.seconds, epochs: request.epochs },
    async (begin, end) => {
      const [x, y] = tf.tidy(() => some(begin, end));
      await model.trainOnBatch(x, y);
      release([x, y]);
    },
  );
  const losses = [before, await lossNow()];
  model.dispose();
  return { ...times, losses };
}

await serve({ name: `TensorFlow.js ${tf.version.tfjs} ${backend}` }, train);
