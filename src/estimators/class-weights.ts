import { describe } from '../check.js';
import type { ClassWeightEntries } from '../data/weights.js';
import { classWeightEntries } from '../data/weights.js';
import type { Label } from '../data/labels.js';
import { ValueError } from '../errors.js';
import type { ClassWeight } from './options.js';
import type { Task } from './targets.js';

/**
 * The weight of every class.
 *
 * @param codes class of every row, which 'balanced' counts: rows / (classes · rows of the class)
 * @throws ValueError if a weight names no class
 */
export function classWeights(
  owner: string,
  classWeight: ClassWeight | null,
  classes: readonly Label[],
  codes: Int32Array,
): Float64Array {
  if (classWeight === null) return new Float64Array(classes.length).fill(1);
  if (classWeight === 'balanced') return balanced(classes.length, codes);
  return weightsOfClasses(owner, classWeightEntries(classWeight)!, classes);
}

function balanced(classes: number, codes: Int32Array): Float64Array {
  const counts = new Float64Array(classes);
  for (const code of codes) counts[code]++;
  return counts.map((count) => codes.length / (classes * count));
}

/**
 * The weights of rows, multiplied with those of their classes.
 *
 * @throws ValueError for class weights with several labels per row, and for balanced ones of a part of the
 *   data
 */
export function weighClasses(
  owner: string,
  classWeight: ClassWeight,
  { classes, codes }: Task,
  weights: Float32Array | undefined,
  incremental: boolean,
): Float32Array | undefined {
  if (!codes) {
    throw new ValueError(
      `${owner}: classWeight must be null with several labels per row, but received ${describe(classWeight)}.`,
    );
  }
  if (incremental && classWeight === 'balanced') {
    throw new ValueError(
      `${owner}: classWeight 'balanced' needs all rows at once, but partialFit sees a part of them; give the weight of each class.`,
    );
  }
  const perClass = classWeights(owner, classWeight, classes, codes);
  const product = Float32Array.from(codes, (code, row) => perClass[code] * (weights ? weights[row] : 1));
  if (product.some((weight) => weight > 0)) return product;
  throw new ValueError(
    `${owner}: classWeight must leave at least one row a weight > 0, but received ${describe(classWeight)}.`,
  );
}

/**
 * The weight of every class, 1 for those without one.
 *
 * @param classes the labels that there are
 * @throws ValueError for a key that is no class: another label, another type of label in a Map, a class
 *   counted from 1
 */
function weightsOfClasses(
  owner: string,
  { exact, entries }: ClassWeightEntries,
  classes: readonly unknown[],
): Float64Array {
  const positions = new Map(classes.map((label, i) => [exact ? label : String(label), i]));
  const weights = new Float64Array(classes.length).fill(1);
  for (const [key, weight] of entries) {
    const position = positions.get(key);
    if (position === undefined) throw unknownClass(owner, key, classes);
    weights[position] = weight;
  }
  return weights;
}

function unknownClass(owner: string, key: unknown, classes: readonly unknown[]): ValueError {
  const twin = classes.find((label) => String(label) === String(key));
  const hint =
    twin === undefined
      ? ''
      : `, a ${typeof key}; the keys of a Map are compared by type, so use ${describe(twin)}`;
  return new ValueError(
    `${owner}: classWeight must name the classes ${describe(classes)}, but received a weight for ${describe(key)}${hint}.`,
  );
}
