/**
 * Fits, transforms and predicts in slices between which the event loop runs, for steps that have methods
 * named `…Async`. Not for the order of steps or their options, which are in pipeline.ts.
 */
import { Yielder } from '../yielding.js';
import type { Transformer } from './steps.js';

/**
 * Fit transformers one after the other, each on the output of the one before. Returns the output of the last.
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

/** Output of fitted transformers, one after the other. */
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
 * Calls a method of an estimator or transformer, in slices if it also has a method of this name with `Async`
 * appended. If a subclass or an object overrides the plain method alone, that one is called.
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

/** True if the object or class that defines a method also defines its `…Async` form. */
export function hasAsync(object: object, name: string): boolean {
  let level: object | null = object;
  while (level !== null && !Object.hasOwn(level, name)) level = Object.getPrototypeOf(level) as object | null;
  return level !== null && Object.hasOwn(level, `${name}Async`);
}
