import { func, readBytes } from '../../check.js';
import { ValueError } from '../../errors.js';

/** Stores a file: called with its name and all of its bytes, and awaited. */
export type Write = (name: string, bytes: Uint8Array) => void | Promise<void>;

type Bytes = Uint8Array | null | undefined;

/** Gives back the bytes of a file; undefined, null or no bytes if there is none. */
export type Read = (name: string) => Bytes | Promise<Bytes>;

/** Where callbacks that add to files put them. */
export interface Appender {
  /** The bytes of a file that is there already; undefined if there is none. */
  read(name: string): Promise<Uint8Array | undefined>;
  /** Go on with the first `length` bytes of a file that has been read, or begin it anew with 0. */
  begin(name: string, length: number): Promise<void>;
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

/** What `read` gave, if it gave a file. @throws ValueError for anything but bytes */
export function givenBytes(given: unknown): Uint8Array | undefined {
  if (given === undefined || given === null) return undefined;
  return readBytes(given, 'read must return the bytes of a file');
}

/**
 * Adds to files that are stored whole, each time anew: an addition takes the longer the longer the file is.
 */
export function wholeFiles(write: Write, read?: Read): Appender {
  const files = new Map<string, Uint8Array>();
  return {
    async read(name) {
      const bytes = givenBytes(await read?.(name)) ?? files.get(name);
      if (bytes) files.set(name, bytes);
      return bytes;
    },
    begin(name, length) {
      files.set(name, (files.get(name) ?? new Uint8Array(0)).slice(0, length));
      return Promise.resolve();
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
