/** Where a value stands in the arguments of a call: [2, 'classWeight', 'a']. */
export type Path = readonly (string | number)[];

/** Elements of an array that are replaced: the first ones are like the others. */
const MAX_ELEMENTS = 3;

const MAX_DEPTH = 5;

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

/**
 * The places of everything in arguments that plain arrays and objects hold, the arguments themselves
 * included.
 */
export function placesIn(args: readonly unknown[]): Path[] {
  const places: Path[] = [];
  const visit = (value: unknown, path: Path): void => {
    if (path.length > 0) places.push(path);
    if (path.length >= MAX_DEPTH) return;
    if (Array.isArray(value)) {
      value
        .slice(0, path.length === 0 ? undefined : MAX_ELEMENTS)
        .forEach((each, i) => visit(each, [...path, i]));
    } else if (isPlainObject(value)) {
      for (const [name, each] of Object.entries(value)) visit(each, [...path, name]);
    }
  };
  visit(args, []);
  return places;
}

/** Put a value into a place of fresh arguments. */
export function inject(args: unknown[], path: Path, value: unknown): void {
  let at = args as unknown as Record<string | number, unknown>;
  for (const step of path.slice(0, -1)) at = at[step] as Record<string | number, unknown>;
  Object.defineProperty(at, path[path.length - 1], {
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  });
}
