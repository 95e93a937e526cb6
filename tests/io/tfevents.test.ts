import { describe, expect, test } from 'vitest';
import {
  crc32c,
  maskedCrc32c,
  ProtobufWriter,
  encodeEvent,
  encodeFileVersion,
} from '../../src/io/tfevents.js';

const ascii = (text: string) => new TextEncoder().encode(text);
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

describe('crc32c', () => {
  // RFC 3720, appendix B.4, and the customary check value.
  test.each([
    ['123456789', ascii('123456789'), 0xe3069283],
    ['32 zeros', new Uint8Array(32), 0x8a9136aa],
    ['32 ones', new Uint8Array(32).fill(255), 0x62a8ab43],
    ['0 to 31', Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
    ['31 to 0', Uint8Array.from({ length: 32 }, (_, i) => 31 - i), 0x113fdb5c],
  ])('of %s is that of the RFC', (_name, bytes, expected) => {
    expect(crc32c(bytes)).toBe(expected);
  });

  test('is masked as in TFRecord files', () => {
    const crc = 0xe3069283;
    const rotated = ((crc >>> 15) | (crc << 17)) >>> 0;
    expect(maskedCrc32c(ascii('123456789'))).toBe((rotated + 0xa282ead8) % 4294967296);
  });
});

describe('ProtobufWriter', () => {
  test('writes the examples of the encoding guide', () => {
    expect(hex(new ProtobufWriter().varint(1, 150).finish())).toBe('089601');
    expect(hex(new ProtobufWriter().string(2, 'testing').finish())).toBe('120774657374696e67');
    const inner = new ProtobufWriter().varint(1, 150);
    expect(hex(new ProtobufWriter().message(3, inner).finish())).toBe('1a03089601');
  });

  test('writes negative integers as ten bytes, and 64-bit ones whole', () => {
    expect(hex(new ProtobufWriter().varint(1, -1).finish())).toBe('08ffffffffffffffffff01');
    expect(hex(new ProtobufWriter().varint(1, 2n ** 63n).finish())).toBe('0880808080808080808001');
    expect(hex(new ProtobufWriter().varint(1, 0).finish())).toBe('0800');
  });

  test('writes numbers little-endian, and fields above 15 with two bytes', () => {
    expect(hex(new ProtobufWriter().float(1, 1).finish())).toBe('0d0000803f');
    expect(hex(new ProtobufWriter().double(1, 1).finish())).toBe('09000000000000f03f');
    expect(hex(new ProtobufWriter().doubles(16, [1]).finish())).toBe('820108000000000000f03f');
  });

  test('grows with what is written, and gives copies', () => {
    const writer = new ProtobufWriter().bytes(1, new Uint8Array(1000).fill(7));
    const first = writer.finish();
    writer.varint(2, 1);
    expect(first.length).toBe(1003);
    expect(writer.finish().length).toBe(1005);
    expect(writer.finish().subarray(0, 1003)).toEqual(first);
  });
});

describe('event files', () => {
  test("begin with their version, in a record that is byte for byte TensorFlow's", () => {
    // A double, then 'brain.Event:2': 24 bytes of data, as every event file of TensorFlow begins.
    const record = encodeFileVersion(0);
    expect(hex(record.subarray(0, 8))).toBe('1800000000000000');
    expect(hex(record.subarray(8, 12))).toBe('a37f4b22');
    expect(hex(record.subarray(12, 36))).toBe(
      `090000000000000000${'1a0d'}${Buffer.from('brain.Event:2').toString('hex')}`,
    );
    expect(record.length).toBe(40);
  });

  test('hold tags and float32 values at their step', () => {
    const record = encodeEvent(1.5, 3, [{ tag: 'epoch_loss', value: 0.5 }]);
    const value = `0a0a${Buffer.from('epoch_loss').toString('hex')}150000003f`;
    const summary = `0a${(value.length / 2).toString(16)}${value}`;
    const data = `09000000000000f83f1003${`2a${(summary.length / 2).toString(16)}${summary}`}`;
    expect(hex(record.subarray(12, -4))).toBe(data);
    const view = new DataView(record.buffer);
    expect(view.getUint32(8, true)).toBe(maskedCrc32c(record.subarray(0, 8)));
    expect(view.getUint32(record.length - 4, true)).toBe(maskedCrc32c(record.subarray(12, -4)));
  });

  test('hold distributions', () => {
    const histogram = { min: 1, max: 2, count: 2, sum: 3, sumOfSquares: 5, limits: [1.5, 2], counts: [1, 1] };
    const record = encodeEvent(0, 0, [{ tag: 'w', value: histogram }]);
    const one = '000000000000f03f';
    const two = '0000000000000040';
    const histo = `09${one}11${two}19${two}210000000000000840290000000000001440${'3210000000000000f83f'}${two}3a10${one}${one}`;
    expect(hex(record)).toContain(`2a${(histo.length / 2).toString(16)}${histo}`);
  });
});
