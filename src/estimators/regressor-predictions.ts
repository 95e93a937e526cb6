import type { AsyncOptions, ThreadsOption } from '../check/async-options.js';
import { runAsync, threadsRule } from '../check/async-options.js';
import { checkOptions, float32Array } from '../check.js';
import { isAgain, remember } from '../model/last-call.js';
import type { ArrayInput, NdArray, Rows } from '../ndarray.js';
import type { Model } from './model.js';
import { checkOut, finiteOutputs, outputsInPieces, outputsOf } from './outputs.js';

const OUT = { out: float32Array, threads: threadsRule };

/** MLPRegressor.predict with a trained model. */
export function predictValues(
  model: Model,
  x: ArrayInput,
  options: ({ readonly out?: Float32Array } & ThreadsOption) | undefined,
): Float32Array | NdArray {
  const { network } = model;
  const last = network.lastCall;
  if (isAgain(last, 'predict', x, options)) {
    finiteOutputs(network, last.rows, options?.out);
    return last.result as Float32Array | NdArray;
  }
  const { out } = checkOptions('MLPRegressor.predict', options, OUT);
  const { values, rows } = outputsOf(model, x, (count) => checkedOut(model, count, out));
  const result = valuesResult(model, values, rows);
  network.lastCall = remember('predict', x, options, rows, result);
  return result;
}

/** MLPRegressor.predictAsync with a trained model. */
export function predictValuesAsync(
  model: Model,
  x: ArrayInput,
  options: ({ readonly out?: Float32Array } & AsyncOptions) | undefined,
): Promise<Float32Array | NdArray> {
  return runAsync('MLPRegressor.predictAsync', options, OUT, function* ({ out }) {
    const { values, rows } = yield* outputsInPieces(model, x, (count) => checkedOut(model, count, out));
    return valuesResult(model, values, rows);
  });
}

/** `out`, if it is as long as it must be for some rows. */
function checkedOut(
  { outputs }: Model,
  rows: number,
  out: Float32Array | undefined,
): Float32Array | undefined {
  if (out) checkOut(out.length, rows * outputs, outputs === 1 ? `(${rows})` : `(${rows}, ${outputs})`);
  return out;
}

function valuesResult({ outputs }: Model, values: Float32Array, { rows }: Rows): Float32Array | NdArray {
  return outputs === 1 ? values : { data: values, shape: [rows, outputs] };
}
