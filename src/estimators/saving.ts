import type { Tensor } from '../io/safetensors.js';
import { parameterName, slotName, writeModelFile } from '../io/model-file.js';
import type { Parameter } from '../network/parameters.js';
import { unpack } from '../network/parameters.js';
import type { Model, Optimizer } from './model.js';
import type { MLPParams } from './options.js';
import type { PerceptronParams } from './perceptron/options.js';
import type { Fitted } from './perceptron/training.js';

/** A multi-layer perceptron as it was saved. */
export interface SavedMLP {
  readonly params: MLPParams;
  readonly model: Model;
}

/**
 * A trained perceptron as bytes: options, network, progress, and the optimizer's state unless training is
 * under way, when it is incomplete.
 */
export function saveMLP(
  kind: string,
  { params, model }: SavedMLP,
  training: boolean,
): Uint8Array<ArrayBuffer> {
  const { network, progress, outputs, outActivation, classes } = model;
  const { optimizer, ...rest } = progress;
  const arrays = new Map<string, Tensor>();
  const values = network.weights.values();
  network.parameters.forEach((parameter, i) => {
    arrays.set(parameterName(parameter), { dtype: 'F32', shape: parameter.shape, data: values[i] });
  });
  const config = {
    params: savedParams(params),
    network: { params: dryParams(model.params), inputs: network.spec.inputShape[0], outputs, outActivation },
    classes,
    progress: rest,
    optimizer: optimizer && !training ? saveOptimizer(optimizer, network.parameters, arrays) : null,
  };
  return writeModelFile({ kind, config, arrays });
}

/** Everything but functions, which no file can hold. */
function savedParams({ onWarning: _onWarning, ...params }: MLPParams): object {
  return params;
}

/** Options of the past, which draw nothing any more. */
function dryParams(params: MLPParams): object {
  return { ...savedParams(params), randomState: null };
}

function saveOptimizer(
  { params, rate, state }: Optimizer,
  parameters: readonly Parameter[],
  arrays: Map<string, Tensor>,
): object {
  const { slots, ...numbers } = state;
  slots?.forEach((block, slot) => {
    for (const parameter of parameters) {
      const data = unpack(block, parameter);
      arrays.set(slotName(slot, parameter), { dtype: 'F32', shape: parameter.shape, data });
    }
  });
  return { params: dryParams(params), rate, state: numbers, slots: slots?.length ?? null };
}

/** The kind of a Perceptron in files. */
export const PERCEPTRON = 'Perceptron';

/** A trained Perceptron as bytes. */
export function savePerceptron(
  { onWarning: _onWarning, ...params }: PerceptronParams,
  { coef, intercept, ...fitted }: Fitted,
): Uint8Array<ArrayBuffer> {
  const shape = [intercept.length, fitted.features];
  return writeModelFile({
    kind: PERCEPTRON,
    config: { params, fitted },
    arrays: new Map([
      ['coef', { dtype: 'F64', shape, data: coef }],
      ['intercept', { dtype: 'F64', shape: [intercept.length], data: intercept }],
    ]),
  });
}
