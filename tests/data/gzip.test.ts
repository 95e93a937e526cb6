import { crc32 as zlibCrc32, deflateRawSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { crc32 } from '../../src/data/crc32.js';
import { gunzip, isGzip } from '../../src/data/gzip.js';
import { FormatError } from '../../src/errors.js';

const textBytes = (text: string) => new TextEncoder().encode(text);
const sample = textBytes('lamella, a thin layer, lamella, a thin layer: 0123456789');
const gzip = (bytes: Uint8Array) => new Uint8Array(gzipSync(bytes));
const join = (...parts: ArrayLike<number>[]) => Uint8Array.from(parts.flatMap((part) => Array.from(part)));

/** A member with all optional parts of a header, its CRC16 included. */
function memberWithEverything(): Uint8Array {
  const flags = 1 | 2 | 4 | 8 | 16;
  const fixed = [0x1f, 0x8b, 8, flags, 1, 2, 3, 4, 0, 3];
  const header = join(fixed, [3, 0, 9, 0, 9], textBytes('name\0'), textBytes('comment\0'));
  const check = zlibCrc32(header) & 0xffff;
  return join(header, [check & 0xff, check >>> 8], deflateRawSync(sample), gzip(sample).slice(-8));
}

describe('crc32', () => {
  test('of the check string is CBF43926', () => {
    expect(crc32(textBytes('123456789'))).toBe(0xcbf43926);
  });

  test('equals zlib for any bytes, in one go or in pieces', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(100), (bytes, cut) => {
        expect(crc32(bytes)).toBe(zlibCrc32(bytes));
        expect(crc32(bytes.subarray(cut), crc32(bytes.subarray(0, cut)))).toBe(zlibCrc32(bytes));
      }),
    );
  });
});

describe('gunzip', () => {
  test('restores what gzip made, at any level and size', () => {
    const noise = Uint8Array.from({ length: 300000 }, (_, i) => (Math.imul(i, 2654435761) >>> 13) & 0xff);
    for (const bytes of [new Uint8Array(0), sample, noise, new Uint8Array(1e6)]) {
      for (const level of [0, 1, 6, 9]) {
        const restored = gunzip(gzipSync(bytes, { level }));
        expect(restored.constructor).toBe(Uint8Array);
        expect(Buffer.compare(restored, bytes)).toBe(0);
      }
    }
  });

  test('joins the members of a file, empty ones included', () => {
    const file = join(gzip(sample), gzip(new Uint8Array(0)), gzip(textBytes('x')), gzip(sample));
    expect(gunzip(file)).toEqual(join(sample, textBytes('x'), sample));
  });

  test('reads every optional part of a header', () => {
    expect(gunzip(memberWithEverything())).toEqual(sample);
  });

  test('reads a file inside a larger buffer', () => {
    const file = join([1, 2, 3], gzip(sample), [4]);
    expect(gunzip(file.subarray(3, file.length - 1))).toEqual(sample);
  });

  test('recognises gzip files', () => {
    expect(isGzip(gzip(sample))).toBe(true);
    expect(isGzip(sample)).toBe(false);
    expect(isGzip(Uint8Array.of(0x1f))).toBe(false);
  });
});

describe('gunzip refuses', () => {
  test('a file cut at any byte', () => {
    for (const file of [
      gzip(sample),
      memberWithEverything(),
      gzip(new Uint8Array(0)),
      gzip(new Uint8Array(70000)),
    ]) {
      for (let length = 0; length < file.length; length++) {
        expect(() => gunzip(file.subarray(0, length)), `cut at ${length}`).toThrow(FormatError);
      }
    }
  });

  test.each([
    ['plain', gzip(sample)],
    ['with every header part', memberWithEverything()],
    ['stored', new Uint8Array(gzipSync(sample, { level: 0 }))],
  ])('any flipped bit that changes the data or the structure (%s)', (_name, file) => {
    for (let bit = 0; bit < file.length * 8; bit++) {
      const damaged = file.slice();
      damaged[bit >> 3] ^= 1 << (bit & 7);
      let restored: Uint8Array | undefined;
      try {
        restored = gunzip(damaged);
      } catch (error) {
        expect(error, `bit ${bit}`).toBeInstanceOf(FormatError);
      }
      if (restored) expect(restored, `bit ${bit}`).toEqual(sample);
    }
  });

  test('a flipped bit anywhere behind the header', () => {
    const file = gzip(sample);
    let accepted = 0;
    for (let bit = 80; bit < file.length * 8; bit++) {
      const damaged = file.slice();
      damaged[bit >> 3] ^= 1 << (bit & 7);
      try {
        gunzip(damaged);
        accepted++;
      } catch {
        // as it should be
      }
    }
    // Padding bits behind the last symbol carry nothing.
    expect(accepted).toBeLessThan(8);
  });

  test.each([
    ['nothing at all', [], 'gzip: a member must begin with 1f 8b, but byte 0 begins with nothing.'],
    [
      'other files',
      [0x50, 0x4b, 3, 4],
      'gzip: a member must begin with 1f 8b, but byte 0 begins with 50 4b.',
    ],
    [
      'other methods',
      [0x1f, 0x8b, 7, 0, 0, 0, 0, 0, 0, 0, 0],
      'gzip: the method at byte 2 must be 8 (deflate), but is 7.',
    ],
    [
      'reserved flags',
      [0x1f, 0x8b, 8, 0x20, 0, 0, 0, 0, 0, 0, 0],
      'gzip: the reserved flags at byte 3 must be 0, but are 20.',
    ],
    [
      'an unknown block type',
      [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 0],
      'gzip: the compressed data must be sound, but are damaged between bytes 0 and 19',
    ],
  ])('%s', (_name, bytes, sentence) => {
    expect(() => gunzip(Uint8Array.from(bytes))).toThrow(FormatError);
    expect(() => gunzip(Uint8Array.from(bytes))).toThrow(sentence);
  });

  test('a wrong checksum and a wrong length, naming the byte', () => {
    const file = gzip(sample);
    const wrongCrc = file.slice();
    wrongCrc[file.length - 8] ^= 1;
    expect(() => gunzip(wrongCrc)).toThrow(`stored at byte ${file.length - 8}, but have`);
    const wrongLength = file.slice();
    wrongLength[file.length - 4] ^= 1;
    expect(() => gunzip(wrongLength)).toThrow(
      `gzip: the data must have the length ${sample.length ^ 1} stored at byte ${file.length - 4}, but have ${sample.length}.`,
    );
  });

  test('a wrong header checksum', () => {
    const file = memberWithEverything();
    file[4] ^= 1;
    expect(() => gunzip(file)).toThrow("gzip: the header's checksum at byte 28 must be");
  });

  test.each([
    [[0]],
    [[0, 0, 0, 0]],
    [[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]],
    [[0x1f, 0x8b]],
    [[0x1f, 0x8b, 8, 0, 0]],
  ])('%j behind the last member', (garbage) => {
    expect(() => gunzip(join(gzip(sample), garbage))).toThrow(FormatError);
  });

  test.each([
    ['more than 1024 members without data', 0, 65_000, 1025],
    ['more than 32768 members', 1, 33_000, 32_768],
  ])('too many members: %s', (_name, content, count, allowed) => {
    const member = gzip(new Uint8Array(content));
    const file = new Uint8Array(member.length * count);
    for (let i = 0; i < count; i++) file.set(member, i * member.length);
    expect(() => gunzip(file)).toThrow(
      `gzip: a file must have at most 32768 members, 1024 of them without data, but byte ${allowed * member.length} begins one more.`,
    );
  });

  test('a header that does not end, without waiting for it', () => {
    const file = new Uint8Array(3_000_000).fill(65);
    file.set([0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 3]);
    expect(() => gunzip(file)).toThrow(
      'gzip: the header at byte 0 must have at most 262144 bytes, but has more.',
    );
    expect(() => gunzip(join(gzip(sample), file.subarray(0, 300_000)))).toThrow(
      /^gzip: the header at byte \d+ must have at most 262144 bytes, but has more\.$/,
    );
  });

  test('a bomb, before it is unpacked', () => {
    const bomb = gzipSync(new Uint8Array(120e6), { level: 9 });
    const before = process.memoryUsage().arrayBuffers;
    expect(() => gunzip(bomb, { maxBytes: 1000 })).toThrow(
      'gzip: the data must decompress to at most 1000 bytes, but there are more.',
    );
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(40e6);
  });

  test('one byte more than allowed, but not as many', () => {
    expect(gunzip(gzip(sample), { maxBytes: sample.length })).toEqual(sample);
    expect(() => gunzip(gzip(sample), { maxBytes: sample.length - 1 })).toThrow(FormatError);
  });
});
