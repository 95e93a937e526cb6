/**
 * Makes the candidates of a search, sets of options: all combinations of a grid, or draws from distributions,
 * in scikit-learn's order. Not for fitting them (search.ts).
 */
import { describe } from '../check.js';
import { compareCodePoints } from '../data/labels.js';
import { ValueError } from '../errors.js';
import { isTypedArray } from '../ndarray.js';
import type { RandomState } from '../random.js';
import { ascending } from '../random.js';
import type { Params } from '../pipeline/estimator.js';
import { isPlainObject } from '../pipeline/estimator.js';

/** A function that draws a value; `distributions` makes some. */
export type Distribution = (random: RandomState) => unknown;

/** Most sets of options that one search may try; each is fitted on every fold. */
const MAX_CANDIDATES = 1_000_000;

/**
 * Values to try by the name of the option. An option of a pipeline's step is named { step: { option: values }
 * } or 'step__option'.
 */
export interface ParamGrid {
  readonly [name: string]: ArrayLike<unknown> | ParamGrid | undefined;
}

/** Values to draw from by the name of the option: lists, or functions that draw one. */
export interface ParamDistributions {
  readonly [name: string]: ArrayLike<unknown> | Distribution | ParamDistributions | undefined;
}

/** One option to vary: its path, [option] or [step, option], and its values. */
interface Axis {
  readonly path: readonly string[];
  readonly values: readonly unknown[] | Distribution;
}

/** Options by step, from a grid's axes and a value for each. */
function paramsOf(axes: readonly Axis[], values: readonly unknown[]): Params {
  const params: Params = {};
  axes.forEach(({ path }, i) => {
    let at = params;
    for (const step of path.slice(0, -1)) {
      if (!Object.hasOwn(at, step)) at[step] = {};
      at = at[step] as Params;
    }
    at[path[path.length - 1]] = values[i];
  });
  return params;
}

/** Deepest nesting of pipelines. */
const MAX_DEPTH = 32;

/** The axes of a grid, sorted by name. */
function axesOf(owner: string, what: string, grid: unknown, path: readonly string[] = []): Axis[] {
  if (path.length > MAX_DEPTH) {
    throw new ValueError(
      `${owner}: ${what} must name options of steps at most ${MAX_DEPTH} deep, but received more.`,
    );
  }
  if (!isPlainObject(grid)) {
    throw new ValueError(
      `${owner}: ${what} must be an object of arrays by option name, but received ${describe(grid)}.`,
    );
  }
  const axes = Object.entries(grid).flatMap(([name, values]): Axis[] => {
    if (values === undefined) return [];
    const here = [...path, ...name.split('__')];
    if (isPlainObject(values)) return axesOf(owner, what, values, here);
    return [{ path: here, values: readValues(owner, what, here, values) }];
  });
  return axes.sort((a, b) => compareCodePoints(a.path.join('__'), b.path.join('__')));
}

function readValues(
  owner: string,
  what: string,
  path: readonly string[],
  values: unknown,
): readonly unknown[] | Distribution {
  const draws = what === 'distributions';
  if (draws && typeof values === 'function') return values as Distribution;
  if ((Array.isArray(values) || isTypedArray(values)) && values.length > 0) {
    return Array.from(values as ArrayLike<unknown>);
  }
  const expected = `an array of at least 1 value${draws ? ' or a function that draws one' : ''}`;
  throw new ValueError(
    `${owner}: ${what} must have ${expected} for ${path.join('.')}, but received ${describe(values)}.`,
  );
}

function nonEmpty(owner: string, what: string, axes: readonly Axis[]): readonly Axis[] {
  if (axes.length > 0) return axes;
  throw new ValueError(`${owner}: ${what} must name at least 1 option, but received none.`);
}

/**
 * All combinations of the values of a grid, or of each of several grids: names in sorted order, the last
 * changing fastest, as scikit-learn's ParameterGrid.
 *
 * @throws ValueError for grids without options and options without values
 */
export function combinations(owner: string, grid: ParamGrid | readonly ParamGrid[]): Params[] {
  const grids: readonly unknown[] = Array.isArray(grid) ? Array.from<unknown>(grid) : [grid];
  if (grids.length === 0)
    throw new ValueError(`${owner}: grid must name at least 1 option, but received none.`);
  return grids.flatMap((each) => {
    const axes = nonEmpty(owner, 'grid', axesOf(owner, 'grid', each));
    const lists = axes.map(({ values }) => values as readonly unknown[]);
    checkCount(owner, 'grid', sizeOf(lists));
    return Array.from({ length: sizeOf(lists) }, (_, index) => paramsOf(axes, valuesAt(lists, index)));
  });
}

function sizeOf(lists: readonly (readonly unknown[])[]): number {
  return lists.reduce((size, list) => size * list.length, 1);
}

/** The values of combination `index`, whose digits choose from the lists; the last list runs fastest. */
function valuesAt(lists: readonly (readonly unknown[])[], index: number): unknown[] {
  const values = new Array<unknown>(lists.length);
  for (let i = lists.length - 1; i >= 0; i--) {
    values[i] = lists[i][index % lists[i].length];
    index = Math.floor(index / lists[i].length);
  }
  return values;
}

/**
 * `count` sets of options as scikit-learn's ParameterSampler draws them, seed for seed. From lists alone they
 * are different combinations of the grid, at most all there are; else every option is drawn anew, in the
 * order of the names.
 *
 * @throws ValueError for more sets than can be tried, and for grids of more than 2^53 combinations
 */
export function drawn(
  owner: string,
  distributions: ParamDistributions,
  count: number,
  random: RandomState,
): Params[] {
  const axes = nonEmpty(owner, 'distributions', axesOf(owner, 'distributions', distributions));
  const lists = axes.flatMap(({ values }) => (typeof values === 'function' ? [] : [values]));
  if (lists.length === axes.length) {
    const size = sizeOf(lists);
    if (size > Number.MAX_SAFE_INTEGER) {
      throw new ValueError(
        `${owner}: distributions must have at most 2^53 combinations, but the lists have ${size}; give functions that draw values.`,
      );
    }
    checkCount(owner, 'nIter', Math.min(count, size));
    return sampleWithoutReplacement(size, Math.min(count, size), random).map((index) =>
      paramsOf(axes, valuesAt(lists, index)),
    );
  }
  checkCount(owner, 'nIter', count);
  return Array.from({ length: count }, () =>
    paramsOf(
      axes,
      axes.map(({ values }) =>
        typeof values === 'function' ? values(random) : values[random.randint(0, values.length)],
      ),
    ),
  );
}

function checkCount(owner: string, what: string, count: number): void {
  if (count <= MAX_CANDIDATES) return;
  throw new ValueError(
    `${owner}: ${what} must be at most ${MAX_CANDIDATES} sets of options, but received ${count}.`,
  );
}

/**
 * Different integers from 0 to `size` − 1: scikit-learn's `sample_without_replacement`
 * (sklearn/utils/_random.pyx), seed for seed. From 1 to 99 percent of all integers are the beginning of a
 * permutation; fewer are drawn one by one, and repeated ones redrawn; more are chosen by a reservoir
 * (algorithm R).
 *
 * @param size at most 2^53
 * @param count at most `size`
 */
function sampleWithoutReplacement(size: number, count: number, random: RandomState): number[] {
  const ratio = count / size;
  if (ratio > 0.01 && ratio < 0.99) return Array.from(random.permutation(size).subarray(0, count));
  return ratio < 0.2 ? trackedSample(size, count, random) : reservoirSample(size, count, random);
}

function trackedSample(size: number, count: number, random: RandomState): number[] {
  const chosen = new Set<number>();
  while (chosen.size < count) chosen.add(integerBelow(size, random));
  return [...chosen];
}

function reservoirSample(size: number, count: number, random: RandomState): number[] {
  const sample = Array.from(ascending(count));
  for (let i = count; i < size; i++) {
    const at = random.bounded(i);
    if (at < count) sample[at] = i;
  }
  return sample;
}

/**
 * An integer from 0 to `limit` − 1 as numpy's `randint(limit)` draws it: above 2^32 of two words, the high
 * one first, masked and redrawn while they are too large.
 */
function integerBelow(limit: number, random: RandomState): number {
  const max = limit - 1;
  if (max < 4294967296) return random.bounded(max);
  const mask = 0xffffffff >>> Math.clz32(Math.floor(max / 4294967296));
  for (;;) {
    const high = (random.u32() & mask) >>> 0;
    const value = high * 4294967296 + random.u32();
    if (value <= max) return value;
  }
}
