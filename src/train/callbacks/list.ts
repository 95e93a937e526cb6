/**
 * Checks the callbacks that fit is given, and calls their hooks in order. Not for the interface of a callback
 * (types.ts), nor for the options of one.
 */
import { describe } from '../../check.js';
import { ValueError } from '../../errors.js';
import type { FitPhase } from '../fit-guard.js';
import type { Callback, CallbackModel, Logs } from './types.js';

/** Names of all members of a callback that fit calls. */
const HOOKS = Object.keys({
  ...{ setParams: 1, onTrainBegin: 1, onEpochBegin: 1, onBatchEnd: 1, onEpochEnd: 1, onEpochSettled: 1 },
  ...{ onTrainEnd: 1, getState: 1, setState: 1 },
} satisfies Record<keyof Callback, 1>);

/** Names of Keras's and tfjs's hooks that fit does not call, as `bare` gives them. */
const FOREIGN_HOOKS = [
  ...['setmodel', 'batchbegin', 'yield'],
  ...['train', 'test', 'predict'].flatMap((stage) =>
    ['begin', 'end', 'batchbegin', 'batchend'].map((moment) => stage + moment),
  ),
];

const BARE_HOOKS = new Set([...HOOKS.map(bare), ...FOREIGN_HOOKS]);

/**
 * A name without 'on', underscores and capitals: on_epoch_end, onEpochEnd and epochEnd are all 'epochend'.
 */
function bare(name: string): string {
  return name.slice(0, 64).replaceAll('_', '').toLowerCase().replace(/^on/, '');
}

/**
 * Checked callbacks of a call of fit, given as one or as an array.
 *
 * @param owner what errors name: 'sequential.fit'
 * @throws ValueError for anything but objects with hooks; for hooks that are no functions; for members that
 *   look like hooks but are never called: `on…`, or a hook of this package or of Keras in another spelling
 */
export function readCallbacks(owner: string, given: unknown): Callback<any>[] {
  if (given === undefined || given === null) return [];
  const list: unknown[] = Array.isArray(given) ? given : [given];
  for (const callback of list) checkCallback(owner, callback);
  return list as Callback<any>[];
}

function checkCallback(owner: string, callback: unknown): void {
  if (typeof callback !== 'object' || callback === null || Array.isArray(callback)) {
    throw new ValueError(
      `${owner}: a callback must be an object with any of ${HOOKS.join(', ')}, but received ${describe(callback)}.`,
    );
  }
  const names = memberNames(callback);
  const unknown = names.find((name) => !HOOKS.includes(name) && looksLikeHook(name));
  if (unknown !== undefined) {
    throw new ValueError(
      `${owner}: ${describe(unknown)} of a callback is never called; expected any of ${HOOKS.join(', ')}.`,
    );
  }
  const hooks = names.filter((name) => HOOKS.includes(name));
  if (hooks.length === 0) {
    throw new ValueError(
      `${owner}: a callback must have any of ${HOOKS.join(', ')}, but received ${describe(callback)} with ${membersOf(names)}.`,
    );
  }
  for (const hook of hooks) {
    const value = (callback as Record<string, unknown>)[hook];
    if (value === undefined || typeof value === 'function') continue;
    throw new ValueError(
      `${owner}: ${hook} of a callback must be a function, but received ${describe(value)}.`,
    );
  }
}

/** Members that begin with 'on' and a capital or an underscore, and hooks in another spelling. */
function looksLikeHook(name: string): boolean {
  return /^on[A-Z_]/.test(name) || BARE_HOOKS.has(bare(name));
}

/** Names of an object's own members and of those that its classes give it. */
function memberNames(callback: object): string[] {
  const names = new Set<string>();
  for (let part: object | null = callback; part && !isObjectPrototype(part);) {
    for (const name of Object.getOwnPropertyNames(part)) names.add(name);
    part = Object.getPrototypeOf(part) as object | null;
  }
  names.delete('constructor');
  return [...names];
}

/** True if an object is the root of all prototypes, of whichever realm. */
function isObjectPrototype(part: object): boolean {
  return Object.getPrototypeOf(part) === null && Object.hasOwn(part, 'hasOwnProperty');
}

function membersOf(names: readonly string[]): string {
  return names.length === 0 ? 'no members' : `the members ${describe(names)}`;
}

type Awaitable = void | Promise<void>;

/** The callbacks of a fit, called one after the other; a promise only when there is something to wait for. */
export class CallbackList<M extends CallbackModel> {
  readonly #callbacks: readonly Callback<M>[];
  readonly #model: M;
  readonly #run: { phase: FitPhase };
  /** True if any of them looks at batches. */
  readonly watchesBatches: boolean;

  /** @param run its phase is 'callback' while callbacks run */
  constructor(callbacks: readonly Callback<M>[], model: M, run: { phase: FitPhase }) {
    this.#callbacks = callbacks;
    this.#model = model;
    this.#run = run;
    this.watchesBatches = callbacks.some(({ onBatchEnd }) => onBatchEnd !== undefined);
  }

  trainBegin(logs: Logs): Awaitable {
    return this.#each((callback) => callback.onTrainBegin?.(logs, this.#model));
  }

  epochBegin(index: number, logs: Logs): Awaitable {
    return this.#each((callback) => callback.onEpochBegin?.(index, logs, this.#model));
  }

  batchEnd(index: number, logs: Logs): Awaitable {
    return this.#each((callback) => callback.onBatchEnd?.(index, logs, this.#model));
  }

  epochEnd(index: number, logs: Logs): Awaitable {
    return this.#each((callback) => callback.onEpochEnd?.(index, logs, this.#model));
  }

  epochSettled(index: number, logs: Logs): Awaitable {
    return this.#each((callback) => callback.onEpochSettled?.(index, logs, this.#model));
  }

  trainEnd(logs: Logs): Awaitable {
    return this.#each((callback) => callback.onTrainEnd?.(logs, this.#model));
  }

  #each(call: (callback: Callback<M>) => Awaitable): Awaitable {
    this.#run.phase = 'callback';
    let waiting = false;
    try {
      const rest = this.#from(0, call);
      waiting = rest !== undefined;
      return rest?.finally(() => (this.#run.phase = 'fitting'));
    } finally {
      if (!waiting) this.#run.phase = 'fitting';
    }
  }

  #from(begin: number, call: (callback: Callback<M>) => Awaitable): Promise<void> | undefined {
    for (let i = begin; i < this.#callbacks.length; i++) {
      const result: unknown = call(this.#callbacks[i]);
      if (isThenable(result)) return Promise.resolve(result).then(() => this.#from(i + 1, call));
    }
    return undefined;
  }
}

function isThenable(value: unknown): value is PromiseLike<void> {
  return typeof (value as PromiseLike<void> | undefined)?.then === 'function';
}
