/**
 * Reads JPEG images: the segments are checked here, for sizes, limits and a whole file; the optional package
 * jpeg-js decodes, and is loaded when the first JPEG is read. An orientation in Exif data is ignored.
 *
 * @see https://www.w3.org/Graphics/JPEG/itu-t81.pdf (annex B)
 */
import type * as JpegJs from 'jpeg-js';
import { FormatError, UnsupportedError } from '../errors.js';
import type { ImageSize, Pixels } from './pixels.js';

/** Markers: the kinds of frames, scans, tables, the end. */
const [SOF0, SOF2, SOS, EOI] = [0xc0, 0xc2, 0xda, 0xd9];
const [DHT, DQT, DRI] = [0xc4, 0xdb, 0xdd];
/** Those that have no length. */
const TEM = 0x01;
const isRestart = (marker: number): boolean => marker >= 0xd0 && marker <= 0xd7;
/** A frame of any kind, among which are DHT, JPG and DAC, which are none. */
const isFrame = (marker: number): boolean =>
  marker >= SOF0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

/** The most scans of a progressive image, each of which goes over all pixels; usual are about ten. */
const MAX_SCANS = 100;
/** The most blocks of 8 x 8 pixels by which a component is sampled. */
const MAX_SAMPLING = 4;

/**
 * The size of a JPEG image, once its segments have been checked to the end.
 *
 * @param bytes the whole file, which begins with SOI
 * @throws FormatError naming the byte: truncated, segments beyond the end, no frame or several, a kind of
 *   frame that is not baseline, extended or progressive with 8 bits, too many scans
 */
export function readJpegSize(bytes: Uint8Array): ImageSize {
  let size: ImageSize | undefined;
  let scans = 0;
  let at = 2;
  for (;;) {
    if (bytes[at] !== 0xff)
      throw malformed(`a marker must begin at byte ${at} of the whole file, but none does`);
    while (bytes[at] === 0xff) at++;
    const marker = bytes[at++];
    if (marker === EOI) break;
    if (marker === TEM || isRestart(marker)) continue;
    const length = at + 2 <= bytes.length ? bytes[at] * 256 + bytes[at + 1] : Infinity;
    if (length < 2 || at + length > bytes.length) {
      throw malformed(`the segment at byte ${at} must end within the file, but does not`);
    }
    if (isFrame(marker)) {
      if (size) throw malformed(`the file must have one frame, but a second one begins at byte ${at}`);
      size = readFrame(bytes.subarray(at, at + length), marker, at);
    }
    if (!fillsSegment(bytes.subarray(at, at + length), marker)) {
      throw malformed(`the tables of the segment at byte ${at} must fill it, but do not`);
    }
    at += length;
    if (marker !== SOS) continue;
    if (++scans > MAX_SCANS) throw malformed(`the image must have at most ${MAX_SCANS} scans, but has more`);
    at = endOfScan(bytes, at);
  }
  if (size && scans > 0) return size;
  throw malformed('the file must have a frame and a scan, but ends without');
}

function readFrame(segment: Uint8Array, marker: number, at: number): ImageSize {
  const [, , precision, high, low, wide, narrow, components] = segment;
  if (marker > SOF2 || precision !== 8 || segment.length !== 8 + 3 * components) {
    throw malformed(
      `the frame at byte ${at} must be baseline or progressive, of 8 bits, but is of kind ${marker - SOF0} and ${precision} bits`,
    );
  }
  const [height, width] = [high * 256 + low, wide * 256 + narrow];
  const sampling = Array.from({ length: components }, (_, i) => segment[9 + 3 * i]);
  const sound = sampling.every((hv) => [hv >> 4, hv & 15].every((n) => n >= 1 && n <= MAX_SAMPLING));
  if (width === 0 || height === 0 || !sound || ![1, 3, 4].includes(components)) {
    throw malformed(
      `the frame at byte ${at} must have pixels and 1, 3 or 4 components sampled 1 to ${MAX_SAMPLING} times, but has ${width} by ${height} and ${components}`,
    );
  }
  return { width, height };
}

/** True if what a segment declares is as long as the segment: jpeg-js goes by the former. */
function fillsSegment(segment: Uint8Array, marker: number): boolean {
  if (marker === SOS) return segment.length === 6 + 2 * segment[2];
  if (marker === DRI) return segment.length === 4;
  if (marker !== DHT && marker !== DQT) return true;
  let at = 2;
  while (at < segment.length) {
    if (marker === DQT) at += segment[at] < 16 ? 65 : 129;
    else at += segment.subarray(at + 1, at + 17).reduce((sum, count) => sum + count, 17);
  }
  return at === segment.length;
}

/** Where the marker behind a scan begins: compressed data have no 0xff but before 0 and restarts. */
function endOfScan(bytes: Uint8Array, at: number): number {
  for (;;) {
    at = bytes.indexOf(0xff, at);
    if (at < 0) throw malformed('the file must be whole, but ends within a scan');
    const next = bytes[at + 1];
    if (next !== 0 && !isRestart(next)) return at;
    at += 2;
  }
}

/**
 * Decode a JPEG image whose segments have been checked.
 *
 * @param maxBytes the most bytes that decoding may allocate
 * @throws UnsupportedError without jpeg-js; FormatError for damaged data and if it would take more
 */
export async function decodeJpeg(
  bytes: Uint8Array,
  { width, height }: ImageSize,
  maxBytes: number,
): Promise<Pixels> {
  const { decode } = await loadJpegJs();
  let decoded: { width: number; height: number; data: Uint8Array };
  try {
    decoded = decode(bytes, {
      useTArray: true,
      formatAsRGBA: false,
      tolerantDecoding: false,
      maxResolutionInMP: Math.ceil((width * height) / 1e6),
      maxMemoryUsageInMB: maxBytes / 1048576,
    });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw malformed(`the pixels must be sound and fit within maxBytes, but jpeg-js says: ${reason}`, cause);
  }
  if (decoded.width !== width || decoded.height !== height || decoded.data.length !== 3 * width * height) {
    throw malformed(
      `the image must have ${width} by ${height} pixels, but has ${decoded.width} by ${decoded.height}`,
    );
  }
  return { data: decoded.data, channels: 3 };
}

/** jpeg-js, which those who have JPEG files install. */
async function loadJpegJs(): Promise<typeof JpegJs> {
  try {
    return await import('jpeg-js');
  } catch (cause) {
    throw new UnsupportedError(
      'JPEG images need the package jpeg-js, but it could not be loaded; run `npm install jpeg-js`.',
      { cause },
    );
  }
}

const malformed = (what: string, cause?: unknown): FormatError =>
  new FormatError(`JPEG: ${what}.`, { cause });
