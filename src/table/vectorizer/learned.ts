import { NotFittedError } from '../../errors.js';
import type { FittedVectorizer } from './fit.js';

/** What vectorizers have learned: for the package, which need not show it. */
const LEARNED = /* @__PURE__ */ new WeakMap<object, FittedVectorizer>();

/** Keeps what a vectorizer has learned. @returns the vectorizer */
export function remember<T extends object>(vectorizer: T, fitted: FittedVectorizer): T {
  LEARNED.set(vectorizer, fitted);
  return vectorizer;
}

/** True if a vectorizer has learned something. */
export function hasLearned(vectorizer: object): boolean {
  return LEARNED.has(vectorizer);
}

/** What a vectorizer has learned. @throws NotFittedError before fit, in which `wanted` names what needs it */
export function learnedBy(vectorizer: object, wanted: string): FittedVectorizer {
  const fitted = LEARNED.get(vectorizer);
  if (fitted) return fitted;
  throw new NotFittedError(
    `TableVectorizer: ${wanted} needs a fitted vectorizer, but fit has not been called; call fit(table) first.`,
  );
}
