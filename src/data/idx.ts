import { readBytes } from '../check.js';
import { FormatError } from '../errors.js';
import type { NdArray, TypedArray } from '../ndarray.js';
import { formatShape } from '../ndarray.js';
import { concatenate, gunzipTo, isGzip } from './gzip.js';

interface ElementType {
  readonly Elements: new (length: number) => TypedArray;
  /** Bytes per element. */
  readonly size: number;
  /** Read one big-endian element; not needed for single bytes. */
  readonly read?: (view: DataView, offset: number) => number;
}

/** Element types by the third byte of an IDX file. */
const TYPES: ReadonlyMap<number, ElementType> = new Map<number, ElementType>([
  [0x08, { Elements: Uint8Array, size: 1 }],
  [0x09, { Elements: Int8Array, size: 1 }],
  [0x0b, { Elements: Int16Array, size: 2, read: (view, offset) => view.getInt16(offset) }],
  [0x0c, { Elements: Int32Array, size: 4, read: (view, offset) => view.getInt32(offset) }],
  [0x0d, { Elements: Float32Array, size: 4, read: (view, offset) => view.getFloat32(offset) }],
  [0x0e, { Elements: Float64Array, size: 8, read: (view, offset) => view.getFloat64(offset) }],
]);

interface Header {
  readonly type: ElementType;
  readonly shape: readonly number[];
  /** Elements. */
  readonly length: number;
  /** Bytes of the header; of the whole file. */
  readonly headerBytes: number;
  readonly fileBytes: number;
}

/**
 * Read an IDX file, the format of MNIST: bytes 0, 0, type, rank; rank sizes, u32 big-endian; elements, row-major,
 * big-endian. Gzip-compressed files are recognised and decompressed.
 *
 * @param bytes the whole file
 * @returns the array in the stored type (u8 i8 i16 i32 f32 f64), in an ArrayBuffer of its own
 * @throws ValueError for anything but bytes; FormatError naming the byte offset: wrong magic or type, sizes that do not fit the file, damaged gzip data
 * @see http://yann.lecun.com/exdb/mnist/ (the section on the IDX file format)
 */
export function parseIdx(bytes: Uint8Array): NdArray<TypedArray> {
  const file = readBytes(bytes, 'parseIdx: bytes must be those of a file');
  const raw = isGzip(file) ? decompress(file) : file;
  const header = parseHeader(raw, raw.length);
  if (header === undefined) throw cut(raw.length);
  const { shape, headerBytes, fileBytes } = header;
  if (raw.length !== fileBytes) {
    throw new FormatError(
      `IDX: the shape ${formatShape(shape)} at byte 4 needs ${fileBytes} bytes in all, but the file has ${raw.length}.`,
    );
  }
  return { data: decode(raw, headerBytes, header), shape };
}

/** Decompress, but no further than one byte beyond the size that the header declares. */
function decompress(bytes: Uint8Array): Uint8Array {
  const chunks: Uint8Array[] = [];
  let length = 0;
  let expected: number | undefined;
  gunzipTo(bytes, (chunk) => {
    chunks.push(chunk);
    length += chunk.length;
    if (expected === undefined) {
      const start = concatenate(chunks, length);
      chunks.splice(0, chunks.length, start);
      expected = parseHeader(start, Infinity)?.fileBytes;
    }
    if (expected !== undefined && length > expected) {
      throw new FormatError(
        `IDX: the header declares ${expected} bytes in all, but more follow at byte ${expected}.`,
      );
    }
  });
  return concatenate(chunks, length);
}

/** The header, or undefined while there are too few bytes for one. `available` is what the whole file may hold. */
function parseHeader(bytes: Uint8Array, available: number): Header | undefined {
  if (bytes.length < 4) return undefined;
  const [zero, alsoZero, code, rank] = bytes;
  if (zero !== 0 || alsoZero !== 0) {
    throw new FormatError(`IDX: bytes 0 and 1 must be 0, but are ${zero} and ${alsoZero}.`);
  }
  const type = TYPES.get(code);
  if (type === undefined) {
    throw new FormatError(
      `IDX: the type at byte 2 must be 8, 9, 11, 12, 13 or 14 (u8 i8 i16 i32 f32 f64), but is ${code}.`,
    );
  }
  if (rank === 0)
    throw new FormatError('IDX: the number of dimensions at byte 3 must be at least 1, but is 0.');
  const headerBytes = 4 + 4 * rank;
  if (bytes.length < headerBytes) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, headerBytes);
  const shape = Array.from({ length: rank }, (_, d) => view.getUint32(4 + 4 * d));
  const length = shape.reduce((product, size) => product * size, 1);
  const fileBytes = headerBytes + length * type.size;
  // 2^32 sizes multiply beyond what doubles count exactly; no file is that long.
  if (!(fileBytes <= Number.MAX_SAFE_INTEGER) || fileBytes > available) {
    throw new FormatError(
      `IDX: the shape ${formatShape(shape)} at byte 4 needs ${fileBytes} bytes in all, but the file has ${bytes.length}.`,
    );
  }
  return { type, shape, length, headerBytes, fileBytes };
}

function decode(bytes: Uint8Array, offset: number, { type, length }: Header): TypedArray {
  const { Elements, read } = type;
  if (read === undefined) {
    const data = new Uint8Array(length); // not slice: that of a Node Buffer does not copy
    data.set(bytes.subarray(offset, offset + length));
    return Elements === Int8Array ? new Int8Array(data.buffer) : data;
  }
  const data = new Elements(length);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let i = 0; i < length; i++) data[i] = read(view, offset + i * type.size);
  return data;
}

function cut(length: number): FormatError {
  return new FormatError(`IDX: the header must be whole, but the file ends at byte ${length}.`);
}
