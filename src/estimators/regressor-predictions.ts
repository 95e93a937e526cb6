import { checkOptions, float32Array } from '../check.js';
import { isAgain, remember } from '../model/last-call.js';
import type { ArrayInput, NdArray } from '../ndarray.js';
import type { Model } from './model.js';
import { checkOut } from './out.js';
import { finiteOutputs, outputsOf } from './outputs.js';

const OUT = { out: float32Array };

/** MLPRegressor.predict with a trained model. */
export function predictValues(
  model: Model,
  x: ArrayInput,
  options: { readonly out?: Float32Array } | undefined,
): Float32Array | NdArray {
  const { outputs, network } = model;
  const last = network.lastCall;
  if (isAgain(last, 'predict', x, options)) {
    finiteOutputs(network, last.rows, options?.out);
    return last.result as Float32Array | NdArray;
  }
  const { out } = checkOptions('MLPRegressor.predict', options, OUT);
  const { values, rows } = outputsOf(model, x, (count) => {
    if (out) checkOut(out.length, count * outputs, outputs === 1 ? `(${count})` : `(${count}, ${outputs})`);
    return out;
  });
  const result = outputs === 1 ? values : { data: values, shape: [rows.rows, outputs] };
  network.lastCall = remember('predict', x, options, rows, result);
  return result;
}
