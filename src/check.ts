/**
 * Checks what callers give: options against closed schemas, single values, and the options of methods whose
 * name ends in Async. The rules themselves are in check/rules.ts, what errors say of a value in
 * check/describe.ts, choices by name with options of their own in check/named.ts.
 */
import { ValueError } from './errors.js';
import { describe, quote, closestName, toCamelCase } from './check/describe.js';
import type { Rule } from './check/rules.js';
import { refused, abortSignal, anyOf, oneOf, positiveInteger } from './check/rules.js';
import type { Pieces } from './yielding.js';
import { runInSlices, Yielder } from './yielding.js';

export { canonicalName, closestName, describe, printable, quote } from './check/describe.js';
export * from './check/rules.js';
export { checkReadable, readBytes, typedArrayKind } from './check/views.js';

/** The rules of all options that something takes. */
export type Schema = Readonly<Record<string, Rule<unknown>>>;

/** The options that were given, by the rules of their schema. */
export type Checked<S extends Schema> = { [K in keyof S]?: S[K] extends Rule<infer T> ? T : never };

/**
 * Check an object of options against a closed schema: every name must be known, every value must keep its
 * rule. Options that are `undefined` count as not given.
 *
 * @param owner whose options they are, for the error: 'MLPClassifier'
 * @param example options to give instead of what is no object: '{ units: ... }'
 * @returns a fresh object with the canonical values of the options that were given; spread it over the
 *   defaults
 * @throws ValueError for anything else than an object, unknown names (with the nearest known name), and bad
 *   values
 */
export function checkOptions<S extends Schema>(
  owner: string,
  given: unknown,
  schema: S,
  example?: string,
): Checked<S> {
  const checked: Record<string, unknown> = {};
  if (given === undefined) return checked as Checked<S>;
  if (!isOptions(given)) {
    const such = example ? `, such as ${example}` : '';
    throw new ValueError(`${owner}: options must be an object${such}, but received ${describe(given)}.`);
  }
  for (const name in given) {
    if (!Object.hasOwn(given, name)) continue;
    if (!Object.hasOwn(schema, name)) throw unknownOption(owner, name, Object.keys(schema));
    const value = (given as Record<string, unknown>)[name];
    if (value !== undefined) checked[name] = checkValue(owner, name, value, schema[name]);
  }
  return checked as Checked<S>;
}

/**
 * True for an object that may hold options. A Map, a Date, a Promise or an AbortSignal has none of its own:
 * it would be ignored in silence. Neither has any array.
 */
function isOptions(given: unknown): given is object {
  if (typeof given !== 'object' || given === null || Array.isArray(given) || ArrayBuffer.isView(given)) {
    return false;
  }
  const { constructor } = given as { constructor?: { name?: unknown } | null };
  return (constructor?.name ?? 'Object') === 'Object' || Object.keys(given).length > 0;
}

/**
 * Check one value. @returns its canonical form
 * @throws ValueError 'owner: name must be <expected>, but received <value>.'
 */
export function checkValue<T>(owner: string, name: string, value: unknown, rule: Rule<T>): T {
  const accepted = rule.accept(value);
  if (accepted !== refused) return accepted;
  const received = rule.received?.(value) ?? describe(value);
  throw new ValueError(`${owner}: ${name} must be ${rule.expected}, but received ${received}.`);
}

/**
 * Names that options have in other libraries, or in the other of the two interfaces, with the names here, of
 * which a known one is offered.
 */
const FOREIGN_OPTION_NAMES: Readonly<Record<string, readonly string[]>> = {
  lr: ['learningRateInit', 'learningRate', 'eta0'],
  eta: ['learningRateInit', 'learningRate', 'eta0'],
  learningRate: ['learningRateInit', 'eta0'],
  learningRateInit: ['learningRate', 'eta0'],
  decay: ['weightDecay', 'alpha'],
  weightDecay: ['alpha'],
  l2: ['alpha'],
  inputDim: ['inputShape'],
  shape: ['inputShape'],
  p: ['rate'],
  eps: ['epsilon'],
  epochs: ['maxIter'],
  iterations: ['maxIter', 'epochs'],
  maxIter: ['epochs'],
  nIter: ['epochs', 'maxIter'],
  optimizer: ['solver'],
  solver: ['optimizer'],
  layers: ['hiddenLayerSizes'],
  units: ['hiddenLayerSizes'],
  hidden: ['hiddenLayerSizes'],
  hiddenLayerSizes: ['layers', 'units'],
  seed: ['randomState'],
  randomState: ['seed'],
  patience: ['nIterNoChange'],
  nIterNoChange: ['patience'],
  minDelta: ['tol'],
  tol: ['minDelta'],
  nesterov: ['nesterovsMomentum'],
  nesterovsMomentum: ['nesterov'],
  validationSplit: ['validationFraction'],
  validationFraction: ['validationSplit'],
  earlyStopping: ['callbacks'],
  onEpoch: ['callbacks'],
};

/**
 * The name of `known` that a name in snake_case, or one from elsewhere, stands for; undefined if there is
 * none.
 */
export function knownFor(name: string, known: readonly string[]): string | undefined {
  const camelCase = toCamelCase(name);
  const meant = Object.hasOwn(FOREIGN_OPTION_NAMES, camelCase) ? FOREIGN_OPTION_NAMES[camelCase] : [];
  return [camelCase, ...meant].find((candidate) => known.includes(candidate));
}

/** The error for an unknown option, which offers the nearest known name, or else all names. */
function unknownOption(owner: string, name: string, known: readonly string[]): ValueError {
  const offer = knownFor(name, known) ?? closestName(name, known);
  if (offer !== undefined) {
    return new ValueError(`${owner}: ${quote(name)} is not an option; did you mean '${offer}'?`);
  }
  const all = known.length === 0 ? 'it takes none' : `the options are ${known.join(', ')}`;
  return new ValueError(`${owner}: ${quote(name)} is not an option; ${all}.`);
}

/**
 * Refuse options that another call takes.
 *
 * @param places what takes them, by their names: { epochs: 'fit({ ... })' }
 * @throws ValueError "owner: 'epochs' is not an option; it goes to fit({ ... })."
 */
export function refuseMisplaced(
  owner: string,
  given: unknown,
  places: Readonly<Record<string, string>>,
): void {
  if (typeof given !== 'object' || given === null) return;
  const name = Object.keys(places).find((each) => Object.hasOwn(given, each));
  if (name === undefined) return;
  throw new ValueError(`${owner}: '${name}' is not an option; it goes to ${places[name]}.`);
}

/**
 * The error of a model that is given to JSON.stringify, which would leave out what the model has learned.
 *
 * @param owner the model, for the message
 * @param instead what to do: 'save toBytes()'
 */
export function notJson(owner: string, instead: string): ValueError {
  return new ValueError(`${owner}: JSON would leave out what the model has learned; ${instead}.`);
}

/** The option `threads` of what predicts. */
export interface ThreadsOption {
  /**
   * Accepted as by `fit`, a number or 'auto'. Predictions compute on the calling thread, whatever the number;
   * the results are the same.
   */
  readonly threads?: number | 'auto';
}

/** The rule of the option `threads`. */
export const threadsRule = /* @__PURE__ */ anyOf(/* @__PURE__ */ oneOf<'auto'>(['auto']), positiveInteger);

/** Options that every method whose name ends in `Async` takes beside those of the method without `Async`. */
export interface AsyncOptions {
  /** Aborts: the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /**
   * Accepted as by `fit`, a number or 'auto'. Predictions and transformers compute on the calling thread,
   * whatever the number, and let other work of the program run between their slices; the results are the
   * same.
   */
  readonly threads?: number | 'auto';
}

/** The rules of these options. */
const asyncSchema = {
  signal: abortSignal,
  threads: threadsRule,
};

/**
 * A method whose name ends in `Async`: check its options, then do its work in slices of about 25 ms, between
 * which timers, input and other work of the program run.
 *
 * @param owner whose options they are, for errors: 'MLPClassifier.predictAsync'
 * @param schema the options of the method without `Async`
 * @throws the signal's reason
 */
export async function runAsync<S extends Schema, T>(
  owner: string,
  options: unknown,
  schema: S,
  work: (options: Checked<S>) => Pieces<T>,
): Promise<T> {
  const { signal, threads: _threads, ...own } = checkOptions(owner, options, { ...schema, ...asyncSchema });
  return runInSlices(work(own as Checked<S>), new Yielder(signal as AbortSignal | undefined));
}
