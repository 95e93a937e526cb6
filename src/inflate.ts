// Deflate (RFC 1951), decompressed. Nothing is computed at import: tables are made by the blocks that need them.

/** Receives output as it is produced; throws to stop. */
export type Sink = (chunk: Uint8Array<ArrayBuffer>) => void;

/** Data that are no deflate stream, or only the beginning of one. */
export class DeflateError extends Error {
  constructor(
    readonly fault: 'truncated' | 'damaged',
    /** About where: the bytes before have been taken. */
    readonly offset: number,
    message: string,
  ) {
    super(message);
  }
}

const WINDOW = 32768;
const CHUNK = 65536;
const LONGEST = 258;

/** The order in which the lengths of the code length code are stored. */
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** Bits read least significant first. Behind the end there are zeros, but not many. */
class Bits {
  #buffer = 0;
  #count = 0;
  #at: number;
  readonly #source: Uint8Array;

  constructor(source: Uint8Array, at: number) {
    this.#source = source;
    this.#at = at;
  }

  /** The first byte of which no bit is taken. */
  get offset(): number {
    return this.#at - (this.#count >>> 3);
  }

  /** The next bits, at most 16, without taking them. */
  peek(count: number): number {
    while (this.#count < count) {
      this.#buffer |= (this.#source[this.#at++] ?? 0) << this.#count;
      this.#count += 8;
    }
    return this.#buffer & ((1 << count) - 1);
  }

  skip(count: number): void {
    this.#buffer >>>= count;
    this.#count -= count;
    if (this.offset > this.#source.length) {
      throw new DeflateError('truncated', this.#source.length, 'unexpected end');
    }
  }

  take(count: number): number {
    const bits = this.peek(count);
    this.skip(count);
    return bits;
  }

  /** The next symbol of a code. */
  symbol({ table, width }: Code): number {
    const entry = table[this.peek(width)];
    if (entry === 0) throw this.damaged('invalid code');
    this.skip(entry & 15);
    return entry >>> 4;
  }

  /** Whole bytes, from the next byte on. */
  bytes(count: number): Uint8Array {
    const { offset } = this;
    this.#buffer = 0;
    this.#count = 0;
    this.#at = offset + count;
    if (this.#at > this.#source.length)
      throw new DeflateError('truncated', this.#source.length, 'unexpected end');
    return this.#source.subarray(offset, this.#at);
  }

  damaged(what: string): DeflateError {
    return new DeflateError('damaged', this.offset, what);
  }
}

/** A Huffman code: symbol · 16 + length by the next `width` bits; 0 where no code begins so. */
interface Code {
  readonly table: Uint16Array;
  readonly width: number;
}

/** The canonical code of some lengths; undefined if there are more codes than bits can tell apart. */
function codeOf(lengths: Uint8Array): Code | undefined {
  const width = Math.max(1, ...lengths);
  const table = new Uint16Array(1 << width);
  let code = 0;
  for (let length = 1; length <= width; length++, code <<= 1) {
    for (let symbol = 0; symbol < lengths.length; symbol++) {
      if (lengths[symbol] !== length) continue;
      if (code >= 1 << length) return undefined;
      const first = reversed(code++, length);
      for (let i = first; i < table.length; i += 1 << length) table[i] = (symbol << 4) | length;
    }
  }
  return { table, width };
}

function reversed(code: number, length: number): number {
  let result = 0;
  for (let i = 0; i < length; i++) result |= ((code >>> i) & 1) << (length - 1 - i);
  return result;
}

/** What has been produced: enough of it to be copied from, the rest given to the sink. */
class Output {
  readonly #bytes = new Uint8Array(WINDOW + CHUNK + LONGEST);
  readonly #sink: Sink;
  #end = 0;
  #given = 0;

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  byte(value: number): void {
    this.#bytes[this.#end++] = value;
    if (this.#end >= WINDOW + CHUNK) this.flush();
  }

  /** False if the distance reaches back before the beginning. */
  copy(length: number, distance: number): boolean {
    if (distance > this.#end) return false;
    const bytes = this.#bytes;
    let to = this.#end;
    for (const end = to + length; to < end; to++) bytes[to] = bytes[to - distance];
    this.#end = to;
    if (to >= WINDOW + CHUNK) this.flush();
    return true;
  }

  flush(): void {
    const chunk = this.#bytes.slice(this.#given, this.#end);
    const kept = Math.min(WINDOW, this.#end);
    this.#bytes.copyWithin(0, this.#end - kept, this.#end);
    this.#end = kept;
    this.#given = kept;
    if (chunk.length > 0) this.#sink(chunk);
  }
}

/**
 * Decompress the deflate stream that begins at byte `at`, in chunks of at most 96 KiB. Returns the offset behind it.
 *
 * @throws DeflateError; whatever the sink throws
 */
export function inflate(source: Uint8Array, at: number, sink: Sink): number {
  const bits = new Bits(source, at);
  const output = new Output(sink);
  for (let last = false; !last;) {
    last = bits.take(1) === 1;
    const kind = bits.take(2);
    if (kind === 0) copyStored(bits, output);
    else if (kind === 1) inflateBlock(bits, output, fixedCodes());
    else if (kind === 2) inflateBlock(bits, output, readCodes(bits));
    else throw bits.damaged('invalid block type');
  }
  output.flush();
  return bits.offset;
}

function copyStored(bits: Bits, output: Output): void {
  const [a, b, c, d] = bits.bytes(4);
  const length = a | (b << 8);
  if (length !== (~(c | (d << 8)) & 0xffff)) throw bits.damaged('invalid stored length');
  for (const byte of bits.bytes(length)) output.byte(byte);
}

interface Codes {
  readonly lengths: Code;
  readonly distances: Code;
}

function fixedCodes(): Codes {
  const lengths = new Uint8Array(288).fill(8).fill(9, 144, 256).fill(7, 256, 280);
  return { lengths: codeOf(lengths) as Code, distances: codeOf(new Uint8Array(32).fill(5)) as Code };
}

function readCodes(bits: Bits): Codes {
  const [lengths, distances, stored] = [257 + bits.take(5), 1 + bits.take(5), 4 + bits.take(4)];
  const own = new Uint8Array(19);
  for (let i = 0; i < stored; i++) own[ORDER[i]] = bits.take(3);
  const code = checked(bits, codeOf(own));
  const all = new Uint8Array(lengths + distances);
  for (let i = 0; i < all.length;) {
    const symbol = bits.symbol(code);
    if (symbol < 16) {
      all[i++] = symbol;
      continue;
    }
    const count = symbol === 16 ? 3 + bits.take(2) : symbol === 17 ? 3 + bits.take(3) : 11 + bits.take(7);
    if (i + count > all.length || (symbol === 16 && i === 0)) throw bits.damaged('invalid code lengths');
    all.fill(symbol === 16 ? all[i - 1] : 0, i, i + count);
    i += count;
  }
  return {
    lengths: checked(bits, codeOf(all.subarray(0, lengths))),
    distances: checked(bits, codeOf(all.subarray(lengths))),
  };
}

function checked(bits: Bits, code: Code | undefined): Code {
  if (!code) throw bits.damaged('invalid code lengths');
  return code;
}

/** Symbols of a block: bytes, or lengths with distances to copy from, until the one that ends it. */
function inflateBlock(bits: Bits, output: Output, { lengths, distances }: Codes): void {
  for (;;) {
    const symbol = bits.symbol(lengths);
    if (symbol < 256) {
      output.byte(symbol);
      continue;
    }
    if (symbol === 256) return;
    const length = 3 + spread(bits, symbol - 257, 4);
    const distance = 1 + spread(bits, bits.symbol(distances), 2);
    const valid = symbol < 286 && distance <= WINDOW;
    if (!valid || !output.copy(Math.min(length, LONGEST), distance)) throw bits.damaged('invalid distance');
  }
}

/** Lengths and distances come in groups of `size`, every group with one more bit behind the symbol than the one before. */
function spread(bits: Bits, symbol: number, size: 2 | 4): number {
  if (size === 4 && symbol === 28) return LONGEST - 3;
  const extra = Math.max(0, Math.floor(symbol / size) - 1);
  if (extra === 0) return symbol;
  return ((size + (symbol % size)) << extra) + bits.take(extra);
}
