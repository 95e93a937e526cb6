/**
 * Reads NumPy's .npy files from bytes: the header by a strict pattern (it is never evaluated), the elements
 * into the typed array nearest to their type. Archives of several arrays are read by npz.ts; pickled objects
 * are not read at all.
 *
 * @see https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
import { DEFAULT_MAX_BYTES, maxBytesRule } from '../budget.js';
import { checkOptions, quote, readBytes } from '../check.js';
import { FormatError } from '../errors.js';
import type { NdArray, TypedArray } from '../ndarray.js';
import { formatShape, transpose } from '../ndarray.js';
import { allocate, elementCount, readShape } from '../ndarray/types.js';
import type { ReadOptions } from './idx.js';
import { formatErrors } from './stored.js';

/** An array of strings, row-major: NumPy's type `<U`. */
export interface StringArray {
  readonly data: readonly string[];
  readonly shape: readonly number[];
}

/** An array as a .npy file holds it: of numbers, or of strings. */
export type NpyArray = NdArray<TypedArray> | StringArray;

const MAGIC = '\x93NUMPY';
/** The longest header; numpy's bound. */
const MAX_HEADER = 10000;
/** What a string takes beside its characters. */
const STRING_BYTES = 24;

/** The dictionary of a header: type (none if it is structured), order, sizes. */
const HEADER =
  /^\{'descr': *(?:'([^']*)'|[^]*?), *'fortran_order': *(True|False), *'shape': *\((|\d+L?,(?: *\d+L?,)*(?: *\d+L?)?)\),? *\} *\n$/;

type Elements = new (buffer: ArrayBuffer) => TypedArray;

/** Typed arrays by the type of the elements, whose size is in bytes; U, strings, is not among them. */
const TYPES: ReadonlyMap<string, Elements> = /* @__PURE__ */ new Map<string, Elements>([
  ['b1', Uint8Array],
  ['i1', Int8Array],
  ['u1', Uint8Array],
  ['i2', Int16Array],
  ['u2', Uint16Array],
  ['i4', Int32Array],
  ['u4', Uint32Array],
  ['i8', Float64Array],
  ['u8', Float64Array],
  ['f2', Float32Array],
  ['f4', Float32Array],
  ['f8', Float64Array],
]);

interface Header {
  /** 'f4', 'U12'. */
  readonly type: string;
  readonly bigEndian: boolean;
  readonly fortran: boolean;
  readonly shape: readonly number[];
  /** The elements as they are stored: a view. */
  readonly stored: Uint8Array;
  /** Bytes that the array takes. */
  readonly bytes: number;
}

/**
 * Read a .npy file, which `numpy.save` writes: versions 1 to 3, both byte orders, C and Fortran order.
 *
 * @param bytes the whole file
 * @param options.maxBytes the most bytes that reading may allocate; default 2^30
 * @returns numbers in the stored type (int8 to int32, uint8 to uint32, float32, float64); float16 as
 *   Float32Array, booleans as a Uint8Array of 0 and 1, int64 and uint64 as Float64Array, strings (`<U`) as
 *   `{ data: string[], shape }`; row-major, in an ArrayBuffer of its own
 * @throws ValueError for anything but bytes; FormatError naming the byte: another type (objects, structures,
 *   complex numbers, bytes, dates), integers beyond 2^53 - 1, sizes that do not fit the file or `maxBytes`
 */
export function parseNpy<A extends NpyArray = NdArray<any>>(bytes: Uint8Array, options?: ReadOptions): A {
  const file = readBytes(bytes, 'parseNpy: bytes must be those of a file');
  const { maxBytes = DEFAULT_MAX_BYTES } = checkOptions('parseNpy', options, { maxBytes: maxBytesRule });
  return readNpyBytes(file, maxBytes).array as A;
}

/** The array of a .npy file, and the bytes that it takes, at most `maxBytes`. @throws as parseNpy */
export function readNpyBytes(file: Uint8Array, maxBytes: number): { array: NpyArray; bytes: number } {
  const header = parseHeader(file);
  const { type, shape, fortran, bytes } = header;
  if (bytes > maxBytes) {
    throw malformed(
      `the shape ${formatShape(shape)} of ${quote(type)} takes ${bytes} bytes, but reading may allocate ${maxBytes} at most; give another maxBytes`,
    );
  }
  const data = decode(header);
  if (!fortran) return { array: { data, shape } as NpyArray, bytes };
  // Fortran order is the row-major order of the transposed array.
  const reversed = [...shape].reverse();
  if (!Array.isArray(data)) return { array: transpose({ data: data as TypedArray, shape: reversed }), bytes };
  const order = transpose({ data: Int32Array.from(data.keys()), shape: reversed });
  return { array: { data: Array.from(order.data, (i) => data[i]), shape }, bytes };
}

function parseHeader(file: Uint8Array): Header {
  if (file.length < 12 || latin1(file.subarray(0, 6)) !== MAGIC) {
    const archive = file[0] === 0x50 && file[1] === 0x4b ? '; parseNpz reads archives' : '';
    throw malformed(`the file must begin with '\\x93NUMPY', a version and a length, but does not${archive}`);
  }
  const version = file[6];
  if (version < 1 || version > 3)
    throw malformed(`the version at byte 6 must be 1, 2 or 3, but is ${version}`);
  const begin = version === 1 ? 10 : 12;
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  const start = begin + length;
  if (length > MAX_HEADER || start > file.length) {
    throw malformed(
      `the header at byte ${begin} must have at most ${MAX_HEADER} bytes, all in the file, but has ${length}`,
    );
  }
  const text = latin1(file.subarray(begin, start));
  const [, descr, order, sizes] = HEADER.exec(text) ?? [];
  if (order === undefined) {
    throw malformed(
      `the header at byte ${begin} must say descr, fortran_order, shape, but is ${quote(text)}`,
    );
  }
  const [, endian, type] = /^([<>|])([a-zA-Z]\d+)$/.exec(descr ?? '') ?? [];
  const size = type?.startsWith('U') ? 4 * Number(type.slice(1)) : TYPES.has(type) ? Number(type[1]) : 0;
  if (!(size > 0)) {
    const found = descr === undefined ? 'a structure' : quote(descr);
    throw malformed(
      `the type must be one of ${[...TYPES.keys()].join(' ')} or U (strings), but is ${found}; convert it by astype() before numpy.save`,
    );
  }
  const shape = (sizes.match(/\d+/g) ?? []).map(Number);
  const count = formatErrors(() => elementCount(readShape(shape, 'npy: the array'), 'npy: the array'));
  const stored = file.subarray(start);
  if (count * size !== stored.length) {
    throw malformed(
      `the shape ${formatShape(shape)} of ${quote(type)} needs ${count * size} bytes behind byte ${start}, but ${stored.length} follow`,
    );
  }
  const each = type.startsWith('U') ? size + STRING_BYTES : Math.max(size, type === 'f2' ? 4 : 1);
  const fortran = order === 'True' && shape.length > 1;
  return { type, bigEndian: endian === '>', fortran, shape, stored, bytes: count * each * (fortran ? 2 : 1) };
}

/** The elements in the order of the file. */
function decode({ type, bigEndian, stored, shape }: Header): TypedArray | string[] {
  const bytes = allocate(Uint8Array, [stored.length], `npy: the elements of shape ${formatShape(shape)}`);
  bytes.set(stored);
  if (bigEndian) swap(bytes, type.startsWith('U') ? 4 : Number(type[1]));
  const buffer = bytes.buffer as ArrayBuffer;
  if (type.startsWith('U')) return strings(new Uint32Array(buffer), Number(type.slice(1)));
  if (type === 'f2') return fromFloat16(new Uint16Array(buffer));
  const data = new (TYPES.get(type)!)(buffer);
  if (type === 'b1')
    refuse(
      bytes.findIndex((byte) => byte > 1),
      'be 0 or 1 as a boolean',
    );
  if (type === 'i8') fromInt64(data, new Int32Array(buffer));
  if (type === 'u8') fromInt64(data, new Uint32Array(buffer));
  return data;
}

/** Reverse the bytes of every element. */
function swap(bytes: Uint8Array, size: number): void {
  for (let i = 0; i < bytes.length; i += size) {
    for (let a = i, b = i + size - 1; a < b; a++, b--) {
      const byte = bytes[a];
      bytes[a] = bytes[b];
      bytes[b] = byte;
    }
  }
}

/** 64-bit integers, in two halves each, in the same memory: the upper half signed or not. */
function fromInt64(data: TypedArray, halves: Int32Array | Uint32Array): void {
  for (let i = 0; i < data.length; i++) {
    const value = halves[2 * i + 1] * 4294967296 + (halves[2 * i] >>> 0);
    if (!Number.isSafeInteger(value)) refuse(i, 'lie between -(2^53 - 1) and 2^53 - 1');
    data[i] = value;
  }
}

/** float16 as float32, exactly: the exponent is biased by 127 rather than 15. */
function fromFloat16(halves: Uint16Array): Float32Array {
  const data = allocate(Float32Array, [halves.length], 'npy: the elements');
  const bits = new Uint32Array(data.buffer);
  for (let i = 0; i < halves.length; i++) {
    const half = halves[i];
    const [sign, exponent, fraction] = [half & 0x8000, half & 0x7c00, half & 0x03ff];
    // Without exponent it is a multiple of 2^-24.
    if (exponent === 0) data[i] = fraction * 5.960464477539063e-8;
    else bits[i] = (exponent === 0x7c00 ? 0x7f800000 : (exponent << 13) + 0x38000000) | (fraction << 13);
    bits[i] |= sign << 16;
  }
  return data;
}

/** Strings of `length` code points each, less the zeros at their ends. */
function strings(codes: Uint32Array, length: number): string[] {
  const bad = codes.findIndex((code) => code > 0x10ffff);
  refuse(bad < 0 ? bad : Math.floor(bad / length), 'hold characters of Unicode');
  return Array.from({ length: codes.length / length }, (_, i) => {
    let text = '';
    let end = (i + 1) * length;
    while (end > i * length && codes[end - 1] === 0) end--;
    for (let k = i * length; k < end; k++) text += String.fromCodePoint(codes[k]);
    return text;
  });
}

/** @throws FormatError for an element that is not what it must be; none is -1 */
function refuse(element: number, must: string): void {
  if (element >= 0) throw malformed(`every element must ${must}, but element ${element} does not`);
}

const latin1 = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

const malformed = (what: string): FormatError => new FormatError(`npy: ${what}.`);
