import type { EmbeddedVariant } from './variants.js';
import unpacker from './generated/unpack.js';

/**
 * Binaries behind one another, as scripts/wasm.mjs writes them: packed, in base64, and the length of each in
 * bytes.
 */
interface Packed {
  readonly text: string;
  readonly lengths: readonly number[];
}

interface Unpacker {
  unpack(out: number, length: number, packed: number, scratch: number): void;
}

/** Bytes of the scratch of unpack, and of the byte 0 that it wants before its output. */
const SCRATCH = 30752;
const MARGIN = 8;
const PAGE = 65536;

/** The bytes of one of the binaries that are embedded together. */
export function embedded(packed: Packed, variant: EmbeddedVariant): Uint8Array<ArrayBuffer> {
  return unpacked(packed, variant === 'relaxed' ? 0 : 1);
}

/** The bytes of the binary with this number. What lies behind it is not unpacked. */
export function unpacked({ text, lengths }: Packed, number: number): Uint8Array<ArrayBuffer> {
  const packed = fromBase64(text);
  const length = lengths.slice(0, number + 1).reduce((sum, each) => sum + each);
  const out = SCRATCH + MARGIN;
  const pages = Math.ceil((out + length + packed.length) / PAGE);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  const module = new WebAssembly.Module(fromBase64(unpacker));
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const bytes = new Uint8Array(memory.buffer);
  bytes.set(packed, out + length);
  (exports as unknown as Unpacker).unpack(out, length, out + length, 0);
  return bytes.slice(out + length - lengths[number], out + length);
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const letters = atob(text);
  const bytes = new Uint8Array(letters.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = letters.charCodeAt(i);
  return bytes;
}
