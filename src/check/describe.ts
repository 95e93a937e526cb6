/**
 * Words for error messages: values, texts and names from callers, short and safe to print, and the known name
 * that a mistyped one is nearest to. Not for deciding whether a value is right, which check/rules.ts does.
 */

/** The longest text from elsewhere that a message repeats, in UTF-16 units. */
const MAX_QUOTED = 40;

/** A value in an error message: -1, 'adma', true, [1, 2, 'x'], an object, a function. At most a line long. */
export function describe(value: unknown): string {
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'bigint') return describeBigInt(value);
  if (typeof value === 'function') {
    const name = plainName(value.name);
    return name === undefined ? 'a function' : `the function ${name}`;
  }
  if (typeof value === 'symbol') return 'a symbol';
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) {
    const shown = value.slice(0, 5).map((item: unknown) => (Array.isArray(item) ? '[...]' : describe(item)));
    return `[${shown.join(', ')}${value.length > 5 ? `, ... (${value.length} values)` : ''}]`;
  }
  const name = plainName(value.constructor?.name);
  if (name === undefined || name === 'Object') return 'an object';
  const kind = name.replace(/^_(?=.)/, ''); // esbuild's mark on classes that refer to themselves
  if (kind === 'Promise') return 'a Promise (await it)';
  return `${/^([AEIO]|Un)/.test(kind) ? 'an' : 'a'} ${kind}`;
}

/** A text from elsewhere in an error message: in quotes, cut, control characters escaped. */
export function quote(text: string, longest: number = MAX_QUOTED): string {
  return `'${printable(text, longest)}'`;
}

/**
 * A text from elsewhere on one line of a terminal: cut, with its control characters as escapes such as \\n
 * and \\x1b.
 */
export function printable(text: string, longest: number = MAX_QUOTED): string {
  const shown = text.length > longest ? `${text.slice(0, longest)}...` : text;
  return shown.replace(UNPRINTABLE, (character) => {
    const code = character.codePointAt(0)!;
    if (code === 10) return '\\n';
    if (code === 13) return '\\r';
    if (code === 9) return '\\t';
    return code < 256
      ? `\\x${code.toString(16).padStart(2, '0')}`
      : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}

/**
 * Control characters, separators of lines, marks that reorder text, byte order marks, and halves of surrogate
 * pairs.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu;

/** A name of a class or function if it may stand in a message as it is. */
function plainName(name: unknown): string | undefined {
  return typeof name === 'string' && /^[\p{L}\p{N}_$]{1,40}$/u.test(name) ? name : undefined;
}

function describeBigInt(value: bigint): string {
  const near = value > -(1n << 128n) && value < 1n << 128n;
  return near ? `${value}n` : 'a bigint beyond 2^128';
}

// Names come from files and requests too: nothing here takes more than a few steps a letter, and a name
// longer than any
// that this package knows is not looked at.

/** Letters of the longest name that is compared with known names other than letter by letter. */
const MAX_LENGTH = 64;

/** 'learning_rate_init' as 'learningRateInit'; names of more than 64 letters as they are. */
export function toCamelCase(name: string): string {
  if (name.length > MAX_LENGTH) return name;
  const [first, ...words] = name.split('_').filter((word, i) => i === 0 || word !== '');
  return first + words.map((word) => word[0].toUpperCase() + word.slice(1)).join('');
}

/**
 * The known name that a string stands for: itself, or its snake_case spelling ('categorical_crossentropy',
 * 'l1_l2'). undefined if there is none.
 */
export function canonicalName<T extends string>(name: string, known: Iterable<T>): T | undefined {
  const snakeCase = name.length <= MAX_LENGTH && /^[a-z0-9]+(_[a-z0-9]+)+$/.test(name);
  const squeezed = snakeCase ? name.replaceAll('_', '') : name;
  for (const candidate of known) {
    if (candidate === name) return candidate;
    if (snakeCase && candidate.length === squeezed.length && candidate.toLowerCase() === squeezed) {
      return candidate;
    }
  }
  return undefined;
}

/**
 * The known name nearest to a mistyped one; undefined if none is near (a third of its letters may be wrong).
 * Names of more than 64 letters are near to none.
 */
export function closestName(name: string, known: Iterable<string>): string | undefined {
  if (name.length > MAX_LENGTH) return undefined;
  const wanted = name.replaceAll('_', '').toLowerCase();
  let closest: string | undefined;
  let best = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of known) {
    if (Math.abs(candidate.length - wanted.length) >= best) continue;
    const distance = editDistance(wanted, candidate.toLowerCase(), best);
    if (distance < best) {
      best = distance;
      closest = candidate;
    }
  }
  return closest;
}

/**
 * Insertions, deletions, replacements and swaps of neighbours between two words; `limit` if there are at
 * least so many.
 */
function editDistance(a: string, b: string, limit: number): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = last[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      row[j] = Math.min(replaced, last[j] + 1, row[j - 1] + 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
    }
    beforeLast = last;
    last = row;
  }
  return Math.min(last[b.length], limit);
}
