/**
 * Decompresses gzip files of one member or several, and checks every header, checksum and length. Not a
 * general deflate: the inflating is fflate's, and nothing here compresses.
 */
import type { Gunzip } from 'fflate';
import { FormatError } from '../errors.js';
import { fflate } from '../fflate.js';
import { crc32 } from './crc32.js';

/** Receives output as it is produced; throws to stop. */
export type Sink = (chunk: Uint8Array) => void;

const FIXED_HEADER = 10;
const TRAILER = 8;
/** Most members of a file: more than bgzip's blocks of 64 KB need for a gigabyte. */
const MAX_MEMBERS = 32768;
/** Most members of a file that have no data. */
const MAX_EMPTY_MEMBERS = 1024;
/** Most bytes of a member's header: an extra field of 65535, a name and a comment. */
const MAX_HEADER = 262144;

/** Most bytes that deflate expands one byte to: 258 of two bits. */
export const MAX_RATIO = 1032;

/** Most compressed bytes per step: no step produces more than 17 MB. */
const MAX_STEP = 16384;

/** A member's header that is appended to the file: where it is recognised, the last member has ended. */
const SENTINEL = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];

/** True if bytes begin as a gzip file does. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes.length >= 2 && bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * Decompress a gzip file (RFC 1952), of one member or several. Headers, checksums and lengths are all
 * checked, and nothing may follow the last member.
 *
 * @param bytes the whole file
 * @param options.maxBytes most bytes of output, which stops within 17 MB of it; default 2^31 - 1
 * @throws FormatError naming the byte offset: truncated, damaged, more output than allowed, something behind
 *   the end
 */
export function gunzip(bytes: Uint8Array, options: { maxBytes?: number } = {}): Uint8Array {
  const { maxBytes = 0x7fffffff } = options;
  const chunks: Uint8Array[] = [];
  let length = 0;
  gunzipTo(bytes, (chunk) => {
    length += chunk.length;
    if (length > maxBytes) {
      throw new FormatError(
        `gzip: the data must decompress to at most ${maxBytes} bytes, but there are more.`,
      );
    }
    chunks.push(chunk);
  });
  return concatenate(chunks, length);
}

/** Chunks as one array. */
function concatenate(chunks: readonly Uint8Array[], length: number): Uint8Array {
  if (chunks.length === 1) return chunks[0];
  const whole = new Uint8Array(length);
  let position = 0;
  for (const chunk of chunks) {
    whole.set(chunk, position);
    position += chunk.length;
  }
  return whole;
}

/** Decompress a gzip file into a sink, with all the checks of `gunzip`. */
export function gunzipTo(bytes: Uint8Array, sink: Sink): void {
  checkHeader(bytes, 0);
  const end = new Members(bytes, sink).inflate();
  if (end > bytes.length) throw truncated(bytes.length, 'trailer');
}

/** Check the header at `start`: magic, method, reserved flags, and its own checksum if it has one. */
function checkHeader(bytes: Uint8Array, start: number): void {
  if (bytes[start] !== 0x1f || bytes[start + 1] !== 0x8b) {
    const found = Array.from(bytes.subarray(start, start + 2), hex).join(' ') || 'nothing';
    throw new FormatError(`gzip: a member must begin with 1f 8b, but byte ${start} begins with ${found}.`);
  }
  if (bytes.length < start + FIXED_HEADER) throw truncated(bytes.length, 'header');
  const method = bytes[start + 2];
  const flags = bytes[start + 3];
  if (method !== 8) {
    throw new FormatError(`gzip: the method at byte ${start + 2} must be 8 (deflate), but is ${method}.`);
  }
  if (flags & 0xe0) {
    throw new FormatError(`gzip: the reserved flags at byte ${start + 3} must be 0, but are ${hex(flags)}.`);
  }
  let end = start + FIXED_HEADER;
  // What waits for the end of a header is copied with every step.
  bytes = bytes.subarray(0, start + MAX_HEADER);
  if (flags & 4) end += 2 + (bytes[end] | (bytes[end + 1] << 8));
  if (flags & 8) end = bytes.indexOf(0, end) + 1 || bytes.length + 1;
  if (flags & 16) end = bytes.indexOf(0, end) + 1 || bytes.length + 1;
  if (!(end + (flags & 2) <= bytes.length)) {
    if (bytes.length < start + MAX_HEADER) throw truncated(bytes.length, 'header');
    throw new FormatError(
      `gzip: the header at byte ${start} must have at most ${MAX_HEADER} bytes, but has more.`,
    );
  }
  if (flags & 2) {
    const stored = bytes[end] | (bytes[end + 1] << 8);
    const actual = crc32(bytes.subarray(start, end)) & 0xffff;
    if (stored !== actual) {
      throw new FormatError(
        `gzip: the header's checksum at byte ${end} must be ${hex(actual)}, but is ${hex(stored)}.`,
      );
    }
  }
}

/** Thrown behind the last member, to leave the decompressor. */
class End {
  constructor(readonly offset: number) {}
}

/** Inflates the members of a file one after another, and checks the trailer of each. */
class Members {
  readonly #bytes: Uint8Array;
  readonly #sink: Sink;
  readonly #stream: Gunzip;
  #count = 1;
  #empty = 0;
  #crc = 0;
  #length = 0;
  /** Error thrown by the sink or by a check. */
  #failure: { readonly reason: unknown } | undefined;

  constructor(bytes: Uint8Array, sink: Sink) {
    this.#bytes = bytes;
    this.#sink = sink;
    this.#stream = new (fflate().Gunzip)((chunk) => this.#guarded(() => this.#take(chunk)));
    this.#stream.onmember = (offset) => this.#guarded(() => this.#next(offset));
  }

  /** Feeds all bytes in growing steps, then the sentinel. Returns where the last member ends. */
  inflate(): number {
    const { length } = this.#bytes;
    let step = 512;
    for (let from = 0; ; from += step, step = Math.min(step * 2, MAX_STEP)) {
      const chunk = from < length ? this.#bytes.subarray(from, from + step) : Uint8Array.from(SENTINEL);
      try {
        this.#stream.push(chunk);
      } catch (error) {
        if (error instanceof End) return error.offset;
        if (this.#failure) throw this.#failure.reason;
        throw damaged(error, from, length);
      }
      if (from >= length) throw truncated(length, 'data');
    }
  }

  #take(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.#crc = crc32(chunk, this.#crc);
    this.#length += chunk.length;
    this.#sink(chunk);
  }

  /** A member has ended before `offset`, where the next begins, or the sentinel. */
  #next(offset: number): void {
    // Behind the end of the file: its trailer is cut.
    if (offset > this.#bytes.length) throw new End(offset);
    checkTrailer(this.#bytes, offset - TRAILER, this.#crc, this.#length);
    if (offset === this.#bytes.length) throw new End(offset);
    this.#count++;
    if (this.#length === 0) this.#empty++;
    if (this.#count > MAX_MEMBERS || this.#empty > MAX_EMPTY_MEMBERS) {
      throw new FormatError(
        `gzip: a file must have at most ${MAX_MEMBERS} members, ${MAX_EMPTY_MEMBERS} of them without data, but byte ${offset} begins one more.`,
      );
    }
    checkHeader(this.#bytes, offset);
    this.#crc = 0;
    this.#length = 0;
  }

  #guarded(work: () => void): void {
    try {
      work();
    } catch (reason) {
      this.#failure = { reason };
      throw reason;
    }
  }
}

/** fflate's error code for bytes that are no gzip header, here: behind a member. */
const INVALID_HEADER = 6;

function damaged(error: unknown, from: number, length: number): FormatError {
  const what = error instanceof Error ? error.message : String(error);
  const where =
    from < length ? `between bytes ${from} and ${Math.min(from + MAX_STEP, length)}` : `at byte ${length}`;
  if ((error as { code?: number }).code === INVALID_HEADER) {
    return new FormatError(
      `gzip: nothing but another member may follow a member, but something does ${where}.`,
      {
        cause: error,
      },
    );
  }
  return new FormatError(`gzip: the compressed data must be sound, but are damaged ${where} (${what}).`, {
    cause: error,
  });
}

function checkTrailer(bytes: Uint8Array, offset: number, crc: number, length: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const storedCrc = view.getUint32(offset, true);
  const storedLength = view.getUint32(offset + 4, true);
  if (storedCrc !== crc) {
    throw new FormatError(
      `gzip: the data must have the checksum ${hex(storedCrc)} stored at byte ${offset}, but have ${hex(crc)}.`,
    );
  }
  if (storedLength !== length % 4294967296) {
    throw new FormatError(
      `gzip: the data must have the length ${storedLength} stored at byte ${offset + 4}, but have ${length}.`,
    );
  }
}

function truncated(length: number, part: string): FormatError {
  return new FormatError(
    `gzip: the file must be whole, but ends at byte ${length} within a member's ${part}.`,
  );
}

function hex(value: number): string {
  return value.toString(16).padStart(2, '0');
}
