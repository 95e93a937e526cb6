/**
 * Writes records of TensorBoard's event files: protocol buffers, framed and with their checksums. Which
 * values go to which file is in train/callbacks/event-files.ts.
 */

const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

/**
 * Writes a protocol buffer message, field by field. @see https://protobuf.dev/programming-guides/encoding/
 */
export class ProtobufWriter {
  #bytes = new Uint8Array(64);
  #length = 0;

  /** An integer (int32, int64, uint64, bool, enum); a negative one takes ten bytes, as in every protobuf. */
  varint(field: number, value: number | bigint): this {
    return this.#tag(field, VARINT).#rawVarint(BigInt.asUintN(64, BigInt(value)));
  }

  double(field: number, value: number): this {
    this.#tag(field, FIXED64);
    const at = this.#grow(8);
    new DataView(this.#bytes.buffer).setFloat64(at, value, true);
    return this;
  }

  float(field: number, value: number): this {
    this.#tag(field, FIXED32);
    const at = this.#grow(4);
    new DataView(this.#bytes.buffer).setFloat32(at, value, true);
    return this;
  }

  bytes(field: number, value: Uint8Array): this {
    this.#tag(field, LENGTH_DELIMITED).#rawVarint(BigInt(value.length));
    const at = this.#grow(value.length);
    this.#bytes.set(value, at);
    return this;
  }

  string(field: number, value: string): this {
    return this.bytes(field, new TextEncoder().encode(value));
  }

  message(field: number, value: ProtobufWriter): this {
    return this.bytes(field, value.finish());
  }

  /** repeated double, packed. */
  doubles(field: number, values: ArrayLike<number>): this {
    this.#tag(field, LENGTH_DELIMITED).#rawVarint(BigInt(8 * values.length));
    const at = this.#grow(8 * values.length);
    const view = new DataView(this.#bytes.buffer);
    for (let i = 0; i < values.length; i++) view.setFloat64(at + 8 * i, values[i], true);
    return this;
  }

  /** A copy of what has been written. */
  finish(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length);
  }

  #tag(field: number, wireType: number): this {
    return this.#rawVarint(BigInt(field * 8 + wireType));
  }

  #rawVarint(value: bigint): this {
    let rest = value;
    while (rest > 127n) {
      this.#bytes[this.#grow(1)] = Number(rest & 127n) | 128;
      rest >>= 7n;
    }
    const at = this.#grow(1);
    this.#bytes[at] = Number(rest);
    return this;
  }

  /** Make room for `count` bytes; returns where they begin. */
  #grow(count: number): number {
    const at = this.#length;
    this.#length += count;
    if (this.#length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#length, 2 * this.#bytes.length));
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    return at;
  }
}

/** Castagnoli's polynomial, reflected. */
const POLYNOMIAL = 0x82f63b78;

let table: Int32Array | undefined;

function makeTable(): Int32Array {
  const made = new Int32Array(256);
  for (let byte = 0; byte < 256; byte++) {
    let remainder = byte;
    for (let bit = 0; bit < 8; bit++) remainder = (remainder >>> 1) ^ (-(remainder & 1) & POLYNOMIAL);
    made[byte] = remainder;
  }
  return made;
}

/** CRC-32C of bytes, as in iSCSI and TFRecord (RFC 3720, appendix B.4). @returns an integer, 0 to 2^32 - 1 */
export function crc32c(bytes: Uint8Array): number {
  const t = (table ??= makeTable());
  let crc = ~0;
  for (const byte of bytes) crc = (crc >>> 8) ^ t[(crc ^ byte) & 0xff];
  return ~crc >>> 0;
}

/**
 * The checksum as TFRecord stores it: rotated by 15 bits, plus a constant, so that checksums of checksums
 * differ.
 */
export function maskedCrc32c(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

/** Distribution of the values of an array: HistogramProto in tensorflow/core/framework/summary.proto. */
export interface Histogram {
  readonly min: number;
  readonly max: number;
  readonly count: number;
  readonly sum: number;
  readonly sumOfSquares: number;
  /** Upper ends of the buckets, ascending. */
  readonly limits: ArrayLike<number>;
  /** Values in every bucket. */
  readonly counts: ArrayLike<number>;
}

/** A value at a step: a number, or a distribution. */
export interface EventValue {
  readonly tag: string;
  readonly value: number | Histogram;
}

/** The first record of an event file. @param wallTime seconds since 1970 */
export function encodeFileVersion(wallTime: number): Uint8Array<ArrayBuffer> {
  return encodeRecord(new ProtobufWriter().double(1, wallTime).string(3, 'brain.Event:2').finish());
}

/**
 * A record of an event file: the values that belong to a step.
 *
 * Event { double wall_time = 1; int64 step = 2; string file_version = 3; Summary summary = 5 }, Summary {
 * repeated Value value = 1 }, Value { string tag = 1; float simple_value = 2; HistogramProto histo = 5 }.
 *
 * @param wallTime seconds since 1970
 */
export function encodeEvent(
  wallTime: number,
  step: number,
  values: readonly EventValue[],
): Uint8Array<ArrayBuffer> {
  const summary = new ProtobufWriter();
  for (const { tag, value } of values) {
    const encoded = new ProtobufWriter().string(1, tag);
    if (typeof value === 'number') encoded.float(2, value);
    else encoded.message(5, encodeHistogram(value));
    summary.message(1, encoded);
  }
  const event = new ProtobufWriter().double(1, wallTime).varint(2, step).message(5, summary);
  return encodeRecord(event.finish());
}

function encodeHistogram({ min, max, count, sum, sumOfSquares, limits, counts }: Histogram): ProtobufWriter {
  return new ProtobufWriter()
    .double(1, min)
    .double(2, max)
    .double(3, count)
    .double(4, sum)
    .double(5, sumOfSquares)
    .doubles(6, limits)
    .doubles(7, counts);
}

/** TFRecord framing: u64 length, masked checksum of it, the data, masked checksum of them; little-endian. */
function encodeRecord(data: Uint8Array): Uint8Array<ArrayBuffer> {
  const record = new Uint8Array(data.length + 16);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, maskedCrc32c(record.subarray(0, 8)), true);
  record.set(data, 12);
  view.setUint32(12 + data.length, maskedCrc32c(data), true);
  return record;
}
