import { embedded } from './embedded.js';
import type { EmbeddedVariant, Variant } from './variants.js';
import packed from './generated/predict.js';

/** Bytes of a binary that only predicts. In workerd, predict-binaries.workerd.ts replaces this file. */
export function binarySync(variant: EmbeddedVariant): Uint8Array<ArrayBuffer> | WebAssembly.Module {
  return embedded(packed, variant);
}

/** Asked for embedded variants only: `wide` is chosen when it is compiled with every kernel. */
export async function loadBinary(variant: Variant): Promise<Uint8Array<ArrayBuffer> | WebAssembly.Module> {
  return binarySync(variant as EmbeddedVariant);
}
