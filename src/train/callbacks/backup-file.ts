/**
 * The file of backupAndRestore: writes it, reads and checks it, and restores the states of the model and its
 * callbacks. Not for model files (src/io/model-file.ts).
 */
import { describe } from '../../check.js';
import { crc32 } from '../../data/crc32.js';
import { FormatError, ValueError } from '../../errors.js';
import type { Json, JsonObject } from '../../io/json.js';
import { parseJson } from '../../io/json.js';
import type { Tensor } from '../../io/safetensors.js';
import { readSafetensors } from '../../io/read-safetensors.js';
import { writeSafetensors } from '../../io/safetensors.js';
import type { NdArray } from '../../ndarray.js';
import type { Callback, CallbackModel, CallbackState, TrainingState } from './types.js';

/** The state that an interrupted fit continues from. */
export interface Backup {
  readonly training: TrainingState;
  /** States of the callbacks that have one, in their order. */
  readonly callbacks: readonly CallbackState[];
}

const KIND = 'lamella.backup';
const VERSION = '1';

/** Bytes of a backup from byte 8 on; the eight digits of its checksum follow. */
const BEGINNING = '{"__metadata__":{"checksum":"';
const CHECKSUM_AT = 8 + BEGINNING.length;
const UNKNOWN = '00000000';

/**
 * Write a backup as a safetensors file: arrays weights/i, slots/j/i, random, callbacks/k/name/i; all numbers
 * as JSON in its metadata. The checksum, first in the metadata, is the CRC-32 of the whole file with 00000000
 * in its place, in hexadecimal.
 */
export function writeBackup({ training, callbacks }: Backup): Uint8Array<ArrayBuffer> {
  const { weights, optimizer, random, ...numbers } = training;
  const arrays = new Map<string, Tensor>();
  const put = (prefix: string, list: readonly NdArray[]): number => {
    list.forEach(({ data, shape }, i) => arrays.set(`${prefix}/${i}`, { dtype: 'F32', shape, data }));
    return list.length;
  };
  if (random) arrays.set('random', { dtype: 'U32', shape: [random.key.length], data: random.key });
  const state = {
    ...numbers,
    weights: put('weights', weights),
    optimizer: { ...optimizer, slots: optimizer.slots.map((slot, j) => put(`slots/${j}`, slot)) },
    random: random && { position: random.position, spareNormal: random.spareNormal },
    callbacks: callbacks.map((own, k) =>
      Object.entries(own).map(([name, value]) =>
        Array.isArray(value)
          ? [name, 'arrays', put(`callbacks/${k}/${name}`, value as readonly NdArray[])]
          : [name, 'value', value],
      ),
    ),
  };
  const metadata = { checksum: UNKNOWN, [KIND]: VERSION, state: JSON.stringify(state, saidAloud) };
  const bytes = writeSafetensors(arrays, metadata);
  bytes.set(new TextEncoder().encode(checksumOf(bytes)), CHECKSUM_AT);
  return bytes;
}

function checksumOf(bytes: Uint8Array): string {
  const end = CHECKSUM_AT + UNKNOWN.length;
  let crc = crc32(bytes.subarray(0, CHECKSUM_AT));
  crc = crc32(new TextEncoder().encode(UNKNOWN), crc);
  return crc32(bytes.subarray(end), crc).toString(16).padStart(UNKNOWN.length, '0');
}

function checkIntact(bytes: Uint8Array): void {
  const beginning = new TextDecoder().decode(bytes.subarray(8, CHECKSUM_AT + UNKNOWN.length));
  const expected = `${BEGINNING}${checksumOf(bytes)}`;
  if (beginning === expected) return;
  throw new FormatError(
    'backup: the file must have the content that its checksum was made of, but received other bytes: it is damaged; delete it to begin anew.',
  );
}

/** A value for JSON, where NaN, the infinities and -0 become strings. */
function saidAloud(_name: string, value: unknown): unknown {
  if (typeof value !== 'number' || (Number.isFinite(value) && !Object.is(value, -0))) return value;
  return Object.is(value, -0) ? '-0' : String(value);
}

/** Read a backup. @throws FormatError if the bytes are not a backup, or not a whole one */
export function readBackup(bytes: Uint8Array): Backup {
  const { arrays, metadata } = readSafetensors(bytes);
  if (metadata.get(KIND) !== VERSION) {
    throw bad(`metadata '${KIND}' must be '${VERSION}'`, metadata.get(KIND));
  }
  checkIntact(bytes);
  const json = parseJson(metadata.get('state') ?? 'null', 'the state of a backup').value;
  const reader = new Reader(arrays);
  const backup = reader.backup(json);
  reader.checkAllRead();
  return backup;
}

/**
 * Restore a model, and the callbacks that have a state, from a backup.
 *
 * @param takers the callbacks of this fit that have a state
 * @throws FormatError for damaged bytes, ValueError for a backup of a fit with other callbacks
 */
export function restore(bytes: Uint8Array, model: CallbackModel, takers: readonly Callback[]): void {
  const { training, callbacks } = readBackup(bytes);
  if (takers.length !== callbacks.length || !takers.every((taker, i) => fits(taker, callbacks[i]))) {
    throw new ValueError(
      `backupAndRestore: the backup must be of a fit with the same callbacks in the same order, but received one with the state of ${callbacks.length} of them where ${takers.length} have a state; delete it to begin anew.`,
    );
  }
  model.setTrainingState(training);
  takers.forEach((taker, i) => taker.setState?.(callbacks[i]));
}

/** True if a state has the names that the callback's own has. */
function fits(callback: Callback, state: CallbackState): boolean {
  const names = Object.keys(callback.getState?.() ?? {});
  return names.length === Object.keys(state).length && names.every((name) => Object.hasOwn(state, name));
}

const STATE = ['epoch', 'seed', 'weights', 'learningRate', 'history', 'optimizer', 'random', 'callbacks'];
const OPTIMIZER = ['step', 'beta1Power', 'beta2Power', 'decayPower', 'momentumProduct', 'slots'];
const RANDOM = ['position', 'spareNormal'];
/** Values of the generator's key. */
const WORDS = 624;

class Reader {
  readonly #arrays: ReadonlyMap<string, Tensor>;
  readonly #read = new Set<string>();

  constructor(arrays: ReadonlyMap<string, Tensor>) {
    this.#arrays = arrays;
  }

  backup(json: Json): Backup {
    const state = object('state', json, STATE);
    const optimizer = object('optimizer', state.optimizer, OPTIMIZER);
    const epoch = count('epoch', state.epoch);
    const training: TrainingState = {
      epoch,
      seed: count('seed', state.seed),
      weights: this.#list('weights', state.weights),
      learningRate: state.learningRate === undefined ? undefined : number('learningRate', state.learningRate),
      history: Object.fromEntries(
        Object.entries(object('history', state.history)).map(([name, values]) => [
          name,
          list(name, values, epoch).map((value) => number(name, value)),
        ]),
      ),
      optimizer: {
        step: count('step', optimizer.step),
        beta1Power: number('beta1Power', optimizer.beta1Power),
        beta2Power: number('beta2Power', optimizer.beta2Power),
        decayPower: number('decayPower', optimizer.decayPower),
        momentumProduct: number('momentumProduct', optimizer.momentumProduct),
        slots: list('slots', optimizer.slots).map((length, j) => this.#list(`slots/${j}`, length)),
      },
      random: state.random === undefined ? undefined : this.#random(object('random', state.random, RANDOM)),
    };
    const callbacks = list('callbacks', state.callbacks).map((own, k) => this.#callback(own, k));
    return { training, callbacks };
  }

  #callback(json: Json, k: number): CallbackState {
    const state = new Map<string, CallbackState[string]>();
    for (const entry of list('callbacks', json)) {
      const [name, kind, value] = list('callbacks', entry, 3);
      if (typeof name !== 'string') throw bad('the name of a value must be a string', name);
      if (state.has(name)) throw bad('the names of the values of a callback must differ', name);
      if (kind === 'arrays') state.set(name, this.#list(`callbacks/${k}/${name}`, value));
      else if (kind !== 'value') throw bad(`${name} must be of the kind 'arrays' or 'value'`, kind);
      else state.set(name, value === null || typeof value === 'boolean' ? value : number(name, value));
    }
    return Object.fromEntries(state);
  }

  #list(prefix: string, length: Json | undefined): NdArray[] {
    // One more than there are is refused below.
    const tried = Math.min(count(prefix, length), this.#arrays.size + 1);
    return Array.from({ length: tried }, (_, i) => {
      const tensor = this.#take(`${prefix}/${i}`);
      if (tensor?.dtype !== 'F32' || !(tensor.data instanceof Float32Array)) {
        throw bad(`the array '${prefix}/${i}' must be there, of dtype F32`, tensor?.dtype);
      }
      return { data: tensor.data, shape: tensor.shape };
    });
  }

  #random({ position, spareNormal }: JsonObject): TrainingState['random'] {
    const key = this.#take('random')?.data;
    if (!(key instanceof Uint32Array) || key.length !== WORDS) {
      throw bad(`the array 'random' must be there, of dtype U32 with ${WORDS} values`, key?.length);
    }
    const at = count('position', position);
    if (at > WORDS) throw bad(`position must be at most ${WORDS}`, at);
    return {
      key,
      position: at,
      spareNormal: spareNormal === null ? null : number('spareNormal', spareNormal),
    };
  }

  #take(name: string): Tensor | undefined {
    this.#read.add(name);
    return this.#arrays.get(name);
  }

  /** FormatError if the file has arrays that the state does not speak of. */
  checkAllRead(): void {
    const unknown = [...this.#arrays.keys()].find((name) => !this.#read.has(name));
    if (unknown !== undefined) throw bad('the arrays must be those of the state only', unknown);
  }
}

function bad(expected: string, received: unknown): FormatError {
  return new FormatError(`backup: ${expected}, but received ${describe(received)}.`);
}

/** An object, with no other members than these if they are given. */
function object(name: string, json: Json | undefined, members?: readonly string[]): JsonObject {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw bad(`${name} must be an object`, json);
  }
  const unknown = members && Object.keys(json).find((member) => !members.includes(member));
  if (unknown === undefined) return json as JsonObject;
  throw bad(`${name} must have the members ${members?.join(', ')} only`, unknown);
}

function list(name: string, json: Json | undefined, max = Infinity): readonly Json[] {
  if (!Array.isArray(json)) throw bad(`${name} must be a list`, json);
  if (json.length <= max) return json as readonly Json[];
  throw bad(`${name} must be a list of at most ${max} values`, json.length);
}

const SAID = new Map<Json | undefined, number>([
  ['NaN', NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
  ['-0', -0],
]);

function number(name: string, json: Json | undefined): number {
  const value = typeof json === 'number' ? json : SAID.get(json);
  if (value !== undefined) return value;
  throw bad(`${name} must be a number`, json);
}

function count(name: string, json: Json | undefined): number {
  if (Number.isSafeInteger(json) && (json as number) >= 0) return json as number;
  throw bad(`${name} must be an integer >= 0`, json);
}
