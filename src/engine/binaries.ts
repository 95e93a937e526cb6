import { fflate } from '../fflate.js';
import type { EmbeddedVariant, Variant } from './engine.js';
import text from './generated/binaries.js';

/** The binaries in the order in which scripts/wasm.mjs lays them side by side. */
const VARIANTS: readonly EmbeddedVariant[] = ['base', 'relaxed'];

/** The bytes of a variant, decoded when asked for. binaries.workerd.ts takes this file's place where bytes may not be compiled. */
export function binarySync(variant: EmbeddedVariant): Uint8Array<ArrayBuffer> | WebAssembly.Module {
  const packed = decoded(text);
  const bytes = new Uint8Array(packed.length);
  let length = 0;
  for (let at = 0, turn = 0; at < packed.length; turn = (turn + 1) % VARIANTS.length) {
    let size = 0;
    for (let shift = 0, byte = 128; byte > 127; shift += 7) {
      byte = packed[at++];
      size |= (byte & 127) << shift;
    }
    if (VARIANTS[turn] === variant) {
      bytes.set(packed.subarray(at, at + size), length);
      length += size;
    }
    at += size;
  }
  return bytes.slice(0, length);
}

function decoded(base64: string): Uint8Array<ArrayBuffer> {
  return fflate().inflateSync(Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)));
}

/** The bytes of any variant: `wide` is a chunk of its own. */
export async function loadBinary(variant: Variant): Promise<Uint8Array<ArrayBuffer> | WebAssembly.Module> {
  if (variant === 'wide') return decoded((await import('./generated/wide.js')).default);
  return binarySync(variant);
}
