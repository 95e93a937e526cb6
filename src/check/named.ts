import type { Checked, Schema } from '../check.js';
import { canonicalName, checkOptions, closestName, describe } from '../check.js';
import { ValueError } from '../errors.js';

/** Something known by its name, with the options that were given: plain data, fit for JSON. */
export interface Config<N extends string = string> {
  readonly name: N;
  readonly [option: string]: unknown;
}

/** The things of one kind that names stand for. */
export interface NameTable<N extends string> {
  /** What one is called in errors: 'loss'. */
  readonly kind: string;
  /** The object of factories that makes them, for errors: 'losses'. */
  readonly group: string;
  /** The options of each, by canonical name. */
  readonly schemas: Readonly<Record<N, Schema>>;
  readonly aliases?: Readonly<Record<string, N>>;
}

/** What a factory returns: the name, and its options once they are checked. @throws ValueError */
export function makeConfig<N extends string, S extends Schema>(
  { group, schemas }: NameTable<N> & { readonly schemas: Readonly<Record<N, S>> },
  name: N,
  options: unknown,
): Config<N> & Checked<S> {
  return { name, ...checkOptions(`${group}.${name}`, options, schemas[name]) };
}

/**
 * The config that a name (in camelCase or snake_case, or an alias) or an object with a name and options
 * stands for. Nothing in the object is trusted: it may come from a file.
 *
 * @param owner who was given it, for errors: 'model.compile'
 * @throws ValueError for unknown names (the nearest is offered), unknown options and bad values
 */
export function resolveConfig<N extends string>(
  table: NameTable<N>,
  given: unknown,
  owner: string,
): Config<N> {
  if (typeof given === 'string') return { name: nameIn(table, given, owner) };
  const named = typeof given === 'object' && given !== null && Object.hasOwn(given, 'name');
  const { name, ...options } = (named ? given : {}) as Record<string, unknown>;
  if (typeof name !== 'string') {
    throw new ValueError(
      `${owner}: ${article(table.kind)} must be a name or an object with a name, but received ${describe(given)}.`,
    );
  }
  return makeConfig(table, nameIn(table, name, owner), options);
}

/** The canonical name. @throws ValueError */
export function nameIn<N extends string>(
  { kind, schemas, aliases = {} }: NameTable<N>,
  name: string,
  owner: string,
): N {
  const names = Object.keys(schemas) as N[];
  const known = canonicalName(name, names);
  if (known !== undefined) return known;
  const alias = canonicalName(name, Object.keys(aliases));
  if (alias !== undefined) return aliases[alias];
  const closest = closestName(name, [...names, ...Object.keys(aliases)]);
  const offer = closest === undefined ? `expected one of ${names.join(', ')}` : `did you mean '${closest}'?`;
  throw new ValueError(
    `${owner}: ${describe(name)} is not ${article(kind)}; ${offer}${closest === undefined ? '.' : ''}`,
  );
}

function article(kind: string): string {
  return `${/^[aeiou]/.test(kind) ? 'an' : 'a'} ${kind}`;
}
