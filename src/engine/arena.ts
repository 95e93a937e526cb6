import { UnsupportedError } from '../errors.js';
import type { Engine } from './engine.js';
import type { Call, Kernels, Program } from './kernels.js';
import { bind } from './kernels.js';

const PAGE = 65536;
const MOST_PAGES = 65536;

/**
 * One memory, created at the size that a plan needs and never grown, with an instance of the kernels on it. Offsets are
 * in bytes. Dropping the arena frees it.
 */
export class Arena {
  readonly f32: Float32Array<ArrayBuffer>;
  readonly f64: Float64Array<ArrayBuffer>;
  readonly i32: Int32Array<ArrayBuffer>;
  readonly u8: Uint8Array<ArrayBuffer>;
  readonly #kernels: Kernels;

  constructor(engine: Engine, bytes: number) {
    const memory = createMemory(bytes);
    const instance = new WebAssembly.Instance(engine.module, { env: { memory } });
    this.#kernels = instance.exports as unknown as Kernels;
    this.f32 = new Float32Array(memory.buffer as ArrayBuffer);
    this.f64 = new Float64Array(memory.buffer as ArrayBuffer);
    this.i32 = new Int32Array(memory.buffer as ArrayBuffer);
    this.u8 = new Uint8Array(memory.buffer as ArrayBuffer);
  }

  /** The calls, ready to run on this arena. */
  bind(calls: readonly Call[]): Program {
    return bind(this.#kernels, calls);
  }

  /** A view of `length` float32 values. */
  floats(offset: number, length: number): Float32Array<ArrayBuffer> {
    return this.f32.subarray(offset >>> 2, (offset >>> 2) + length);
  }
}

function createMemory(bytes: number): WebAssembly.Memory {
  const pages = Math.max(1, Math.ceil(bytes / PAGE));
  const refuse = (cause?: unknown): never => {
    throw new UnsupportedError(
      `The network and its batch need ${Math.ceil(bytes / 1048576)} MiB of WebAssembly memory, but this runtime gives less; use fewer units or a smaller batchSize.`,
      { cause },
    );
  };
  if (pages > MOST_PAGES) return refuse();
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages });
  } catch (cause) {
    return refuse(cause);
  }
}
