import { fflate } from '../fflate.js';
import type { EmbeddedVariant } from './engines.js';

/** The binaries of a text in the order in which scripts/wasm.mjs lays them side by side. */
const VARIANTS: readonly EmbeddedVariant[] = ['base', 'relaxed'];

/** The bytes of one of the binaries that a text holds. */
export function embedded(text: string, variant: EmbeddedVariant): Uint8Array<ArrayBuffer> {
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

/** What was deflated and written in base64. */
export function decoded(base64: string): Uint8Array<ArrayBuffer> {
  return fflate().inflateSync(Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)));
}
