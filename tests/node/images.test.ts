import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { deflateSync } from 'node:zlib';
import { encode } from 'fast-png';
import { FormatError, ShapeError, ValueError } from 'lamella';
import { imageFolder } from 'lamella/node';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openImage } from '../../src/node/images.js';
import { readGolden } from '../data/goldens.js';
import { damages, faultOfReading } from '../helpers/damage.js';
import { chunk, pngOf } from '../helpers/png.js';

/** Images that Pillow wrote, with their pixels: tests/goldens/pillow_images.py. */
const { images } = readGolden<{
  images: { name: string; kind: string; pixels: Record<string, string>; file: string }[];
}>('pillow_images');
const bytesOf = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, 'base64'));
const named = (name: string): Uint8Array => bytesOf(images.find((image) => image.name === name)!.file);

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'lamella-'));
});

afterEach(() => rm(dir, { recursive: true }));

/** Writes files into sub-folders of the folder: { 'cats/1.png': bytes }. */
async function write(files: Record<string, Uint8Array>): Promise<void> {
  for (const [path, bytes] of Object.entries(files)) {
    await mkdir(join(dir, path, '..'), { recursive: true });
    await writeFile(join(dir, path), bytes);
  }
}

/** An image of one colour. */
const plain = (value: number, width = 2, height = 1): Uint8Array =>
  pngOf({ width, height, rows: new Uint8Array(3 * width * height).fill(value) });

/** The bytes of one image. */
async function pixelsOf(file: Uint8Array, channels: 1 | 3 | 4, name = 'x/1.png'): Promise<number[]> {
  await write({ [name]: file });
  const { x } = await imageFolder(dir, { channels });
  return [...x.data];
}

describe('imageFolder', () => {
  test('reads the images of sub-folders as one array, with their labels and paths', async () => {
    await write({
      'dogs/b.png': plain(3),
      'dogs/a.PNG': plain(2),
      'cats/1.png': plain(1),
      'cats/10.png': plain(9),
    });
    const read = await imageFolder(dir);
    expect(read).toEqual({
      x: {
        data: Uint8Array.from([1, 9, 2, 3].flatMap((v) => Array(6).fill(v))),
        shape: [4, 1, 2, 3],
        scale: 1 / 255,
      },
      y: ['cats', 'cats', 'dogs', 'dogs'],
      paths: ['cats/1.png', 'cats/10.png', 'dogs/a.PNG', 'dogs/b.png'].map((path) => join(dir, path)),
    });
    expect(await imageFolder(pathToFileURL(dir), { size: [1, 2], channels: 3 })).toEqual(read);
  });

  test('sorts by code point, folders and files', async () => {
    const names = ['10', '9', 'B', 'a', 'ä', '\ue000', '🦉'];
    await write(Object.fromEntries([...names].reverse().map((name, i) => [`${name}/${name}.png`, plain(i)])));
    await write(Object.fromEntries(names.map((name, i) => [`10/${name}.png`, plain(i)])));
    const { y, paths } = await imageFolder(dir);
    expect(y).toEqual([...names.map(() => '10'), ...names.slice(1)]);
    expect(paths.slice(0, names.length)).toEqual(names.map((name) => join(dir, '10', `${name}.png`)));
  });

  test('leaves out what is hidden, what has another extension, and what lies elsewhere', async () => {
    await write({
      ...{ 'a/1.png': plain(1), 'a/.2.png': plain(2), 'a/3.txt': plain(3), 'a/png': plain(4) },
      ...{ 'a/deep/5.png': plain(5), '.b/6.png': plain(6), '7.png': plain(7) },
    });
    await mkdir(join(dir, 'a', 'folder.png'));
    expect((await imageFolder(dir)).paths).toEqual([join(dir, 'a', '1.png')]);
  });

  test('follows symbolic links to folders and files', async () => {
    await write({ 'a/1.png': plain(1) });
    await symlink(join(dir, 'a'), join(dir, 'b'));
    await symlink(join(dir, 'a', '1.png'), join(dir, 'a', '2.png'));
    expect((await imageFolder(dir)).y).toEqual(['a', 'a', 'b', 'b']);
    await symlink('nowhere', join(dir, 'c'));
    await expect(imageFolder(dir)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('goes by the first bytes of a file rather than by its name', async () => {
    await write({ 'a/1.jpg': plain(1), 'a/2.jpeg': plain(2) });
    expect((await imageFolder(dir)).x.shape).toEqual([2, 1, 2, 3]);
  });
});

describe('images have the pixels that Pillow reads', () => {
  test.each(images.filter(({ kind }) => kind === 'PNG'))('$name', async ({ file, pixels }) => {
    for (const channels of [1, 3, 4] as const) {
      const expected = bytesOf(pixels[channels]);
      expect(Buffer.compare(Buffer.from(await pixelsOf(bytesOf(file), channels)), expected)).toBe(0);
    }
  });

  // Rounding of the cosine transform is the decoder's; where there are fewer colours than pixels, so is their
  // interpolation.
  test.each(images.filter(({ kind }) => kind === 'JPEG'))('$name, nearly', async ({ name, file, pixels }) => {
    const most = name.includes('fewer') ? 12 : 3;
    for (const channels of [1, 3, 4] as const) {
      const expected = bytesOf(pixels[channels]);
      const differences = (await pixelsOf(bytesOf(file), channels, 'x/1.jpg')).map((v, i) =>
        Math.abs(v - expected[i]),
      );
      expect(differences).toHaveLength(expected.length);
      expect(Math.max(...differences)).toBeLessThanOrEqual(most);
    }
  });
});

describe('pixels of other depths', () => {
  test('of 16 bits give the upper 8', async () => {
    const rows = [0x12, 0x34, 0xff, 0xff, 0x00, 0xff, 0x80, 0x00, 0x7f, 0xff, 0x01, 0x02];
    const upper = [0x12, 0xff, 0x00, 0x80, 0x7f, 0x01];
    expect(await pixelsOf(pngOf({ width: 2, height: 1, depth: 16, rows }), 3)).toEqual(upper);
    expect(await pixelsOf(pngOf({ width: 2, height: 3, depth: 16, colourType: 0, rows }), 1)).toEqual(upper);
    const pairs = await pixelsOf(pngOf({ width: 1, height: 3, depth: 16, colourType: 4, rows }), 4);
    expect(pairs).toEqual([0x12, 0x12, 0x12, 0xff, 0, 0, 0, 0x80, 0x7f, 0x7f, 0x7f, 1]);
  });

  test('of 1, 2 and 4 bits are spread over 0 to 255', async () => {
    const grey = { width: 3, height: 2, colourType: 0 };
    expect(await pixelsOf(pngOf({ ...grey, depth: 1, rows: [0b101_00000, 0b010_11111] }), 1)).toEqual([
      255, 0, 255, 0, 255, 0,
    ]);
    expect(await pixelsOf(pngOf({ ...grey, depth: 2, rows: [0b00_01_10_11, 0b11_10_01_00] }), 1)).toEqual([
      0, 85, 170, 255, 170, 85,
    ]);
    expect(await pixelsOf(pngOf({ ...grey, depth: 4, rows: [0x0f, 0x10, 0xa5, 0x30] }), 1)).toEqual([
      0, 255, 17, 170, 85, 51,
    ]);
  });

  test('of a transparent colour of 16 bits have alpha 0 where all 16 are those', async () => {
    const rows = [0x12, 0x34, 0x12, 0x35];
    const file = pngOf({
      width: 2,
      height: 1,
      depth: 16,
      colourType: 0,
      rows,
      before: [['tRNS', [0x12, 0x34]]],
    });
    expect(await pixelsOf(file, 4)).toEqual([0x12, 0x12, 0x12, 0, 0x12, 0x12, 0x12, 255]);
    expect(await pixelsOf(file, 3)).toEqual([0x12, 0x12, 0x12, 0x12, 0x12, 0x12]);
  });

  test.each([8, 16] as const)(
    'that are interlaced are those of the image that is not, of %d bits',
    async (depth) => {
      for (const [width, height, channels] of [
        [13, 9, 3],
        [1, 1, 1],
        [3, 2, 4],
        [8, 8, 2],
      ]) {
        const length = width * height * channels;
        const data = depth === 8 ? new Uint8Array(length) : new Uint16Array(length);
        for (let i = 0; i < length; i++) data[i] = Math.imul(i + 1, 40503) >>> 3;
        const picture = { width, height, channels, depth, data };
        const [straight, interlaced] = (['null', 'Adam7'] as const).map((interlace) =>
          encode(picture, { interlace }),
        );
        expect(await pixelsOf(interlaced, 4)).toEqual(await pixelsOf(straight, 4));
      }
    },
  );

  test('come in any number of chunks, between chunks that say nothing of them', async () => {
    const rows = Uint8Array.from({ length: 3 * 20 * 20 }, (_, i) => (i * i) % 251);
    const before = [
      ['tEXt', Buffer.from('__proto__\0x')],
      ['iCCP', [1, 2, 3]],
      ['tIME', []],
    ] as const;
    const file = pngOf({ width: 20, height: 20, rows, chunks: 7, before });
    expect(await pixelsOf(Uint8Array.from([...file, 1, 2, 3]), 3)).toEqual([...rows]);
  });
});

describe('imageFolder refuses', () => {
  test('images of another size, naming the file', async () => {
    await write({ 'a/1.png': plain(1), 'a/2.png': plain(2, 3, 1), 'a/3.jpg': named('JPEG') });
    const rest = 'resize it before, or leave it out.';
    await expect(imageFolder(dir)).rejects.toThrow(
      new ShapeError(
        `${join(dir, 'a/2.png')}: the image must have 1 rows and 2 columns of pixels, those of the first image, but has 1 and 3; ${rest}`,
      ),
    );
    await expect(imageFolder(dir, { size: [1, 3] })).rejects.toThrow(
      new ShapeError(
        `${join(dir, 'a/1.png')}: the image must have 1 rows and 3 columns of pixels, those given as size, but has 1 and 2; ${rest}`,
      ),
    );
    await rm(join(dir, 'a/2.png'));
    await expect(imageFolder(dir)).rejects.toThrow(`${join(dir, 'a/3.jpg')}: the image must have 1 rows`);
  });

  test('folders without images, saying what they must hold', async () => {
    const none = 'the folder must hold one sub-folder of images per class, but holds no sub-folders.';
    await expect(imageFolder(dir)).rejects.toThrow(new FormatError(`${dir}: ${none}`));
    await write({ '1.png': plain(1) });
    await expect(imageFolder(dir)).rejects.toThrow(none);
    await write({ 'a/1.png': plain(1), 'b/readme.txt': plain(1) });
    await expect(imageFolder(dir)).rejects.toThrow(
      new FormatError(`${join(dir, 'b')}: the folder must hold images (.png, .jpg, .jpeg), but holds none.`),
    );
    await expect(imageFolder(join(dir, 'nothing'))).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(imageFolder(join(dir, '1.png'))).rejects.toMatchObject({ code: 'ENOTDIR' });
  });

  test.each<[string, object | undefined, string]>([
    [
      'sizes',
      { size: [28] },
      'imageFolder: size must be [height, width], two integers >= 1, but received [28].',
    ],
    ['channels', { channels: 2 }, 'imageFolder: channels must be 1, 3 or 4, but received 2.'],
    ['options', { sizes: [28, 28] }, "imageFolder: 'sizes' is not an option; did you mean 'size'?"],
  ])('%s that it does not know', async (_what, options, sentence) => {
    await expect(imageFolder(dir, options as object)).rejects.toThrow(new ValueError(sentence));
  });

  const sound = plain(7, 4, 3);
  const [data] = [sound.indexOf(0x49, 30)];
  const withBit = (at: number): Uint8Array => sound.map((byte, i) => (i === at ? byte ^ 1 : byte));
  const size = { width: 4, height: 3 };

  test.each<[string, Uint8Array, string]>([
    ['nothing', new Uint8Array(0), 'the file must be a PNG or JPEG image, but does not begin as one.'],
    ['other files', Uint8Array.from(Buffer.from('GIF89a')), 'the file must be a PNG or JPEG image'],
    [
      'a cut file',
      sound.slice(0, -1),
      `PNG: the file must be whole, but ends within the chunk at byte ${sound.length - 12}.`,
    ],
    [
      'a signature alone',
      sound.slice(0, 8),
      'PNG: the file must be whole, but ends within the chunk at byte 8.',
    ],
    [
      'a wrong checksum',
      withBit(20),
      "PNG: the chunk 'IHDR' at byte 8 must have the checksum behind it, but has another.",
    ],
    [
      'a wrong checksum of pixels',
      withBit(data + 6),
      "PNG: the chunk 'IDAT' at byte 33 must have the checksum",
    ],
    [
      'a chunk of 2^32 - 1 bytes',
      sound.map((byte, i) => (i >= 33 && i < 37 ? 255 : byte)),
      'PNG: the file must be whole, but ends within the chunk at byte 33.',
    ],
    [
      'no header',
      Uint8Array.from([...sound.slice(0, 8), ...sound.slice(33)]),
      "PNG: the first chunk, and no other, must be IHDR, but 'IDAT' is at byte 8.",
    ],
    [
      'two headers',
      pngOf({ ...size, before: [['IHDR', new Uint8Array(13)]] }),
      "must be IHDR, but 'IHDR' is at byte 33.",
    ],
    [
      'chunks that matter and are not known',
      pngOf({ ...size, before: [['ABCD', []]] }),
      "PNG: the chunk 'ABCD' at byte 33 must be known to show the image, but is not.",
    ],
    [
      'an unknown colour type',
      pngOf({ ...size, depth: 4, colourType: 6 }),
      'PNG: IHDR at byte 8 must name a colour type, depth, compression, filter and interlacing of PNG, but has 6, 4, 0, 0, 0.',
    ],
    ['an unknown compression', pngOf({ ...size, compression: 1 }), 'but has 2, 8, 1, 0, 0.'],
    ['an unknown filter method', pngOf({ ...size, filter: 1 }), 'but has 2, 8, 0, 1, 0.'],
    ['an unknown interlacing', pngOf({ ...size, interlace: 2 }), 'but has 2, 8, 0, 0, 2.'],
    [
      'interlacing of less than 8 bits',
      pngOf({ ...size, depth: 1, colourType: 0, interlace: 1 }),
      'PNG: images of 1 bits a sample must not be interlaced, but this one is; save it without.',
    ],
    [
      'no rows',
      pngOf({ width: 4, height: 0 }),
      'PNG: the size in IHDR at byte 8 must be at least 1 by 1, but is 4 by 0.',
    ],
    ['no pixels', pngOf({ ...size, chunks: 0 }), 'PNG: the file must have pixels, but has no chunk IDAT.'],
    [
      'too few pixels',
      pngOf({ ...size, packed: deflateSync(new Uint8Array(38)) }),
      'PNG: the compressed pixels must be sound and fill the image, but do not.',
    ],
    [
      'too many pixels',
      pngOf({ ...size, packed: deflateSync(new Uint8Array(40)) }),
      'PNG: the compressed pixels must be sound',
    ],
    [
      'pixels that are cut',
      pngOf({ ...size, packed: deflateSync(new Uint8Array(39)).subarray(0, -5) }),
      'PNG: the compressed pixels must be sound',
    ],
    [
      'an unknown filter of a row',
      pngOf({ ...size, packed: deflateSync(new Uint8Array(39).fill(5)) }),
      'PNG: the compressed pixels must be sound',
    ],
    [
      'no palette',
      pngOf({ ...size, colourType: 3 }),
      'PNG: the colours must be in the palette of 0, but one has the number 0.',
    ],
    [
      'colours beyond the palette',
      pngOf({
        ...size,
        colourType: 3,
        rows: new Uint8Array(12).fill(2),
        before: [['PLTE', [1, 2, 3, 4, 5, 6]]],
      }),
      'PNG: the colours must be in the palette of 2, but one has the number 2.',
    ],
    [
      'half a transparent colour',
      pngOf({ ...size, before: [['tRNS', [0, 1]]] }),
      'PNG: tRNS must have 6 bytes, but has 2.',
    ],
  ])('%s, naming the file', async (_what, file, sentence) => {
    await write({ 'a/1.png': file });
    const error = await imageFolder(dir).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(FormatError);
    expect((error as Error).message).toContain(sentence);
    expect((error as Error).message.startsWith(`${join(dir, 'a/1.png')}: `)).toBe(true);
  });

  test('more than maxBytes, before any of it is there', async () => {
    await write({ 'a/1.png': plain(1, 10, 10), 'a/2.png': plain(2, 10, 10) });
    await expect(imageFolder(dir, { maxBytes: 599 })).rejects.toThrow(
      '2 images of 10 by 10 pixels and 3 channels take 600 bytes, but reading may allocate 599 at most; give another maxBytes.',
    );
    await expect(imageFolder(dir, { maxBytes: 1000 })).rejects.toThrow('but reading may allocate');
    expect((await imageFolder(dir, { maxBytes: 10_000 })).x.data).toHaveLength(600);
    await write({
      'a/1.png': pngOf({ width: 2 ** 31, height: 2 ** 31, rows: [], packed: deflateSync(new Uint8Array(9)) }),
    });
    await expect(imageFolder(dir)).rejects.toThrow(/^.*1\.png: 2 images of 2147483648 by/);
  });

  test('compressed pixels that go on behind the image, without unpacking them', async () => {
    const bomb = deflateSync(new Uint8Array(60e6), { level: 9 });
    await write({ 'a/1.png': pngOf({ width: 10, height: 10, packed: bomb }) });
    const before = process.memoryUsage().arrayBuffers;
    await expect(imageFolder(dir)).rejects.toThrow('PNG: the compressed pixels must be sound');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(30e6);
  });
});

describe('imageFolder refuses as JPEG', () => {
  const sound = named('progressive JPEG');
  const frame = sound.findIndex((byte, i) => byte === 0xff && sound[i + 1] === 0xc2) + 2;
  const scan = sound.findIndex((byte, i) => byte === 0xff && sound[i + 1] === 0xda);
  const changed = (at: number, ...values: number[]): Uint8Array => {
    const copy = sound.slice();
    copy.set(values, at);
    return copy;
  };
  const insert = (at: number, ...values: number[]): Uint8Array =>
    Uint8Array.from([...sound.slice(0, at), ...values, ...sound.slice(at)]);

  test.each<[string, Uint8Array, string]>([
    ['a cut file', sound.slice(0, -2), 'JPEG: the file must be whole, but ends within a scan.'],
    ['a cut header', sound.slice(0, 30), 'JPEG: the segment at byte'],
    [
      'something between segments',
      insert(frame - 2, 7),
      `JPEG: a marker must begin at byte ${frame - 2} of the whole file, but none does.`,
    ],
    [
      'a second frame',
      insert(scan, ...sound.slice(frame - 2, frame + 17)),
      'JPEG: the file must have one frame, but a second one begins at byte',
    ],
    [
      'arithmetic coding',
      changed(frame - 1, 0xca),
      `JPEG: the frame at byte ${frame} must be baseline or progressive, of 8 bits, but is of kind 10 and 8 bits.`,
    ],
    ['12 bits', changed(frame + 2, 12), 'but is of kind 2 and 12 bits.'],
    [
      'no rows',
      changed(frame + 3, 0, 0),
      'must have pixels and 1, 3 or 4 components sampled 1 to 4 times, but has 26 by 0 and 3.',
    ],
    ['components that are sampled 5 times', changed(frame + 9, 0x51), 'sampled 1 to 4 times'],
    [
      'no scan',
      Uint8Array.from([...sound.slice(0, scan), 0xff, 0xd9]),
      'JPEG: the file must have a frame and a scan, but ends without.',
    ],
    ['a scan that hides others', changed(scan + 3, 60), 'JPEG: the tables of the segment at byte'],
    [
      'more than 100 scans',
      insert(scan, ...Array.from({ length: 101 }, () => [...sound.slice(scan, scan + 14), 0]).flat()),
      'JPEG: the image must have at most 100 scans, but has more.',
    ],
    [
      'damaged pixels',
      changed(scan + 16, 0xff, 0x00, 0xff, 0x00, 0xff, 0x00, 0xff, 0x00),
      'JPEG: the pixels must be sound and fit within maxBytes, but jpeg-js says: ',
    ],
  ])('%s, naming the file', async (_what, file, sentence) => {
    await write({ 'a/1.jpg': file });
    const error = await imageFolder(dir).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(FormatError);
    expect((error as Error).message).toContain(`${join(dir, 'a/1.jpg')}: JPEG: `);
    expect((error as Error).message).toContain(sentence);
  });

  test('images whose decoding takes more than maxBytes', async () => {
    await write({ 'a/1.jpg': sound });
    await expect(imageFolder(dir, { maxBytes: 9000 })).rejects.toThrow(
      'jpeg-js says: maxMemoryUsageInMB limit exceeded',
    );
  });
});

// Every so many: tests/acceptance/mutated.test.ts tries them all.
describe('a damaged image is refused by a FormatError', () => {
  const decode = async (bytes: Uint8Array): Promise<unknown> => (await openImage(bytes)).decode(1e8);

  test('or has the same pixels: PNG', async () => {
    for (const name of ['PNG of mode RGB', 'PNG with a palette of 2 bits']) {
      const expected = JSON.stringify(await decode(named(name)));
      for (const damage of damages(named(name).slice(8), 13)) {
        const whole = [damage[0], Uint8Array.from([...named(name).slice(0, 8), ...damage[1]])] as const;
        expect(await faultOfReading(whole, decode, expected)).toBeUndefined();
      }
    }
  });

  test('or has pixels: PNG whose checksums agree', async () => {
    const packed = deflateSync(Uint8Array.from({ length: 39 }, (_, i) => (i % 13 === 0 ? (i / 13) % 5 : i)));
    for (const [what, data] of damages(packed, 3)) {
      const file = pngOf({ width: 4, height: 3, packed: data });
      expect(await faultOfReading([what, file], decode)).toBeUndefined();
    }
    const [begin, end] = [pngOf({ width: 4, height: 3, packed }).slice(0, 33), chunk('IDAT', packed)];
    for (const [what, header] of damages(begin.slice(16, 29), 2)) {
      const file = Uint8Array.from([
        ...begin.slice(0, 8),
        ...chunk('IHDR', header),
        ...end,
        ...chunk('IEND', []),
      ]);
      expect(
        await faultOfReading([what, file], async (bytes) => (await openImage(bytes)).width),
      ).toBeUndefined();
    }
  });

  test('or has pixels: JPEG', async () => {
    for (const name of ['JPEG', 'progressive JPEG', 'grey JPEG']) {
      for (const damage of damages(named(name).slice(2), 97)) {
        const whole = [damage[0], Uint8Array.from([0xff, 0xd8, ...damage[1]])] as const;
        expect(await faultOfReading(whole, decode)).toBeUndefined();
      }
    }
  });
});
