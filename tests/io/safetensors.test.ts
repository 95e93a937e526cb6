import fc from 'fast-check';
import { FormatError, ValueError } from 'lamella';
import { describe, expect, test } from 'vitest';
import type { Tensor } from '../../src/io/safetensors.js';
import { readSafetensors } from '../../src/io/read-safetensors.js';
import { writeSafetensors } from '../../src/io/safetensors.js';
import { fileOf, headerOf } from './files.js';

const arrays = new Map<string, Tensor>([
  ['bias', { dtype: 'F32', shape: [3], data: Float32Array.of(1.5, -2, NaN) }],
  ['weight', { dtype: 'F32', shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, Infinity) }],
  ['__proto__', { dtype: 'U8', shape: [5], data: Uint8Array.of(1, 2, 3, 4, 255) }],
  ['step', { dtype: 'F64', shape: [], data: Float64Array.of(0.1) }],
  ['none', { dtype: 'I32', shape: [0, 4], data: new Int32Array(0) }],
]);

describe('a file that was written', () => {
  test('is read as it was, whatever arrays are called', () => {
    const metadata = { format: 'pt', ü: '"\n' };
    const read = readSafetensors(writeSafetensors(arrays, metadata));
    expect(new Map([...read.arrays].sort())).toEqual(new Map([...arrays].sort()));
    expect(read.metadata).toEqual(new Map(Object.entries(metadata)));
    expect(({} as { shape?: unknown }).shape).toBeUndefined();
  });

  test('has the same bytes in whatever order arrays and texts come', () => {
    const forwards = writeSafetensors(arrays, { a: '1', b: '2' });
    const backwards = writeSafetensors(new Map([...arrays].reverse()), { b: '2', a: '1' });
    expect(Buffer.compare(forwards, backwards)).toBe(0);
  });

  test('begins its data at a multiple of 8, arrays of larger values first', () => {
    const bytes = writeSafetensors(arrays);
    const { length, text } = headerOf(bytes);
    expect(length % 8).toBe(0);
    expect(text.trimEnd()).toBe(
      '{"step":{"dtype":"F64","shape":[],"data_offsets":[0,8]},' +
        '"bias":{"dtype":"F32","shape":[3],"data_offsets":[8,20]},' +
        '"none":{"dtype":"I32","shape":[0,4],"data_offsets":[20,20]},' +
        '"weight":{"dtype":"F32","shape":[2,3],"data_offsets":[20,44]},' +
        '"__proto__":{"dtype":"U8","shape":[5],"data_offsets":[44,49]}}',
    );
    expect(bytes.length).toBe(8 + length + 49);
  });

  test('may be empty', () => {
    expect(readSafetensors(writeSafetensors(new Map()))).toEqual({ arrays: new Map(), metadata: new Map() });
  });

  test.each<[string, Tensor, string]>([
    [
      'a',
      { dtype: 'F32', shape: [2], data: Float32Array.of(1) },
      "writeSafetensors: the array 'a' of shape [2] must have as many data as its shape says, but received 1.",
    ],
    [
      'a',
      { dtype: 'F64', shape: [1], data: Float32Array.of(1) },
      "writeSafetensors: the array 'a' of dtype 'F64' must have the typed array of that dtype as its data, but received a Float32Array.",
    ],
    [
      'a',
      { dtype: 'F16', shape: [1], data: Uint16Array.of(1) },
      "writeSafetensors: the array 'a' of dtype 'F16' must have the typed array of that dtype as its data, but received a Uint16Array.",
    ],
    [
      '__metadata__',
      { dtype: 'F32', shape: [1], data: Float32Array.of(1) },
      "writeSafetensors: an array may have any name but '__metadata__'.",
    ],
  ])('holds only arrays that fit: %s %j', (name, tensor, sentence) => {
    expect(() => writeSafetensors(new Map([[name, tensor]]))).toThrow(new ValueError(sentence));
  });
});

describe('a file of another program', () => {
  test('may have half floats, 64-bit integers, blanks before the header and data at any byte', () => {
    const info = (dtype: string, shape: number[], from: number, end: number): object => ({
      ...{ dtype, shape, data_offsets: [from, end] },
    });
    const header = ` ${JSON.stringify({
      bytes: info('U8', [1], 0, 1),
      half: info('F16', [8], 1, 17),
      brain: info('BF16', [2], 17, 21),
      long: info('I64', [2], 21, 37),
    })}`;
    const data = new DataView(new ArrayBuffer(37));
    data.setUint8(0, 7);
    [0x3c00, 0xc000, 0x0001, 0x83ff, 0x7bff, 0xfc00, 0x7e00, 0x3555].forEach((bits, i) => {
      data.setUint16(1 + 2 * i, bits, true);
    });
    data.setUint16(17, 0x3f80, true);
    data.setUint16(19, 0xc0a0, true);
    data.setBigInt64(21, -5n, true);
    data.setBigInt64(29, 9007199254740991n, true);
    const { arrays: read } = readSafetensors(fileOf(header, new Uint8Array(data.buffer)));
    expect(read.get('bytes')!.data).toEqual(Uint8Array.of(7));
    expect([...read.get('half')!.data]).toEqual([
      ...[1, -2, 5.960464477539063e-8, -0.00006097555160522461, 65504, -Infinity, NaN, 0.333251953125],
    ]);
    expect(read.get('brain')!.data).toEqual(Float32Array.of(1, -5));
    expect(read.get('long')!.data).toEqual(Float64Array.of(-5, 9007199254740991));
  });

  test('may lie anywhere in a larger buffer', () => {
    const bytes = writeSafetensors(arrays);
    const larger = new Uint8Array(bytes.length + 7);
    larger.set(bytes, 3);
    const read = readSafetensors(larger.subarray(3, 3 + bytes.length));
    expect(read.arrays.get('weight')).toEqual(arrays.get('weight'));
  });
});

describe('whatever happens to a file', () => {
  const small = writeSafetensors(
    new Map([['w', { dtype: 'F32', shape: [2], data: Float32Array.of(1, 2) }]]),
    { kind: 'x' },
  );

  /** Reads, or refuses with a FormatError of one sentence that names a byte. */
  function survives(bytes: Uint8Array): void {
    try {
      readSafetensors(bytes);
    } catch (error) {
      expect(error).toBeInstanceOf(FormatError);
      expect((error as Error).message).toMatch(/^safetensors: .*byte \d+.*\.$/s);
    }
  }

  test('cut at any byte, it is refused', () => {
    for (let length = 0; length < small.length; length++) {
      expect(() => readSafetensors(small.subarray(0, length))).toThrow(FormatError);
      survives(small.subarray(0, length));
    }
  });

  test('with any bit flipped, it is read or refused', () => {
    for (let bit = 0; bit < 8 * small.length; bit++) {
      const flipped = small.slice();
      flipped[bit >>> 3] ^= 1 << (bit & 7);
      survives(flipped);
    }
  });

  test('arbitrary headers are read or refused', () => {
    const info = fc.record(
      {
        dtype: fc.constantFrom('F32', 'U8', 'F16', 'X', 1),
        shape: fc.array(fc.oneof(fc.nat(4), fc.constantFrom(-1, 0.5, 2 ** 53, 1e300))),
        data_offsets: fc.array(fc.nat(40), { minLength: 1, maxLength: 3 }),
      },
      { requiredKeys: ['dtype', 'shape'] },
    );
    const header = fc.oneof(
      fc.json(),
      fc.dictionary(fc.string(), info).map((value) => JSON.stringify(value)),
    );
    fc.assert(
      fc.property(header, fc.uint8Array({ maxLength: 40 }), (text, data) => survives(fileOf(text, data))),
    );
  });

  test('arbitrary bytes are read or refused', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => survives(bytes)));
  });

  test('arbitrary arrays and texts come back as they were', () => {
    const tensor = fc.array(fc.float({ noDefaultInfinity: false }), { maxLength: 9 }).map((values) => ({
      ...{ dtype: 'F32', shape: [values.length], data: Float32Array.from(values) },
    }));
    const named = fc.dictionary(fc.string({ unit: 'grapheme' }), tensor);
    fc.assert(
      fc.property(named, fc.dictionary(fc.string(), fc.string()), (tensors, texts) => {
        const given = new Map(Object.entries(tensors));
        given.delete('__metadata__');
        const read = readSafetensors(writeSafetensors(given, texts));
        expect(new Map([...read.arrays].sort())).toEqual(new Map([...given].sort()));
        expect(read.metadata).toEqual(new Map(Object.entries(texts)));
      }),
    );
  });
});
