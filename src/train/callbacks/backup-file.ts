import { describe } from '../../check.js';
import { FormatError } from '../../errors.js';
import type { Json, JsonObject } from '../../io/json.js';
import { parseJson } from '../../io/json.js';
import type { Tensor } from '../../io/safetensors/dtypes.js';
import { readSafetensors } from '../../io/safetensors/read.js';
import { writeSafetensors } from '../../io/safetensors/write.js';
import type { NdArray } from '../../ndarray.js';
import type { CallbackState, TrainingState } from './types.js';

/** Everything that an interrupted fit goes on from. */
export interface Backup {
  readonly training: TrainingState;
  /** Of the callbacks that have one, in their order. */
  readonly callbacks: readonly CallbackState[];
}

const KIND = 'lamella.backup';
const VERSION = '1';

/** A safetensors file: weights/i, slots/j/i, random, callbacks/k/name/i; all numbers as JSON in its metadata. */
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
  return writeSafetensors(arrays, { [KIND]: VERSION, state: JSON.stringify(state, saidAloud) });
}

/** JSON has no NaN, no infinities and no -0: they become texts. */
function saidAloud(_name: string, value: unknown): unknown {
  if (typeof value !== 'number' || (Number.isFinite(value) && !Object.is(value, -0))) return value;
  return Object.is(value, -0) ? '-0' : String(value);
}

/** @throws FormatError if the bytes are no backup, or not a whole one */
export function readBackup(bytes: Uint8Array): Backup {
  const { arrays, metadata } = readSafetensors(bytes);
  if (metadata.get(KIND) !== VERSION) {
    throw bad(`metadata '${KIND}' must be '${VERSION}'`, metadata.get(KIND));
  }
  const json = parseJson(metadata.get('state') ?? 'null', 'the state of a backup').value;
  return new Reader(arrays).backup(json);
}

class Reader {
  readonly #arrays: ReadonlyMap<string, Tensor>;

  constructor(arrays: ReadonlyMap<string, Tensor>) {
    this.#arrays = arrays;
  }

  backup(json: Json): Backup {
    const state = object('state', json);
    const optimizer = object('optimizer', state.optimizer);
    const training: TrainingState = {
      epoch: count('epoch', state.epoch),
      seed: count('seed', state.seed),
      weights: this.#list('weights', state.weights),
      learningRate: state.learningRate === undefined ? undefined : number('learningRate', state.learningRate),
      history: Object.fromEntries(
        Object.entries(object('history', state.history)).map(([name, values]) => [
          name,
          list(name, values).map((value) => number(name, value)),
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
      random: state.random === undefined ? undefined : this.#random(object('random', state.random)),
    };
    const callbacks = list('callbacks', state.callbacks).map((own, k) => this.#callback(own, k));
    return { training, callbacks };
  }

  #callback(json: Json, k: number): CallbackState {
    const state = new Map<string, CallbackState[string]>();
    for (const entry of list('callbacks', json)) {
      const [name, kind, value] = list('callbacks', entry);
      if (typeof name !== 'string') throw bad('the name of a value must be a string', name);
      if (kind === 'arrays') state.set(name, this.#list(`callbacks/${k}/${name}`, value));
      else state.set(name, value === null || typeof value === 'boolean' ? value : number(name, value));
    }
    return Object.fromEntries(state);
  }

  #list(prefix: string, length: Json | undefined): NdArray[] {
    const most = Math.min(count(prefix, length), this.#arrays.size + 1);
    return Array.from({ length: most }, (_, i) => {
      const tensor = this.#arrays.get(`${prefix}/${i}`);
      if (!(tensor?.data instanceof Float32Array)) {
        throw bad(`the array '${prefix}/${i}' must be there, of dtype F32`, tensor?.dtype);
      }
      return { data: tensor.data, shape: tensor.shape };
    });
  }

  #random({ position, spareNormal }: JsonObject): TrainingState['random'] {
    const key = this.#arrays.get('random')?.data;
    if (!(key instanceof Uint32Array)) throw bad("the array 'random' must be there, of dtype U32", key);
    return {
      key,
      position: count('position', position),
      spareNormal: spareNormal === null ? null : number('spareNormal', spareNormal),
    };
  }
}

function bad(expected: string, received: unknown): FormatError {
  return new FormatError(`backup: ${expected}, but received ${describe(received)}.`);
}

function object(name: string, json: Json | undefined): JsonObject {
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json as JsonObject;
  throw bad(`${name} must be an object`, json);
}

function list(name: string, json: Json | undefined): readonly Json[] {
  if (Array.isArray(json)) return json as readonly Json[];
  throw bad(`${name} must be a list`, json);
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
