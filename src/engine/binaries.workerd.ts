// Relative to dist/workerd, where every chunk of that tree lies; workerd hands out compiled modules.
import base from '../wasm/base.wasm';
import relaxed from '../wasm/relaxed.wasm';

const modules = { base, relaxed };

/** The module of a variant. This file takes the place of binaries.ts where bytes may not be compiled. */
export function binarySync(variant: 'base' | 'relaxed'): Uint8Array<ArrayBuffer> | WebAssembly.Module {
  return modules[variant];
}

export async function loadBinary(
  variant: 'base' | 'relaxed',
): Promise<Uint8Array<ArrayBuffer> | WebAssembly.Module> {
  return binarySync(variant);
}
