import type { Arena } from '../engine/arena.js';
import { call, run } from '../engine/kernels.js';
import type { Plan } from '../network/plan.js';

/** A function for Σ parameter² of an arena; 0 where the plan has no updates. */
export function squaresOf(arena: Arena, { updates, block, blockLength }: Plan): () => number {
  if (!updates) return () => 0;
  const { norms } = updates;
  const program = arena.bindAlone([call('sumSquares', norms, block, blockLength)]);
  return () => {
    run(program);
    return arena.f64[norms >>> 3];
  };
}
