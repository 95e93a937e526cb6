import { describe } from '../check.js';
import { ValueError } from '../errors.js';
import { isTrainable } from '../model/activations.js';
import { resolveActivation } from '../model/options/activations.js';
import type { HiddenActivation, MLPParams } from './options.js';

/** The activation of all hidden layers, or of each, in canonical spelling. @throws ValueError */
export function readActivations(
  owner: string,
  given: unknown,
): HiddenActivation | readonly HiddenActivation[] {
  if (Array.isArray(given)) return Object.freeze(given.map((name: unknown) => readActivation(owner, name)));
  return readActivation(owner, given);
}

function readActivation(owner: string, given: unknown): HiddenActivation {
  if (typeof given !== 'string') {
    throw new ValueError(
      `${owner}: activation must be a name, or an array of one name per hidden layer, but received ${describe(given)}.`,
    );
  }
  const activation = resolveActivation(given, owner);
  if (isTrainable(activation)) return activation as HiddenActivation;
  throw new ValueError(
    `${owner}: activation must have a slope to train by, but received '${activation}', which has none.`,
  );
}

/** Whether options of the hidden layers fit their number, and each other. @throws ValueError */
export function checkLayers(
  owner: string,
  { hiddenLayerSizes, activation, dropout, solver }: MLPParams,
): void {
  const layers = hiddenLayerSizes.length;
  for (const [name, value] of Object.entries({ activation, dropout })) {
    if (!Array.isArray(value) || value.length === layers) continue;
    throw new ValueError(
      `${owner}: ${name} must hold one value for each of the ${layers} hidden layers, but received ${describe(value)}.`,
    );
  }
  if (solver === 'lbfgs' && dropoutRates({ hiddenLayerSizes, dropout }).some((rate) => rate > 0)) {
    throw new ValueError(
      `${owner}: solver 'lbfgs' needs a loss that does not change, expected dropout 0, but received ${describe(dropout)}.`,
    );
  }
}

/** The dropout of every hidden layer. */
export function dropoutRates({
  hiddenLayerSizes,
  dropout,
}: Pick<MLPParams, 'hiddenLayerSizes' | 'dropout'>): readonly number[] {
  return typeof dropout === 'number' ? hiddenLayerSizes.map(() => dropout) : dropout;
}
