import type { ReferenceLayer } from './layers.js';

interface Options {
  /** (columns) each. */
  readonly gamma: ArrayLike<number>;
  readonly beta: ArrayLike<number>;
  readonly epsilon: number;
}

function mean(values: Float64Array): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}

/**
 * (x − mean) / √(variance + ε) within groups of values, and its gradient. `place(group, member)` says where
 * the values of a group lie; `groups(size)` how many there are and how large each is.
 */
function normalization(
  { gamma, beta, epsilon }: Options,
  groups: (size: number) => [count: number, size: number],
  place: (group: number, member: number) => number,
  observe: (group: number, mean: number, variance: number) => void = () => undefined,
): ReferenceLayer {
  const parameters = { gamma: Float64Array.from(gamma), beta: Float64Array.from(beta) };
  const columns = gamma.length;
  let normal = new Float64Array(0);
  let inverse: number[] = [];
  const gather = (values: Float64Array, group: number, size: number): Float64Array =>
    Float64Array.from({ length: size }, (_, member) => values[place(group, member)]);
  return {
    parameters,
    forward(x) {
      const [count, size] = groups(x.length);
      normal = new Float64Array(x.length);
      inverse = Array.from({ length: count }, (_, group) => {
        const values = gather(x, group, size);
        const average = mean(values);
        const variance = mean(values.map((value) => (value - average) ** 2));
        observe(group, average, variance);
        const factor = 1 / Math.sqrt(variance + epsilon);
        values.forEach((value, member) => (normal[place(group, member)] = (value - average) * factor));
        return factor;
      });
      return normal.map((value, i) => value * parameters.gamma[i % columns] + parameters.beta[i % columns]);
    },
    backward(gradient) {
      const gammaSum = new Float64Array(columns);
      const betaSum = new Float64Array(columns);
      gradient.forEach((g, i) => {
        gammaSum[i % columns] += g * normal[i];
        betaSum[i % columns] += g;
      });
      const scaled = gradient.map((g, i) => g * parameters.gamma[i % columns]);
      const [count, size] = groups(gradient.length);
      const input = new Float64Array(gradient.length);
      for (let group = 0; group < count; group++) {
        const h = gather(scaled, group, size);
        const n = gather(normal, group, size);
        const average = mean(h);
        const slope = mean(h.map((value, member) => value * n[member]));
        h.forEach((value, member) => {
          input[place(group, member)] = inverse[group] * (value - average - n[member] * slope);
        });
      }
      return { input, parameters: { gamma: gammaSum, beta: betaSum } };
    },
  };
}

/** Over the features of every row (Ba et al., 2016). */
export function layerNormalization(options: Options): ReferenceLayer {
  const columns = options.gamma.length;
  return normalization(
    options,
    (size) => [size / columns, columns],
    (row, column) => row * columns + column,
  );
}

/** Over the rows of the batch (Ioffe & Szegedy, 2015); the moving averages follow every forward pass. */
export function batchNormalization(
  options: Options & { readonly momentum: number },
): ReferenceLayer & { readonly averages: { movingMean: Float64Array; movingVariance: Float64Array } } {
  const columns = options.gamma.length;
  const { momentum } = options;
  const movingMean = new Float64Array(columns);
  const movingVariance = new Float64Array(columns).fill(1);
  const layer = normalization(
    options,
    (size) => [columns, size / columns],
    (column, row) => row * columns + column,
    (column, average, variance) => {
      movingMean[column] = momentum * movingMean[column] + (1 - momentum) * average;
      movingVariance[column] = momentum * movingVariance[column] + (1 - momentum) * variance;
    },
  );
  return { ...layer, averages: { movingMean, movingVariance } };
}

/**
 * x / max(‖x‖, 1e-12) of every vector of `columns` values, as Keras's `ops.normalize` of order 2. Its
 * gradient is 0 where ‖x‖ ≤ 1e-12.
 */
export function unitNormalization(columns: number): ReferenceLayer {
  let x = new Float64Array(0);
  const byVectors = (
    values: Float64Array,
    map: (vector: Float64Array, norm: number, at: number) => Float64Array,
  ): Float64Array => {
    const result = new Float64Array(values.length);
    for (let at = 0; at < values.length; at += columns) {
      const norm = Math.sqrt(x.subarray(at, at + columns).reduce((sum, value) => sum + value * value, 0));
      result.set(map(values.subarray(at, at + columns), norm, at), at);
    }
    return result;
  };
  return {
    parameters: {},
    forward(given) {
      x = Float64Array.from(given);
      return byVectors(x, (vector, norm) => vector.map((value) => value / Math.max(norm, 1e-12)));
    },
    backward(gradient) {
      const input = byVectors(gradient, (g, norm, at) => {
        if (norm <= 1e-12) return g.map(() => 0);
        const unit = x.subarray(at, at + columns).map((value) => value / norm);
        const along = g.reduce((sum, value, i) => sum + value * unit[i], 0);
        return g.map((value, i) => (value - unit[i] * along) / norm);
      });
      return { input, parameters: {} };
    },
  };
}
