import { ValueError } from '../errors.js';
import { describe } from './describe.js';

/**
 * Reads the kind of a typed array, whatever realm made it; undefined for anything else, whatever it calls
 * itself.
 */
const kindOf = /* @__PURE__ */ (() =>
  Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag)!
    .get as () => string | undefined)();

/**
 * The name of a typed array's class: 'Float32Array', also for arrays of other realms (iframes, `node:vm`) and
 * for subclasses (a Node Buffer is a 'Uint8Array'); undefined for anything else, DataViews included.
 */
export function typedArrayKind(value: unknown): string | undefined {
  return kindOf.call(value);
}

/**
 * True if a view's memory can no longer be read: its buffer was transferred, or has become too short for it.
 * A view that is only empty is usable.
 */
export function isUnusable(view: ArrayBufferView): boolean {
  if (view.byteLength > 0) return false;
  if (typedArrayKind(view) === undefined) return false;
  try {
    // Throws if the view has no memory. Not `at`: V8 leaves out a call whose result is unused.
    return Uint8Array.prototype.includes.call(view as Uint8Array, 0);
  } catch {
    return true;
  }
}

/**
 * Bytes from a caller, of any realm and class (a Node Buffer too), as a plain Uint8Array over the same
 * memory.
 *
 * @param what the beginning of the error: 'A model must be given as the bytes of its file'
 * @throws ValueError for anything else
 */
export function readBytes(value: unknown, what: string): Uint8Array {
  if (typedArrayKind(value) !== 'Uint8Array') {
    let hint = value instanceof ArrayBuffer ? '; wrap it as new Uint8Array(buffer)' : '';
    if (typeof value === 'string')
      hint = '; files are read by lamella/node: readModel, readIdx, readNpy, ...';
    throw new ValueError(`${what}, a Uint8Array, but received ${describe(value)}${hint}.`);
  }
  const bytes = value as Uint8Array;
  if (isUnusable(bytes)) {
    throw new ValueError(`${what}, a Uint8Array, but received one whose buffer is detached or has shrunk.`);
  }
  if (Object.getPrototypeOf(bytes) === Uint8Array.prototype) return bytes;
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

/**
 * Refuse memory of the caller's that has gone since a call began to read it in pieces: it was transferred, or
 * has shrunk.
 *
 * @param byteLength how much there has to be
 */
export function checkReadable(view: ArrayBufferView, byteLength: number): void {
  if (view.byteLength === byteLength) return;
  throw new ValueError(
    'The data must stay readable until the promise is settled, but their buffer has been detached or has shrunk meanwhile (transferred to another thread?).',
  );
}
