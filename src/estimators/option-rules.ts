import type { Rule } from '../check.js';
import { anyOf, describe, integer, oneOf, positiveInteger, refused, rule } from '../check.js';
import { classWeightEntries, describeBadWeight } from '../data/weights.js';
import type { Label } from '../data/labels.js';
import { ValueError } from '../errors.js';
import type { Activation } from '../network/activations.js';
import { isTrainable, resolveActivation } from '../network/activations.js';
import type { OptimizerConfig } from '../network/optimizer-options.js';
import { resolveOptimizer } from '../network/optimizer-options.js';
import { RandomState } from '../random.js';

/** Activations that a hidden layer can train through. */
export type HiddenActivation = Exclude<Activation, 'sign' | 'heaviside'>;

export type ActivationName = HiddenActivation | 'logistic' | 'identity' | 'swish';

/** An optimizer of scikit-learn's by name, or any by what `optimizers` makes. */
export type Solver = 'adam' | 'sgd' | 'lbfgs' | OptimizerConfig;

/** 'balanced', or the weight of each class by its label; classes that are not named weigh 1. */
export type ClassWeight = 'balanced' | ReadonlyMap<Label, number> | Readonly<Record<string, number>>;

const wholeSeed = integer({ min: 0, max: 4294967295 });

/** A seed; the generators of this package pass too. */
export const seedRule: Rule<number | RandomState | null> = {
  expected: `${wholeSeed.expected} or null`,
  accept: (value) => (value === null || value instanceof RandomState ? value : wholeSeed.accept(value)),
};

/** A number of epochs that may be put up with without improvement. */
export const patienceRule: Rule<number> = anyOf(
  positiveInteger,
  rule('Infinity', (value): value is number => value === Infinity),
);

/** The activation of all hidden layers, or of each, in canonical spelling. @throws ValueError */
export function readActivations(
  owner: string,
  given: unknown,
): HiddenActivation | readonly HiddenActivation[] {
  if (Array.isArray(given)) return Object.freeze(given.map((name: unknown) => readActivation(owner, name)));
  return readActivation(owner, given);
}

function readActivation(owner: string, given: unknown): HiddenActivation {
  if (typeof given !== 'string') {
    throw new ValueError(
      `${owner}: activation must be a name, or an array of one name per hidden layer, but received ${describe(given)}.`,
    );
  }
  const activation = resolveActivation(given, owner);
  if (isTrainable(activation)) return activation as HiddenActivation;
  throw new ValueError(
    `${owner}: activation must have a slope to train by, but received '${activation}', which has none.`,
  );
}

const named = oneOf<'adam' | 'sgd' | 'lbfgs'>(['adam', 'sgd', 'lbfgs']);

/** A solver: its name, or a copy of an optimizer's options. @throws ValueError */
export function readSolver(owner: string, given: unknown): Solver {
  if (typeof given === 'object' && given !== null) {
    const { config } = resolveOptimizer(given, owner);
    return Object.freeze(config ?? { ...(given as OptimizerConfig) });
  }
  return readNamedSolver(owner, given);
}

/** As `readSolver`, for models that are not trained: the options of an optimizer are taken as they are. */
export function readUnusedSolver(owner: string, given: unknown): Solver {
  if (typeof given === 'object' && given !== null) return given as OptimizerConfig;
  return readNamedSolver(owner, given);
}

function readNamedSolver(owner: string, given: unknown): Solver {
  const solver = named.accept(given);
  if (solver !== refused) return solver;
  throw new ValueError(
    `${owner}: solver must be ${named.expected} or an object that optimizers makes, but received ${describe(given)}.`,
  );
}

/** A copy of a Map or an object of weights, so that later changes of the caller's do not count. */
export const classWeightRule: Rule<ClassWeight> = {
  expected: "'balanced', a Map or an object from labels to weights >= 0",
  received: describeBadWeight,
  accept(value) {
    if (value === 'balanced') return value;
    const given = classWeightEntries(value);
    if (!given) return refused;
    if (given.exact) return new Map(given.entries as [Label, number][]);
    return Object.freeze(Object.fromEntries(given.entries)) as Readonly<Record<string, number>>;
  },
};
