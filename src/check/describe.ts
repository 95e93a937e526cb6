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

/** A text from elsewhere on one line of a terminal: cut, with its control characters as escapes such as \\n and \\x1b. */
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

/** Control characters, separators of lines, marks that reorder text, byte order marks, and halves of surrogate pairs. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu;

/** A name of a class or function if it may stand in a message as it is. */
function plainName(name: unknown): string | undefined {
  return typeof name === 'string' && /^[\p{L}\p{N}_$]{1,40}$/u.test(name) ? name : undefined;
}

function describeBigInt(value: bigint): string {
  const near = value > -(1n << 128n) && value < 1n << 128n;
  return near ? `${value}n` : 'a bigint beyond 2^128';
}
