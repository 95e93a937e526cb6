import type { Network } from '../model/network.js';
import { gatherable } from '../model/scale.js';
import type { Rows } from '../ndarray.js';
import { ascending } from '../random.js';
import { SlicedSession } from '../train/sliced-session.js';
import type { Pieces } from '../yielding.js';
import type { HeldOut } from './held-out.js';
import type { Task } from './model.js';
import { refuseOverflow } from './outputs.js';

/** Judges a network as it is now. */
export type Validate = () => Pieces<Judgement>;

/** How a network does on the validation rows. */
export interface Judgement {
  readonly score: number;
  /** Where it is asked for. */
  readonly loss?: number;
  /** Number of validation rows. */
  readonly rows: number;
}

/** Rows that are computed at once. */
const MOST_ROWS = 480;

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
  const dataset = { rows: gatherable(rows), targets: task.targets };
  let opened: SlicedSession | undefined;
  return function* () {
    const session = (opened ??= yield* SlicedSession.open({
      network,
      loss: task.loss,
      rows: Math.min(rows.rows, MOST_ROWS),
      predictions: true,
      penaltyPerRow: true,
      dataset,
    }));
    const { outputs } = task;
    const predicted = new Float32Array(rows.rows * outputs);
    yield* session.setParametersInPieces(network.packed);
    const loss = yield* session.gradientsInPieces(dataset, all, false, (part) => {
      predicted.set(session.predictions(part.length), part[0] * outputs);
    });
    refuseOverflow(predicted, outputs, rows, 'X of validationData');
    return { score: task.score(predicted, all), loss, rows: rows.rows };
  };
}
