/**
 * The L-BFGS iteration: from a starting point to a minimum of any smooth function, with the stopping rules of
 * scipy's L-BFGS-B. Not for the search along one line (line-search.ts) nor for the approximated Hessian
 * (memory.ts), and it knows nothing of networks: objective.ts makes a function of one.
 */
import { LineSearch } from './line-search.js';
import { Memory, dot } from './memory.js';

/** Most trials of one line search. */
const MAX_TRIALS = 20;
const EPSILON = 2.220446049250313e-16;

export interface Problem {
  /** The starting point, which is overwritten. */
  readonly start: Float64Array;
  /** Returns the value at x and writes the gradient into the second argument. */
  readonly evaluate: (x: Float64Array, gradient: Float64Array) => Promise<number>;
  readonly maxIterations: number;
  /** Number of evaluations after which no further iteration begins. */
  readonly maxEvaluations: number;
  /** Converged where no component of the gradient is larger. */
  readonly gradientTolerance: number;
  /**
   * Converged where an iteration lowers the value by no more than this share of the larger of |value| and 1.
   */
  readonly valueTolerance: number;
  /** Called after every iteration, counted from 1. */
  readonly onIteration: (iteration: number, value: number, x: Float64Array) => void | Promise<void>;
}

/** Why a minimization ended. */
export type Ending = 'converged' | 'iterations' | 'evaluations' | 'lineSearch';

export interface Minimum {
  readonly x: Float64Array;
  readonly value: number;
  readonly iterations: number;
  readonly ending: Ending;
}

/** A point with value and gradient. */
interface Place {
  readonly x: Float64Array;
  readonly gradient: Float64Array;
  value: number;
}

/**
 * Minimise a smooth function by L-BFGS (Liu & Nocedal, 1989), without bounds, as in scipy's L-BFGS-B: memory
 * 10, first step 1 / |gradient|, then 1. All memory, 25 vectors, is taken before the first evaluation. A line
 * search that fails empties the memory once; the best point is returned.
 */
export async function minimize(problem: Problem): Promise<Minimum> {
  const { start, evaluate, onIteration } = problem;
  const size = start.length;
  const memory = new Memory(size);
  const direction = new Float64Array(size);
  const change = new Float64Array(size);
  let here: Place = { x: start, gradient: new Float64Array(size), value: 0 };
  let there: Place = { x: new Float64Array(size), gradient: new Float64Array(size), value: 0 };
  here.value = await evaluate(here.x, here.gradient);
  let evaluations = 1;
  let iterations = 0;
  const ended = (ending: Ending): Minimum => ({ x: here.x, value: here.value, iterations, ending });
  if (largest(here.gradient) <= problem.gradientTolerance) return ended('converged');
  for (;;) {
    memory.direction(direction, here.gradient);
    const slope = dot(direction, here.gradient);
    const first = iterations === 0 ? Math.min(1 / Math.sqrt(dot(direction, direction)), 1e10) : 1;
    const found =
      slope < 0 ? await search(evaluate, { here, there, direction, slope, first }) : { trials: 0 };
    evaluations += found.trials;
    if (found.step === undefined) {
      if (memory.empty) return ended('lineSearch');
      memory.clear();
      continue;
    }
    iterations += 1;
    if (there.value > here.value) return ended('converged');
    const decrease = here.value - there.value;
    const negligible = problem.valueTolerance * Math.max(Math.abs(here.value), Math.abs(there.value), 1);
    const product = found.step * (dot(direction, there.gradient) - slope);
    for (let i = 0; i < size; i++) {
      direction[i] *= found.step;
      change[i] = there.gradient[i] - here.gradient[i];
    }
    [here, there] = [there, here];
    await onIteration(iterations, here.value, here.x);
    if (iterations >= problem.maxIterations) return ended('iterations');
    if (evaluations > problem.maxEvaluations) return ended('evaluations');
    if (largest(here.gradient) <= problem.gradientTolerance || decrease <= negligible)
      return ended('converged');
    if (product > -EPSILON * found.step * slope) memory.remember(direction, change, product);
  }
}

interface Line {
  readonly here: Place;
  /** Receives the point that is tried. */
  readonly there: Place;
  readonly direction: Float64Array;
  readonly slope: number;
  readonly first: number;
}

async function search(
  evaluate: Problem['evaluate'],
  { here, there, direction, slope, first }: Line,
): Promise<{ readonly step?: number; readonly trials: number }> {
  const line = new LineSearch(here.value, slope, first);
  for (let trials = 1; trials <= MAX_TRIALS; trials++) {
    const { step } = line;
    for (let i = 0; i < direction.length; i++) there.x[i] = here.x[i] + step * direction[i];
    there.value = await evaluate(there.x, there.gradient);
    line.tell(there.value, dot(there.gradient, direction));
    if (line.done) return { step, trials };
  }
  return { trials: MAX_TRIALS };
}

function largest(values: Float64Array): number {
  let max = 0;
  for (const value of values) max = Math.max(max, Math.abs(value));
  return max;
}
