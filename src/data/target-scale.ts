/**
 * Checks that the scale of targets is one that a network learns; estimators and Sequential warn otherwise.
 * Not for scaling them, which the scalers do.
 */

/** Number of rows that are examined, evenly spread. */
const SAMPLE = 1000;

/** Smallest standard deviation of targets that is not lost in the noise of a step. */
const SMALL = 1e-3;

/** Largest standard deviation, as a share of the mean, that is only rounding of a constant. */
const ROUNDING = 1e-7;

/** Limits of the scale of targets, beyond which a solver does not learn them. */
export interface ScaleLimits {
  /** Largest root mean square. */
  readonly size: number;
  /** Largest mean, in standard deviations. Means below this number itself are learned all the same. */
  readonly offset: number;
}

/**
 * Limits for steps of a given size, as adam and sgd take them: 200 epochs of adam on 400 rows reach an R² of
 * .93 for a deviation of 10, .2 for 100, and below 0 for 300; with the deviation 1, of .1 for a mean of 10,
 * and below 0 for 30. More rows are more steps: the size leaves room for that.
 */
export const STEPWISE: ScaleLimits = { size: 1000, offset: 30 };

/**
 * Limits for L-BFGS in float32: R² .99 for a mean of 2000 deviations, .83 for 10,000; 0 for a size of 3e8.
 */
export const LBFGS: ScaleLimits = { size: 1e7, offset: 2000 };

/**
 * Limits for exponential outputs, which learn the logarithm of their targets: R² .76 for a size of 1000, .05
 * for 1e6.
 */
export const EXPONENTIAL: ScaleLimits = { size: 1e5, offset: Infinity };

interface Scale {
  readonly column: number;
  readonly mean: number;
  readonly deviation: number;
}

/**
 * A sentence that says which column of the targets (rows, outputs) is of a scale that is not learned within
 * the limits; undefined if none is. Columns that are constant have no scale: only their size counts.
 */
export function adviseOnScale(
  values: ArrayLike<number>,
  outputs: number,
  { size, offset }: ScaleLimits,
): string | undefined {
  const scales = Array.from({ length: outputs }, (_, column) => scaleOf(values, outputs, column));
  const wrong = scales.find(({ mean, deviation }) => {
    const centre = Math.abs(mean);
    const small = deviation > 0 && deviation < SMALL && Number.isFinite(offset);
    const far = deviation > 0 && centre > offset && centre > offset * deviation;
    return small || far || Math.sqrt(mean * mean + deviation * deviation) > size;
  });
  if (!wrong) return undefined;
  const [mean, deviation] = [wrong.mean, wrong.deviation].map((value) => Number(value.toPrecision(6)));
  const which = outputs === 1 ? 'y' : `column ${wrong.column} of y`;
  return `The targets look unscaled: ${which} has a mean of ${mean} and a standard deviation of ${deviation}, where about 0 and 1 train best; scale y, as StandardScaler does, and predictions back by inverseTransform.`;
}

function scaleOf(values: ArrayLike<number>, outputs: number, column: number): Scale {
  const rows = values.length / outputs;
  const count = Math.min(rows, SAMPLE);
  const at = (i: number): number => values[Math.floor((i * rows) / count) * outputs + column];
  let mean = 0;
  for (let i = 0; i < count; i++) mean += at(i) / count;
  let variance = 0;
  for (let i = 0; i < count; i++) variance += ((at(i) - mean) * (at(i) - mean)) / count;
  const deviation = Math.sqrt(variance);
  return { column, mean, deviation: deviation > ROUNDING * Math.abs(mean) ? deviation : 0 };
}
