import { describe, oneOf, refused } from '../check.js';
import { ValueError } from '../errors.js';
import type { OptimizerSpec } from '../model/optimizers.js';
import type { OptimizerConfig } from '../model/options/optimizers.js';
import { resolveOptimizer } from '../model/options/optimizers.js';
import type { Schedule } from '../model/options/schedules.js';
import type { MLPParams, Solver } from './options.js';

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

/** The update rule of a solver that goes step by step. */
export function solverSpec({
  solver,
  momentum,
  nesterovsMomentum,
  beta1,
  beta2,
  epsilon,
}: MLPParams): OptimizerSpec {
  if (typeof solver === 'object') return resolveOptimizer(solver, 'solver').spec;
  if (solver === 'adam') return { kind: 'adam', beta1, beta2, epsilon };
  return { kind: 'sgd', momentum, nesterov: nesterovsMomentum };
}

/** The learning rate that a solver starts with: a number, or by the number of updates made before. */
export function solverRate({ solver, learningRateInit }: MLPParams): number | Schedule {
  return typeof solver === 'object' ? resolveOptimizer(solver, 'solver').learningRate : learningRateInit;
}
