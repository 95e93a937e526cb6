import type { Network } from '../model/network.js';
import { gatherable } from '../model/scale.js';
import type { Rows } from '../ndarray.js';
import { ascending } from '../random.js';
import { Session } from '../train/session.js';
import type { HeldOut } from './held-out.js';
import type { Task } from './model.js';
import { finiteOutputs, refuseOverflow } from './outputs.js';

/** Judges a network as it is now. */
export type Validate = () => Judgement;

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
  return () => ({
    score: task.score(finiteOutputs(network, rows, undefined, 'X', test), test, weights),
    rows: test.length,
  });
}

/** By rows and targets of the caller's: the loss is that of a batch of all of them, L2 penalty included. */
export function onData(
  network: Network,
  { rows, task }: { readonly rows: Rows; readonly task: Task },
): Validate {
  const all = ascending(rows.rows);
  const dataset = { rows: gatherable(rows), targets: task.targets };
  let session: Session | undefined;
  return () => {
    session ??= new Session({
      network,
      loss: task.loss,
      rows: Math.min(rows.rows, MOST_ROWS),
      predictions: true,
      penaltyPerRow: true,
      dataset,
    });
    const { outputs } = task;
    const predicted = new Float32Array(rows.rows * outputs);
    session.setParameters(network.packed);
    const loss = session.step(dataset, all, false, (part) => {
      predicted.set((session as Session).predictions(part.length), part[0] * outputs);
    });
    refuseOverflow(predicted, outputs, rows, 'X of validationData');
    return { score: task.score(predicted, all), loss, rows: rows.rows };
  };
}
