import { fileURLToPath } from 'node:url';
import { checkValue, refused } from '../check.js';
import type { Rule } from '../check.js';

/** A path in the file system: a string without NUL, or a file: URL. */
export const pathRule: Rule<string> = {
  expected: 'a path or a file: URL',
  accept: (value) => {
    const path = isUrl(value) ? pathOf(value) : value;
    return typeof path === 'string' && path !== '' && !path.includes('\0') ? path : refused;
  },
};

/** True for a URL of any realm. */
function isUrl(value: unknown): value is URL {
  if (typeof value !== 'object' || value === null) return false;
  const { href, protocol } = value as Partial<URL>;
  return typeof href === 'string' && typeof protocol === 'string';
}

/** The path of a file: URL; undefined for others, and for those that no path has: with %2F, or of another host. */
function pathOf({ href }: URL): string | undefined {
  try {
    return fileURLToPath(href);
  } catch {
    return undefined;
  }
}

/** The path that somebody gave. @throws ValueError for what is neither a path nor a file: URL */
export function readPath(owner: string, path: unknown): string {
  return checkValue(owner, 'path', path, pathRule);
}
