import { checkOptions, instance } from '../check.js';
import type { ArrayInput, NdArray } from '../ndarray.js';
import type { Model } from './model.js';
import { checkOut } from './out.js';
import { outputsOf } from './outputs.js';

const OUT = { out: instance(Float32Array) };

/** MLPRegressor.predict with a trained model. */
export function predictValues(
  model: Model,
  x: ArrayInput,
  options: { readonly out?: Float32Array } | undefined,
): Float32Array | NdArray {
  const { outputs } = model;
  const { out } = checkOptions('MLPRegressor.predict', options, OUT);
  const { values, rows } = outputsOf(model, x, (count) => {
    if (out) checkOut(out.length, count * outputs, outputs === 1 ? `(${count})` : `(${count}, ${outputs})`);
    return out;
  });
  return outputs === 1 ? values : { data: values, shape: [rows, outputs] };
}
