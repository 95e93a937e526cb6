import { dataCalls } from './calls/data.js';
import { estimatorCalls } from './calls/estimators.js';
import { layerCalls } from './calls/layers.js';
import { nodeCalls, workAside } from './calls/node.js';
import { scoreCalls } from './calls/scores.js';
import { searchCalls } from './calls/search.js';
import { sequentialCalls } from './calls/sequential.js';
import { tableCalls } from './calls/table.js';
import { trainingCalls } from './calls/training.js';
import { transformerCalls } from './calls/transformers.js';
import type { Call } from './attempt.js';
import { attempt } from './attempt.js';
import type { Path } from './inject.js';
import { inject, placesIn } from './inject.js';
import type { WrongValue } from './wrong-values.js';
import { wrongValues } from './wrong-values.js';

/** Every call of the public API. */
export const calls: readonly Call[] = [
  ...dataCalls,
  ...estimatorCalls,
  ...layerCalls,
  ...sequentialCalls,
  ...trainingCalls,
  ...searchCalls,
  ...nodeCalls,
  ...scoreCalls,
  ...tableCalls,
  ...transformerCalls,
];

/** Keep the console silent, and work in a folder of its own. Returns what ends both. */
export function quietly(): () => void {
  const { log, warn, error } = console;
  const nothing = (): void => {};
  Object.assign(console, { log: nothing, warn: nothing, error: nothing });
  const back = workAside();
  return () => {
    Object.assign(console, { log, warn, error });
    back();
  };
}

/** A wrong value in one place of the arguments of a call. */
export interface Case {
  readonly call: Call;
  readonly place: Path;
  readonly wrong: WrongValue;
}

/** All of them, of some calls. */
export function* cases(of: readonly Call[] = calls): Generator<Case> {
  for (const call of of) {
    for (const place of placesIn(call.args())) {
      for (const wrong of wrongValues) yield { call, place, wrong };
    }
  }
}

/** Make the call; what came out that must not, undefined if nothing did. */
export async function run({ call, place, wrong }: Case): Promise<string | undefined> {
  const args = call.args();
  const value = wrong.make();
  inject(args, place, value);
  return attempt(call, args);
}

/** 'ndarray: NaN at [1, 0]' */
export function inWords({ call, place, wrong }: Case): string {
  return `${call.name}: ${wrong.name} at ${JSON.stringify(place)}`;
}
