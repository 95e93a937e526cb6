import { checkOptions, oneOf } from '../check.js';
import type { Engine, EngineInfo } from './engines.js';
import { Engines } from './engines.js';
import { binarySync, loadBinary } from './predict-binaries.js';
import type { EmbeddedVariant } from './variants.js';
import { embeddedVariant, moduleRule } from './variants.js';

/** Options of the `init` of lamella/predict. */
export interface PredictInitOptions {
  /**
   * `'base'`: the same bits on every machine and runtime. `'relaxed'`: fused multiply-add, faster. `'auto'`
   * (default): `relaxed` where the runtime accepts it, else `base`.
   */
  readonly variant?: 'auto' | EmbeddedVariant;
  /**
   * A compiled binary of this package (`lamella/wasm/predict-base.wasm` ...), where bytes may not be
   * compiled. Its variant is chosen.
   */
  readonly module?: WebAssembly.Module;
}

const engines = /* @__PURE__ */ new Engines({ binarySync, loadBinary }, 'some kernels');

/**
 * Choose and compile the engine that predicts. Optional: `loadModel` calls it. The variant is chosen for
 * `lamella` as well, and where that has compiled its own binary, it predicts too; models that exist keep the
 * variant they were loaded with.
 *
 * @throws UnsupportedError if the runtime lacks what was asked for, or does not allow WebAssembly to be
 * compiled
 */
export async function init(options: PredictInitOptions = {}): Promise<void> {
  const { variant, module } = checkOptions('init', options, {
    variant: oneOf<'auto' | EmbeddedVariant>(['auto', 'base', 'relaxed']),
    module: moduleRule,
  });
  const wanted = embeddedVariant(variant);
  if (module === undefined) await engines.choose(wanted);
  else engines.chooseModule(module, variant === undefined || variant === 'auto' ? undefined : wanted);
}

/** The engine that predicts, when it is compiled. */
export async function ready(): Promise<Engine> {
  return engines.ready();
}

/** The engine in use: its variant, and the features of this runtime. */
export function engine(): EngineInfo {
  return engines.info();
}
