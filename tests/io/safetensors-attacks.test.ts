import { FormatError } from 'lamella';
import { describe, expect, test } from 'vitest';
import { readSafetensors } from '../../src/io/read-safetensors.js';
import { fileOf } from './files.js';

const DTYPES = 'F64, F32, F16, BF16, I64, I32, I16, I8, U32, U16, U8';

function entry(shape: unknown, offsets: unknown, dtype: unknown = 'F32'): string {
  return `{"dtype":${JSON.stringify(dtype)},"shape":${JSON.stringify(shape)},"data_offsets":${JSON.stringify(offsets)}}`;
}

const eight = new Uint8Array(8);

describe('a file is refused', () => {
  test.each<[string, Uint8Array, string]>([
    ['empty', new Uint8Array(0), 'at byte 0, a file must have at least 8 bytes, but received 0.'],
    [
      'with a header length of 2^64 - 1',
      fileOf('{}', eight, 0xffffffffffffffffn),
      'at byte 0, the header must have at most 100000000 bytes, but received 18446744073709551615.',
    ],
    [
      'with a header longer than the file',
      fileOf('{}', eight, 11n),
      'at byte 0, the header must end within the 18 bytes of the file, but received 11 bytes.',
    ],
    [
      'with a header that is not UTF-8',
      fileOf(Uint8Array.of(0x7b, 0xff, 0x7d)),
      'the header at byte 8 must be UTF-8, but received other bytes.',
    ],
    [
      'with a byte order mark',
      fileOf('\ufeff{}'),
      "the JSON at byte 8 must have a value, but received '\\ufeff{}'.",
    ],
    [
      'with an empty header',
      fileOf(''),
      'the JSON at byte 8 must have a value, but received the end of the text.',
    ],
    ['with a list as header', fileOf('[]'), 'at byte 8, the header must be a JSON object, but received [].'],
    [
      'with a name twice',
      fileOf(`{"é":${entry([1], [0, 4])},"é":${entry([2], [0, 8])}}`, eight),
      `the JSON at byte 63 must have each name once per object, but received '"é":{"dtype"'.`,
    ],
    [
      'nested deeply',
      fileOf('{"a":'.repeat(100_000)),
      `the JSON at byte 168 must have at most 32 levels of nesting, but received '{"a":{"a":{"'.`,
    ],
    [
      'with text behind the header',
      fileOf('{} x'),
      `the JSON at byte 11 must have the end, but received 'x'.`,
    ],
    [
      'with an open string',
      fileOf('{"a\\"'),
      `the JSON at byte 9 must have a string that ends, but received '"a\\"'.`,
    ],
    [
      'with a trailing comma',
      fileOf('{"__metadata__":{"a":"b",}}'),
      `the JSON at byte 33 must have a name in double quotes, but received '}}'.`,
    ],
    [
      'with metadata other than strings',
      fileOf('{"__metadata__":{"a":1}}'),
      "at byte 24, __metadata__ must hold strings, but received 1 for 'a'.",
    ],
    [
      'with metadata that is no object',
      fileOf('{"__metadata__":"a"}'),
      "at byte 8, __metadata__ must be an object of strings, but received 'a'.",
    ],
    [
      'with an array told of by a number',
      fileOf('{"a":1}'),
      "at byte 8, the array 'a' must be told of by an object, but received 1.",
    ],
    [
      'with an array without dtype',
      fileOf('{"a":{"shape":[],"data_offsets":[0,0]}}'),
      "at byte 13, the array 'a' must have dtype, shape, data_offsets and nothing else, but received ['shape', 'data_offsets'].",
    ],
    ...['F8_E4M3', 'C64', 'BOOL', 'U64', '__proto__', 'f32', 5].map((dtype): [string, Uint8Array, string] => [
      `of dtype ${dtype}`,
      fileOf(`{"a":${entry([2], [0, 8], dtype)}}`, eight),
      `at byte 13, the array 'a' must have one of the dtypes ${DTYPES}, but received ${typeof dtype === 'string' ? `'${dtype}'` : dtype}.`,
    ]),
    ...[[-1], [0.5], ['2'], [1e300], { length: 1 }, null].map((shape): [string, Uint8Array, string] => [
      `with the shape ${JSON.stringify(shape)}`,
      fileOf(`{"a":${entry(shape, [0, 8])}}`, eight),
      `at byte 13, the array 'a' must have a shape of whole numbers, but received`,
    ]),
    ...[[0], [8, 0], [0, 8, 8], [0, -8], '0,8'].map((offsets): [string, Uint8Array, string] => [
      `with the offsets ${JSON.stringify(offsets)}`,
      fileOf(`{"a":${entry([2], offsets)}}`, eight),
      `at byte 13, the array 'a' must have data_offsets [begin, end], but received`,
    ]),
    [
      'with a shape whose product overflows',
      fileOf(`{"a":${entry([4294967296, 4294967296], [0, 8])}}`, eight),
      "at byte 13, the array 'a' must have fewer than 2^53 bytes, but received the shape (4294967296, 4294967296).",
    ],
    [
      'with a shape that needs more bytes than the array has',
      fileOf(`{"a":${entry([1000000], [0, 8])}}`, eight),
      "at byte 13, the array 'a' of dtype F32 and shape (1000000) must take 4000000 bytes, but received 8.",
    ],
    [
      'with a hole before the first array',
      fileOf(`{"a":${entry([1], [4, 8])}}`, eight),
      "at byte 13, the array 'a' must begin where the data before it end, at 0, but received 4.",
    ],
    [
      'with arrays that overlap',
      fileOf(`{"a":${entry([1], [0, 4])},"b":${entry([2], [0, 8])}}`, eight),
      "at byte 66, the array 'b' must begin where the data before it end, at 4, but received 0.",
    ],
    [
      'with an array that reaches beyond the end',
      fileOf(`{"a":${entry([3], [0, 12])}}`, eight),
      "at byte 13, the array 'a' must end within the 8 bytes of data, but received 12.",
    ],
    [
      'with bytes behind the last array',
      fileOf(`{"a":${entry([1], [0, 4])}}`, eight),
      'at byte 66, the file must end with its last array, but received 4 bytes more.',
    ],
    [
      'with integers that a double cannot hold',
      fileOf(
        `{"a":${entry([1], [0, 8], 'I64')}}`,
        eight.map(() => 127),
      ),
      "at byte 13, the array 'a' must hold integers within ±2^53, but received a larger one.",
    ],
  ])('%s', (_name, bytes, sentence) => {
    let message = '';
    try {
      readSafetensors(bytes);
    } catch (error) {
      expect(error).toBeInstanceOf(FormatError);
      message = (error as Error).message;
    }
    const found = message.replace(/^safetensors: /, '');
    expect(sentence.endsWith('.') ? found : found.slice(0, sentence.length)).toBe(sentence);
  });

  test('with more arrays than anybody has', () => {
    const entries = Array.from({ length: 65537 }, (_, i) => `"${i}":${entry([0], [0, 0])}`);
    expect(() => readSafetensors(fileOf(`{${entries.join(',')}}`))).toThrow(
      new FormatError(
        'safetensors: at byte 8, the header must name at most 65536 arrays, but received 65537.',
      ),
    );
  });

  test.each([
    ['objects', '{}'],
    ['arrays', '[]'],
  ])('with millions of %s, in little memory', (_name, empty) => {
    const file = fileOf(`{"a":[${`${empty},`.repeat(5_000_000)}${empty}]}`);
    const before = process.memoryUsage();
    expect(() => readSafetensors(file)).toThrow(
      /^safetensors: the JSON at byte \d+ must have at most 262144 objects and arrays, but received '.{12}'\.$/,
    );
    const after = process.memoryUsage();
    const grown = after.heapUsed - before.heapUsed + after.arrayBuffers - before.arrayBuffers;
    expect(grown).toBeLessThan(150e6);
  });
});
