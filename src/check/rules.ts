/**
 * Rules that single values must keep: numbers within bounds, names, lists, functions, signals. Each rule
 * says in words what it expects. Not for objects of options, which check.ts reads by schemas of such rules.
 */
import { printable, canonicalName } from './describe.js';
import { isUnusable, typedArrayKind } from './views.js';

/** Result of `accept` for a value that breaks the rule. */
export const refused: unique symbol = Symbol('refused');

/** A rule that a value must keep, and its words for errors. */
export interface Rule<T> {
  /** The expected value in words, to follow 'must be': 'a number > 0'. */
  readonly expected: string;
  /** The value in canonical form, or `refused`. */
  readonly accept: (value: unknown) => T | typeof refused;
  /** Words for the received value, where errors should not describe the value itself. */
  readonly received?: (value: unknown) => string | undefined;
}

/** Bounds of a number; `above` and `below` exclude their bound, `min` and `max` include it. */
export interface Bounds {
  readonly min?: number;
  readonly max?: number;
  readonly above?: number;
  readonly below?: number;
}

/** 'a number', 'a number > 0', 'an integer >= 1', 'a number >= 0 and < 1'. */
function boundsInWords(kind: string, { min, max, above, below }: Bounds): string {
  const parts: string[] = [];
  if (min !== undefined) parts.push(`>= ${min}`);
  if (above !== undefined) parts.push(`> ${above}`);
  if (max !== undefined) parts.push(`<= ${max}`);
  if (below !== undefined) parts.push(`< ${below}`);
  return parts.length === 0 ? kind : `${kind} ${parts.join(' and ')}`;
}

function within(value: number, { min, max, above, below }: Bounds): boolean {
  return (
    (min === undefined || value >= min) &&
    (max === undefined || value <= max) &&
    (above === undefined || value > above) &&
    (below === undefined || value < below)
  );
}

/** A rule from a test that narrows. */
export function rule<T>(expected: string, keeps: (value: unknown) => value is T): Rule<T> {
  return { expected, accept: (value) => (keeps(value) ? value : refused) };
}

/** A finite number within bounds. */
export function number(bounds: Bounds = {}): Rule<number> {
  return rule(
    boundsInWords('a number', bounds),
    (value): value is number => typeof value === 'number' && Number.isFinite(value) && within(value, bounds),
  );
}

/** A safe integer within bounds. */
export function integer(bounds: Bounds = {}): Rule<number> {
  return rule(
    boundsInWords('an integer', bounds),
    (value): value is number => Number.isSafeInteger(value) && within(value as number, bounds),
  );
}

/** An integer >= 1. */
export const positiveInteger: Rule<number> = integer({ min: 1 });

/** Rule of the option `verbose`: 0 (silent), 1 or 2. */
export const verbosity: Rule<0 | 1 | 2> = rule(
  '0, 1 or 2',
  (value): value is 0 | 1 | 2 => value === 0 || value === 1 || value === 2,
);

/** true or false; nothing else stands for them. */
export const boolean: Rule<boolean> = rule('a boolean', (value) => typeof value === 'boolean');

/** A non-empty string. */
export const text: Rule<string> = rule(
  'a non-empty string',
  (value): value is string => typeof value === 'string' && value !== '',
);

/** Letters of a name that a model or a layer is given: tables and errors repeat it as it is. */
const MAX_NAME = 256;

/** Rule of the name of a model or layer: text of one line, all of it printable. */
export const displayName: Rule<string> = rule(
  `a non-empty string of at most ${MAX_NAME} printable characters`,
  (value): value is string =>
    typeof value === 'string' &&
    value !== '' &&
    value.length <= MAX_NAME &&
    printable(value, MAX_NAME) === value,
);

/** A function. */
export function func<F extends (...args: never[]) => unknown>(): Rule<F> {
  return rule('a function', (value): value is F => typeof value === 'function');
}

/**
 * One of some names, in camelCase or snake_case; aliases map to the name they stand for. Gives the canonical
 * name.
 */
export function oneOf<T extends string>(
  names: readonly T[],
  aliases: Readonly<Record<string, T>> = {},
): Rule<T> {
  return {
    expected: `${names.length > 1 ? 'one of ' : ''}${names.map((name) => `'${name}'`).join(', ')}`,
    accept: (value) => {
      if (typeof value !== 'string') return refused;
      const name = canonicalName(value, names);
      if (name !== undefined) return name;
      const alias = canonicalName(value, Object.keys(aliases));
      return alias === undefined ? refused : aliases[alias];
    },
  };
}

/** An instance of a class. */
export function instance<T>(Class: abstract new (...args: never[]) => T): Rule<T> {
  const name = Class.name.replace(/^_/, ''); // esbuild's mark on classes that refer to themselves
  const article = /^[AEIOU]/.test(name) ? 'an' : 'a';
  return rule(`${article} ${name}`, (value): value is T => value instanceof Class);
}

/** A Float32Array of any realm. */
export const float32Array: Rule<Float32Array> = rule(
  'a Float32Array',
  (value): value is Float32Array => typedArrayKind(value) === 'Float32Array',
);

/** An AbortSignal, recognised by its members, so that signals of other realms and polyfills are accepted. */
export const abortSignal: Rule<AbortSignal> = rule(
  'an AbortSignal',
  (value): value is AbortSignal =>
    typeof value === 'object' &&
    value !== null &&
    typeof (value as AbortSignal).aborted === 'boolean' &&
    typeof (value as AbortSignal).addEventListener === 'function' &&
    typeof (value as AbortSignal).removeEventListener === 'function',
);

/** A rule that also accepts null. */
export function nullable<T>(inner: Rule<T>): Rule<T | null> {
  return {
    expected: `${inner.expected} or null`,
    accept: (value) => (value === null ? null : inner.accept(value)),
    received: inner.received,
  };
}

/** A rule kept by values that keep any of some rules; the first that accepts decides. */
export function anyOf<R extends readonly Rule<unknown>[]>(
  ...rules: R
): Rule<R[number] extends Rule<infer T> ? T : never> {
  return {
    expected: rules.map((each) => each.expected).join(' or '),
    accept: (value) => {
      for (const each of rules) {
        const accepted = each.accept(value);
        if (accepted !== refused) return accepted as never;
      }
      return refused;
    },
  };
}

/**
 * An array (typed or not) of `minLength` to `maxLength` values that each keep a rule. Gives a plain array.
 */
export function listOf<T>(inner: Rule<T>, minLength = 0, maxLength = Infinity): Rule<T[]> {
  const minimum = minLength > 0 ? ` of at least ${minLength}` : '';
  return {
    expected: `an array${minimum} whose every value is ${inner.expected}`,
    accept: (value) => {
      const typed = typedArrayKind(value) !== undefined && !isUnusable(value as ArrayBufferView);
      if (!Array.isArray(value) && !typed) return refused;
      if ((value as ArrayLike<unknown>).length > maxLength) return refused;
      const list = Array.from(value as ArrayLike<unknown>, inner.accept);
      return list.length < minLength || list.includes(refused) ? refused : (list as T[]);
    },
  };
}

/** Anything: for options whose owner checks them itself. */
export function anything<T>(): Rule<T> {
  return { expected: 'anything', accept: (value) => value as T };
}
