import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { parseIdx } from '../../src/data/idx.js';
import { FormatError } from '../../src/errors.js';

function header(code: number, ...sizes: number[]): number[] {
  const bytes = [0, 0, code, sizes.length];
  for (const size of sizes) bytes.push(size >>> 24, (size >>> 16) & 255, (size >>> 8) & 255, size & 255);
  return bytes;
}

const idx = (code: number, sizes: number[], content: ArrayLike<number>) =>
  Uint8Array.from([...header(code, ...sizes), ...Array.from(content)]);

const small = idx(8, [2, 3], [1, 2, 3, 4, 5, 255]);

describe('parseIdx', () => {
  test('reads bytes, raw and compressed', () => {
    for (const file of [small, gzipSync(small), new Uint8Array(gzipSync(small, { level: 0 }))]) {
      expect(parseIdx(file)).toEqual({ data: Uint8Array.of(1, 2, 3, 4, 5, 255), shape: [2, 3] });
    }
  });

  test('reads signed bytes', () => {
    expect(parseIdx(idx(9, [2], [255, 128])).data).toEqual(Int8Array.of(-1, -128));
  });

  test.each([
    [0x0b, Int16Array, [1, -2, 32767, -32768], 'setInt16'],
    [0x0c, Int32Array, [1, -2, 2147483647, -2147483648], 'setInt32'],
    [0x0d, Float32Array, [1.5, -0, Infinity, 1e-45], 'setFloat32'],
    [0x0e, Float64Array, [1.5, -0, 1e300, 5e-324], 'setFloat64'],
  ] as const)('reads big-endian elements of type %i', (code, Elements, values, setter) => {
    const size = Elements.BYTES_PER_ELEMENT;
    const view = new DataView(new ArrayBuffer(4 * size));
    values.forEach((value, i) => view[setter](i * size, value));
    const array = parseIdx(idx(code, [2, 2], new Uint8Array(view.buffer)));
    expect(array.data).toEqual(Elements.from(values));
    expect(array.shape).toEqual([2, 2]);
  });

  test('reads a file inside a larger buffer', () => {
    const around = Uint8Array.from([9, 9, 9, ...small, 9]);
    expect(parseIdx(around.subarray(3, -1)).data).toEqual(Uint8Array.of(1, 2, 3, 4, 5, 255));
  });

  test('copies: neither a Buffer nor the file shows through', () => {
    const file = Buffer.from(small);
    const { data } = parseIdx(file);
    file.fill(0);
    expect(data.constructor).toBe(Uint8Array);
    expect(data.buffer).toBeInstanceOf(ArrayBuffer);
    expect(data.buffer.byteLength).toBe(6);
    expect([...data]).toEqual([1, 2, 3, 4, 5, 255]);
  });

  test('reads empty arrays', () => {
    expect(parseIdx(idx(8, [0, 28, 28], []))).toEqual({ data: new Uint8Array(0), shape: [0, 28, 28] });
  });
});

describe('parseIdx refuses', () => {
  test('a file cut at any byte, raw and compressed', () => {
    const compressed = gzipSync(small);
    for (const file of [small, compressed]) {
      for (let length = 0; length < file.length; length++) {
        expect(() => parseIdx(file.subarray(0, length)), `cut at ${length}`).toThrow(FormatError);
      }
    }
    for (let length = 0; length < small.length; length++) {
      expect(() => parseIdx(gzipSync(small.subarray(0, length))), `cut inside at ${length}`).toThrow(
        FormatError,
      );
    }
  });

  test('a flipped bit of a compressed file, unless it carries nothing', () => {
    const file = gzipSync(small);
    for (let bit = 0; bit < file.length * 8; bit++) {
      const damaged = Uint8Array.from(file);
      damaged[bit >> 3] ^= 1 << (bit & 7);
      try {
        expect([...parseIdx(damaged).data], `bit ${bit}`).toEqual([1, 2, 3, 4, 5, 255]);
      } catch (error) {
        expect(error, `bit ${bit}`).toBeInstanceOf(FormatError);
      }
    }
  });

  const u32max = 0xffffffff;
  test.each([
    ['no bytes', [], 'IDX: the header must be whole, but the file ends at byte 0.'],
    ['a cut header', [0, 0, 8, 1, 0, 0], 'IDX: the header must be whole, but the file ends at byte 6.'],
    ['a wrong magic', [1, 2, 8, 1], 'IDX: bytes 0 and 1 must be 0, but are 1 and 2.'],
    [
      'an unknown type',
      header(10, 1),
      'IDX: the type at byte 2 must be 8, 9, 11, 12, 13 or 14 (u8 i8 i16 i32 f32 f64), but is 10.',
    ],
    ['no dimensions', [0, 0, 8, 0], 'IDX: the number of dimensions at byte 3 must be at least 1, but is 0.'],
    [
      'too few elements',
      [...header(8, 2, 3), 1, 2, 3, 4, 5],
      'IDX: the shape (2, 3) at byte 4 needs 18 bytes in all, but the file has 17.',
    ],
    [
      'trailing bytes',
      [...header(8, 2, 3), 1, 2, 3, 4, 5, 6, 7],
      'IDX: the shape (2, 3) at byte 4 needs 18 bytes in all, but the file has 19.',
    ],
    [
      'sizes of 2^32 - 1',
      [...header(8, u32max), 1],
      'IDX: the shape (4294967295) at byte 4 needs 4294967303 bytes in all, but the file has 9.',
    ],
    [
      'sizes whose product overflows',
      [...header(14, u32max, u32max, u32max), 1],
      'bytes in all, but the file has 17.',
    ],
    [
      '255 dimensions of 2^32 - 1',
      header(8, ...Array<number>(255).fill(u32max)),
      'needs Infinity bytes in all',
    ],
  ])('%s', (_name, bytes, sentence) => {
    expect(() => parseIdx(Uint8Array.from(bytes))).toThrow(FormatError);
    expect(() => parseIdx(Uint8Array.from(bytes))).toThrow(sentence);
  });

  test('compressed data that go on behind the declared size, without unpacking them', () => {
    const bomb = new Uint8Array(120e6);
    bomb.set(header(8, 2, 3));
    const file = gzipSync(bomb, { level: 9 });
    const before = process.memoryUsage().arrayBuffers;
    expect(() => parseIdx(file)).toThrow(
      'IDX: the header declares 18 bytes in all, but more follow at byte 18.',
    );
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(40e6);
  });

  test('compressed data that declare more than there is', () => {
    const file = gzipSync(Uint8Array.from([...header(8, u32max, 4), 1, 2, 3]));
    expect(() => parseIdx(file)).toThrow(
      'IDX: the shape (4294967295, 4) at byte 4 needs 17179869192 bytes in all, but the file has at most 36120 in its 35 compressed ones.',
    );
  });

  test('arrays that take more than maxBytes, before any of it is there', () => {
    const sentence =
      'IDX: the shape (2, 3) at byte 4 needs 6 bytes, but reading may allocate 5 at most; give another maxBytes.';
    for (const file of [small, gzipSync(small)]) {
      expect(() => parseIdx(file, { maxBytes: 5 })).toThrow(new FormatError(sentence));
      expect(parseIdx(file, { maxBytes: 6 }).shape).toEqual([2, 3]);
    }
    expect(() => parseIdx(small, { maxBytes: 0 })).toThrow('parseIdx: maxBytes must be an integer >= 1');
    expect(() => parseIdx(small, { maxbytes: 5 } as any)).toThrow("did you mean 'maxBytes'?");
  });

  test('honest bombs beyond maxBytes at once, and others in the memory of their array', () => {
    const zeros = new Uint8Array(50e6);
    zeros.set(header(8, 50e6 - 8));
    const file = gzipSync(zeros, { level: 9 });
    const before = process.memoryUsage().arrayBuffers;
    expect(() => parseIdx(file, { maxBytes: 49e6 })).toThrow(FormatError);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20e6);
    expect(parseIdx(file).data.buffer.byteLength).toBe(50e6 - 8);
  });

  test('an array that no memory holds, where maxBytes allows it', () => {
    const file = gzipSync(new Uint8Array(20e6), { level: 9 });
    const lie = Uint8Array.from([...gzipSync(Uint8Array.from(header(14, 60_000, 60_000)), { level: 0 })]);
    const long = new Uint8Array(lie.length + 1500 * file.length);
    long.set(lie);
    for (let i = 0; i < 1500; i++) long.set(file, lie.length + i * file.length);
    expect(() => parseIdx(long, { maxBytes: 2 ** 53 - 1 })).toThrow(
      /^IDX: elements of shape \(60000, 60000\) need 27466 MiB of memory, but this runtime gives less; read a smaller file\.$/,
    );
  });

  test('zero times too much', () => {
    const sizes = [u32max, u32max, 0];
    expect(parseIdx(idx(14, sizes, []))).toEqual({ data: new Float64Array(0), shape: sizes });
  });
});
