import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { expect } from 'vitest';
import type { Engine, Variant } from '../../src/engine/engine.js';
import type { Kernels } from '../../src/engine/kernels.js';
import { EVERY } from './combinations.js';

/** The binaries that ship. */
export const SHIPPED = ['base', 'relaxed', 'wide'] as const;

/** The same with their asserts. */
export const WITH_ASSERTS = ['base-debug', 'relaxed-debug', 'wide-debug'] as const;

export type KernelVariant = (typeof SHIPPED | typeof WITH_ASSERTS)[number];

/**
 * What ships, and one of those with asserts, another one in other files; all of them in `npm run acceptance`.
 */
export const VARIANTS: readonly KernelVariant[] = EVERY
  ? [...SHIPPED, ...WITH_ASSERTS]
  : [...SHIPPED, WITH_ASSERTS[lettersOf(expect.getState().testPath) % WITH_ASSERTS.length]];

function lettersOf(path = ''): number {
  return basename(path).length;
}

const PAGE = 65536;
const GUARD_BYTES = 64;

/** NaN as float32 and as float64, far outside as a row number. */
const GUARD = 0xfff5a501;
const GUARD_PATTERN = new Uint8Array(Uint32Array.of(GUARD).buffer);

const modules = new Map<KernelVariant, WebAssembly.Module>();

export function kernelModule(variant: KernelVariant): WebAssembly.Module {
  let module = modules.get(variant);
  if (!module) {
    const file = new URL(`../../build/wasm/${variant}.wasm`, import.meta.url);
    if (!existsSync(file)) throw new Error(`${file} is missing: run node scripts/build.mjs --wasm --debug`);
    module = new WebAssembly.Module(readFileSync(file));
    modules.set(variant, module);
  }
  return module;
}

/** A variant as arenas and networks take it. */
export function engineOf(variant: KernelVariant): Engine {
  const shipped = variant.replace('-debug', '') as Variant;
  return { variant: shipped, module: kernelModule(variant), wasmBytes: undefined };
}

type Elements = Float32Array | Float64Array | Int32Array | Uint8Array;

/** An array in the memory. */
export interface Placed<T extends Elements> {
  readonly offset: number;
  readonly bytes: number;
  /** A copy of what it holds now. */
  get(): T;
}

/** A row-major float32 matrix in the memory, its rows `stride` bytes apart. */
export interface PlacedMatrix {
  readonly offset: number;
  readonly stride: number;
  /**
   * A copy of the columns [begin, end) of all rows, row-major. Default: the columns that it was made with.
   */
  get(begin?: number, end?: number): Float32Array<ArrayBuffer>;
}

export interface MatrixShape {
  readonly rows: number;
  readonly columns: number;
  /** Columns that kernels may touch. Default `columns`. */
  readonly width?: number;
  /** What columns beyond `columns` hold if values are given. Default 0. */
  readonly padding?: number;
  /** Guarded floats from one row to the next. Default 4. */
  readonly gap?: number;
}

/**
 * A memory with an instance of the kernels. Every buffer lies between guard bands, and so do the rows of a
 * matrix; what is made without values is full of NaN.
 */
export class GuardedMemory {
  /** With as many arguments as a test likes to spread. */
  readonly kernels: {
    readonly [K in keyof Kernels]: (...args: number[]) => ReturnType<Kernels[K]>;
  };
  readonly #memory = new WebAssembly.Memory({ initial: 1, maximum: 65536 });
  #top = 0;
  #guards: [begin: number, end: number][] = [];

  constructor(variant: KernelVariant) {
    const instance = new WebAssembly.Instance(kernelModule(variant), { env: { memory: this.#memory } });
    this.kernels = instance.exports as unknown as Kernels;
  }

  /** Forget every buffer. */
  reset(): void {
    this.#top = 0;
    this.#guards = [];
  }

  put<T extends Elements>(values: T): Placed<T> {
    const bytes = values.byteLength;
    const offset = this.#take(bytes);
    this.#bytes().set(new Uint8Array(values.buffer, values.byteOffset, bytes), offset);
    const get = (): T => {
      const copy = this.#bytes().slice(offset, offset + bytes);
      return new (values.constructor as new (buffer: ArrayBuffer) => T)(copy.buffer);
    };
    return { offset, bytes, get };
  }

  /** Room for results. */
  floats(length: number): Placed<Float32Array> {
    return this.put(new Float32Array(length).fill(NaN));
  }

  doubles(length: number): Placed<Float64Array> {
    return this.put(new Float64Array(length).fill(NaN));
  }

  matrix(shape: MatrixShape, values?: ArrayLike<number>): PlacedMatrix {
    const { rows, columns, width = columns, padding = 0, gap = 4 } = shape;
    const pitch = width + gap;
    const offset = this.#take(4 * rows * pitch);
    this.#fill(offset, offset + 4 * rows * pitch);
    const floats = new Float32Array(this.#memory.buffer, offset, rows * pitch);
    for (let row = 0; row < rows; row++) {
      const start = row * pitch;
      if (values) {
        for (let j = 0; j < columns; j++) floats[start + j] = values[row * columns + j];
        floats.fill(padding, start + columns, start + width);
      }
      if (gap > 0) this.#guards.push([offset + 4 * (start + width), offset + 4 * (start + pitch)]);
    }
    const get = (begin = 0, end = columns): Float32Array<ArrayBuffer> => {
      const source = new Float32Array(this.#memory.buffer, offset, rows * pitch);
      const copy = new Float32Array(rows * (end - begin));
      for (let row = 0; row < rows; row++) {
        copy.set(source.subarray(row * pitch + begin, row * pitch + end), row * (end - begin));
      }
      return copy;
    };
    return { offset, stride: 4 * pitch, get };
  }

  /** As `put`, but the last byte is the last of the memory: reading past it traps. To be made last. */
  putAtEnd<T extends Elements>(values: T): Placed<T> {
    this.#reserve(this.#top + GUARD_BYTES + values.byteLength);
    const end = this.#memory.buffer.byteLength;
    const offset = end - values.byteLength;
    this.#bytes().set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), offset);
    this.#top = end;
    const get = (): T => {
      throw new Error('made to be read by kernels only');
    };
    return { offset, bytes: values.byteLength, get };
  }

  /** Fails if a kernel has written where it should not. */
  expectGuards(what: string): void {
    const bytes = this.#bytes();
    for (const [begin, end] of this.#guards) {
      for (let i = begin; i < end; i++) {
        if (bytes[i] !== GUARD_PATTERN[i & 3]) expect.fail(`${what}: byte ${i} of a guard band was changed`);
      }
    }
  }

  #take(bytes: number): number {
    const offset = this.#top + GUARD_BYTES;
    const end = offset + Math.ceil(bytes / 16) * 16 + GUARD_BYTES;
    this.#reserve(end);
    this.#guard(this.#top, offset);
    this.#guard(offset + bytes, end);
    this.#top = end;
    return offset;
  }

  #guard(begin: number, end: number): void {
    this.#fill(begin, end);
    this.#guards.push([begin, end]);
  }

  #fill(begin: number, end: number): void {
    const bytes = this.#bytes();
    const aligned = Math.min(end, Math.ceil(begin / 4) * 4);
    for (let i = begin; i < aligned; i++) bytes[i] = GUARD_PATTERN[i & 3];
    new Uint32Array(bytes.buffer, aligned, (end - aligned) >> 2).fill(GUARD);
  }

  #reserve(bytes: number): void {
    const missing = Math.ceil(bytes / PAGE) - this.#memory.buffer.byteLength / PAGE;
    if (missing > 0) this.#memory.grow(missing);
  }

  #bytes(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#memory.buffer as ArrayBuffer);
  }
}
