// Relative to dist/workerd, where every chunk of that tree lies; workerd hands out compiled modules.
import base from '../wasm/base.wasm';
import relaxed from '../wasm/relaxed.wasm';
import type { EmbeddedVariant, Variant } from './variants.js';
import { UnsupportedError } from '../errors.js';

const modules = { base, relaxed };

/** The module of a variant. This file takes the place of binaries.ts where bytes may not be compiled. */
export function binarySync(variant: EmbeddedVariant): Uint8Array<ArrayBuffer> | WebAssembly.Module {
  return modules[variant];
}

export async function loadBinary(variant: Variant): Promise<Uint8Array<ArrayBuffer> | WebAssembly.Module> {
  if (variant === 'wide') throw new UnsupportedError("init: variant 'wide' is for Node.js; use 'auto'.");
  return binarySync(variant);
}
