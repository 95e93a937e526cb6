import { splitIndices, splitSizes } from '../data/split.js';
import { ValueError } from '../errors.js';
import type { Rows } from '../ndarray.js';
import { takeRows } from '../ndarray.js';
import type { RandomState } from '../random.js';
import type { Pieces } from '../yielding.js';
import type { Task } from './model.js';
import type { MLPParams } from './options.js';

/** Rows that train, rows that are held out (numbers), and the latter as rows. */
export interface HeldOut {
  readonly train: Int32Array;
  readonly test: Int32Array;
  readonly rows: Rows;
  /** Weights of the latter. */
  readonly weights?: Float32Array;
}

/** The validation split of early stopping, as scikit-learn draws it: stratified for one output unit only. */
export function* splitHeldOut(
  owner: string,
  { rows, task, weights }: { readonly rows: Rows; readonly task: Task; readonly weights?: Float32Array },
  { validationFraction }: MLPParams,
  random: RandomState,
): Pieces<HeldOut> {
  const { rows: total } = rows;
  const part = `validationFraction ${validationFraction} of ${total} rows`;
  const { train, test } = described(`${owner}: earlyStopping cannot hold out ${part}`, () => {
    const sizes = splitSizes(total, validationFraction);
    if (sizes.test < 2) throw new ValueError(`at least 2 are needed, but it gives ${sizes.test}.`);
    return splitIndices(total, task.strata ?? null, random, sizes, task.classes);
  });
  const held = weights && Float32Array.from(test, (row) => weights[row]);
  if (held?.every((weight) => weight === 0)) {
    throw new ValueError(
      `${owner}: earlyStopping needs a weight > 0 among the rows held out, but received only zeros; use another randomState.`,
    );
  }
  return { train, test, rows: yield* takeRows(rows, test), weights: held };
}

/** What `work` returns; a ValueError of its is said to be of `what`. */
function described<T>(what: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof ValueError ? new ValueError(`${what}: ${error.message}`) : error;
  }
}
