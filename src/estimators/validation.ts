/**
 * Judges a network after every epoch, by rows held out for early stopping or by validationData. Not for what
 * follows from the score, which stochastic.ts counts.
 */
import { splitIndices, splitSizes } from '../data/split.js';
import { ValueError } from '../errors.js';
import type { Network } from '../network/network.js';
import { toKernelRows } from '../network/scale.js';
import type { Rows } from '../ndarray.js';
import { takeRows } from '../ndarray.js';
import type { RandomState } from '../random.js';
import { ascending } from '../random.js';
import { SlicedSession } from '../train/sliced-session.js';
import type { Pieces } from '../yielding.js';
import type { Validate } from './model.js';
import type { MLPParams } from './options.js';
import { refuseOverflow } from './outputs.js';
import type { Task } from './targets.js';

/** Rows that are computed at once. */
const MAX_ROWS = 480;

/** By the rows that early stopping has held out. */
export function onHeldOut(network: Network, task: Task, { rows, test, weights }: HeldOut): Validate {
  return function* () {
    const predicted = yield* network.forwardInPieces(rows);
    refuseOverflow(predicted, task.outputs, rows, 'X', test);
    return { score: task.score(predicted, test, weights), rows: test.length };
  };
}

/** By rows and targets of the caller's: the loss is that of a batch of all of them, L2 penalty included. */
export function onData(
  network: Network,
  { rows, task }: { readonly rows: Rows; readonly task: Task },
): Validate {
  const all = ascending(rows.rows);
  const dataset = { rows: toKernelRows(rows), targets: task.targets, weights: undefined };
  let opened: SlicedSession | undefined;
  return function* () {
    const session = (opened ??= yield* SlicedSession.open({
      network,
      loss: task.loss,
      rows: Math.min(rows.rows, MAX_ROWS),
      predictions: true,
      penaltyPerRow: true,
      dataset,
    }));
    const { outputs } = task;
    const predicted = new Float32Array(rows.rows * outputs);
    session.weights.set(network.weights.view());
    const loss = yield* session.gradientsInPieces(dataset, all, false, (part) => {
      predicted.set(session.predictions(part.length), part[0] * outputs);
    });
    refuseOverflow(predicted, outputs, rows, 'X of validationData');
    return { score: task.score(predicted, all), loss, rows: rows.rows };
  };
}

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
