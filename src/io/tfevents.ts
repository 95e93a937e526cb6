import { maskedCrc32c } from './crc32c.js';
import { ProtobufWriter } from './protobuf.js';

/** How the values of an array are distributed: tensorflow/core/framework/summary.proto, HistogramProto. */
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
 * Event { double wall_time = 1; int64 step = 2; string file_version = 3; Summary summary = 5 },
 * Summary { repeated Value value = 1 }, Value { string tag = 1; float simple_value = 2; HistogramProto histo = 5 }.
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
