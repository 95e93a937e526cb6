import { deflateRawSync } from 'node:zlib';
import { zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { readZip, unzip } from '../../src/data/zip.js';
import { FormatError } from '../../src/errors.js';
import { damages, faultOfReading } from '../helpers/damage.js';
import type { Archive, Member } from '../helpers/zip.js';
import { zipOf } from '../helpers/zip.js';

const text = (words: string): Uint8Array => new TextEncoder().encode(words);
const hello = text('hello, hello, hello, hello');
const noise = Uint8Array.from({ length: 200_000 }, (_, i) => (Math.imul(i, 2654435761) >>> 13) & 0xff);

function contents(file: Uint8Array): Record<string, string> {
  const entries = [...readZip(file)].map(([name, member]) => [name, Buffer.from(unzip(member)).toString()]);
  return Object.fromEntries(entries) as Record<string, string>;
}

describe('readZip', () => {
  test('reads what fflate writes, deflated and stored, of any size', () => {
    const files = { 'a.txt': hello, 'b/c': noise, empty: new Uint8Array(0), zeros: new Uint8Array(3e6) };
    for (const level of [0, 6] as const) {
      const members = readZip(zipSync(files, { level }));
      expect([...members.keys()]).toEqual(Object.keys(files));
      for (const [name, content] of Object.entries(files)) {
        expect(Buffer.compare(unzip(members.get(name)!), content), name).toBe(0);
      }
    }
  });

  test('reads zip64, comments, and names in UTF-8, one of them __proto__', () => {
    const members: Member[] = [
      { name: 'größe 🦉', content: hello, zip64: true },
      { name: '__proto__', content: text('x'), method: 0 },
    ];
    const wanted = [
      ['größe 🦉', 'hello, hello, hello, hello'],
      ['__proto__', 'x'],
    ];
    for (const archive of [{}, { zip64: true }, { comment: text('PK\x05\x06 is in this comment') }]) {
      expect(Object.entries(contents(zipOf(members, archive)))).toEqual(wanted);
    }
  });

  test('reads an archive inside a larger buffer, and one of nothing', () => {
    const file = zipOf([{ name: 'a', content: hello }]);
    const around = Uint8Array.from([1, 2, 3, ...file, 4]);
    expect(contents(around.subarray(3, -1))).toEqual({ a: String(Buffer.from(hello)) });
    expect(readZip(zipOf([])).size).toBe(0);
  });

  test('gives stored members as views, and inflates into an array of their size', () => {
    const file = zipOf([
      { name: 'a', content: hello, method: 0 },
      { name: 'b', content: hello },
    ]);
    const [a, b] = [...readZip(file).values()].map(unzip);
    expect(a.buffer).toBe(file.buffer);
    expect(b.buffer.byteLength).toBe(hello.length);
  });
});

describe('readZip refuses', () => {
  const one: Member = { name: 'a', content: hello };
  const two: Member = { name: 'b', content: hello };
  const inconsistent = (at: number): string =>
    `zip: the archive must be whole and consistent, but is not at byte ${at}.`;
  const none = 'zip: the file must be a whole archive, but no directory ends it.';
  const packedLength = deflateRawSync(hello).length;
  const directory = 31 + packedLength;

  test.each<[string, Uint8Array, string]>([
    ['nothing', new Uint8Array(0), none],
    ['other files', noise, none],
    ['a cut archive', zipOf([one]).slice(0, -1), none],
    ['something behind the end', Uint8Array.from([...zipOf([one]), 0]), none],
    ['something before the beginning', Uint8Array.from([0, ...zipOf([one])]), inconsistent(directory + 48)],
    ['a gap before the end', zipOf([one], { gap: text('gap') }), inconsistent(directory + 50)],
    ['a part of several', zipOf([one], { disk: 1 }), inconsistent(directory + 47)],
    ['more entries than there are', zipOf([one], { count: 2 }), inconsistent(directory + 47)],
    ['fewer entries than there are', zipOf([one, two], { count: 1 }), inconsistent(2 * directory + 47)],
    ['65535 entries that are not there', zipOf([one], { count: 65535 }), inconsistent(directory + 47)],
    ['a directory elsewhere', zipOf([one], { directoryAt: 3 }), inconsistent(directory + 47)],
    [
      'a directory beyond 2^53',
      zipOf([one], { directoryAt: 2 ** 60, zip64: true }),
      inconsistent(directory + 47),
    ],
    ['2^40 entries', zipOf([one], { count: 2 ** 40, zip64: true }), inconsistent(directory + 47)],
    [
      'encrypted members',
      zipOf([{ ...one, flags: 1 }]),
      "zip: members must be stored or deflated, but 'a' is encrypted.",
    ],
    ['strongly encrypted members', zipOf([{ ...one, flags: 0x41 }]), 'is encrypted.'],
    ['an encrypted directory', zipOf([{ ...one, flags: 0x2000 }]), 'is encrypted.'],
    [
      'other methods',
      zipOf([{ ...one, method: 12 }]),
      "zip: members must be stored or deflated, but 'a' has the method 12.",
    ],
    ['a name twice', zipOf([one, one]), "zip: a name must occur once, but 'a' occurs twice."],
    ['another name in the local header', zipOf([{ ...one, localName: 'b' }]), inconsistent(0)],
    ['a name with NUL', zipOf([{ ...one, name: 'a\0b' }]), inconsistent(directory + 48)],
    [
      'a name that is not UTF-8',
      zipOf([{ ...one, name: Uint8Array.of(0xff, 0xfe) }]),
      inconsistent(directory + 47),
    ],
    ['a local header that is none', zipOf([one, { ...two, local: 4 }]), inconsistent(4)],
    ['a local header beyond the end', zipOf([{ ...one, local: 2 ** 31 }]), inconsistent(2 ** 31)],
    ['a local header beyond 2^53', zipOf([{ ...one, local: 2 ** 60, zip64: true }]), inconsistent(2 ** 60)],
    ['data beyond the directory', zipOf([{ ...one, packedSize: 100 }]), inconsistent(0)],
    [
      'members that overlap',
      zipOf([{ ...one, packedSize: packedLength + 40 }, two]),
      inconsistent(directory),
    ],
    [
      'stored members of two sizes',
      zipOf([{ ...one, method: 0, size: 25 }]),
      inconsistent(31 + hello.length),
    ],
    [
      'more than deflate makes of so few bytes',
      zipOf([{ ...one, size: 2 ** 32 - 2 }]),
      inconsistent(directory),
    ],
    [
      'sizes that are nowhere',
      zipOf([{ ...one, packedSize: 2 ** 32 - 1, size: 2 ** 32 - 1 }]),
      inconsistent(0),
    ],
  ])('%s', (_what, file, sentence) => {
    expect(() => readZip(file)).toThrow(FormatError);
    expect(() => readZip(file)).toThrow(sentence);
  });

  test.each<[string, Member, string]>([
    ['too much data', { ...one, size: 25 }, "zip: 'a' must inflate to 25 bytes, but does not."],
    ['too little data', { ...one, size: 27 }, "zip: 'a' must inflate to 27 bytes, but does not."],
    [
      'data that are cut',
      { ...one, packed: deflateRawSync(hello).subarray(0, -1) },
      "zip: 'a' must inflate to",
    ],
    ['data that are none', { ...one, packed: Uint8Array.of(7, 7, 7) }, "zip: 'a' must inflate to 26 bytes"],
    [
      'another checksum',
      { ...one, crc: 1 },
      "zip: 'a' must have the checksum that the directory declares, but has another.",
    ],
    ['another checksum of stored data', { ...one, method: 0, crc: 1 }, "zip: 'a' must have the checksum"],
  ])('%s, when it is unpacked', (_what, member, sentence) => {
    const [found] = readZip(zipOf([member])).values();
    expect(() => unzip(found)).toThrow(FormatError);
    expect(() => unzip(found)).toThrow(sentence);
  });

  test('data that go on behind the declared size, without unpacking them', () => {
    const packed = deflateRawSync(new Uint8Array(90e6), { level: 9 });
    const [member] = readZip(zipOf([{ name: 'bomb', packed, size: 10 }])).values();
    const before = process.memoryUsage().arrayBuffers;
    expect(() => unzip(member)).toThrow("zip: 'bomb' must inflate to 10 bytes, but does not.");
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(60e6);
  });

  test('long garbage behind compressed data, in time proportional to it', () => {
    const packed = new Uint8Array(60e6);
    packed.set(deflateRawSync(hello));
    const member = { name: 'a', size: hello.length, crc: 0, deflated: true, packed };
    const before = process.cpuUsage();
    expect(() => unzip(member)).toThrow(FormatError);
    expect(process.cpuUsage(before).user).toBeLessThan(500_000);
  });
});

describe('a damaged archive is refused by a FormatError, or has the same members', () => {
  const archives: [string, readonly Member[], Archive][] = [
    [
      'deflated',
      [
        { name: 'a', content: hello },
        { name: 'b', content: text('b'), method: 0 },
      ],
      {},
    ],
    ['zip64', [{ name: 'a', content: hello, zip64: true }], { zip64: true, comment: text('!') }],
  ];

  test.each(archives)('%s', async (_name, members, archive) => {
    const file = zipOf(members, archive);
    const expected = JSON.stringify(contents(file));
    let count = 0;
    // Every seventh: tests/acceptance/mutated.test.ts tries them all.
    for (const damage of damages(file, 7)) {
      expect(await faultOfReading(damage, contents, expected)).toBeUndefined();
      count++;
    }
    expect(count).toBeGreaterThan(file.length);
  });
});
