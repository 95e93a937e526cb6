import { UnsupportedError } from '../errors.js';
import { binarySync, loadBinary } from './binaries.js';
import { ensureFusing } from './fusing.js';
import { anyOf, checkOptions, instance, oneOf, positiveInteger } from '../check.js';

/** The binaries that ship: plain SIMD; with fused multiply-add; and that for pairs of vectors which V8 fuses. */
export type Variant = 'base' | 'relaxed' | 'wide';

/** The binaries that are always at hand; `wide` is fetched when asked for. */
export type EmbeddedVariant = Exclude<Variant, 'wide'>;

export interface InitOptions {
  /**
   * `'base'`: the same bits on every machine and runtime. `'relaxed'`: fused multiply-add, faster. `'auto'` (default):
   * `relaxed` where the runtime accepts it, else `base`.
   *
   * `'wide'`: the bits of `relaxed`, up to twice as fast, on vectors of 256 bits. Needs Node.js 24 or newer on x64 with
   * AVX2, started with V8's flag `--experimental-wasm-revectorize`, which V8 calls experimental; never chosen by `'auto'`.
   * The `init` of `lamella/node` sets the flag itself.
   */
  readonly variant?: 'auto' | Variant;
  /**
   * Threads that `fit` computes on, unless it is told otherwise. Default 1. `'auto'`: as many as there are processors, for
   * networks whose steps are worth it. Where threads cannot share memory it is one; `engine()` says so. The results are the
   * same, to the bit.
   */
  readonly threads?: number | 'auto';
  /** A compiled binary of this package (`lamella/wasm/base.wasm` ...), where bytes may not be compiled; `variant` must name it. */
  readonly module?: WebAssembly.Module;
}

export interface EngineInfo {
  readonly variant: Variant;
  /** Threads of the training that is running, else those that `init` has found. */
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

const engines = new Map<Variant, Engine>();
let chosen: Variant | undefined;
let wantedThreads: number | 'auto' = 1;
let foundThreads = 1;
/** Of the trainings that are running. */
const threadsInUse: number[] = [];

/** (func (result v128) … i8x16.relaxed_swizzle): the smallest module that needs relaxed SIMD. */
const RELAXED_PROBE = [
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 15, 1, 13, 0, 65, 1, 253, 15, 65, 2,
  253, 15, 253, 128, 2, 11,
];

let relaxedSupport: boolean | undefined;

function relaxedSimd(): boolean {
  relaxedSupport ??= WebAssembly.validate(new Uint8Array(RELAXED_PROBE));
  return relaxedSupport;
}

/** `auto` is one of the embedded variants. */
function automatic(): EmbeddedVariant {
  return relaxedSimd() ? 'relaxed' : 'base';
}

function resolveVariant(variant: 'auto' | Variant = 'auto', switchOn?: (flag: string) => void): Variant {
  switch (variant) {
    case 'auto':
      return automatic();
    case 'wide':
      ensureFusing(switchOn);
      return variant;
    case 'relaxed':
      if (relaxedSimd()) return variant;
      throw new UnsupportedError(
        "init: variant 'relaxed' needs a runtime with relaxed SIMD, but this one refuses it; use 'base' or 'auto'.",
      );
    case 'base':
      return variant;
  }
}

function record(variant: Variant, module: WebAssembly.Module, wasmBytes: number | undefined): Engine {
  const engine = { variant, module, wasmBytes };
  engines.set(variant, engine);
  return engine;
}

/**
 * Choose and compile the engine. Optional: `fit` and `loadModel` call it. May be called again; models that exist keep
 * the variant they were built with.
 *
 * @throws UnsupportedError if the runtime lacks what was asked for, or does not allow WebAssembly to be compiled
 */
export async function init(options: InitOptions = {}): Promise<void> {
  await initEngine(options);
}

/** `init`, which may use `switchOn` to set the flag of V8 that `wide` needs. */
export async function initEngine(options: InitOptions, switchOn?: (flag: string) => void): Promise<void> {
  const {
    variant: wanted,
    threads,
    module,
  } = checkOptions('init', options, {
    variant: oneOf<'auto' | Variant>(['auto', 'base', 'relaxed', 'wide']),
    threads: anyOf(oneOf<'auto'>(['auto']), positiveInteger),
    module: instance(WebAssembly.Module),
  });
  const variant = resolveVariant(wanted, switchOn);
  if (module !== undefined) {
    record(variant, module, undefined);
  } else if (!engines.has(variant)) {
    const binary = await loadBinary(variant);
    if (binary instanceof WebAssembly.Module) record(variant, binary, undefined);
    else record(variant, await compile(binary), binary.length);
  }
  chosen = variant;
  if (threads !== undefined) await chooseThreads(threads);
}

async function chooseThreads(threads: number | 'auto'): Promise<void> {
  wantedThreads = threads;
  foundThreads = 1;
  if (threads === 1) return;
  const { possibleThreads } = await import('./threads/team.js');
  foundThreads = possibleThreads(threads);
}

/** What `init` was told. */
export function chosenThreads(): number | 'auto' {
  return wantedThreads;
}

/** Note what a training uses; the function that is returned ends that. */
export function useThreads(threads: number): () => void {
  threadsInUse.push(threads);
  return () => void threadsInUse.splice(threadsInUse.indexOf(threads), 1);
}

async function compile(bytes: Uint8Array<ArrayBuffer>): Promise<WebAssembly.Module> {
  try {
    return await WebAssembly.compile(bytes);
  } catch (cause) {
    throw new UnsupportedError(
      'init: this runtime does not allow WebAssembly to be compiled from bytes; pass init({ module }) a WebAssembly.Module imported from lamella/wasm/base.wasm.',
      { cause },
    );
  }
}

/** Resolves when the engine in use is compiled: `init()`, unless it has run. */
export async function ready(): Promise<void> {
  const variant = chosen ?? automatic();
  if (!engines.has(variant)) await init({ variant });
}

/** The engine in use; compiled on the spot if `init` has not run, where the runtime allows that. */
export function currentEngine(): Engine {
  const variant = chosen ?? automatic();
  const ready = engines.get(variant);
  if (ready) return ready;
  // What was chosen is compiled, so nothing was.
  const binary = binarySync(automatic());
  chosen = variant;
  if (binary instanceof WebAssembly.Module) return record(variant, binary, undefined);
  try {
    return record(variant, new WebAssembly.Module(binary), binary.length);
  } catch (cause) {
    throw new UnsupportedError(
      'This runtime does not allow WebAssembly to be compiled synchronously; call await init() first.',
      { cause },
    );
  }
}

/** What computes: variant, threads, and what this runtime has. */
export function engine(): EngineInfo {
  const variant = chosen ?? automatic();
  return {
    variant,
    threads: threadsInUse.length > 0 ? Math.max(...threadsInUse) : foundThreads,
    relaxedSimd: relaxedSimd(),
    sharedMemory: typeof SharedArrayBuffer !== 'undefined',
    wasmBytes: engines.get(variant)?.wasmBytes,
  };
}
