import { constants, deflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { DeflateError } from '../../src/inflate.js';
import { inflate } from '../../src/inflate.js';
import { Seeded } from '../helpers/seeded.js';

function inflated(source: Uint8Array, at = 0): { bytes: Buffer; end: number; longest: number } {
  const chunks: Uint8Array[] = [];
  const end = inflate(source, at, (chunk) => chunks.push(chunk));
  return { bytes: Buffer.concat(chunks), end, longest: Math.max(0, ...chunks.map(({ length }) => length)) };
}

const seeded = new Seeded(4);
const SAMPLES: Record<string, Uint8Array> = {
  nothing: new Uint8Array(0),
  'one byte': Uint8Array.of(7),
  'a long run': new Uint8Array(400000).fill(9),
  'what cannot be compressed': seeded.bytes(200000),
  'few symbols': seeded.bytes(300000).map((byte) => byte & 3),
  'repeats from far away': Uint8Array.from({ length: 250000 }, (_, i) => (i % 32700) * 77 + (i >> 15)),
  'the source of this test': deflateRawSync(Buffer.from(String(inflated))),
};

const OPTIONS = {
  'level 9': { level: 9 },
  'level 1': { level: 1 },
  stored: { level: 0 },
  'fixed codes': { strategy: constants.Z_FIXED },
  'no repeats': { strategy: constants.Z_HUFFMAN_ONLY },
  'runs only': { strategy: constants.Z_RLE },
  'a small window': { windowBits: 9 },
};

describe.each(Object.keys(SAMPLES))('inflate gives back %s', (name) => {
  test.each(Object.keys(OPTIONS) as (keyof typeof OPTIONS)[])('from zlib: %s', (kind) => {
    const sample = SAMPLES[name];
    const stream = deflateRawSync(sample, OPTIONS[kind]);
    const { bytes, end, longest } = inflated(
      Buffer.concat([Uint8Array.of(1, 2, 3), stream, Uint8Array.of(255, 255)]),
      3,
    );
    expect(bytes.equals(sample)).toBe(true);
    expect(end).toBe(3 + stream.length);
    expect(longest).toBeLessThanOrEqual(98304 + 258);
  });
});

/** What is wrong with a stream; undefined if nothing is. */
function faultOf(stream: Uint8Array): Pick<DeflateError, 'fault' | 'message'> | undefined {
  try {
    inflated(stream);
    return undefined;
  } catch (error) {
    const { fault, message } = error as DeflateError;
    return { fault, message };
  }
}

describe('inflate refuses', () => {
  test('streams that are cut anywhere', () => {
    for (const options of Object.values(OPTIONS)) {
      const stream = deflateRawSync(Buffer.from('a word, a word, another word; '.repeat(9)), options);
      for (let length = 0; length < stream.length; length++) {
        expect(faultOf(stream.subarray(0, length))?.fault, `cut at ${length}`).toBe('truncated');
      }
    }
  });

  test.each([
    ['an unknown kind of block', [7], 'invalid block type'],
    ['a stored length without its complement', [1, 5, 0, 5, 0], 'invalid stored length'],
    ['a distance before the beginning', [3, 2, 0, 0, 0], 'invalid distance'],
    ['a repeat of nothing', [5, 0, 2, 0, 0, 0], 'invalid code lengths'],
    ['bits that no code begins with', [5, 0, 2, 0x20, 0, 0], 'invalid code'],
    [
      'more codes than bits can tell apart',
      [0x05, 0, 0x92, 0x24, 0x49, 0x92, 0x24, 0x49, 0],
      'invalid code lengths',
    ],
  ])('%s', (_name, bytes, message) => {
    expect(faultOf(Uint8Array.from(bytes))).toEqual({
      fault: 'damaged',
      message: expect.stringContaining(message),
    });
  });

  test('or survives any flipped bit', () => {
    const stream = deflateRawSync(Buffer.from('some text, some more text, and some text again'));
    for (let bit = 0; bit < 8 * stream.length; bit++) {
      const damaged = Uint8Array.from(stream);
      damaged[bit >> 3] ^= 1 << (bit & 7);
      const fault = faultOf(damaged);
      if (fault) expect(['truncated', 'damaged']).toContain(fault.fault);
    }
  });
});
