/**
 * Checks shared by several callbacks: functions that read and write files, and what the hooks receive. Not
 * for the options of a single callback, which are checked beside its class.
 */
import type { Rule } from '../../check.js';
import { checkValue, describe, func, integer, rule, verbosity, readBytes } from '../../check.js';
import { ValueError } from '../../errors.js';
import type { CallbackModel, CallbackState, Logs, TrainParams } from './types.js';

/** A function that stores a file: called with its name and all its bytes, and awaited. */
export type Write = (name: string, bytes: Uint8Array) => void | Promise<void>;

type Bytes = Uint8Array | null | undefined;

/** A function that returns the bytes of a file, or undefined, null or no bytes if it does not exist. */
export type Read = (name: string) => Bytes | Promise<Bytes>;

/** Storage for callbacks that append to files. */
export interface Appender {
  /** Reads the bytes of an existing file; undefined if it does not exist. */
  read(name: string): Promise<Uint8Array | undefined>;
  /** Keeps the first `length` bytes of a file that has been read, or starts it over with 0. */
  begin(name: string, length: number): Promise<void>;
  add(name: string, bytes: Uint8Array): Promise<void>;
}

export const writeRules = { write: func<Write>(), read: func<Read>() };

/** A required option. @throws ValueError if it is undefined */
export function required<T>(owner: string, name: string, expected: string, value: T | undefined): T {
  if (value !== undefined) return value;
  throw new ValueError(`${owner}: ${name} must be ${expected}, but received undefined.`);
}

/** The required option `write`. @throws ValueError if it is undefined */
export function requiredWrite(owner: string, write: Write | undefined): Write {
  return required(owner, 'write', 'a function (name, bytes)', write);
}

/** Bytes that the function `read` returned; undefined for null. @throws ValueError for anything else */
export function givenBytes(given: unknown): Uint8Array | undefined {
  if (given === undefined || given === null) return undefined;
  return readBytes(given, 'read must return the bytes of a file');
}

/** Storage that writes the whole file at each addition, which takes longer as the file grows. */
export function wholeFiles(write: Write, read?: Read): Appender {
  const files = new Map<string, Uint8Array>();
  return {
    async read(name) {
      const bytes = givenBytes(await read?.(name)) ?? files.get(name);
      if (bytes) files.set(name, bytes);
      return bytes;
    },
    begin(name, length) {
      files.set(name, (files.get(name) ?? new Uint8Array(0)).slice(0, length));
      return Promise.resolve();
    },
    async add(name, bytes) {
      const before = files.get(name) ?? new Uint8Array(0);
      const whole = new Uint8Array(before.length + bytes.length);
      whole.set(before);
      whole.set(bytes, before.length);
      files.set(name, whole);
      await write(name, whole.slice());
    },
  };
}

// Hooks of callbacks are public: a program may call them with its own logs and model, and hand them a state
// from a file.

const count = integer({ min: 0 });
const functions = func();

const list: Rule<readonly object[]> = rule(
  'an array of callbacks',
  (value): value is readonly object[] => Array.isArray(value) && value.every(isObject),
);

/** Rules of the members of TrainParams, each of which may be missing. */
const paramRules: Readonly<Record<string, Rule<unknown>>> = {
  ...{ epochs: count, initialEpoch: count, steps: count, verbose: verbosity, callbacks: list },
  ...{ onWarning: functions, explainNaN: functions },
  metrics: rule('an array of names', (value): value is readonly string[] => isList(value, 'string')),
};

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isList(value: unknown, type: string): boolean {
  return Array.isArray(value) && value.every((each) => typeof each === type);
}

/**
 * Checked parameters of a call of `fit`. @throws ValueError for anything but an object, and for unfit members
 */
export function readParams(owner: string, params: unknown): TrainParams {
  if (!isObject(params)) {
    throw new ValueError(`${owner}: params must be an object, but received ${describe(params)}.`);
  }
  for (const [name, each] of Object.entries(paramRules)) {
    if (params[name] !== undefined) checkValue(`${owner}: params`, name, params[name], each);
  }
  return params as unknown as TrainParams;
}

/** @throws ValueError unless `index` is the 0-based number of an epoch or batch */
export function checkIndex(owner: string, index: unknown): void {
  if (!(Number.isSafeInteger(index) && (index as number) >= 0)) checkValue(owner, 'index', index, count);
}

/** @throws ValueError unless `logs` is an object */
export function checkLogs(owner: string, logs: unknown): asserts logs is Logs {
  if (isObject(logs)) return;
  throw new ValueError(
    `${owner}: logs must be an object of numbers by name, but received ${describe(logs)}.`,
  );
}

/** A value of the logs. @throws ValueError unless it is a number */
export function loggedValue(owner: string, logs: Logs, name: string): number {
  const value: unknown = logs[name];
  if (typeof value === 'number') return value;
  throw new ValueError(
    `${owner}: logs must hold a number as ${describe(name)}, but received ${describe(value)}.`,
  );
}

/** All values of the logs by name. @throws ValueError unless they are numbers */
export function loggedValues(owner: string, logs: unknown): [string, number][] {
  checkLogs(owner, logs);
  return Object.keys(logs).map((name) => [name, loggedValue(owner, logs, name)]);
}

/** Add a value to the logs. @throws ValueError if they are frozen */
export function log(owner: string, logs: unknown, name: string, value: number): void {
  checkLogs(owner, logs);
  if (Reflect.set(logs, name, value)) return;
  throw new ValueError(`${owner}: logs must be writable, but received a frozen object.`);
}

/** @throws ValueError unless `model` has some methods */
export function checkModel(
  owner: string,
  model: unknown,
  ...methods: (keyof CallbackModel)[]
): asserts model is CallbackModel {
  const missing = methods.find((name) => !isObject(model) || typeof model[name] !== 'function');
  if (isObject(model) && missing === undefined) return;
  const expected = missing === undefined ? 'a model' : `a model with ${missing}`;
  throw new ValueError(`${owner}: model must be ${expected}, but received ${describe(model)}.`);
}

/** Change a property of a model. @throws ValueError if it cannot be changed */
export function setOnModel<K extends 'stopTraining' | 'learningRate'>(
  owner: string,
  model: CallbackModel,
  name: K,
  value: CallbackModel[K],
): void {
  if (Reflect.set(model, name, value)) return;
  throw new ValueError(`${owner}: ${name} of model must be writable, but received a frozen object.`);
}

/** True if a member of a state may have a value: `own` is what getState gives now. */
function isStateValue(name: string, value: unknown, own: unknown): boolean {
  if (typeof value === 'number') return name !== 'bestWeights';
  if (value === null) return own === null || name.startsWith('best');
  if (name !== 'bestWeights' || !Array.isArray(value)) return false;
  return value.every((each) => isObject(each) && isObject(each.data));
}

/**
 * A state that a callback is to go on with.
 *
 * @param own what the callback's getState gives
 * @throws ValueError unless it has the same members: numbers, null before there is a best one, and arrays of
 *   weights
 */
export function readState(owner: string, state: unknown, own: CallbackState): CallbackState {
  const names = Object.keys(own);
  const bad = names.find(
    (name) => !isObject(state) || !Object.hasOwn(state, name) || !isStateValue(name, state[name], own[name]),
  );
  if (isObject(state) && bad === undefined) return state as CallbackState;
  const received = isObject(state) ? `${describe(state[bad!])} as ${bad}` : describe(state);
  throw new ValueError(
    `${owner}: a state must hold ${names.join(', ')}, as getState gives them, but received ${received}.`,
  );
}

/** The time that a clock of the caller's tells. @throws ValueError unless it is a finite number */
export function readClock(owner: string, now: () => unknown): number {
  const time = now();
  if (typeof time === 'number' && Number.isFinite(time)) return time;
  throw new ValueError(`${owner}: now must return a number, but returned ${describe(time)}.`);
}
