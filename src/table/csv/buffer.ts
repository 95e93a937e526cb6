/**
 * What csv-parse uses of Node's Buffer, in place of the polyfill of 22 kB in its build for browsers. The
 * builds for browsers and workers take it for the global `Buffer`; Node.js has its own. Texts are UTF-8:
 * encoding.ts decodes all others first. Not a Buffer for anything else.
 */

/** Strings of at most this many bytes are made byte by byte: TextDecoder takes longer to be called. */
const MAX_SHORT = 64;

const encoder = new TextEncoder();
/** As Buffer: what is not UTF-8 becomes U+FFFD, and a byte order mark stays. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

export class Buffer extends Uint8Array {
  static override from(source: unknown): Buffer {
    const bytes = typeof source === 'string' ? encoder.encode(source) : (source as ArrayLike<number>);
    const buffer = new Buffer(bytes.length);
    buffer.set(bytes);
    return buffer;
  }

  static allocUnsafe(size: number): Buffer {
    return new Buffer(size);
  }

  static isBuffer(value: unknown): value is Buffer {
    return value instanceof Buffer;
  }

  static concat(parts: readonly Uint8Array[]): Buffer {
    const joined = new Buffer(parts.reduce((length, part) => length + part.length, 0));
    let at = 0;
    for (const part of parts) {
      joined.set(part, at);
      at += part.length;
    }
    return joined;
  }

  /** −1, 0 or 1 in the order of the bytes; a beginning comes before what it begins. */
  static compare(a: Uint8Array, b: Uint8Array): number {
    const length = Math.min(a.length, b.length);
    for (let i = 0; i < length; i++) if (a[i] !== b[i]) return a[i] < b[i] ? -1 : 1;
    return Math.sign(a.length - b.length);
  }

  compare(other: Uint8Array, begin = 0, end = other.length): number {
    return Buffer.compare(this, other.subarray(begin, end));
  }

  equals(other: Uint8Array): boolean {
    return Buffer.compare(this, other) === 0;
  }

  copy(target: Uint8Array, at = 0, begin = 0, end = this.length): void {
    target.set(this.subarray(begin, end), at);
  }

  /** Shares the memory, where that of Uint8Array copies. */
  override slice(begin?: number, end?: number): Buffer {
    return this.subarray(begin, end) as Buffer;
  }

  override toString(_encoding?: string, begin = 0, end = this.length): string {
    if (end - begin > MAX_SHORT) return decoder.decode(this.subarray(begin, end));
    const stop = Math.min(end, this.length);
    let text = '';
    for (let i = begin; i < stop; i++) {
      if (this[i] > 127) return decoder.decode(this.subarray(begin, end));
      text += String.fromCharCode(this[i]);
    }
    return text;
  }
}
