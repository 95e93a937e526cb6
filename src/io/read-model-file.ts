/**
 * Reads model files: format, version, checksum, and the parts of the config, nothing of which is trusted.
 * Not for making models of them, which estimators/loading.ts and sequential/loading.ts do.
 */
import type { Checked, Rule, Schema } from '../check.js';
import { describe, readBytes, checkOptions, rule } from '../check.js';
import { FormatError, ValueError } from '../errors.js';
import { formatShape } from '../ndarray.js';
import { firstNonFinite } from '../ndarray/values.js';
import type { Pieces } from '../yielding.js';
import { runInSlices, Yielder } from '../yielding.js';
import { MODEL_BYTES, asFormatError, checksum, FORMAT, VERSION } from './model-file.js';
import type { Json, JsonObject } from './json.js';
import { parseJson } from './json.js';
import type { ModelFile } from './model-file.js';
import type { Tensor } from './safetensors.js';
import { readSafetensorsMetadata, safetensorsInPieces } from './read-safetensors.js';
import { RandomState } from '../random.js';

/**
 * Read a file that `writeModelFile` has written, or only the one `kind` of it.
 *
 * @param kind the kind of model that is wanted; default: any
 * @throws ValueError for anything but bytes
 * @throws FormatError naming the byte offset where the file is no safetensors file; for files of other
 *   programs, of a later version or another kind, and for content that its checksum belies
 */
function* modelFileInPieces(bytes: Uint8Array, kind?: string): Pieces<ModelFile> {
  const found = readKind(bytes);
  if (kind !== undefined && found !== kind) {
    throw new FormatError(
      `${kind}.fromBytes: the file must hold a model of kind ${describe(kind)}, but received ${describe(found)}; loadModel reads every kind.`,
    );
  }
  const { arrays, metadata } = yield* safetensorsInPieces(bytes);
  const text = metadata.get('config');
  if (text === undefined) {
    throw new FormatError(`A model file must have its config in __metadata__, but received none.`);
  }
  const expected = metadata.get('checksum');
  const received = yield* checksum(found, text, arrays);
  // Edited files may leave it out.
  if (expected !== undefined && expected !== received) {
    throw new FormatError(
      `A model file must have the content of its checksum ${describe(expected)}, but received ${describe(received)}: the file is damaged.`,
    );
  }
  return { kind: found, config: fromJson(parseJson(text, 'The config of a model file').value), arrays };
}

/**
 * `modelFileInPieces`, in slices between which the host runs. If it refuses the file, the error says which
 * other kind of file it looks like.
 */
export async function readModelFile(bytes: Uint8Array, kind: string): Promise<ModelFile> {
  const { length } = bytes;
  try {
    return await readingModel(bytes, () => runInSlices(modelFileInPieces(bytes, kind), new Yielder()));
  } catch (error) {
    if (bytes.length === length) throw error;
    throw new ValueError(`${MODEL_BYTES}, but its buffer was transferred or has shrunk while it was read.`);
  }
}

/** The kind of model that a file holds. @throws as modelFileInPieces */
export function readKind(bytes: Uint8Array): string {
  const metadata = readSafetensorsMetadata(readBytes(bytes, MODEL_BYTES));
  const format = metadata.get('format');
  if (format !== FORMAT) {
    throw new FormatError(
      `The file is not a lamella model; it looks like a safetensors file of another program: its __metadata__ must have the format '${FORMAT}', but received ${describe(format)}.`,
    );
  }
  checkVersion(metadata.get('version'));
  const kind = metadata.get('kind');
  if (kind !== undefined) return kind;
  throw new FormatError('A model file must have its kind in __metadata__, but received none.');
}

function checkVersion(version: string | undefined): void {
  if (version === String(VERSION)) return;
  const later = version !== undefined && /^[1-9]\d{0,8}$/.test(version);
  throw new FormatError(
    later
      ? `The file has version ${version} of the model format, but this release of lamella reads version ${VERSION}; read it with a later release.`
      : `A model file must have the version ${VERSION} in __metadata__, but received ${describe(version)}.`,
  );
}

/**
 * The model that `work` reads from the bytes of a model file. If it refuses them, the error says which other
 * kind of file they look like; foreign.ts, which recognises the kinds, is loaded only then.
 */
export async function readingModel<T>(bytes: Uint8Array, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    const foreign = await import('./foreign.js').catch(() => undefined);
    throw foreign?.foreignFile(bytes) ?? error;
  }
}

/**
 * An array of a model file by its name.
 *
 * @throws FormatError if there is none, or it is of another type or shape, or not all of it is finite
 */
export function* takeArray<T extends Float32Array | Float64Array>(
  owner: string,
  arrays: ReadonlyMap<string, Tensor>,
  name: string,
  shape: readonly number[],
  Type: new (length: number) => T,
): Pieces<T> {
  const tensor = arrays.get(name);
  const what = `${owner}: the array ${describe(name)} of a model file`;
  if (!tensor) throw new FormatError(`${what} must be there, but received none of that name.`);
  const { data } = tensor;
  const same = tensor.shape.length === shape.length && shape.every((size, d) => size === tensor.shape[d]);
  if (!same || !(data instanceof Type)) {
    const bits = Type.name.replace(/Array$/, '').toLowerCase();
    throw new FormatError(
      `${what} must be ${bits} of shape ${formatShape(shape)}, but received ${tensor.dtype} of shape ${formatShape(tensor.shape)}.`,
    );
  }
  const bad = yield* firstNonFinite(data);
  if (bad < 0) return data;
  throw new FormatError(`${what} must hold finite numbers, but received ${data[bad]} at index ${bad}.`);
}

/** Throws FormatError if a file has arrays that its model does not have. */
export function checkNoMoreArrays(
  owner: string,
  arrays: ReadonlyMap<string, Tensor>,
  known: ReadonlySet<string>,
): void {
  const unknown = [...arrays.keys()].find((name) => !known.has(name));
  if (unknown === undefined) return;
  throw new FormatError(
    `${owner}: a model file must hold the arrays of its model only, but received ${describe(unknown)} as well.`,
  );
}

/**
 * The value that `toJson` (model-file.ts) wrote. Objects have no prototype. @throws FormatError for marks
 * that `toJson` does not write
 */
export function fromJson(json: Json): unknown {
  if (typeof json !== 'object' || json === null) return json;
  if (isList(json)) return json.map(fromJson);
  const [mark, ...more] = Object.keys(json).filter((name) => name.startsWith('$'));
  if (mark !== undefined) {
    const revive = MARKS.get(mark);
    const revived = Object.keys(json).length === 1 && more.length === 0 ? revive?.(json[mark]) : undefined;
    if (revived !== undefined) return revived;
    throw new FormatError(
      `A model file must mark its data with ${[...MARKS.keys()].join(', ')}, but received an unfit ${describe(mark)}.`,
    );
  }
  const object = Object.create(null) as Record<string, unknown>;
  for (const [name, member] of Object.entries(json)) object[name] = fromJson(member);
  return object;
}

const NUMBERS = /* @__PURE__ */ new Map<Json, number>([
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
  ['NaN', NaN],
  ['-0', -0],
]);

/** Readers of the content of each mark, which return undefined if it is unfit. */
const MARKS: ReadonlyMap<string, (content: Json) => unknown> = /* @__PURE__ */ new Map([
  ['$number', (content: Json) => NUMBERS.get(content)],
  ['$map', (content: Json) => readPairs(content, (entries) => new Map(entries))],
  ['$object', (content: Json) => readPairs(content, makeObject)],
  ['$random', (content: Json) => readRandom(content)],
]);

function readPairs(content: Json, make: (entries: (readonly [unknown, unknown])[]) => unknown): unknown {
  if (!isList(content)) return undefined;
  const entries: [unknown, unknown][] = [];
  for (const pair of content) {
    if (!isList(pair) || pair.length !== 2) return undefined;
    entries.push([fromJson(pair[0]), fromJson(pair[1])]);
  }
  return make(entries);
}

function makeObject(entries: readonly (readonly [unknown, unknown])[]): object | undefined {
  const object = Object.create(null) as Record<string, unknown>;
  for (const [name, member] of entries) {
    if (typeof name !== 'string') return undefined;
    object[name] = member;
  }
  return object;
}

function readRandom(content: Json): RandomState | undefined {
  if (typeof content !== 'object' || content === null || isList(content)) return undefined;
  const { key, position, spareNormal } = content as JsonObject;
  const spare = fromJson(spareNormal ?? null);
  if (!isList(key) || key.length !== 624 || !key.every((word) => isWhole(word, 0xffffffff))) return undefined;
  if (!isWhole(position, 624)) return undefined;
  if (spare !== null && !Number.isFinite(spare)) return undefined;
  return RandomState.fromState({
    key: Uint32Array.from(key as readonly number[]),
    position,
    spareNormal: spare as number | null,
  });
}

function isWhole(value: unknown, max: number): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= max;
}

function isList(json: Json): json is readonly Json[] {
  return Array.isArray(json);
}

/**
 * The members of an object in a model file: all of a closed schema, none else.
 *
 * @param owner what the object describes, for errors: 'MLPClassifier: progress'
 * @throws FormatError for missing, unknown and unfit members
 */
export function readMembers<S extends Schema>(
  owner: string,
  given: unknown,
  schema: S,
): Required<Checked<S>> {
  return asFormatError(() => {
    const checked = checkOptions(owner, given ?? null, schema);
    const missing = Object.keys(schema).find((name) => !Object.hasOwn(checked, name));
    if (missing === undefined) return checked as Required<Checked<S>>;
    throw new FormatError(`${owner}: a model file must have '${missing}', but received none.`);
  });
}

/** Any number, infinities and NaN included. */
export const anyNumber: Rule<number> = /* @__PURE__ */ rule(
  'a number',
  (value): value is number => typeof value === 'number',
);
