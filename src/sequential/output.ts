/**
 * Which losses learn from which output activations. A table says for every loss what each kind of output does
 * to it; what no data can make learn is refused by `compile`, the rest is told at the first fit.
 */
import { ValueError } from '../errors.js';
import type { Activation } from '../model/activations.js';
import type { NamedLoss, ResolvedLoss } from '../model/options/losses.js';
import type { LayerSpec, Shape } from '../model/spec.js';
import { sizeOf } from '../model/spec.js';

/** Activations whose outputs are alike to a loss. */
type Kind =
  | 'any' // every number
  | 'lowered' // above a number that is a little below 0
  | 'signed' // -1 to 1
  | 'clipped' // 0 or more, without a slope at 0
  | 'positive' // above 0
  | 'share' // between 0 and 1
  | 'clippedShare' // 0 to 1, without a slope at both
  | 'softmax'
  | 'logSoftmax';

const KINDS: Partial<Record<Activation, Kind>> = {
  linear: 'any',
  leakyRelu: 'any',
  elu: 'lowered',
  selu: 'lowered',
  gelu: 'lowered',
  silu: 'lowered',
  mish: 'lowered',
  tanh: 'signed',
  softsign: 'signed',
  relu: 'clipped',
  relu6: 'clipped',
  softplus: 'positive',
  exponential: 'positive',
  sigmoid: 'share',
  hardSigmoid: 'clippedShare',
  softmax: 'softmax',
  logSoftmax: 'logSoftmax',
};

const VALUES: Record<Kind, string> = {
  any: 'whose values may be any number',
  lowered: 'whose values may be below 0 or above 1',
  signed: 'whose values are from -1 to 1',
  clipped: 'whose values are 0, without a slope, or more',
  positive: 'whose values are above 0',
  share: 'whose values are between 0 and 1',
  clippedShare: 'whose values are from 0 to 1, both without a slope',
  softmax: 'whose values are from 0 to 1 and add up to 1',
  logSoftmax: 'whose values are 0 or less',
};

/** Least and largest value of an activation; what is a little below 0 counts as -∞. */
export function outputRange(activation: Activation): readonly [least: number, most: number] {
  if (activation === 'relu6') return [0, 6];
  switch (KINDS[activation]) {
    case 'signed':
      return [-1, 1];
    case 'clipped':
    case 'positive':
      return [0, Infinity];
    case 'share':
    case 'clippedShare':
    case 'softmax':
      return [0, 1];
    case 'logSoftmax':
      return [-Infinity, 0];
    default:
      return [-Infinity, Infinity];
  }
}

/**
 * What a loss wants of its output, what to use, and the kinds of which it learns badly, or nothing whatever
 * the data.
 */
interface Demand {
  readonly wants: string;
  readonly use: string;
  readonly warned: readonly Kind[];
  readonly refused?: readonly Kind[];
}

const SOFTMAX: Demand = {
  wants: 'compares probabilities',
  use: "use activation 'softmax'",
  warned: ['any', 'lowered', 'signed', 'clipped', 'clippedShare'],
  refused: ['logSoftmax'],
};
const HINGE: Demand = {
  wants: 'wants predictions on both sides of 0',
  use: "use activation 'tanh', or none",
  warned: ['clipped', 'positive', 'share', 'clippedShare', 'softmax', 'logSoftmax'],
};

/** Losses that are not here learn from any output. */
const DEMANDS: Partial<Record<NamedLoss, Demand>> = {
  categoricalCrossentropy: SOFTMAX,
  sparseCategoricalCrossentropy: SOFTMAX,
  binaryCrossentropy: {
    wants: 'compares probabilities',
    use: "use activation 'sigmoid'",
    warned: ['any', 'lowered', 'signed', 'clipped', 'positive'],
    refused: ['logSoftmax'],
  },
  kullbackLeiblerDivergence: {
    wants: 'compares probabilities that add up to 1',
    use: "use activation 'softmax'",
    warned: ['any', 'lowered', 'signed', 'clipped', 'positive', 'share', 'clippedShare'],
    refused: ['logSoftmax'],
  },
  poisson: {
    wants: 'takes the logarithm of predictions, which must be above 0',
    use: "use activation 'exponential' or 'softplus'",
    warned: ['any', 'lowered', 'signed', 'clipped'],
    refused: ['logSoftmax'],
  },
  meanSquaredLogarithmicError: {
    wants: 'learns nothing from predictions below 0',
    use: "use activation 'softplus' or 'relu'",
    warned: ['any', 'lowered', 'signed'],
    refused: ['logSoftmax'],
  },
  hinge: HINGE,
  squaredHinge: HINGE,
};

/** The kinds of which cross-entropies with fromLogits learn badly. */
const LOGITS: Partial<Record<NamedLoss, readonly Kind[]>> = {
  categoricalCrossentropy: ['signed', 'share', 'clippedShare', 'softmax'],
  sparseCategoricalCrossentropy: ['signed', 'share', 'clippedShare', 'softmax'],
  binaryCrossentropy: (Object.keys(VALUES) as Kind[]).filter((kind) => kind !== 'any'),
};

/** Losses that are the same for every row where there is a single output, and what to use. */
const SEVERAL: Partial<Record<NamedLoss, string>> = {
  categoricalCrossentropy: 'one output per class',
  sparseCategoricalCrossentropy: 'one output per class',
  kullbackLeiblerDivergence: 'outputs that add up to 1',
};

/** How a loss and an output go together: nothing to say, a warning, or a refusal, and the sentence. */
export interface Verdict {
  readonly refused: boolean;
  readonly message: string;
}

type Loss = Pick<ResolvedLoss, 'name' | 'spec'>;

/**
 * What is wrong with a loss over outputs of an activation. `outputs`: how many; undefined if that is not
 * known yet.
 */
export function judge(
  { name, spec }: Loss,
  activation: Activation,
  outputs: number | undefined,
): Verdict | undefined {
  const named = name as NamedLoss;
  const several = SEVERAL[named];
  if (outputs === 1 && several !== undefined) {
    const message = `${name} needs ${several}, but the model has 1; use binaryCrossentropy with one sigmoid unit, or one softmax unit per class.`;
    return { refused: true, message };
  }
  const kind = KINDS[activation];
  if (kind === undefined) return undefined;
  if (outputs === 1 && (kind === 'softmax' || kind === 'logSoftmax')) {
    const value = kind === 'softmax' ? 1 : 0;
    const message = `The output layer has 1 unit with ${activation}, which is ${value} for every row; use sigmoid for 1 unit, or one unit per class.`;
    return { refused: false, message };
  }
  if (spec.fromLogits) return judgeLogits(named, activation, kind);
  // Of one output, categoricalHinge is hinge with targets of 0 and 1.
  return judgeValues(
    named,
    named === 'categoricalHinge' && outputs === 1 ? HINGE : DEMANDS[named],
    activation,
  );
}

function judgeLogits(name: NamedLoss, activation: Activation, kind: Kind): Verdict | undefined {
  if (!LOGITS[name]?.includes(kind)) return undefined;
  const applied = name === 'binaryCrossentropy' ? 'sigmoid' : 'softmax';
  const message =
    activation === applied
      ? `${name} with fromLogits applies ${applied}, but the output layer has it already; drop one of them.`
      : `${name} with fromLogits takes any number as a logit, but the output layer has activation '${activation}', ${VALUES[kind]}; drop the activation.`;
  return { refused: false, message };
}

function judgeValues(
  name: NamedLoss,
  demand: Demand | undefined,
  activation: Activation,
): Verdict | undefined {
  const kind = KINDS[activation] as Kind;
  const refused = demand?.refused?.includes(kind) ?? false;
  if (!demand || (!refused && !demand.warned.includes(kind))) return undefined;
  const output = activation === 'linear' ? 'no activation' : `activation '${activation}', ${VALUES[kind]}`;
  const takesLogits = name in LOGITS && !LOGITS[name]?.includes(kind);
  const hint = takesLogits ? `, or losses.${name}({ fromLogits: true })` : '';
  return {
    refused,
    message: `${name} ${demand.wants}, but the output layer has ${output}; ${demand.use}${hint}.`,
  };
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
  const verdict = judge(loss, finalActivation(layers), outputs);
  if (verdict?.refused) throw new ValueError(`${owner}: ${verdict.message}`);
}
