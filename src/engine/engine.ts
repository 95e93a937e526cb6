import { binarySync, loadBinary } from './binaries.js';
import type { Engine, EngineInfo } from './engines.js';
import { Engines, setThreads } from './engines.js';
import type { Variant } from './variants.js';
import { embeddedVariant, moduleRule } from './variants.js';
import { lazyImport } from '../lazy.js';
import { anyOf, checkOptions, oneOf, positiveInteger } from '../check.js';

export type { Engine, EngineInfo } from './engines.js';
export type { EmbeddedVariant, Variant } from './variants.js';

export interface InitOptions {
  /**
   * `'base'`: the same bits on every machine and runtime. `'relaxed'`: fused multiply-add, faster. `'auto'`
   * (default): `relaxed` where the runtime accepts it, else `base`.
   *
   * `'wide'`: the bits of `relaxed`, up to twice as fast, on vectors of 256 bits. Needs Node.js 24 or newer
   * on x64 with AVX2, started with V8's flag `--experimental-wasm-revectorize`, which V8 calls experimental;
   * never chosen by `'auto'`. The `init` of `lamella/node` sets the flag itself.
   */
  readonly variant?: 'auto' | Variant;
  /**
   * Threads that `fit` computes on, unless it is told otherwise. Default 1. `'auto'`: as many as there are
   * processors, for networks whose steps are worth it; from time to time a few steps are computed on one
   * thread and on all, and what was faster goes on. At most 16 are started, whatever the number, and where
   * threads cannot share memory there is one; `engine()` says so. The results are the same, to the bit.
   */
  readonly threads?: number | 'auto';
  /**
   * A compiled binary of this package (`lamella/wasm/base.wasm` ...), where bytes may not be compiled. Its
   * variant is chosen; `wide` must be asked for by name as well.
   */
  readonly module?: WebAssembly.Module;
}

const engines = /* @__PURE__ */ new Engines({ binarySync, loadBinary }, 'every kernel');

/**
 * Choose and compile the engine.
 *
 * @param switchOn sets the flag of V8 that `wide` needs
 */
export async function init(options: InitOptions = {}, switchOn?: (flag: string) => void): Promise<void> {
  const { variant, threads, module } = checkOptions('init', options, {
    variant: oneOf<'auto' | Variant>(['auto', 'base', 'relaxed', 'wide']),
    threads: anyOf(oneOf<'auto'>(['auto']), positiveInteger),
    module: moduleRule,
  });
  if (variant === 'wide') (await lazyImport(() => import('./revectorizer.js'))).ensureRevectorizer(switchOn);
  const wanted = variant === 'wide' ? variant : embeddedVariant(variant);
  if (module === undefined) await engines.choose(wanted);
  else engines.chooseModule(module, variant === undefined || variant === 'auto' ? undefined : wanted);
  if (threads !== undefined) await chooseThreads(threads);
}

async function chooseThreads(threads: number | 'auto'): Promise<void> {
  setThreads(threads, 1);
  if (threads === 1) return;
  const threading = await import('./threads/team.js').catch(() => undefined);
  setThreads(threads, threading?.possibleThreads(threads) ?? 1);
}

/** The engine in use, when it is compiled: `init()`, unless it has run. */
export async function ready(): Promise<Engine> {
  return engines.ready();
}

/** The engine in use; compiled on the spot if `init` has not run, where the runtime allows that. */
export function currentEngine(): Engine {
  return engines.current();
}

/** The engine in use: its variant and threads, and the features of this runtime. */
export function engine(): EngineInfo {
  return engines.info();
}
