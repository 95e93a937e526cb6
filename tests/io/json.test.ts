import fc from 'fast-check';
import { FormatError, ValueError } from 'lamella';
import { describe, expect, test } from 'vitest';
import type { Json } from '../../src/io/json.js';
import { parseJson } from '../../src/io/json.js';
import { toJson } from '../../src/io/model-file.js';
import { fromJson } from '../../src/io/read-model-file.js';
import { RandomState } from '../../src/random.js';

function copy(value: unknown): unknown {
  return fromJson(parseJson(JSON.stringify(toJson(value, 'it')), 'it').value);
}

describe('options as JSON', () => {
  test.each<[string, unknown]>([
    ['numbers that JSON has not', [Infinity, -Infinity, NaN, -0, 1e308]],
    [
      'maps with keys of any type',
      new Map<unknown, unknown>([
        [1, 2],
        ['1', 3],
        [true, { deep: null }],
      ]),
    ],
    ['names that look like marks', { $number: 'Infinity', $map: [], plain: 1 }],
  ])('come back as they were: %s', (_name, value) => {
    expect(copy(value)).toEqual(value);
  });

  test('hold generators, which go on where they were', () => {
    const random = new RandomState(7);
    random.standardNormal();
    const again = copy({ random }) as { random: RandomState };
    expect(again.random.standardNormal()).toBe(random.standardNormal());
    expect(again.random.u32()).toBe(random.u32());
  });

  test('have no prototype that a name could reach', () => {
    const read = copy(JSON.parse('{"a":{"__proto__":{"polluted":1}}}')) as { a: object };
    expect(Object.getPrototypeOf(read)).toBeNull();
    expect(Object.keys(read.a)).toEqual(['__proto__']);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  test('give the same text in whatever order names come', () => {
    expect(JSON.stringify(toJson({ b: 1, a: 2, none: undefined }, 'it'))).toBe('{"a":2,"b":1}');
  });

  test('refuse functions and instances, naming where', () => {
    expect(() => toJson({ a: [{ f: parseJson }] }, 'it')).toThrow(
      new ValueError('it.a[0].f must be plain data to be saved, but received the function parseJson.'),
    );
    expect(() => toJson(new Date(0), 'it')).toThrow(ValueError);
    expect(() => toJson(Symbol('s'), 'it')).toThrow(ValueError);
  });

  test.each<[string]>([
    ['{"$number":"1"}'],
    ['{"$number":"NaN","more":1}'],
    ['{"$map":[[1]]}'],
    ['{"$object":[[1,2]]}'],
    ['{"$random":{"key":[],"position":0,"spareNormal":null}}'],
    ['{"$eval":"1"}'],
  ])('refuse marks with another content: %s', (text) => {
    expect(() => fromJson(JSON.parse(text) as Json)).toThrow(FormatError);
  });
});

describe('parseJson', () => {
  test('reads what JSON.parse reads', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 8 }), (text) => {
        expect(JSON.stringify(parseJson(text, 'it').value)).toBe(JSON.stringify(JSON.parse(text)));
      }),
    );
  });

  test('refuses what JSON.parse refuses, with a FormatError', () => {
    const near = fc.tuple(fc.json(), fc.nat(), fc.constantFrom('', '"', ',', '{', ']', '\\', '\u0001', 'x'));
    fc.assert(
      fc.property(near, ([text, place, letter]) => {
        const at = place % (text.length + 1);
        const changed = text.slice(0, at) + letter + text.slice(at + 1);
        const read = attempt(() => parseJson(changed, 'it').value);
        const expected = attempt(() => JSON.parse(changed) as unknown);
        if (expected instanceof Error) expect(read).toBeInstanceOf(FormatError);
        else if (!(read instanceof Error)) expect(JSON.stringify(read)).toBe(JSON.stringify(expected));
        else expect(read.message).toContain('each name once per object');
      }),
    );
  });

  function attempt(work: () => unknown): unknown {
    try {
      return work();
    } catch (error) {
      return error;
    }
  }
});
