/**
 * Reads IDX files, the format of MNIST, from bytes, compressed or not. Not for fetching or opening files,
 * which node/ does.
 */
import { DEFAULT_MAX_BYTES, maxBytesRule, newBytes } from '../budget.js';
import { checkOptions, readBytes } from '../check.js';
import { FormatError } from '../errors.js';
import type { NdArray, TypedArray } from '../ndarray.js';
import { formatShape } from '../ndarray.js';
import { gunzipTo, isGzip, MAX_RATIO } from './gzip.js';

interface ElementType {
  readonly Elements: new (buffer: ArrayBuffer) => TypedArray;
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

/** Bytes of a header of 255 dimensions. */
const MAX_HEADER = 1024;

interface Header {
  readonly type: ElementType;
  readonly shape: readonly number[];
  /** Elements. */
  readonly length: number;
  /** Bytes of the header; of the whole file. */
  readonly headerBytes: number;
  readonly fileBytes: number;
}

/** Options of reading IDX files. */
export interface ReadOptions {
  /** The most bytes that reading may allocate, an integer >= 1. Default 2^30. */
  readonly maxBytes?: number;
}

/**
 * Read an IDX file, the format of MNIST: bytes 0, 0, type, rank; rank sizes, u32 big-endian; elements,
 * row-major, big-endian. Gzip-compressed files are recognised and decompressed, no further than the header
 * declares. EMNIST stores its images columns first: `transpose(x, [0, 2, 1])` sets them upright.
 *
 * @param bytes the whole file
 * @param options.maxBytes the most bytes that the array may take; default 2^30
 * @returns the array in the stored type (u8 i8 i16 i32 f32 f64), in an ArrayBuffer of its own
 * @throws ValueError for anything but bytes; FormatError naming the byte offset: wrong magic or type, sizes
 *   that do not fit the file or `maxBytes`, damaged gzip data
 * @see http://yann.lecun.com/exdb/mnist/ (the section on the IDX file format)
 */
export function parseIdx(bytes: Uint8Array, options?: ReadOptions): NdArray<TypedArray> {
  const file = readBytes(bytes, 'parseIdx: bytes must be those of a file');
  const { maxBytes = DEFAULT_MAX_BYTES } = checkOptions('parseIdx', options, { maxBytes: maxBytesRule });
  return readIdxBytes(file, maxBytes);
}

/** The array of an IDX file, allocating at most `maxBytes` bytes. @throws FormatError as parseIdx */
export function readIdxBytes(file: Uint8Array, maxBytes: number): NdArray<TypedArray> {
  const compressed = isGzip(file);
  const { length } = file;
  const size = compressed
    ? {
        max: MAX_RATIO * length,
        words: `has at most ${MAX_RATIO * length} in its ${length} compressed ones`,
      }
    : { max: length, words: `has ${length}` };
  const content = new Content(size, maxBytes);
  if (compressed) gunzipTo(file, (chunk) => content.take(chunk));
  else content.take(file);
  return content.finish();
}

/** Most bytes of a whole file, and the words of errors for it: 'has 15'. */
interface FileSize {
  readonly max: number;
  readonly words: string;
}

/**
 * The content of a file, collected from chunks: first its header, then the elements, written to their final
 * array.
 */
class Content {
  readonly #size: FileSize;
  readonly #maxBytes: number;
  readonly #head = new Uint8Array(MAX_HEADER);
  #header: Header | undefined;
  /** The elements, big-endian. */
  #elements = new Uint8Array(0);
  /** Bytes received so far. */
  #length = 0;

  constructor(size: FileSize, maxBytes: number) {
    this.#size = size;
    this.#maxBytes = maxBytes;
  }

  take(chunk: Uint8Array): void {
    let rest = chunk;
    if (!this.#header) {
      const taken = chunk.subarray(0, MAX_HEADER - this.#length);
      this.#head.set(taken, this.#length);
      this.#header = parseHeader(this.#head.subarray(0, this.#length + taken.length), this.#size);
      if (!this.#header) {
        this.#length += taken.length;
        return;
      }
      this.#elements = this.#room(this.#header);
      rest = chunk.subarray(this.#header.headerBytes - this.#length);
      this.#length = this.#header.headerBytes;
    }
    const { headerBytes, fileBytes } = this.#header;
    if (this.#length + rest.length > fileBytes) {
      if (chunk.length === this.#size.max) throw wrongLength(this.#header, this.#size.words);
      throw new FormatError(
        `IDX: the header declares ${fileBytes} bytes in all, but more follow at byte ${fileBytes}.`,
      );
    }
    this.#elements.set(rest, this.#length - headerBytes);
    this.#length += rest.length;
  }

  /** The finished array. @throws FormatError if bytes are missing */
  finish(): NdArray<TypedArray> {
    if (!this.#header) {
      throw new FormatError(`IDX: the header must be whole, but the file ends at byte ${this.#length}.`);
    }
    if (this.#length !== this.#header.fileBytes) throw wrongLength(this.#header, `has ${this.#length}`);
    return { data: decode(this.#elements, this.#header), shape: this.#header.shape };
  }

  #room({ shape, headerBytes, fileBytes }: Header): Uint8Array<ArrayBuffer> {
    const bytes = fileBytes - headerBytes;
    if (bytes > this.#maxBytes) {
      throw new FormatError(
        `IDX: the shape ${formatShape(shape)} at byte 4 needs ${bytes} bytes, but reading may allocate ${this.#maxBytes} at most; give another maxBytes.`,
      );
    }
    return newBytes(bytes, `IDX: elements of shape ${formatShape(shape)}`, 'read a smaller file');
  }
}

/** The header, or undefined while there are too few bytes for one. */
function parseHeader(bytes: Uint8Array, size: FileSize): Header | undefined {
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
  if (!(fileBytes <= Number.MAX_SAFE_INTEGER) || fileBytes > size.max) {
    throw wrongLength({ shape, fileBytes }, size.words);
  }
  return { type, shape, length, headerBytes, fileBytes };
}

function wrongLength({ shape, fileBytes }: Pick<Header, 'shape' | 'fileBytes'>, length: string): FormatError {
  return new FormatError(
    `IDX: the shape ${formatShape(shape)} at byte 4 needs ${fileBytes} bytes in all, but the file ${length}.`,
  );
}

/** The elements of big-endian bytes, in the same memory. */
function decode({ buffer }: Uint8Array<ArrayBuffer>, { type, length }: Header): TypedArray {
  const { Elements, size, read } = type;
  const data = new Elements(buffer);
  if (read === undefined) return data;
  const view = new DataView(buffer);
  for (let i = 0; i < length; i++) data[i] = read(view, i * size);
  return data;
}
