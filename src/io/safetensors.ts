/**
 * Safetensors files: the types of numbers, and writing. Reading is in read-safetensors.ts, which only what
 * loads models needs. What a model's arrays mean is in model-file.ts and above.
 */
import { describe } from '../check.js';
import { compareCodePoints } from '../data/labels.js';
import { ValueError } from '../errors.js';
import { elementCount } from '../ndarray/types.js';
import type { TypedArray } from '../ndarray.js';

/** A named array of a file: row-major. */
export interface Tensor {
  readonly dtype: string;
  /** [] for a scalar. */
  readonly shape: readonly number[];
  readonly data: TypedArray;
}

type Widen = (bytes: Uint8Array<ArrayBuffer>) => TypedArray | undefined;

interface Dtype {
  /** Bytes per value. */
  readonly size: number;
  /** Copy of the values, from bytes at the start of a buffer; undefined if some do not fit into a double. */
  readonly read: Widen;
  /** The typed array whose bytes are written as they are; none: only read. */
  readonly Native?: new (length: number) => TypedArray;
}

type NativeArray = new (buffer: ArrayBuffer) => TypedArray;

function native(
  Native: NativeArray & (new (length: number) => TypedArray) & { BYTES_PER_ELEMENT: number },
): Dtype {
  return { size: Native.BYTES_PER_ELEMENT, Native, read: ({ buffer }) => new Native(buffer) };
}

/**
 * The types that are read. Half floats and 64-bit integers are widened; formats of 8 bits and less are not
 * read.
 */
export const DTYPES: ReadonlyMap<string, Dtype> = /* @__PURE__ */ new Map<string, Dtype>([
  ['F64', /* @__PURE__ */ native(Float64Array)],
  ['F32', /* @__PURE__ */ native(Float32Array)],
  ['F16', { size: 2, read: ({ buffer }) => Float32Array.from(new Uint16Array(buffer), fromHalf) }],
  ['BF16', { size: 2, read: fromBrain }],
  ['I64', { size: 8, read: fromInt64 }],
  ['I32', /* @__PURE__ */ native(Int32Array)],
  ['I16', /* @__PURE__ */ native(Int16Array)],
  ['I8', /* @__PURE__ */ native(Int8Array)],
  ['U32', /* @__PURE__ */ native(Uint32Array)],
  ['U16', /* @__PURE__ */ native(Uint16Array)],
  ['U8', /* @__PURE__ */ native(Uint8Array)],
]);

/** IEEE 754 binary16, exactly: all of its values are float32 values. */
function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  if (exponent === 0) return sign * fraction * 5.960464477539063e-8; // 2^-24
  return exponent >= 25
    ? sign * (1024 + fraction) * (1 << (exponent - 25))
    : (sign * (1024 + fraction)) / (1 << (25 - exponent));
}

/** bfloat16: the upper half of a float32. */
function fromBrain({ buffer }: Uint8Array<ArrayBuffer>): Float32Array {
  return new Float32Array(Uint32Array.from(new Uint16Array(buffer), (bits) => bits << 16).buffer);
}

function fromInt64({ buffer }: Uint8Array<ArrayBuffer>): Float64Array | undefined {
  const values = Float64Array.from(new BigInt64Array(buffer) as ArrayLike<bigint>, Number);
  return values.every((value) => Number.isSafeInteger(value)) ? values : undefined;
}

const ALIGNMENT = 8;

/**
 * Named arrays and texts as a safetensors file. The same content gives the same bytes, in whatever order it
 * comes: arrays lie by descending size of their values, then by name; the header is padded with blanks to a
 * multiple of 8.
 *
 * @see https://github.com/huggingface/safetensors#format
 * @throws ValueError for arrays whose type, shape and data do not fit together, and for a name that the
 *   format reserves
 */
export function writeSafetensors(
  arrays: ReadonlyMap<string, Tensor>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const sorted = [...arrays].map(([name, tensor]) => ({ name, tensor, size: sizeOf(name, tensor) }));
  sorted.sort((a, b) => b.size - a.size || compareCodePoints(a.name, b.name));
  const texts = Object.entries(metadata).sort(([a], [b]) => compareCodePoints(a, b));
  const parts = texts.length > 0 ? [`"__metadata__":{${texts.map(textEntry).join(',')}}`] : [];
  let end = 0;
  for (const { name, tensor } of sorted) {
    const begin = end;
    end += tensor.data.byteLength;
    const info = { dtype: tensor.dtype, shape: Array.from(tensor.shape), data_offsets: [begin, end] };
    parts.push(`${JSON.stringify(name)}:${JSON.stringify(info)}`);
  }
  const header = new TextEncoder().encode(`{${parts.join(',')}}`);
  const padded = Math.ceil(header.length / ALIGNMENT) * ALIGNMENT;
  const bytes = new Uint8Array(8 + padded + end);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(padded), true);
  bytes.fill(32, 8, 8 + padded);
  bytes.set(header, 8);
  let at = 8 + padded;
  for (const { tensor } of sorted) {
    const { buffer, byteOffset, byteLength } = tensor.data;
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), at);
    at += byteLength;
  }
  return bytes;
}

function textEntry([name, text]: [string, unknown]): string {
  if (typeof text === 'string') return `${JSON.stringify(name)}:${JSON.stringify(text)}`;
  throw new ValueError(
    `writeSafetensors: metadata must hold strings, but received ${describe(text)} for ${describe(name)}.`,
  );
}

/** Bytes per value, when everything fits together. */
function sizeOf(name: string, { dtype, shape, data }: Tensor): number {
  const known = DTYPES.get(dtype);
  if (name === '__metadata__') {
    throw new ValueError("writeSafetensors: an array may have any name but '__metadata__'.");
  }
  if (!known?.Native || !(data instanceof known.Native)) {
    throw new ValueError(
      `writeSafetensors: the array ${describe(name)} of dtype ${describe(dtype)} must have the typed array of that dtype as its data, but received ${describe(data)}.`,
    );
  }
  if (elementCount(shape, `The array ${describe(name)}`) !== data.length) {
    throw new ValueError(
      `writeSafetensors: the array ${describe(name)} of shape ${describe(shape)} must have as many data as its shape says, but received ${data.length}.`,
    );
  }
  return known.size;
}
