import type { AsyncOptions, ThreadsOption } from '../check.js';
import { runAsync, threadsRule, checkOptions, float32Array } from '../check.js';
import { isRepeated, memoize } from '../network/prediction-memo.js';
import type { ArrayInput, NdArray, Rows } from '../ndarray.js';
import { FittedMLP } from './fitted-mlp.js';
import type { Model } from './model.js';
import { checkOut, finiteOutputs, outputsInPieces, outputsOf } from './outputs.js';

const OUT = { out: float32Array, threads: threadsRule };

/** A saved MLPRegressor: its attributes and predictions. It cannot be trained. */
export class RegressorPredictor extends FittedMLP {
  /** Survives minifiers. */
  static override readonly name: string = 'RegressorPredictor';
  protected readonly name = 'MLPRegressor';

  /**
   * The values of every row: (rows) for one output, else an NdArray (rows, outputs).
   *
   * @param options `out`: a Float32Array of rows · outputs to fill
   */
  predict<T extends Float32Array | NdArray = Float32Array>(
    x: ArrayInput,
    options?: { readonly out?: Float32Array } & ThreadsOption,
  ): T;
  predict(x: ArrayInput): Float32Array;
  predict(x: ArrayInput, options?: { readonly out?: Float32Array } & ThreadsOption): Float32Array | NdArray {
    return predictValues(this.fitted('predict'), x, options);
  }

  /**
   * `predict` in slices of about 25 ms, between which other work of the program runs. All rows are predicted
   * by the same weights, whatever is trained meanwhile.
   *
   * @param options those of predict, and `signal`
   */
  predictAsync<T extends Float32Array | NdArray = Float32Array>(
    x: ArrayInput,
    options?: { readonly out?: Float32Array } & AsyncOptions,
  ): Promise<T>;
  predictAsync(x: ArrayInput, options?: AsyncOptions): Promise<Float32Array>;
  async predictAsync(
    x: ArrayInput,
    options?: { readonly out?: Float32Array } & AsyncOptions,
  ): Promise<Float32Array | NdArray> {
    return predictValuesAsync(this.fitted('predictAsync'), x, options);
  }
}

/** MLPRegressor.predict with a trained model. */
function predictValues(
  model: Model,
  x: ArrayInput,
  options: ({ readonly out?: Float32Array } & ThreadsOption) | undefined,
): Float32Array | NdArray {
  const { network } = model;
  const { memo } = network;
  if (isRepeated(memo, 'predict', x, options)) {
    finiteOutputs(network, memo.rows, options?.out);
    return memo.result as Float32Array | NdArray;
  }
  const { out } = checkOptions('MLPRegressor.predict', options, OUT);
  const { values, rows } = outputsOf(model, x, (count) => checkedOut(model, count, out));
  const result = valuesResult(model, values, rows);
  network.memo = memoize('predict', x, options, rows, result);
  return result;
}

/** MLPRegressor.predictAsync with a trained model. */
function predictValuesAsync(
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
