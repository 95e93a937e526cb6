import { inflateSync } from 'fflate';
import base from './generated/base.js';
import relaxed from './generated/relaxed.js';

const embedded = { base, relaxed };

/** The bytes of a variant, decoded when asked for. binaries.workerd.ts takes this file's place where bytes may not be compiled. */
export function binarySync(variant: 'base' | 'relaxed'): Uint8Array<ArrayBuffer> | WebAssembly.Module {
  const text = atob(embedded[variant]);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return inflateSync(bytes);
}

/** As `binarySync`; a promise, so that a variant may come to be fetched. */
export async function loadBinary(
  variant: 'base' | 'relaxed',
): Promise<Uint8Array<ArrayBuffer> | WebAssembly.Module> {
  return binarySync(variant);
}
