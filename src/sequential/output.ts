/**
 * What the outputs of a network are to a loss that cannot learn from them: such losses are refused by `compile`. What is
 * only learned badly is told at the first fit (output-advice.ts).
 */
import { ValueError } from '../errors.js';
import type { Activation } from '../network/activations.js';
import type { NamedLoss, ResolvedLoss } from '../network/options/losses.js';
import type { LayerSpec, Shape } from '../network/spec.js';
import { sizeOf } from '../network/spec.js';

/** A loss, by its name and its options. */
export type Loss = Pick<ResolvedLoss, 'name' | 'spec'>;

/** Losses that are the same for every row where there is a single output, and what they need. */
const SEVERAL: Partial<Record<NamedLoss, string>> = {
  categoricalCrossentropy: 'one output per class',
  sparseCategoricalCrossentropy: 'one output per class',
  kullbackLeiblerDivergence: 'outputs that add up to 1',
};

/** Losses that need predictions of 0 or more, and the activation to use. */
const POSITIVE: Partial<Record<NamedLoss, string>> = {
  categoricalCrossentropy: "'softmax'",
  sparseCategoricalCrossentropy: "'softmax'",
  binaryCrossentropy: "'sigmoid'",
  kullbackLeiblerDivergence: "'softmax'",
  poisson: "'exponential' or 'softplus'",
  meanSquaredLogarithmicError: "'softplus' or 'relu'",
};

/** Why no data can make a loss learn from so many outputs of an activation; undefined if some can. */
export function impossible(
  { name, spec }: Loss,
  activation: Activation,
  outputs: number | undefined,
): string | undefined {
  const several = SEVERAL[name as NamedLoss];
  if (outputs === 1 && several !== undefined) {
    return `${name} needs ${several}, but the model has 1; use binaryCrossentropy with one sigmoid unit, or one softmax unit per class.`;
  }
  const use = POSITIVE[name as NamedLoss];
  if (activation !== 'logSoftmax' || outputs === 1 || spec.fromLogits || use === undefined) return undefined;
  return `${name} needs predictions of 0 or more, but the output layer has activation 'logSoftmax', whose values are 0 or less; use activation ${use}.`;
}

/** Layers that hand values on as they are, or within the same bounds. */
const PLAIN =
  /^(flatten|reshape|dropout|gaussianNoise|spatialDropout2d|(max|average)Pooling2d|global(Max|Average)Pooling2d)$/;

/** The activation that the outputs have come from. */
export function finalActivation(layers: readonly LayerSpec[]): Activation {
  const last = layers.filter(({ type }) => !PLAIN.test(type)).at(-1);
  return last && 'activation' in last ? last.activation : 'linear';
}

/** The number of outputs where the layers tell it without the shape of the input. */
function knownOutputs(layers: readonly LayerSpec[]): number | undefined {
  const last = layers
    .filter(({ type }) => !/^(activation|dropout|gaussianNoise|rescaling|\w+Normalization)$/.test(type))
    .at(-1);
  return last?.type === 'dense' ? last.units : undefined;
}

/**
 * @throws ValueError for a loss that cannot learn from the output of these layers, of this shape, whatever
 *   the data
 */
export function refuseOutput(
  owner: string,
  layers: readonly LayerSpec[],
  shape: Shape | undefined,
  loss: Loss,
): void {
  const outputs = shape ? sizeOf(shape) : knownOutputs(layers);
  const message = impossible(loss, finalActivation(layers), outputs);
  if (message !== undefined) throw new ValueError(`${owner}: ${message}`);
}
