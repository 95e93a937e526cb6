import { adviseOnScale, EXPONENTIAL, LBFGS, STEPWISE } from '../data/target-scale.js';
import type { Rows } from '../ndarray.js';
import { LamellaWarning, warn, type OnWarning } from '../warnings.js';
import type { Task } from './model.js';
import type { MLPParams } from './options.js';

/** Rows that are looked at. */
const SAMPLE = 1000;

/** Beyond this, steps of the usual size no longer train a network. */
const LARGE = 100;

/** Warn if features are so large that they have probably not been scaled. */
export function warnUnscaled(
  { data, rows, features, scale, sparse }: Rows,
  onWarning: OnWarning | null,
): void {
  let at = 0;
  const some = Math.min(rows, SAMPLE);
  const end = sparse ? sparse.starts[some] : some * features;
  if (end === 0) return;
  for (let i = 1; i < end; i++) if (Math.abs(data[i]) > Math.abs(data[at])) at = i;
  const value = data[at] * scale;
  if (Math.abs(value) <= LARGE) return;
  const row = sparse ? sparse.starts.findIndex((start) => start > at) - 1 : Math.floor(at / features);
  const column = sparse ? sparse.columns[at] : at % features;
  const remedy =
    data instanceof Uint8Array
      ? 'give them a scale, as in { data, shape, scale: 1 / 255 }'
      : 'scale the features to about unit variance';
  const message = `X looks unscaled: expected values of about -3 to 3, but received ${value} at row ${row}, column ${column}; ${remedy}.`;
  warn(new LamellaWarning(message, 'UNSCALED_X'), onWarning);
}

/** Warn if values to predict are of a scale that the solver does not learn. */
export function warnUnscaledTargets(
  { targets, outputs, classes, outActivation }: Task,
  params: MLPParams,
): void {
  if (classes.length > 0) return;
  const { solver, onWarning } = params;
  const limits = outActivation === 'exponential' ? EXPONENTIAL : solver === 'lbfgs' ? LBFGS : STEPWISE;
  const message = adviseOnScale(targets.data, outputs, limits);
  if (message !== undefined) warn(new LamellaWarning(message, 'UNSCALED_Y'), onWarning);
}
