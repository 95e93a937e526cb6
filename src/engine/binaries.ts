import { embedded, unpacked } from './embedded.js';
import type { EmbeddedVariant, Variant } from './variants.js';
import packed from './generated/binaries.js';
import { lazyImport } from '../lazy.js';

/**
 * The bytes of a variant, decoded when asked for. binaries.workerd.ts takes this file's place where bytes may
 * not be compiled.
 */
export function binarySync(variant: EmbeddedVariant): Uint8Array<ArrayBuffer> | WebAssembly.Module {
  return embedded(packed, variant);
}

/** The bytes of any variant: `wide` is a chunk of its own. */
export async function loadBinary(variant: Variant): Promise<Uint8Array<ArrayBuffer> | WebAssembly.Module> {
  if (variant === 'wide') return unpacked((await lazyImport(() => import('./generated/wide.js'))).default, 0);
  return binarySync(variant);
}
