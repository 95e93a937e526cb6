// Relative to dist/workerd, where every chunk of that tree lies; workerd hands out compiled modules.
import base from '../wasm/predict-base.wasm';
import relaxed from '../wasm/predict-relaxed.wasm';
import type { EmbeddedVariant, Variant } from './variants.js';

const modules = { base, relaxed };

/**
 * The module of a variant. This file takes the place of predict-binaries.ts where bytes may not be compiled.
 */
export function binarySync(variant: EmbeddedVariant): Uint8Array<ArrayBuffer> | WebAssembly.Module {
  return modules[variant];
}

export async function loadBinary(variant: Variant): Promise<Uint8Array<ArrayBuffer> | WebAssembly.Module> {
  return binarySync(variant as EmbeddedVariant);
}
