import { Yielder } from '../yielding.js';
import type { Transformer } from './steps.js';

/**
 * Fit transformers, each on what the ones before make of the rows; what the last one makes of them is
 * returned.
 */
export async function fitTransformers(
  transformers: readonly Transformer[],
  x: unknown,
  y: unknown,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  const yielder = new Yielder(signal);
  let rows = x;
  for (const step of transformers) {
    if (typeof step.fitTransform === 'function') {
      // Those that take y have it before the options of fitTransformAsync.
      const args = step.fitTransform.length > 1 ? [rows, y] : [rows];
      if (hasAsync(step, 'fitTransform')) rows = await callInSlices(step, 'fitTransform', args, signal);
      else rows = step.fitTransform(rows, y);
    } else {
      step.fit(rows, y);
      await yielder.pause();
      rows = step.transform(rows);
    }
    await yielder.pause();
  }
  return rows;
}

/** What fitted transformers make of rows. */
export async function transformInSlices(
  transformers: readonly Transformer[],
  x: unknown,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  const yielder = new Yielder(signal);
  let rows = x;
  for (const step of transformers) {
    rows = await callInSlices(step, 'transform', [rows], signal);
    await yielder.pause();
  }
  return rows;
}

/**
 * Calls a method that a fitted estimator or a transformer has, in slices where it has one of the same name
 * and `Async` beside it. A method that a subclass or an object overrides alone is called as it is.
 */
export async function callInSlices(
  object: object,
  name: string,
  args: readonly unknown[],
  signal: AbortSignal | undefined,
): Promise<unknown> {
  const members = object as Record<string, (...args: unknown[]) => unknown>;
  if (!hasAsync(object, name)) return members[name](...args);
  return members[`${name}Async`](...args, { signal });
}

/** True if the object or class that has a method itself has the one with `Async` beside it. */
export function hasAsync(object: object, name: string): boolean {
  let level: object | null = object;
  while (level !== null && !Object.hasOwn(level, name)) level = Object.getPrototypeOf(level) as object | null;
  return level !== null && Object.hasOwn(level, `${name}Async`);
}
