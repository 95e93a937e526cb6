/**
 * The engine: the binary that is compiled and in use, and how many threads it computes on. A set of binaries
 * is handed in (engine.ts has every kernel, predict-engine.ts those of predictions); which variants there are
 * is said in variants.ts.
 */
import { LamellaError, UnsupportedError } from '../errors.js';
import type { EmbeddedVariant, Variant } from './variants.js';
import { automaticVariant, relaxedSimd, variantOf } from './variants.js';

export interface EngineInfo {
  readonly variant: Variant;
  /** Threads of the training that is running, at present; else those that `init` has found. */
  readonly threads: number;
  /** True if this runtime accepts relaxed SIMD. */
  readonly relaxedSimd: boolean;
  /** True if this runtime has shared memory. */
  readonly sharedMemory: boolean;
  /**
   * Size of the binary in use; undefined before it is needed, or where the runtime hands out compiled
   * modules.
   */
  readonly wasmBytes: number | undefined;
}

/** A compiled binary. Models keep the one they were built with. */
export interface Engine {
  readonly variant: Variant;
  readonly module: WebAssembly.Module;
  readonly wasmBytes: number | undefined;
}

/** Source of the binaries: their bytes, or compiled modules where bytes may not be compiled. */
export interface Binaries {
  /** Returns an embedded binary, decoded on demand. */
  readonly binarySync: (variant: EmbeddedVariant) => Uint8Array<ArrayBuffer> | WebAssembly.Module;
  readonly loadBinary: (variant: Variant) => Promise<Uint8Array<ArrayBuffer> | WebAssembly.Module>;
}

let chosen: Variant | undefined;
let threadsOption: number | 'auto' = 1;
let resolvedThreads = 1;
/** Tell the threads of each training that is running. */
const threadsInUse: (() => number)[] = [];

/**
 * @throws UnsupportedError where there is no WebAssembly: in Node.js with --jitless, in some hardened
 * browsers
 */
function checkWebAssembly(): void {
  if (typeof WebAssembly !== 'undefined') return;
  throw new UnsupportedError(
    'Networks are computed in WebAssembly, but this runtime has none; start Node.js without --jitless.',
  );
}

/** Compiled binaries that have every kernel: shared by engines that need a subset. */
const complete = new Map<Variant, Engine>();

/**
 * A set of binaries and the engines that are compiled from it. All sets share the chosen variant, and a set
 * with some of the kernels uses the compiled engines of the complete set.
 */
export class Engines {
  readonly #binaries: Binaries;
  readonly #kernels: 'every kernel' | 'some kernels';
  readonly #own: Map<Variant, Engine>;

  constructor(binaries: Binaries, kernels: 'every kernel' | 'some kernels') {
    this.#binaries = binaries;
    this.#kernels = kernels;
    this.#own = kernels === 'every kernel' ? complete : new Map<Variant, Engine>();
  }

  /** Compile a variant, unless it is compiled, and choose it. @throws UnsupportedError */
  async choose(variant: Variant): Promise<void> {
    if (!this.#find(variant)) await this.#compile(variant);
    chosen = variant;
  }

  /**
   * Choose a compiled binary.
   *
   * @param wanted the requested variant; default: the one that the binary names, else the automatic one
   * @throws ValueError for modules of other programs, and for another variant
   */
  chooseModule(module: WebAssembly.Module, wanted: Variant | undefined): void {
    const variant = variantOf(module, wanted, this.#kernels) ?? wanted ?? automaticVariant();
    this.#record(variant, module, undefined);
    chosen = variant;
  }

  /** The engine in use, compiled first if it is not yet. */
  async ready(): Promise<Engine> {
    const variant = chosen ?? automaticVariant();
    if (!this.#find(variant)) await this.choose(variant);
    return this.current();
  }

  /** The engine in use; compiled on the spot where the runtime allows that. */
  current(): Engine {
    const variant = chosen ?? automaticVariant();
    const found = this.#find(variant);
    if (found) return found;
    checkWebAssembly();
    chosen = variant;
    try {
      // `wide` is compiled before it is chosen.
      const binary = this.#binaries.binarySync(variant as EmbeddedVariant);
      if (binary instanceof WebAssembly.Module) return this.#record(variant, binary, undefined);
      return this.#record(variant, new WebAssembly.Module(binary), binary.length);
    } catch (cause) {
      throw new UnsupportedError(
        'This runtime does not allow WebAssembly to be compiled synchronously; call await init() first.',
        { cause },
      );
    }
  }

  info(): EngineInfo {
    const variant = chosen ?? automaticVariant();
    return {
      variant,
      threads:
        threadsInUse.length > 0 ? Math.max(...threadsInUse.map((threads) => threads())) : resolvedThreads,
      relaxedSimd: relaxedSimd(),
      sharedMemory: typeof SharedArrayBuffer !== 'undefined',
      wasmBytes: this.#find(variant)?.wasmBytes,
    };
  }

  async #compile(variant: Variant): Promise<void> {
    checkWebAssembly();
    try {
      const binary = await this.#binaries.loadBinary(variant);
      if (binary instanceof WebAssembly.Module) this.#record(variant, binary, undefined);
      else this.#record(variant, await WebAssembly.compile(binary), binary.length);
    } catch (cause) {
      if (cause instanceof LamellaError) throw cause;
      throw new UnsupportedError(
        "init: this runtime does not allow WebAssembly to be compiled from bytes; pass init({ module }) a WebAssembly.Module imported from lamella/wasm/base.wasm, or, in a browser, let script-src of the Content-Security-Policy have 'wasm-unsafe-eval'.",
        { cause },
      );
    }
  }

  #find(variant: Variant): Engine | undefined {
    return this.#own.get(variant) ?? complete.get(variant);
  }

  #record(variant: Variant, module: WebAssembly.Module, wasmBytes: number | undefined): Engine {
    const engine = { variant, module, wasmBytes };
    this.#own.set(variant, engine);
    return engine;
  }
}

/** The value of `threads` passed to `init`. */
export function requestedThreads(): number | 'auto' {
  return threadsOption;
}

/** Set the value passed to `init`, and the resolved count of threads. */
export function setThreads(threads: number | 'auto', resolved: number): void {
  threadsOption = threads;
  resolvedThreads = resolved;
}

/** Let `threads` tell the threads of a training, until the function that is returned is called. */
export function trackThreads(threads: () => number): () => void {
  threadsInUse.push(threads);
  return () => void threadsInUse.splice(threadsInUse.indexOf(threads), 1);
}
