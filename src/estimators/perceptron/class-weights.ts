import { describe } from '../../check.js';
import type { Rule } from '../../check.js';
import { refused } from '../../check.js';
import type { Label } from '../../data/labels.js';
import { ValueError } from '../../errors.js';

/** 'balanced', or the weight of each class by its label; classes that are not named weigh 1. */
export type ClassWeight = 'balanced' | ReadonlyMap<Label, number> | Readonly<Record<string, number>>;

/** A copy of a Map or an object of weights, so that later changes of the caller's do not count. */
export const classWeightRule: Rule<ClassWeight> = {
  expected: "'balanced', a Map or an object from labels to weights >= 0",
  accept(value) {
    if (value === 'balanced') return value;
    if (typeof value !== 'object' || value === null || Array.isArray(value) || ArrayBuffer.isView(value)) {
      return refused;
    }
    const entries = value instanceof Map ? [...(value as Map<Label, unknown>)] : Object.entries(value);
    const sound = ([, weight]: [unknown, unknown]): boolean =>
      typeof weight === 'number' && weight >= 0 && weight < Infinity;
    if (!entries.every(sound)) return refused;
    if (value instanceof Map) return new Map(value as Map<Label, number>);
    return Object.freeze(Object.fromEntries(entries)) as Readonly<Record<string, number>>;
  },
};

/**
 * The weight of every class.
 *
 * @param codes class of every row, which 'balanced' counts: rows / (classes · rows of the class)
 * @throws ValueError if a weight names no class while another class has none: a slip of the pen, probably
 */
export function classWeights(
  owner: string,
  classWeight: ClassWeight | null,
  classes: readonly Label[],
  codes: Int32Array,
): Float64Array {
  if (classWeight === null) return new Float64Array(classes.length).fill(1);
  if (classWeight === 'balanced') return balanced(classes.length, codes);
  const given = new Map<Label, number>(
    classWeight instanceof Map ? classWeight : Object.entries(classWeight as Record<string, number>),
  );
  const nameOf = (label: Label): Label => (classWeight instanceof Map ? label : String(label));
  const names = classes.map(nameOf);
  const unknown = [...given.keys()].find((name) => !names.includes(name));
  if (unknown !== undefined && !names.every((name) => given.has(name))) {
    throw new ValueError(
      `${owner}: classWeight must name the classes ${describe(classes)}, but received a weight for ${describe(unknown)}.`,
    );
  }
  return Float64Array.from(names, (name) => given.get(name) ?? 1);
}

function balanced(classes: number, codes: Int32Array): Float64Array {
  const counts = new Float64Array(classes);
  for (const code of codes) counts[code]++;
  return counts.map((count) => codes.length / (classes * count));
}
