import type { Rule } from '../../check.js';
import { anything, listOf, nullable, oneOf, refused, rule } from '../../check.js';
import type { ArrayInput } from '../../ndarray.js';
import type { Label } from '../labels.js';

/** How scores of classes become one number: null gives all of them. */
export type Average = 'binary' | 'micro' | 'macro' | 'weighted' | null;

/** How scores of several outputs become one number; or a weight for each of them. */
export type Multioutput = 'rawValues' | 'uniformAverage' | 'varianceWeighted' | readonly number[];

/** An option that every score takes. */
export interface ScoreOptions {
  /** A weight >= 0 for every row. Default: all 1. */
  readonly sampleWeight?: ArrayInput;
}

/** A string, a finite number or a boolean. */
export const label: Rule<Label> = rule(
  'a string, a number or a boolean',
  (value): value is Label =>
    typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value),
);

const labelList = listOf(label, 1);

/** At least one label, each once. */
export const distinctLabels: Rule<Label[]> = {
  expected: 'an array of at least 1 label, each once',
  accept: (value) => {
    const list = labelList.accept(value);
    return list === refused || new Set(list).size !== list.length ? refused : list;
  },
};

export const average: Rule<Average> = nullable(oneOf(['binary', 'micro', 'macro', 'weighted']));

export const zeroDivision: Rule<number> = rule(
  '0, 1 or NaN',
  (value): value is number => value === 0 || value === 1 || Number.isNaN(value),
);

export const sampleWeight: Rule<ArrayInput> = anything<ArrayInput>();
