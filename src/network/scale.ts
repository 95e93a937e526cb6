import type { Rows } from '../ndarray.js';
import { copied } from '../ndarray/values.js';
import type { Pieces } from '../yielding.js';
import { runAtOnce } from '../yielding.js';

/** A scale as high + low: `high` has so few bits that its product with a byte is exact in float32. */
export type ScaleParts = readonly [high: number, low: number];

/**
 * The parts of a scale by which the gather kernel reaches fround(byte · scale) for every byte; undefined if
 * there are none (about one scale in five thousand).
 */
export function splitScale(scale: number): ScaleParts | undefined {
  if (recent?.scale !== scale) recent = { scale, parts: findParts(scale) };
  return recent.parts;
}

/** The last scale asked for: predictions of single images ask for the same one again and again. */
let recent: { readonly scale: number; readonly parts: ScaleParts | undefined } | undefined;

function findParts(scale: number): ScaleParts | undefined {
  for (let dropped = 8; dropped <= 15; dropped++) {
    const bits = new Uint32Array(Float32Array.of(scale).buffer);
    bits[0] = (bits[0] >>> dropped) << dropped;
    const high = new Float32Array(bits.buffer)[0];
    const low = Math.fround(scale - high);
    if (exact(scale, high, low)) return [high, low];
  }
  return undefined;
}

function exact(scale: number, high: number, low: number): boolean {
  for (let byte = 0; byte < 256; byte++) {
    if (Math.fround(Math.fround(byte * high) + Math.fround(byte * low)) !== Math.fround(byte * scale))
      return false;
  }
  return true;
}

/** Rows, with the parts of their scale if they are bytes. */
export interface KernelRows extends Rows {
  readonly parts?: ScaleParts;
}

/**
 * Rows as the gather kernels take them: bytes with a scale that has parts stay bytes, others become float32.
 */
export function toKernelRows(rows: KernelRows): KernelRows {
  return rows.parts || !(rows.data instanceof Uint8Array) ? rows : runAtOnce(kernelRowsInPieces(rows));
}

/** `toKernelRows` in pieces. */
export function* kernelRowsInPieces(rows: KernelRows): Pieces<KernelRows> {
  const { data, scale } = rows;
  if (!(data instanceof Uint8Array) || rows.parts) return rows;
  const parts = splitScale(scale);
  if (parts) return { ...rows, parts };
  return { ...rows, data: yield* copied(data, new Float32Array(data.length), scale), scale: 1 };
}
