/**
 * Errors of the command line: the exit code of each, and its words, one sentence without a stack trace.
 */
import { printable } from '../check.js';
import { LamellaError } from '../errors.js';

/** Exit codes of the command line. */
export const EXIT = { ok: 0, internal: 1, usage: 2, data: 3, interrupted: 130 } as const;

/** An error that a command ends with. */
export class CliError extends Error {
  readonly exitCode: number;

  constructor(exitCode: number, message: string) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** A command, flag or argument that is not what it must be. */
export function usageError(message: string): CliError {
  return new CliError(EXIT.usage, message);
}

/** A file that is not what it must be. */
export function dataError(message: string): CliError {
  return new CliError(EXIT.data, message);
}

/** The result of `work`, whose refusals are then errors of usage: the values of flags are to blame. */
export function checkingFlags<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof LamellaError) throw usageError(error.message);
    throw error;
  }
}

/** What the errors of the file system mean. */
const FILE_ERRORS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'a folder cannot be read as a file, nor be replaced by one',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EACCES: 'permission is denied',
  EPERM: 'permission is denied',
  EROFS: 'the file system cannot be written to',
  ENOSPC: 'the disk is full',
  EADDRINUSE: 'the port is in use by another program; choose another one by --port',
  EADDRNOTAVAIL: 'the host is not an address of this machine',
  ENOTFOUND: 'the host is not known',
};

/** Options of functions that messages name, and the flags for them. */
const FLAGS: readonly (readonly [option: string, flag: string])[] = [
  ["encoding: 'latin1'", '--encoding latin1'],
  ['header: [...]', '--header names,of,columns'],
  ['another maxBytes', 'another --max-bytes'],
];

/** A message of a function in the words of the command line. */
function inFlags(message: string): string {
  return FLAGS.reduce((text, [option, flag]) => text.replaceAll(option, flag), message);
}

/** The exit code of an error, and its words. */
export function explain(error: unknown): { exitCode: number; message: string } {
  if (error instanceof CliError) return error;
  if (error instanceof LamellaError) return { exitCode: EXIT.data, message: inFlags(error.message) };
  const { code, path, address, port, message } = (error ?? {}) as Partial<
    NodeJS.ErrnoException & { address: string; port: number }
  >;
  const known = code !== undefined ? FILE_ERRORS[code] : undefined;
  if (known !== undefined) {
    const subject = path ?? (address === undefined ? undefined : `${address}:${port}`);
    return { exitCode: EXIT.data, message: `${subject === undefined ? '' : `${subject}: `}${known}.` };
  }
  return { exitCode: EXIT.internal, message: `internal error: ${message ?? String(error)}` };
}

/** A message as a line of standard error. */
export function errorLine(message: string): string {
  return `lamella: ${printable(message, 4096)}\n`;
}
