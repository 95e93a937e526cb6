/**
 * The model file: a safetensors file with kind, config and checksum in its metadata. Writing, the bytes that
 * callers give, and errors of content. Reading is in read-model-file.ts, which is loaded when it is needed.
 */
import { crc32 } from '../data/crc32.js';
import { compareCodePoints } from '../data/labels.js';
import type { Parameter } from '../network/parameters.js';
import type { Pieces } from '../yielding.js';
import { ranges, runAtOnce } from '../yielding.js';
import type { Tensor } from './safetensors.js';
import { writeSafetensors } from './safetensors.js';
import { describe, checkOptions, readBytes } from '../check.js';
import { ValueError, FormatError, LamellaError } from '../errors.js';
import { RandomState } from '../random.js';
import type { Json } from './json.js';
import { DEFAULT_MAX_BYTES, maxBytesRule } from '../budget.js';

/** Beginning of errors about the argument that holds a model file. */
export const MODEL_BYTES = 'A model must be given as the bytes of its file';

/** Limits of reading a model file. */
export interface LoadOptions {
  /**
   * The most bytes that the file may have, an integer >= 1; for a moment reading takes four times as many.
   * Default 2^30.
   */
  readonly maxBytes?: number;
}

/** The options of `loadModel` or `readModel`, filled in. @throws ValueError */
export function readLoadOptions(owner: string, options: unknown): Required<LoadOptions> {
  return { maxBytes: DEFAULT_MAX_BYTES, ...checkOptions(owner, options, { maxBytes: maxBytesRule }) };
}

/** Larger files are not copied before they are read: that alone would hold the event loop too long. */
const MAX_COPIED_BYTES = 16777216;

/**
 * A copy of the bytes of a model file, to be read later whatever the caller does with them. Files of more
 * than 16 MiB are not copied: if they change before they have been read, they no longer match their checksum.
 *
 * @throws ValueError for anything but bytes
 */
export function copyBytes(bytes: unknown): Uint8Array {
  const given = readBytes(bytes, MODEL_BYTES);
  return given.length > MAX_COPIED_BYTES ? given : new Uint8Array(given);
}

/**
 * A copy of the bytes of a model file as `copyBytes` makes it, of at most `maxBytes` bytes.
 *
 * @throws ValueError for anything but bytes, and for unfit options; FormatError for more bytes
 */
export function copyWithin(bytes: unknown, options: unknown): Uint8Array {
  const { maxBytes } = readLoadOptions('loadModel', options);
  const { length } = readBytes(bytes, MODEL_BYTES);
  if (length <= maxBytes) return copyBytes(bytes);
  throw new FormatError(
    `A model file must have at most ${maxBytes} bytes, but has ${length}; give another maxBytes.`,
  );
}

/** The result of `work`, whose errors about the content of a file become FormatErrors. */
export function asFormatError<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw formatError(error);
  }
}

/** `asFormatError` of work in pieces. */
export function* formatErrorsInPieces<T>(work: Pieces<T>): Pieces<T> {
  try {
    return yield* work;
  } catch (error) {
    throw formatError(error);
  }
}

function formatError(error: unknown): unknown {
  if (error instanceof FormatError || !(error instanceof LamellaError)) return error;
  return new FormatError(`A model file must hold a sound model: ${error.message}`, { cause: error });
}

/** A model as plain data. */
export interface ModelFile {
  /** Kind of model: 'MLPClassifier', 'Sequential'. */
  readonly kind: string;
  /**
   * Everything but the arrays: options, sizes, classes, progress. Unchecked when read; the reader of the kind
   * checks it.
   */
  readonly config: unknown;
  readonly arrays: ReadonlyMap<string, Tensor>;
}

/** The name of a parameter in a file: 'layers.0.weight'. */
export function parameterName({ layer, name }: Parameter): string {
  return `layers.${layer}.${name}`;
}

/** The name of one of the optimizer's slots for a parameter: 'optimizer.1.layers.0.weight'. */
export function slotName(slot: number, parameter: Parameter): string {
  return `optimizer.${slot}.${parameterName(parameter)}`;
}

export const FORMAT = 'lamella';

/** Counts up when a reader of the version before would misunderstand. */
export const VERSION = 1;

/**
 * A model as bytes: a safetensors file whose `__metadata__` has the format's name and version, the kind of
 * model, its config as JSON, and a CRC-32 of kind, config and arrays. The same model gives the same bytes.
 *
 * @throws ValueError for a config that is not plain data
 */
export function writeModelFile({ kind, config, arrays }: ModelFile): Uint8Array<ArrayBuffer> {
  const text = JSON.stringify(toJson(config, kind));
  const metadata = { format: FORMAT, version: String(VERSION), kind, config: text };
  return writeSafetensors(arrays, { ...metadata, checksum: runAtOnce(checksum(kind, text, arrays)) });
}

/** CRC-32 of kind, config and arrays, in hexadecimal. */
export function* checksum(kind: string, config: string, arrays: ReadonlyMap<string, Tensor>): Pieces<string> {
  let crc = crc32(new TextEncoder().encode(`${kind}\n${config}\n`));
  for (const [name, { data }] of [...arrays].sort(([a], [b]) => compareCodePoints(a, b))) {
    crc = crc32(new TextEncoder().encode(name), crc);
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    yield* ranges(bytes.length, 1, (begin, end) => {
      crc = crc32(bytes.subarray(begin, end), crc);
    });
  }
  return crc.toString(16).padStart(8, '0');
}

/** Deepest nesting of options, which refuses cycles. */
const MAX_DEPTH = 100;

/**
 * Options and the like as JSON. What JSON cannot say becomes an object with one name: `{ $number: 'Infinity'
 * }`, `{ $map: [[key, value], …] }`, `{ $random: state }` of a generator, `{ $object: [[name, value], …] }`
 * where names begin with $. Names are sorted, so that the same data give the same text.
 *
 * @param what what errors call the value
 * @throws ValueError for functions, symbols, instances of other classes, and what is nested too deep
 */
export function toJson(value: unknown, what: string, depth = 0): Json {
  if (depth > MAX_DEPTH) {
    throw new ValueError(
      `${what.slice(0, 60)}... must be nested at most ${MAX_DEPTH} deep to be saved, but received more.`,
    );
  }
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number') {
    if (Object.is(value, -0)) return { $number: '-0' };
    return Number.isFinite(value) ? value : { $number: String(value) };
  }
  if (Array.isArray(value)) return value.map((item, i) => toJson(item, `${what}[${i}]`, depth + 1));
  if (value instanceof Map) return { $map: pairs([...(value as Map<unknown, unknown>)], what, depth) };
  if (value instanceof RandomState) {
    const { key, position, spareNormal } = value.getState();
    return { $random: { key: [...key], position, spareNormal: toJson(spareNormal, what) } };
  }
  if (!isPlain(value)) {
    throw new ValueError(`${what} must be plain data to be saved, but received ${describe(value)}.`);
  }
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  entries.sort(([a], [b]) => compareCodePoints(a, b));
  if (entries.some(([name]) => name.startsWith('$') || name === '__proto__')) {
    return { $object: pairs(entries, what, depth) };
  }
  return Object.fromEntries(
    entries.map(([name, member]) => [name, toJson(member, `${what}.${name}`, depth + 1)]),
  );
}

function pairs(entries: readonly (readonly [unknown, unknown])[], what: string, depth: number): Json {
  return entries.map(([key, member]) => [
    toJson(key, what, depth + 1),
    toJson(member, `${what}.${String(key)}`, depth + 1),
  ]);
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object') return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}
