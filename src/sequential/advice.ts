import type { Rows } from '../ndarray.js';
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
