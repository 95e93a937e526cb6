import { adviseOnScale, EXPONENTIAL, STEPWISE } from '../data/target-scale.js';
import type { NamedLoss, ResolvedLoss } from '../network/options/losses.js';
import type { Rows } from '../ndarray.js';
import { finalActivation } from './output.js';
import { outputRange } from './output-advice.js';
import type { Prepared } from './prepare.js';
import type { Structure } from './structure.js';

/** Rows that are looked at. */
const MOST_ROWS = 1024;
const LARGE = 10;
const MOST_NAMED = 5;

/** Names columns of features that a dense first layer will not learn well from: large, and spread wide. */
export function adviseOnFeatures(
  { spec }: Structure,
  { data, rows, features, scale, sparse }: Rows,
): string | undefined {
  const first = spec.layers.find(({ type }) => type !== 'flatten' && type !== 'reshape');
  if (first?.type !== 'dense') return undefined;
  const count = Math.min(rows, MOST_ROWS);
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
  const worst = wide.reduce((most, j) => (deviation(j) > deviation(most) ? j : most));
  const named = wide.slice(0, MOST_NAMED).join(', ');
  const more = wide.length > MOST_NAMED ? ` and ${wide.length - MOST_NAMED} more` : '';
  return `The features look unscaled: column${wide.length > 1 ? 's' : ''} ${named}${more} (column ${worst} has values up to ${Number(largest[worst].toPrecision(3))} and a standard deviation of ${Number(deviation(worst).toPrecision(3))}), where about unit variance trains best; use StandardScaler or MinMaxScaler, or for images a scale of 1/255.`;
}

/** Losses by which predictions are to become the targets. */
const REGRESSION: readonly string[] = [
  'meanSquaredError',
  'meanAbsoluteError',
  'huber',
  'logCosh',
] satisfies NamedLoss[];

/** Share of the targets that may lie beyond what the output can be. */
const OUTLIERS = 0.01;

/**
 * Says that values to predict are of a scale that is not learned, or lie beyond what the output activation
 * gives.
 */
export function adviseOnTargets(
  { spec }: Structure,
  { name }: ResolvedLoss,
  { truth, columns }: Pick<Prepared, 'truth' | 'columns'>,
): string | undefined {
  // A last layer that rescales takes care of it.
  if (!REGRESSION.includes(name) || spec.layers.at(-1)?.type === 'rescaling') return undefined;
  const activation = finalActivation(spec.layers);
  const [least, most] = outputRange(activation);
  const beyond = truth.reduce((count, value) => (value < least || value > most ? count + 1 : count), 0);
  if (beyond > OUTLIERS * truth.length) {
    const given = [Math.min, Math.max].map((pick) => truth.reduce((a, b) => pick(a, b)));
    const [low, high] = given.map((value) => Number(value.toPrecision(6)));
    const range =
      most === Infinity
        ? `${least} or more`
        : least === -Infinity
          ? `${most} or less`
          : `from ${least} to ${most}`;
    return `y has values from ${low} to ${high}, but those of activation '${activation}' in the output layer are ${range}; use no activation there, or scale y.`;
  }
  return adviseOnScale(truth, columns, activation === 'exponential' ? EXPONENTIAL : STEPWISE);
}
