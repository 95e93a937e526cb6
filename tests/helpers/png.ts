import { crc32, deflateSync } from 'node:zlib';

/** A PNG file; what is not given is as it should be. */
export interface Png {
  readonly width: number;
  readonly height: number;
  /** Bits of a sample. Default 8. */
  readonly depth?: number;
  /** 0 grey, 2 colours, 3 palette, 4 grey and alpha, 6 colours and alpha. Default 2. */
  readonly colourType?: number;
  /** Samples row by row, 16 bits big-endian, fewer than 8 packed; every row begins with a byte. */
  readonly rows?: ArrayLike<number>;
  readonly compression?: number;
  readonly filter?: number;
  readonly interlace?: number;
  /** The compressed data, in so many chunks. */
  readonly packed?: Uint8Array;
  readonly chunks?: number;
  /** Chunks before the data: [type, content]. */
  readonly before?: readonly (readonly [type: string, content: ArrayLike<number>])[];
}

const u32 = (value: number): number[] => [value >>> 24, (value >> 16) & 255, (value >> 8) & 255, value & 255];

/** A chunk with its length and checksum. */
export function chunk(type: string, content: ArrayLike<number>): number[] {
  const body = [...Buffer.from(type, 'latin1'), ...Array.from(content)];
  return [...u32(body.length - 4), ...body, ...u32(crc32(Uint8Array.from(body)))];
}

const SAMPLES: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/** A PNG file, byte by byte, without filters, with whatever is to be wrong in it. */
export function pngOf(png: Png): Uint8Array<ArrayBuffer> {
  const { width, height, depth = 8, colourType = 2, compression = 0, filter = 0, interlace = 0 } = png;
  const rowBytes = Math.ceil((width * SAMPLES[colourType] * depth) / 8);
  const { rows = new Uint8Array(height * rowBytes), chunks = 1, before = [] } = png;
  const line = (_: unknown, y: number): number[] => [
    0,
    ...(Array.prototype.slice.call(rows, y * rowBytes, (y + 1) * rowBytes) as number[]),
  ];
  const packed = png.packed ?? deflateSync(Uint8Array.from(Array.from({ length: height }, line).flat()));
  const size = Math.ceil(packed.length / chunks);
  const data = Array.from({ length: chunks }, (_, i) => packed.subarray(i * size, (i + 1) * size));
  return Uint8Array.from([
    ...[0x89, ...Buffer.from('PNG\r\n\x1a\n')],
    ...chunk('IHDR', [...u32(width), ...u32(height), depth, colourType, compression, filter, interlace]),
    ...before.flatMap(([type, content]) => chunk(type, content)),
    ...data.flatMap((part) => chunk('IDAT', part)),
    ...chunk('IEND', []),
  ]);
}
