import { LamellaError, UnsupportedError } from '../errors.js';
import { variantOf } from './module.js';

/** The binaries that ship: plain SIMD; with fused multiply-add; and that for pairs of vectors which V8 fuses. */
export type Variant = 'base' | 'relaxed' | 'wide';

/** The binaries that are always at hand; `wide` is fetched when asked for. */
export type EmbeddedVariant = Exclude<Variant, 'wide'>;

export interface EngineInfo {
  readonly variant: Variant;
  /** Threads of the training that is running, at present, else those that `init` has found. */
  readonly threads: number;
  /** Whether this runtime accepts relaxed SIMD. */
  readonly relaxedSimd: boolean;
  /** Whether this runtime has shared memory. */
  readonly sharedMemory: boolean;
  /** Size of the binary in use; undefined before it is needed, or where the runtime hands out compiled modules. */
  readonly wasmBytes: number | undefined;
}

/** A compiled binary. Models keep the one they were built with. */
export interface Engine {
  readonly variant: Variant;
  readonly module: WebAssembly.Module;
  readonly wasmBytes: number | undefined;
}

/** Where the bytes of binaries come from: compiled modules where bytes may not be compiled. */
export interface Binaries {
  /** An embedded one, decoded when asked for. */
  readonly binarySync: (variant: EmbeddedVariant) => Uint8Array<ArrayBuffer> | WebAssembly.Module;
  readonly loadBinary: (variant: Variant) => Promise<Uint8Array<ArrayBuffer> | WebAssembly.Module>;
}

let chosen: Variant | undefined;
let wantedThreads: number | 'auto' = 1;
let foundThreads = 1;
/** Of the trainings that are running. */
const threadsInUse: (() => number)[] = [];

/** (func (result v128) … i8x16.relaxed_swizzle): the smallest module that needs relaxed SIMD. */
const RELAXED_PROBE = [
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 15, 1, 13, 0, 65, 1, 253, 15, 65, 2,
  253, 15, 253, 128, 2, 11,
];

let relaxedSupport: boolean | undefined;

function relaxedSimd(): boolean {
  if (typeof WebAssembly === 'undefined') return false;
  relaxedSupport ??= WebAssembly.validate(new Uint8Array(RELAXED_PROBE));
  return relaxedSupport;
}

/** @throws UnsupportedError where there is no WebAssembly: in Node.js with --jitless, in some hardened browsers */
function checkWebAssembly(): void {
  if (typeof WebAssembly !== 'undefined') return;
  throw new UnsupportedError(
    'Networks are computed in WebAssembly, but this runtime has none; start Node.js without --jitless.',
  );
}

/** `auto` is one of the embedded variants. */
function automatic(): EmbeddedVariant {
  return relaxedSimd() ? 'relaxed' : 'base';
}

/** The variant that was asked for, one of the embedded. @throws UnsupportedError if the runtime lacks what it needs */
export function embeddedVariant(variant: 'auto' | EmbeddedVariant = 'auto'): EmbeddedVariant {
  if (variant === 'auto') return automatic();
  if (variant === 'base' || relaxedSimd()) return variant;
  throw new UnsupportedError(
    "init: variant 'relaxed' needs a runtime with relaxed SIMD, but this one refuses it; use 'base' or 'auto'.",
  );
}

/** What is compiled of the binaries that have every kernel: they serve whoever needs some. */
const complete = new Map<Variant, Engine>();

/**
 * A set of binaries, and what is compiled of it. Every set has its own; the variant that is chosen is one for all, and a
 * set of some of the kernels uses what is compiled of the complete set.
 */
export class Engines {
  readonly #binaries: Binaries;
  readonly #some: 'every kernel' | 'some kernels';
  readonly #own: Map<Variant, Engine>;

  constructor(binaries: Binaries, some: 'every kernel' | 'some kernels') {
    this.#binaries = binaries;
    this.#some = some;
    this.#own = some === 'every kernel' ? complete : new Map<Variant, Engine>();
  }

  /** Compile a variant, unless it is compiled, and choose it. @throws UnsupportedError */
  async choose(variant: Variant): Promise<void> {
    if (!this.#find(variant)) await this.#compile(variant);
    chosen = variant;
  }

  /**
   * Choose a compiled binary.
   *
   * @param wanted the variant that was asked for; default: what the binary says it is, else the automatic one
   * @throws ValueError for modules that are none of this package's, or another variant
   */
  chooseModule(module: WebAssembly.Module, wanted: Variant | undefined): void {
    const variant = variantOf(module, wanted, this.#some) ?? wanted ?? automatic();
    this.#record(variant, module, undefined);
    chosen = variant;
  }

  /** The engine in use, compiled if it is not. */
  async ready(): Promise<Engine> {
    const variant = chosen ?? automatic();
    if (!this.#find(variant)) await this.choose(variant);
    return this.current();
  }

  /** The engine in use; compiled on the spot where the runtime allows that. */
  current(): Engine {
    const variant = chosen ?? automatic();
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
    const variant = chosen ?? automatic();
    return {
      variant,
      threads: threadsInUse.length > 0 ? Math.max(...threadsInUse.map((threads) => threads())) : foundThreads,
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

/** What `init` was told. */
export function chosenThreads(): number | 'auto' {
  return wantedThreads;
}

/** Note what `init` was told, and how many threads that comes to. */
export function wantThreads(threads: number | 'auto', found: number): void {
  wantedThreads = threads;
  foundThreads = found;
}

/** Note what tells the threads of a training; the function that is returned ends that. */
export function useThreads(threads: () => number): () => void {
  threadsInUse.push(threads);
  return () => void threadsInUse.splice(threadsInUse.indexOf(threads), 1);
}
