import { inflateSync } from 'fflate';
import base from './generated/base.js';
import relaxed from './generated/relaxed.js';
import type { EmbeddedVariant, Variant } from './engine.js';

const embedded = { base, relaxed };

/** The bytes of a variant, decoded when asked for. binaries.workerd.ts takes this file's place where bytes may not be compiled. */
export function binarySync(variant: EmbeddedVariant): Uint8Array<ArrayBuffer> | WebAssembly.Module {
  return decode(embedded[variant]);
}

function decode(base64: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return inflateSync(bytes);
}

/** The bytes of any variant: `wide` is a chunk of its own. */
export async function loadBinary(variant: Variant): Promise<Uint8Array<ArrayBuffer> | WebAssembly.Module> {
  if (variant === 'wide') return decode((await import('./generated/wide.js')).default);
  return binarySync(variant);
}
