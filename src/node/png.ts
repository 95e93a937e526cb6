/**
 * Reads PNG images: the chunks and their checksums are checked here, and the compressed data are inflated
 * within the size that the header declares; fast-png undoes filters and interlacing. Loaded when the first
 * PNG is read. Colours stay as they are stored: gamma and profiles are ignored.
 *
 * @see https://www.w3.org/TR/png-3/
 */
import { inflateSync } from 'node:zlib';
import { decode } from 'fast-png';
import { quote } from '../check.js';
import { crc32 } from '../data/crc32.js';
import { FormatError } from '../errors.js';
import type { ImageSize, Pixels } from './pixels.js';

const SIGNATURE_BYTES = 8;
/** Length, type and checksum of a chunk. */
const CHUNK_BYTES = 12;
const HEADER_BYTES = 13;

type Samples = Pixels['channels'];

/** By colour type: samples of a pixel, and how many bits they may have. */
const COLOUR_TYPES: ReadonlyMap<number, readonly [samples: Samples, depths: readonly number[]]> = new Map([
  [0, [1, [1, 2, 4, 8, 16]]],
  [2, [3, [8, 16]]],
  [3, [1, [1, 2, 4, 8]]],
  [4, [2, [8, 16]]],
  [6, [4, [8, 16]]],
]);
const INDEXED = 3;

/** Offsets and steps of the passes of interlaced images: x, y, step of x, step of y. */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
];

interface Header extends ImageSize {
  readonly indexed: boolean;
  /** Samples of a pixel, and bits of a sample. */
  readonly samples: Samples;
  readonly depth: number;
  /** Bytes of all rows, each behind the number of its filter, once they are inflated. */
  readonly inflated: number;
}

/** A PNG file whose chunks have been checked. */
export interface PngFile extends ImageSize {
  /** The most bytes that decoding allocates. */
  readonly decodingBytes: number;
  /** @throws FormatError for damaged pixels, and for colours that are not in the palette */
  decode(): Pixels;
}

/**
 * Check the chunks of a PNG file.
 *
 * @param bytes the whole file, which begins with the signature
 * @throws FormatError naming the byte: truncated, a wrong checksum, a header that is none, an unknown chunk
 *   that matters, no pixels
 */
export function readPng(bytes: Uint8Array): PngFile {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  /** Contents of the chunks that matter; of IHDR, IDAT and IEND also the whole chunks. */
  const contents: Record<string, Uint8Array[]> = { IHDR: [], PLTE: [], tRNS: [], IDAT: [], IEND: [] };
  const whole = [bytes.subarray(0, SIGNATURE_BYTES)];
  for (let at = SIGNATURE_BYTES; contents.IEND.length === 0;) {
    const end = at + CHUNK_BYTES <= bytes.length ? at + CHUNK_BYTES + view.getUint32(at) : Infinity;
    if (end > bytes.length) {
      throw malformed(`the file must be whole, but ends within the chunk at byte ${at}`);
    }
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (crc32(bytes.subarray(at + 4, end - 4)) !== view.getUint32(end - 4)) {
      throw malformed(
        `the chunk ${quote(type)} at byte ${at} must have the checksum behind it, but has another`,
      );
    }
    if ((type === 'IHDR') !== (at === SIGNATURE_BYTES)) {
      throw malformed(`the first chunk, and no other, must be IHDR, but ${quote(type)} is at byte ${at}`);
    }
    if (Object.hasOwn(contents, type)) {
      contents[type].push(bytes.subarray(at + 8, end - 4));
      if (type.startsWith('I')) whole.push(bytes.subarray(at, end));
    } else if (/^[^a-z]/.test(type)) {
      throw malformed(`the chunk ${quote(type)} at byte ${at} must be known to show the image, but is not`);
    }
    at = end;
  }
  const header = readHeader(contents.IHDR[0]);
  if (contents.IDAT.length === 0) throw malformed('the file must have pixels, but has no chunk IDAT');
  const { width, height, inflated } = header;
  return {
    width,
    height,
    // The file joined twice; the inflated bytes here, twice in fast-png, and its rows; then pixels, twice.
    decodingBytes: 2 * bytes.length + 4 * inflated + 8 * width * height,
    decode: () => decodePixels(header, contents, whole),
  };
}

function readHeader(content: Uint8Array): Header {
  if (content.length !== HEADER_BYTES) {
    throw malformed(`IHDR at byte 8 must have ${HEADER_BYTES} bytes, but has ${content.length}`);
  }
  const view = new DataView(content.buffer, content.byteOffset, content.length);
  const [width, height] = [view.getUint32(0), view.getUint32(4)];
  const [depth, colourType, compression, filter, interlace] = content.subarray(8);
  const [samples, depths] = COLOUR_TYPES.get(colourType) ?? [1, []];
  if (!depths.includes(depth) || compression !== 0 || filter !== 0 || interlace > 1) {
    throw malformed(
      `IHDR at byte 8 must name a colour type, depth, compression, filter and interlacing of PNG, but has ${colourType}, ${depth}, ${compression}, ${filter}, ${interlace}`,
    );
  }
  if (!(width > 0 && height > 0)) {
    throw malformed(`the size in IHDR at byte 8 must be at least 1 by 1, but is ${width} by ${height}`);
  }
  if (interlace === 1 && depth < 8) {
    throw malformed(
      `images of ${depth} bits a sample must not be interlaced, but this one is; save it without`,
    );
  }
  const passes = interlace === 1 ? ADAM7 : [[0, 0, 1, 1]];
  const inflated = passes.reduce((sum, [x, y, stepX, stepY]) => {
    const columns = Math.ceil(Math.max(0, width - x) / stepX);
    const rows = Math.ceil(Math.max(0, height - y) / stepY);
    return columns === 0 ? sum : sum + rows * (1 + Math.ceil((columns * samples * depth) / 8));
  }, 0);
  return { width, height, indexed: colourType === INDEXED, samples, depth, inflated };
}

function decodePixels(
  header: Header,
  { IDAT, PLTE, tRNS }: Record<string, readonly Uint8Array[]>,
  whole: readonly Uint8Array[],
): Pixels {
  const { indexed, samples, depth, inflated } = header;
  let decoded: Uint8Array | Uint8ClampedArray | Uint16Array;
  try {
    // fast-png inflates whatever there is, and takes too few bytes for zeros.
    const { length } = inflateSync(Buffer.concat(IDAT), { maxOutputLength: inflated });
    if (length < inflated) throw new RangeError(`${length} bytes rather than ${inflated}`);
    decoded = decode(Buffer.concat(whole)).data;
  } catch (cause) {
    throw malformed('the compressed pixels must be sound and fill the image, but do not', cause);
  }
  const values = depth < 8 ? unpack(decoded, header) : decoded;
  if (indexed) return fromPalette(values, PLTE[0], tRNS[0]);
  const data = toBytes(values, depth);
  return tRNS.length > 0 && samples % 2 === 1
    ? withAlpha(data, values, header, tRNS[0])
    : { data, channels: samples };
}

/** Samples of 8 bits: of 16 bits the upper 8; fewer are spread evenly over 0 to 255. */
function toBytes(values: Uint8Array | Uint8ClampedArray | Uint16Array, depth: number): Uint8Array {
  if (values instanceof Uint8Array && depth === 8) return values;
  const factor = 255 / ((1 << depth) - 1);
  const data = new Uint8Array(values.length);
  for (let i = 0; i < data.length; i++) data[i] = depth === 16 ? values[i] >> 8 : values[i] * factor;
  return data;
}

/** Samples of 1, 2 or 4 bits, one by one. Every row begins with a byte. */
function unpack(packed: ArrayLike<number>, { width, height, depth }: Header): Uint8Array {
  const values = new Uint8Array(width * height);
  const rowBytes = Math.ceil((width * depth) / 8);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const bit = x * depth;
      const byte = packed[y * rowBytes + (bit >> 3)];
      values[y * width + x] = (byte >> (8 - depth - (bit & 7))) & ((1 << depth) - 1);
    }
  }
  return values;
}

/** Colours by their numbers; with alpha if any has one. */
function fromPalette(values: ArrayLike<number>, palette?: Uint8Array, alphas?: Uint8Array): Pixels {
  const count = (palette?.length ?? 0) / 3;
  const channels = alphas ? 4 : 3;
  const data = new Uint8Array(values.length * channels);
  for (let i = 0, to = 0; i < values.length; i++, to += channels) {
    const colour = values[i];
    if (palette === undefined || colour >= count) {
      throw malformed(`the colours must be in the palette of ${count}, but one has the number ${colour}`);
    }
    for (let k = 0; k < 3; k++) data[to + k] = palette[3 * colour + k];
    if (alphas) data[to + 3] = alphas[colour] ?? 255;
  }
  return { data, channels };
}

/** Pixels that get alpha 0 where their samples are those of the transparent colour, else 255. */
function withAlpha(
  pixels: Uint8Array,
  values: ArrayLike<number>,
  { samples, depth }: Header,
  transparent: Uint8Array,
): Pixels {
  if (transparent.length !== 2 * samples) {
    throw malformed(`tRNS must have ${2 * samples} bytes, but has ${transparent.length}`);
  }
  const view = new DataView(transparent.buffer, transparent.byteOffset, transparent.length);
  const key = Array.from({ length: samples }, (_, k) => view.getUint16(2 * k) & ((1 << depth) - 1));
  const data = new Uint8Array((pixels.length / samples) * (samples + 1));
  for (let i = 0, to = 0; i < pixels.length; i += samples) {
    for (let k = 0; k < samples; k++) data[to++] = pixels[i + k];
    data[to++] = key.every((value, k) => value === values[i + k]) ? 0 : 255;
  }
  return { data, channels: samples === 1 ? 2 : 4 };
}

const malformed = (what: string, cause?: unknown): FormatError => new FormatError(`PNG: ${what}.`, { cause });
