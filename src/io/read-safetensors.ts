/**
 * Reads safetensors files: header, offsets and arrays, all checked. Writing and the types of numbers are in
 * safetensors.ts.
 */
import { describe } from '../check.js';
import { FormatError } from '../errors.js';
import { formatShape } from '../ndarray.js';
import { copied } from '../ndarray/values.js';
import type { Pieces } from '../yielding.js';
import { runAtOnce } from '../yielding.js';
import type { Json, JsonObject, ParsedJson } from './json.js';
import { parseJson } from './json.js';
import type { Tensor } from './safetensors.js';
import { DTYPES } from './safetensors.js';

/** Content of a safetensors file. Maps, because an array may be called `__proto__`. */
export interface Safetensors {
  readonly arrays: Map<string, Tensor>;
  readonly metadata: Map<string, string>;
}

/** Both limits are far above any real file; the first is the format's own. */
const MAX_HEADER_BYTES = 100_000_000n;
const MAX_TENSORS = 65536;

interface Entry {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
  /** Byte offset of the array's entry in the header. */
  readonly at: () => number;
}

/**
 * Read a safetensors file. Nothing is believed that the bytes do not bear out: every array must lie where the
 * one before it ends and be as long as its shape says, so that arrays can neither overlap nor leave room for
 * something else.
 *
 * @returns copies: F64, F32, I32, I16, I8, U32, U16, U8 in their typed arrays, F16 and BF16 widened to
 *   Float32Array, I64 to Float64Array
 * @throws FormatError naming the byte offset
 */
export function* safetensorsInPieces(bytes: Uint8Array): Pieces<Safetensors> {
  const { entries, metadata, data } = readContents(bytes);
  const arrays = new Map<string, Tensor>();
  for (const entry of entries) arrays.set(entry.name, yield* readTensor(entry, bytes, data));
  return { arrays, metadata };
}

/** `safetensorsInPieces`, at once. */
export function readSafetensors(bytes: Uint8Array): Safetensors {
  return runAtOnce(safetensorsInPieces(bytes));
}

/** The texts of a safetensors file alone, checked as `readSafetensors` does. */
export function readSafetensorsMetadata(bytes: Uint8Array): Map<string, string> {
  return readContents(bytes).metadata;
}

/** The header, checked against the bytes; `data` is the offset of the data. */
function readContents(bytes: Uint8Array): {
  entries: Entry[];
  metadata: Map<string, string>;
  data: number;
} {
  const { text, length } = readHeader(bytes);
  const json = parseJson(text, 'safetensors', 8);
  if (!isObject(json.value)) throw refusal(8, 'the header must be a JSON object', describe(json.value));
  const entries: Entry[] = [];
  let metadata = new Map<string, string>();
  for (const [name, value] of Object.entries(json.value)) {
    if (name === '__metadata__') metadata = readMetadata(value, json);
    else entries.push(readEntry(name, value, json));
  }
  if (entries.length > MAX_TENSORS) {
    throw refusal(8, `the header must name at most ${MAX_TENSORS} arrays`, `${entries.length}`);
  }
  const data = 8 + length;
  checkPlaces(entries, bytes.length - data, data);
  return { entries, metadata, data };
}

function readHeader(bytes: Uint8Array): { text: string; length: number } {
  if (bytes.length < 8) {
    throw refusal(0, 'a file must have at least 8 bytes', `${bytes.length}`);
  }
  const declared = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  if (declared > MAX_HEADER_BYTES) {
    throw refusal(0, `the header must have at most ${MAX_HEADER_BYTES} bytes`, `${declared}`);
  }
  const length = Number(declared);
  if (8 + length > bytes.length) {
    throw refusal(0, `the header must end within the ${bytes.length} bytes of the file`, `${length} bytes`);
  }
  try {
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    return { text: decoder.decode(bytes.slice(8, 8 + length)), length };
  } catch (cause) {
    throw new FormatError('safetensors: the header at byte 8 must be UTF-8, but received other bytes.', {
      cause,
    });
  }
}

function readMetadata(value: Json, json: ParsedJson): Map<string, string> {
  const at = (): number => json.offsetOf(value);
  if (!isObject(value)) throw refusal(8, '__metadata__ must be an object of strings', describe(value));
  const metadata = new Map<string, string>();
  for (const [name, text] of Object.entries(value)) {
    if (typeof text !== 'string') {
      throw refusal(at, `__metadata__ must hold strings`, `${describe(text)} for ${describe(name)}`);
    }
    metadata.set(name, text);
  }
  return metadata;
}

const MEMBERS = ['dtype', 'shape', 'data_offsets'];

function readEntry(name: string, value: Json, json: ParsedJson): Entry {
  const what = `the array ${describe(name)}`;
  if (!isObject(value)) throw refusal(8, `${what} must be told of by an object`, describe(value));
  const at = (): number => json.offsetOf(value);
  const names = Object.keys(value);
  if (names.length !== MEMBERS.length || !MEMBERS.every((member) => Object.hasOwn(value, member))) {
    throw refusal(at, `${what} must have ${MEMBERS.join(', ')} and nothing else`, describe(names));
  }
  const { dtype, shape, data_offsets: offsets } = value;
  if (typeof dtype !== 'string' || !DTYPES.has(dtype)) {
    throw refusal(
      at,
      `${what} must have one of the dtypes ${[...DTYPES.keys()].join(', ')}`,
      describe(dtype),
    );
  }
  if (!isSizes(shape)) throw refusal(at, `${what} must have a shape of whole numbers`, describe(shape));
  if (!isSizes(offsets) || offsets.length !== 2 || offsets[0] > offsets[1]) {
    throw refusal(at, `${what} must have data_offsets [begin, end]`, describe(offsets));
  }
  return { name, dtype, shape, begin: offsets[0], end: offsets[1], at };
}

/** No holes, no overlap, nothing behind the last array. */
function checkPlaces(entries: readonly Entry[], length: number, data: number): void {
  const sorted = [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end);
  let end = 0;
  for (const entry of sorted) {
    const what = `the array ${describe(entry.name)}`;
    if (entry.begin !== end) {
      throw refusal(entry.at, `${what} must begin where the data before it end, at ${end}`, `${entry.begin}`);
    }
    const bytes = byteLength(entry);
    if (entry.end - entry.begin !== bytes) {
      const expected = `${what} of dtype ${entry.dtype} and shape ${formatShape(entry.shape)} must take ${bytes} bytes`;
      throw refusal(entry.at, expected, `${entry.end - entry.begin}`);
    }
    if (entry.end > length) {
      throw refusal(entry.at, `${what} must end within the ${length} bytes of data`, `${entry.end}`);
    }
    end = entry.end;
  }
  if (end !== length) {
    throw refusal(data + end, 'the file must end with its last array', `${length - end} bytes more`);
  }
}

/** Product of shape and size, refused where a double can no longer count it. */
function byteLength({ name, dtype, shape, at }: Entry): number {
  if (shape.includes(0)) return 0;
  const bytes = shape.reduce((product, size) => product * size, DTYPES.get(dtype)!.size);
  if (bytes <= Number.MAX_SAFE_INTEGER) return bytes;
  throw refusal(
    at,
    `the array ${describe(name)} must have fewer than 2^53 bytes`,
    `the shape ${formatShape(shape)}`,
  );
}

function* readTensor(
  { name, dtype, shape, begin, end, at }: Entry,
  bytes: Uint8Array,
  data: number,
): Pieces<Tensor> {
  const copy = yield* copied(bytes.subarray(data + begin, data + end), new Uint8Array(end - begin));
  const values = DTYPES.get(dtype)!.read(copy);
  if (values) return { dtype, shape, data: values };
  throw refusal(at, `the array ${describe(name)} must hold integers within ±2^53`, 'a larger one');
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSizes(value: Json): value is readonly number[] {
  return (
    Array.isArray(value) && value.every((size: Json) => Number.isSafeInteger(size) && (size as number) >= 0)
  );
}

function refusal(at: number | (() => number), expected: string, received: string): FormatError {
  const offset = typeof at === 'number' ? at : at();
  return new FormatError(`safetensors: at byte ${offset}, ${expected}, but received ${received}.`);
}
