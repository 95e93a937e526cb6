import { func } from '../../check.js';
import { ValueError } from '../../errors.js';

/** Stores a file: called with its name and all of its bytes, and awaited. */
export type Write = (name: string, bytes: Uint8Array) => void | Promise<void>;

type Bytes = Uint8Array | null | undefined;

/** Gives back the bytes of a file; undefined, null or no bytes if there is none. */
export type Read = (name: string) => Bytes | Promise<Bytes>;

/** Where callbacks that add to files put them. */
export interface Appender {
  /** Begin a file, or go on with it if `keep`. Resolves to the bytes that it already holds. */
  begin(name: string, keep: boolean): Promise<number>;
  add(name: string, bytes: Uint8Array): Promise<void>;
}

export const writeRules = { write: func<Write>(), read: func<Read>() };

/** @throws ValueError if an option that is needed has not been given */
export function required<T>(owner: string, name: string, expected: string, value: T | undefined): T {
  if (value !== undefined) return value;
  throw new ValueError(`${owner}: ${name} must be ${expected}, but received undefined.`);
}

/** `write`, which every callback that writes needs. */
export function requiredWrite(owner: string, write: Write | undefined): Write {
  return required(owner, 'write', 'a function (name, bytes)', write);
}

/** Adds to files that are stored whole, each time anew. */
export function wholeFiles(write: Write, read?: Read): Appender {
  const files = new Map<string, Uint8Array>();
  return {
    async begin(name, keep) {
      const before = keep ? ((await read?.(name)) ?? files.get(name)) : undefined;
      files.set(name, before ?? new Uint8Array(0));
      return before?.length ?? 0;
    },
    async add(name, bytes) {
      const before = files.get(name) ?? new Uint8Array(0);
      const whole = new Uint8Array(before.length + bytes.length);
      whole.set(before);
      whole.set(bytes, before.length);
      files.set(name, whole);
      await write(name, whole.slice());
    },
  };
}
