import { describe, expect, test } from 'vitest';
import type { NpyArray } from '../../src/data/npy.js';
import { parseNpy } from '../../src/data/npy.js';
import { parseNpz } from '../../src/data/npz.js';
import { FormatError, ValueError } from '../../src/errors.js';
import { damages, faultOfReading } from '../helpers/damage.js';
import { zipOf } from '../helpers/zip.js';
import { readGolden } from './goldens.js';

interface Values {
  readonly shape: number[];
  readonly data: (number | string)[];
}

interface Goldens {
  readonly arrays: readonly (Values & {
    readonly dtype: string;
    readonly fortran: boolean;
    readonly file: string;
  })[];
  readonly refused: readonly { readonly dtype: unknown; readonly value?: string; readonly file: string }[];
  readonly archives: readonly {
    readonly name: string;
    readonly arrays: Record<string, Values>;
    readonly file: string;
  }[];
}

/** Files that NumPy wrote: tests/goldens/numpy_files.py. */
const goldens = readGolden<Goldens>('numpy_files');
const bytesOf = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, 'base64'));

const KINDS: Record<string, string> = {
  ...{ b1: 'Uint8Array', i1: 'Int8Array', u1: 'Uint8Array', i2: 'Int16Array', u2: 'Uint16Array' },
  ...{ i4: 'Int32Array', u4: 'Uint32Array', i8: 'Float64Array', u8: 'Float64Array' },
  ...{ f2: 'Float32Array', f4: 'Float32Array', f8: 'Float64Array' },
};

const NAMED: Record<string, number> = { nan: NaN, inf: Infinity, '-inf': -Infinity };

/** Numbers as they are, of arrays of strings the strings. */
function expectValues({ data, shape }: NpyArray, wanted: Values, strings: boolean): void {
  expect(shape).toEqual(wanted.shape);
  expect(Array.from<number | string>(data as never)).toEqual(
    strings ? wanted.data : wanted.data.map((value) => (typeof value === 'string' ? NAMED[value] : value)),
  );
}

/** A file of version 1: the header, padded as NumPy does, and the elements. */
function npy(header: string, elements: ArrayLike<number> = [], version = 1): Uint8Array<ArrayBuffer> {
  const fixed = version === 1 ? 10 : 12;
  const length = Math.ceil((fixed + header.length + 1) / 64) * 64 - fixed;
  const size = version === 1 ? [length & 255, length >> 8] : [length & 255, length >> 8, 0, 0];
  const text = new TextEncoder().encode(`${header.padEnd(length - 1)}\n`);
  return Uint8Array.from([
    0x93,
    ...Buffer.from('NUMPY'),
    version,
    0,
    ...size,
    ...text,
    ...Array.from(elements),
  ]);
}

const dictionary = (descr: string, shape: string, order = 'False'): string =>
  `{'descr': ${descr}, 'fortran_order': ${order}, 'shape': ${shape}, }`;

const small = npy(dictionary("'|u1'", '(2, 3)'), [1, 2, 3, 4, 5, 6]);

describe('parseNpy', () => {
  const named = goldens.arrays.map(
    ({ dtype, shape, fortran }, i) =>
      [`${dtype} of shape (${shape.join(', ')})${fortran ? ', Fortran order' : ''}`, i] as const,
  );

  test.each(named)('reads %s as NumPy wrote it (#%i)', (_name, i) => {
    const { dtype, file, ...wanted } = goldens.arrays[i];
    const array = parseNpy<NpyArray>(bytesOf(file));
    const strings = dtype.startsWith('<U') || dtype.startsWith('>U');
    expectValues(array, wanted, strings);
    expect(array.data.constructor.name).toBe(strings ? 'Array' : KINDS[dtype.slice(1)]);
  });

  test('gives an array of its own, whatever the place of the file', () => {
    const around = Buffer.from([1, 2, 3, ...small, 9]);
    const file = around.subarray(3, -1);
    const { data } = parseNpy(file);
    file.fill(0);
    expect([...data]).toEqual([1, 2, 3, 4, 5, 6]);
    expect(data.buffer.byteLength).toBe(6);
  });

  test.each([
    ['blanks left out', "{'descr':'|u1','fortran_order':False,'shape':(2,3)}"],
    ['the long integers of Python 2', "{'descr': '|u1', 'fortran_order': False, 'shape': (2L, 3L), }"],
    ['the byte order of single bytes', "{'descr': '<u1', 'fortran_order': False, 'shape': (2, 3), }"],
    ['a comma behind the last size', "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3,), }"],
  ])('reads headers that other programs write: %s', (_what, header) => {
    expect(parseNpy(npy(header, [1, 2, 3, 4, 5, 6])).shape).toEqual([2, 3]);
  });
});

describe('parseNpy refuses', () => {
  test.each(goldens.refused.map(({ dtype, value }, i) => [value ?? JSON.stringify(dtype), i] as const))(
    '%s of NumPy (#%i)',
    (_name, i) => {
      const { dtype, value, file } = goldens.refused[i];
      const found = typeof dtype === 'string' ? `'${dtype}'` : 'a structure';
      const sentence =
        value === undefined
          ? `npy: the type must be one of b1 i1 u1 i2 u2 i4 u4 i8 u8 f2 f4 f8 or U (strings), but is ${found}; convert it by astype() before numpy.save.`
          : 'npy: every element must lie between -(2^53 - 1) and 2^53 - 1, but element 2 does not.';
      expect(() => parseNpy(bytesOf(file))).toThrow(new FormatError(sentence));
    },
  );

  test.each<[string, Uint8Array, string]>([
    [
      'nothing',
      new Uint8Array(0),
      "npy: the file must begin with '\\x93NUMPY', a version and a length, but does not.",
    ],
    ['an archive', zipOf([{ name: 'x.npy', content: small }]), 'but does not; parseNpz reads archives.'],
    [
      'a later version',
      npy(dictionary("'|u1'", '(1,)'), [1], 4),
      'npy: the version at byte 6 must be 1, 2 or 3, but is 4.',
    ],
    [
      'a header beyond the end',
      small.slice(0, 100),
      'npy: the header at byte 10 must have at most 10000 bytes, all in the file, but has 118.',
    ],
    ['a long header', npy(dictionary("'|u1'", '(1,)').padEnd(20_000), [1]), 'must have at most 10000 bytes'],
    [
      'a header that is no dictionary',
      npy('import os'),
      'npy: the header at byte 10 must say descr, fortran_order, shape, but is',
    ],
    ['code in a header', npy(dictionary('__import__("os")', '(1,)', 'exit()')), 'npy: the header at byte 10'],
    [
      'another order of keys',
      npy("{'shape': (1,), 'descr': '|u1', 'fortran_order': False, }", [1]),
      'npy: the header at byte 10',
    ],
    ['a size that is no tuple', npy(dictionary("'|u1'", '(1)'), [1]), 'npy: the header at byte 10'],
    ['negative sizes', npy(dictionary("'|u1'", '(-1,)'), [1]), 'npy: the header at byte 10'],
    ['fractional sizes', npy(dictionary("'|u1'", '(1.5,)'), [1]), 'npy: the header at byte 10'],
    [
      'too few elements',
      small.slice(0, -1),
      "npy: the shape (2, 3) of 'u1' needs 6 bytes behind byte 128, but 5 follow.",
    ],
    [
      'too many elements',
      Uint8Array.from([...small, 7]),
      "npy: the shape (2, 3) of 'u1' needs 6 bytes behind byte 128, but 7 follow.",
    ],
    [
      'sizes beyond memory',
      npy(dictionary("'<f8'", '(1000000, 1000000)'), [1]),
      'needs 8000000000000 bytes behind byte 128, but 1 follow.',
    ],
    [
      'sizes beyond 2^53',
      npy(dictionary("'<f8'", '(9007199254740991, 9007199254740991)')),
      'npy: the array must have at most 2^53 elements',
    ],
    [
      'sizes without end',
      npy(dictionary("'<f8'", `(${'9'.repeat(400)},)`)),
      'npy: the array must have a shape of whole numbers >= 0, but received (Infinity).',
    ],
    [
      'huge sizes of nothing',
      npy(dictionary("'<f8'", '(4294967296, 0)')),
      'npy: the array must have at most 16777216 rows if it is empty',
    ],
    [
      '65 dimensions',
      npy(dictionary("'|u1'", `(${'1,'.repeat(65)})`), [1]),
      'npy: the array must have at most 64 dimensions',
    ],
    ['strings without characters', npy(dictionary("'<U0'", '(100000000,)')), "or U (strings), but is '<U0'"],
    [
      'strings longer than anything',
      npy(dictionary("'<U99999999999'", '(1,)'), [1]),
      'needs 399999999996 bytes',
    ],
    [
      'what is no character',
      npy(dictionary("'<U1'", '(2,)'), [65, 0, 0, 0, 0, 0, 17, 0]),
      'npy: every element must hold characters of Unicode, but element 1 does not.',
    ],
    [
      'booleans other than 0 and 1',
      npy(dictionary("'|b1'", '(2,)'), [1, 2]),
      'npy: every element must be 0 or 1 as a boolean, but element 1 does not.',
    ],
    ['sizes of elements that are none', npy(dictionary("'<f3'", '(1,)'), [1, 2, 3]), "but is '<f3'"],
  ])('%s', (_what, file, sentence) => {
    expect(() => parseNpy(file)).toThrow(FormatError);
    expect(() => parseNpy(file)).toThrow(sentence);
  });

  test('arrays that take more than maxBytes, before any of it is there', () => {
    const taken: [string, number][] = [
      [dictionary("'|u1'", '(8,)'), 8],
      [dictionary("'<f2'", '(4,)'), 16],
      [dictionary("'<U1'", '(2,)'), 56],
      [dictionary("'<f4'", '(2, 1)', 'True'), 16],
    ];
    for (const [header, bytes] of taken) {
      const file = npy(header, new Uint8Array(8));
      expect(parseNpy<NpyArray>(file, { maxBytes: bytes }).shape.length).toBeGreaterThan(0);
      expect(() => parseNpy(file, { maxBytes: bytes - 1 })).toThrow(
        `takes ${bytes} bytes, but reading may allocate ${bytes - 1} at most; give another maxBytes.`,
      );
    }
    expect(() => parseNpy(small, { maxbytes: 5 } as object)).toThrow("did you mean 'maxBytes'?");
  });

  test('anything but bytes', () => {
    expect(() => parseNpy('x.npy' as never)).toThrow(ValueError);
    expect(() => parseNpy('x.npy' as never)).toThrow('files are read by');
  });
});

describe('parseNpz', () => {
  test.each(goldens.archives.map(({ name }, i) => [name, i] as const))(
    'reads what NumPy wrote: %s',
    (_name, i) => {
      const { arrays, file } = goldens.archives[i];
      const read = parseNpz<Record<string, NpyArray>>(bytesOf(file));
      expect(Object.keys(read)).toEqual(Object.keys(arrays));
      expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
      for (const [name, wanted] of Object.entries(arrays)) {
        expectValues(read[name], wanted, typeof wanted.data[0] === 'string');
      }
    },
  );

  const x = { name: 'x.npy', content: small };

  test.each<[string, Uint8Array, string]>([
    ['a .npy file', small, 'zip: the file must be a whole archive, but no directory ends it.'],
    [
      'other members',
      zipOf([x, { name: 'readme.txt' }]),
      "npz: the members must be .npy files, but one is 'readme.txt'.",
    ],
    [
      'a damaged array',
      zipOf([x, { name: 'y.npy', content: small.slice(1) }]),
      "'y.npy': npy: the file must begin with",
    ],
    ['a wrong checksum', zipOf([{ ...x, crc: 5 }]), "'x.npy': zip: 'x.npy' must have the checksum"],
  ])('refuses %s, and says which', (_what, file, sentence) => {
    expect(() => parseNpz(file)).toThrow(FormatError);
    expect(() => parseNpz(file)).toThrow(sentence);
  });

  test('takes maxBytes for all arrays, and for what is inflated while it is', () => {
    const zeros = npy(dictionary("'|u1'", '(1000,)'), new Uint8Array(1000));
    const [deflated, stored] = [8, 0].map((method) =>
      zipOf(['a.npy', 'b.npy'].map((name) => ({ name, content: zeros, method }))),
    );
    const bytes = 2 * 1000 + zeros.length;
    expect(Object.keys(parseNpz(deflated, { maxBytes: bytes }))).toEqual(['a', 'b']);
    expect(Object.keys(parseNpz(stored, { maxBytes: 2000 }))).toEqual(['a', 'b']);
    expect(() => parseNpz(deflated, { maxBytes: bytes - 1 })).toThrow(
      "'b.npy': npy: the shape (1000) of 'u1' takes 1000 bytes",
    );
    expect(() => parseNpz(stored, { maxBytes: 1999 })).toThrow('but reading may allocate 999 at most');
    expect(() => parseNpz(deflated, { maxBytes: 1000 })).toThrow(
      `npz: 'a.npy' takes ${zeros.length} bytes, but reading may allocate 1000 more at most; give another maxBytes.`,
    );
  });
});

// Every so many: tests/acceptance/mutated.test.ts tries them all.
describe('a damaged file is refused by a FormatError', () => {
  test('or is another array: .npy', async () => {
    for (const file of [small, bytesOf(goldens.arrays.at(-3)!.file)]) {
      for (const damage of damages(file, 5)) expect(await faultOfReading(damage, parseNpy)).toBeUndefined();
    }
  });

  test('or has the same arrays: .npz', async () => {
    const file = bytesOf(goldens.archives[1].file);
    const expected = JSON.stringify(parseNpz(file));
    for (const damage of damages(file, 37)) {
      expect(await faultOfReading(damage, parseNpz, expected)).toBeUndefined();
    }
  });
});
