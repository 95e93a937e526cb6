const STEP = 1e-5;

/**
 * The gradient of f at the values that it reads, by central differences in float64: (f(v + ε) − f(v − ε)) /
 * 2ε for every value in turn. `values` are changed and put back.
 */
export function finiteDifferences(f: () => number, values: Float64Array): Float64Array {
  return values.map((value, i) => {
    values[i] = value + STEP;
    const above = f();
    values[i] = value - STEP;
    const below = f();
    values[i] = value;
    return (above - below) / (2 * STEP);
  });
}
