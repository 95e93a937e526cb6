/** When a stochastic solver has done enough: scikit-learn's rules (sklearn/neural_network/_multilayer_perceptron.py). */
export interface StoppingState {
  /** Lowest epoch loss so far; ∞ before the first epoch. */
  bestLoss: number;
  /** Highest validation score so far; −∞ before the first. */
  bestScore: number;
  /** Epochs in a row that did not improve. */
  misses: number;
}

export function newStoppingState(): StoppingState {
  return { bestLoss: Infinity, bestScore: -Infinity, misses: 0 };
}

/** Count an epoch by its loss: a miss if it is above best − tol, or NaN. */
export function countLoss(state: StoppingState, loss: number, tol: number): void {
  state.misses = Number.isNaN(loss) || loss > state.bestLoss - tol ? state.misses + 1 : 0;
  if (loss < state.bestLoss) state.bestLoss = loss;
}

/**
 * Count an epoch by its validation score: a miss if it is below best + tol, or NaN. True if it is strictly the best so far,
 * which NaN never is.
 */
export function countScore(state: StoppingState, score: number, tol: number): boolean {
  state.misses = Number.isNaN(score) || score < state.bestScore + tol ? state.misses + 1 : 0;
  if (!(score > state.bestScore)) return false;
  state.bestScore = score;
  return true;
}
