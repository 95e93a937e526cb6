import { inflate } from '../inflate.js';
import text from './generated/binaries.js';

type Variant = 'base' | 'relaxed';

/** The binaries in the order in which scripts/wasm.mjs lays them side by side. */
const VARIANTS: readonly Variant[] = ['base', 'relaxed'];

/** The bytes of a variant, decoded when asked for. binaries.workerd.ts takes this file's place where bytes may not be compiled. */
export function binarySync(variant: Variant): Uint8Array<ArrayBuffer> | WebAssembly.Module {
  const packed = decoded();
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

function decoded(): Uint8Array {
  const compressed = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const chunks: Uint8Array[] = [];
  inflate(compressed, 0, (chunk) => chunks.push(chunk));
  const bytes = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  chunks.reduce((at, chunk) => {
    bytes.set(chunk, at);
    return at + chunk.length;
  }, 0);
  return bytes;
}

/** As `binarySync`; a promise, so that a variant may come to be fetched. */
export async function loadBinary(variant: Variant): Promise<Uint8Array<ArrayBuffer> | WebAssembly.Module> {
  return binarySync(variant);
}
