/** A value in an error message: -1, 'adma', true, [1, 2, 'x'], an object, a function. */
export function describe(value: unknown): string {
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'function') return value.name === '' ? 'a function' : `the function ${value.name}`;
  if (typeof value === 'symbol') return 'a symbol';
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) {
    const shown = value.slice(0, 5).map((item: unknown) => (Array.isArray(item) ? '[...]' : describe(item)));
    return `[${shown.join(', ')}${value.length > 5 ? `, ... (${value.length} values)` : ''}]`;
  }
  const name: unknown = value.constructor?.name;
  if (typeof name !== 'string' || name === 'Object' || name === '') return 'an object';
  const kind = name.replace(/^_(?=.)/, ''); // esbuild's mark on classes that refer to themselves
  if (value instanceof Promise) return 'a Promise (await it)';
  return `${/^([AEIO]|Un)/.test(kind) ? 'an' : 'a'} ${kind}`;
}

function quote(value: string): string {
  return `'${value.length > 40 ? `${value.slice(0, 40)}...` : value}'`;
}
