import { describe, oneOf, refused } from '../check.js';
import { ValueError } from '../errors.js';
import type { OptimizerConfig } from '../model/options/optimizers.js';
import { resolveOptimizer } from '../model/options/optimizers.js';
import type { Solver } from './options.js';

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
