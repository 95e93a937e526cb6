/**
 * Warnings of the first fit about what is learned badly: losses over output activations that do not suit
 * them, by a table of both, and features and targets of an unsuitable scale. Not for what no data can make
 * learn: `compile` refuses it.
 */
import { adviseOnScale, EXPONENTIAL, STEPWISE } from '../data/target-scale.js';
import type { Activation } from '../network/activations.js';
import type { NamedLoss, ResolvedLoss } from '../network/loss-options.js';
import type { Rows } from '../ndarray.js';
import type { Loss } from './compile.js';
import { finalActivation, impossible } from './compile.js';
import type { Prepared } from './data.js';
import type { Structure } from './structure.js';

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

/** Smallest and largest value of an activation; a little below 0 counts as -∞. */
function outputRange(activation: Activation): readonly [min: number, max: number] {
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
 * Demands of a loss on its output, the activation to use, and the kinds of outputs from which it learns
 * badly.
 */
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

/** Kinds of outputs from which cross-entropies with fromLogits learn badly. */
const LOGITS: Partial<Record<NamedLoss, readonly Kind[]>> = {
  categoricalCrossentropy: ['signed', 'share', 'clippedShare', 'softmax'],
  sparseCategoricalCrossentropy: ['signed', 'share', 'clippedShare', 'softmax'],
  binaryCrossentropy: (Object.keys(VALUES) as Kind[]).filter((kind) => kind !== 'any'),
};

/** Judgement of a loss for an output: a warning or a refusal, with its sentence. */
export interface Verdict {
  readonly refused: boolean;
  readonly message: string;
}

/**
 * Judges a loss over outputs of an activation; undefined if they suit each other.
 *
 * @param outputs number of outputs; undefined if it is not known yet
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

/** Number of rows that are examined. */
const MAX_ROWS = 1024;
/** Features with values and a standard deviation above this are unscaled. */
const LARGE = 10;
const MAX_NAMED = 5;

/**
 * Names the columns of features that a dense first layer does not learn well from: large, and spread wide.
 */
export function adviseOnFeatures(
  { spec }: Structure,
  { data, rows, features, scale, sparse }: Rows,
): string | undefined {
  const first = spec.layers.find(({ type }) => type !== 'flatten' && type !== 'reshape');
  if (first?.type !== 'dense') return undefined;
  const count = Math.min(rows, MAX_ROWS);
  const [sums, squares, largest] = [0, 0, 0].map(() => new Float64Array(features));
  for (let i = 0; i < count; i++) {
    const row = Math.floor((i * rows) / count);
    const from = sparse ? sparse.starts[row] : row * features;
    const end = sparse ? sparse.starts[row + 1] : from + features;
    for (let at = from; at < end; at++) {
      const j = sparse ? sparse.columns[at] : at - from;
      const value = data[at] * scale;
      sums[j] += value;
      squares[j] += value * value;
      largest[j] = Math.max(largest[j], Math.abs(value));
    }
  }
  const deviation = (j: number): number =>
    Math.sqrt(Math.max(0, squares[j] / count - (sums[j] / count) * (sums[j] / count)));
  const wide = Array.from(sums.keys()).filter((j) => largest[j] > LARGE && deviation(j) > LARGE);
  if (wide.length === 0) return undefined;
  const worst = wide.reduce((max, j) => (deviation(j) > deviation(max) ? j : max));
  const named = wide.slice(0, MAX_NAMED).join(', ');
  const more = wide.length > MAX_NAMED ? ` and ${wide.length - MAX_NAMED} more` : '';
  return `The features look unscaled: column${wide.length > 1 ? 's' : ''} ${named}${more} (column ${worst} has values up to ${Number(largest[worst].toPrecision(3))} and a standard deviation of ${Number(deviation(worst).toPrecision(3))}), where about unit variance trains best; use StandardScaler or MinMaxScaler, or for images a scale of 1/255.`;
}

/** Losses of regression. */
const REGRESSION: readonly string[] = [
  'meanSquaredError',
  'meanAbsoluteError',
  'huber',
  'logCosh',
] satisfies NamedLoss[];

/** Share of the targets that may lie beyond the range of the output. */
const OUTLIERS = 0.01;

/**
 * Says that targets are of a scale that is not learned, or lie beyond the range of the output activation;
 * undefined if neither is the case.
 */
export function adviseOnTargets(
  { spec }: Structure,
  { name }: ResolvedLoss,
  { truth, columns }: Pick<Prepared, 'truth' | 'columns'>,
): string | undefined {
  // A last layer that rescales takes care of it.
  if (!REGRESSION.includes(name) || spec.layers.at(-1)?.type === 'rescaling') return undefined;
  const activation = finalActivation(spec.layers);
  const [min, max] = outputRange(activation);
  const beyond = truth.reduce((count, value) => (value < min || value > max ? count + 1 : count), 0);
  if (beyond > OUTLIERS * truth.length) {
    const given = [Math.min, Math.max].map((pick) => truth.reduce((a, b) => pick(a, b)));
    const [low, high] = given.map((value) => Number(value.toPrecision(6)));
    const range =
      max === Infinity ? `${min} or more` : min === -Infinity ? `${max} or less` : `from ${min} to ${max}`;
    return `y has values from ${low} to ${high}, but those of activation '${activation}' in the output layer are ${range}; use no activation there, or scale y.`;
  }
  return adviseOnScale(truth, columns, activation === 'exponential' ? EXPONENTIAL : STEPWISE);
}
