import { describe } from '../check.js';
import { compareCodePoints } from '../data/labels.js';
import { ValueError } from '../errors.js';
import { RandomState } from '../random.js';
import type { Json } from './json.js';

/** How deep options may be nested; cycles are deeper. */
const MAX_DEPTH = 100;

/**
 * Options and the like as JSON. What JSON cannot say becomes an object with one name: `{ $number: 'Infinity' }`,
 * `{ $map: [[key, value], …] }`, `{ $random: state }` of a generator, `{ $object: [[name, value], …] }` where names begin
 * with $. Names are sorted, so that the same data give the same text.
 *
 * @param what what errors call the value
 * @throws ValueError for functions, symbols, instances of other classes, and what is nested too deep
 */
export function toJson(value: unknown, what: string, depth = 0): Json {
  if (depth > MAX_DEPTH) {
    throw new ValueError(
      `${what.slice(0, 60)}... must be nested at most ${MAX_DEPTH} deep to be saved, but received more.`,
    );
  }
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number') {
    if (Object.is(value, -0)) return { $number: '-0' };
    return Number.isFinite(value) ? value : { $number: String(value) };
  }
  if (Array.isArray(value)) return value.map((item, i) => toJson(item, `${what}[${i}]`, depth + 1));
  if (value instanceof Map) return { $map: pairs([...(value as Map<unknown, unknown>)], what, depth) };
  if (value instanceof RandomState) {
    const { key, position, spareNormal } = value.getState();
    return { $random: { key: [...key], position, spareNormal: toJson(spareNormal, what) } };
  }
  if (!isPlain(value)) {
    throw new ValueError(`${what} must be plain data to be saved, but received ${describe(value)}.`);
  }
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  entries.sort(([a], [b]) => compareCodePoints(a, b));
  if (entries.some(([name]) => name.startsWith('$') || name === '__proto__')) {
    return { $object: pairs(entries, what, depth) };
  }
  return Object.fromEntries(
    entries.map(([name, member]) => [name, toJson(member, `${what}.${name}`, depth + 1)]),
  );
}

function pairs(entries: readonly (readonly [unknown, unknown])[], what: string, depth: number): Json {
  return entries.map(([key, member]) => [
    toJson(key, what, depth + 1),
    toJson(member, `${what}.${String(key)}`, depth + 1),
  ]);
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object') return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}
