/**
 * Bytes of a CSV file on their way to the parser: valid UTF-8, whatever their encoding is, without a byte
 * order mark. Tells files of other kinds by their first bytes. Not for cells, which columns.ts reads.
 */
import { FormatError } from '../../errors.js';

/** First bytes of what is often given instead of CSV, and what to do then. */
const FOREIGN: readonly (readonly [bytes: readonly number[], message: string])[] = [
  [[0x1f, 0x8b], 'gzip; decompress it first'],
  [[0x50, 0x4b, 0x03, 0x04], 'a zip archive, such as an Excel workbook; save the sheet as CSV'],
  [[0xd0, 0xcf, 0x11, 0xe0], 'an old Excel workbook; save the sheet as CSV'],
  [[0x50, 0x41, 0x52, 0x31], 'Parquet; convert it to CSV'],
  [[0xff, 0xfe], "UTF-16; give encoding: 'utf-16le'"],
  [[0xfe, 0xff], "UTF-16; give encoding: 'utf-16be'"],
];

/** The error for text that is not CSV. `line` counts from 1, `column` is a name or a number from 1. */
export function csvError(line: number, column: string | number | undefined, message: string): FormatError {
  const place = column === undefined ? '' : `, column ${typeof column === 'string' ? `'${column}'` : column}`;
  return new FormatError(`CSV, line ${line}${place}: ${message}`);
}

/**
 * Checks and converts the bytes of a file, part by part. Call `convert` with each part, then `end`.
 */
export class CsvDecoder {
  readonly #decoder: TextDecoder;
  readonly #encoder: TextEncoder | undefined;
  readonly #encoding: string;
  #begun = false;
  /** True if the last part may have ended within a character. */
  #cutOff = false;
  #lines = 1;
  /** The last bytes of the part before, of which a character may go on in the next. */
  #rest = new Uint8Array(0);

  /** @param encoding as TextDecoder names it */
  constructor(encoding: string) {
    this.#encoding = encoding;
    this.#decoder = new TextDecoder(encoding, { fatal: true });
    if (encoding !== 'utf-8') this.#encoder = new TextEncoder();
  }

  /**
   * A part of the file as UTF-8: the same bytes if they are UTF-8 already.
   *
   * @throws FormatError with the line for bytes that are not in the encoding, and for NUL
   */
  convert(part: Uint8Array): Uint8Array {
    if (!this.#begun) {
      part = this.#begin(part);
      if (part.length === 0) return part;
    }
    const bytes = this.#toUtf8(part);
    const nul = bytes.indexOf(0);
    if (nul >= 0) {
      const line = this.#lines + lineEnds(bytes.subarray(0, nul));
      throw csvError(line, undefined, 'the text must not hold NUL characters, but one was received.');
    }
    this.#lines += lineEnds(bytes);
    this.#rest = part.slice(-3);
    return bytes;
  }

  /** @throws FormatError if the file ends in the middle of a character */
  end(): void {
    this.#decode(new Uint8Array(0), false);
  }

  /** Looks at the first bytes, and takes off a byte order mark. */
  #begin(part: Uint8Array): Uint8Array {
    if (part.length === 0) return part;
    this.#begun = true;
    const foreign = FOREIGN.find(([bytes]) => bytes.every((byte, i) => part[i] === byte));
    if (foreign && !this.#encoding.startsWith('utf-16')) {
      throw csvError(1, undefined, `the file must be CSV text, but is ${foreign[1]}.`);
    }
    const marked = part[0] === 0xef && part[1] === 0xbb && part[2] === 0xbf;
    return marked ? part.subarray(3) : part;
  }

  #toUtf8(part: Uint8Array): Uint8Array {
    if (this.#encoder) return this.#encoder.encode(this.#decode(part, true));
    // Most text is ASCII, which needs no decoder unless a character has been cut off before it.
    if (this.#cutOff || !isAscii(part)) {
      this.#decode(part, true);
      this.#cutOff = part[part.length - 1] >= 0x80;
    }
    return part;
  }

  #decode(part: Uint8Array, more: boolean): string {
    try {
      return this.#decoder.decode(part, { stream: more });
    } catch {
      const [line, column] = this.#placeOfFault(part);
      throw csvError(
        line,
        column,
        `the text must be ${this.#encoding}, but bytes were received that are not; give its encoding, such as encoding: 'latin1'.`,
      );
    }
  }

  /** Line and character of the first bytes that are not in the encoding. */
  #placeOfFault(part: Uint8Array): [line: number, column: number | undefined] {
    if (this.#encoding !== 'utf-8') return [this.#lines, undefined];
    const bytes = new Uint8Array(this.#rest.length + part.length);
    bytes.set(this.#rest);
    bytes.set(part, this.#rest.length);
    const fault = firstFault(bytes, this.#rest.length);
    const before = bytes.subarray(Math.min(this.#rest.length, fault), fault);
    return [this.#lines + lineEnds(before), undefined];
  }
}

/** True if all bytes are below 0x80. Looks at four at a time. */
function isAscii(bytes: Uint8Array): boolean {
  const aligned = -bytes.byteOffset & 3;
  const begin = Math.min(aligned, bytes.length);
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset + begin, (bytes.length - begin) >>> 2);
  let all = 0;
  for (let i = 0; i < words.length; i++) all |= words[i];
  for (let i = 0; i < begin; i++) all |= bytes[i];
  for (let i = begin + 4 * words.length; i < bytes.length; i++) all |= bytes[i];
  return (all & 0x80808080) === 0;
}

/** Line ends in UTF-8: \n, \r, or both as one. */
function lineEnds(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) count++;
  if (bytes.indexOf(13) < 0) return count;
  for (let at = bytes.indexOf(13); at >= 0; at = bytes.indexOf(13, at + 1)) if (bytes[at + 1] !== 10) count++;
  return count;
}

/** Position of the first bytes that no UTF-8 has, found by halving. */
function firstFault(bytes: Uint8Array, from: number): number {
  const valid = (end: number) => {
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, end), { stream: true });
      return true;
    } catch {
      return false;
    }
  };
  let [low, high] = [from, bytes.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (valid(middle + 1)) low = middle + 1;
    else high = middle;
  }
  return low;
}
