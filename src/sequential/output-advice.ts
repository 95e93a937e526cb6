/**
 * Which losses learn badly from which output activations: a table says for every loss what each kind of output does to it.
 * Told at the first fit; what no data can make learn is refused by `compile` already (output.ts).
 */
import type { Activation } from '../network/activations.js';
import type { NamedLoss } from '../network/options/losses.js';
import type { Loss } from './output.js';
import { impossible } from './output.js';

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

/** What a loss wants of its output, what to use, and the kinds of which it learns badly. */
interface Demand {
  readonly wants: string;
  readonly use: string;
  readonly warned: readonly Kind[];
}

const SOFTMAX: Demand = {
  wants: 'compares probabilities',
  use: "use activation 'softmax'",
  warned: ['any', 'lowered', 'signed', 'clipped', 'clippedShare'],
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
  },
  kullbackLeiblerDivergence: {
    wants: 'compares probabilities that add up to 1',
    use: "use activation 'softmax'",
    warned: ['any', 'lowered', 'signed', 'clipped', 'positive', 'share', 'clippedShare'],
  },
  poisson: {
    wants: 'takes the logarithm of predictions, which must be above 0',
    use: "use activation 'exponential' or 'softplus'",
    warned: ['any', 'lowered', 'signed', 'clipped'],
  },
  meanSquaredLogarithmicError: {
    wants: 'learns nothing from predictions below 0',
    use: "use activation 'softplus' or 'relu'",
    warned: ['any', 'lowered', 'signed'],
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

/** How a loss and an output go together: nothing to say, a warning, or a refusal, and the sentence. */
export interface Verdict {
  readonly refused: boolean;
  readonly message: string;
}

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
  const refusal = impossible({ name, spec }, activation, outputs);
  if (refusal !== undefined) return { refused: true, message: refusal };
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
  if (!demand?.warned.includes(kind)) return undefined;
  const output = activation === 'linear' ? 'no activation' : `activation '${activation}', ${VALUES[kind]}`;
  const takesLogits = name in LOGITS && !LOGITS[name]?.includes(kind);
  const hint = takesLogits ? `, or losses.${name}({ fromLogits: true })` : '';
  return {
    refused: false,
    message: `${name} ${demand.wants}, but the output layer has ${output}; ${demand.use}${hint}.`,
  };
}
