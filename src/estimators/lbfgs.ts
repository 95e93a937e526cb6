/**
 * The solver 'lbfgs': all rows at once, with scipy's reasons to stop. The algorithm is in train/lbfgs;
 * solvers that go step by step are in stochastic.ts.
 */
import { throwIfAborted, runInSlices, Yielder } from '../yielding.js';
import { DivergedError, UnsupportedError } from '../errors.js';
import { toKernelRows } from '../network/scale.js';
import type { Ending, Minimum } from '../train/lbfgs/minimize.js';
import { minimize } from '../train/lbfgs/minimize.js';
import { Objective } from '../train/objective.js';
import { ConvergenceWarning, warn } from '../warnings.js';
import type { MLPParams } from './options.js';
import type { TrainingRequest } from './model.js';
import { bookEpoch, epochInfo } from './model.js';

/** Least share of the loss, or of 1, that an iteration must save, as in scipy. */
const MIN_DECREASE = 2.220446e-9;

/** What scipy calls the reasons to give up, and what to do. */
const FAILURES: Readonly<Record<Exclude<Ending, 'converged'>, string>> = {
  iterations: '(status=1): STOP: TOTAL NO. of ITERATIONS REACHED LIMIT; increase maxIter',
  evaluations: '(status=1): STOP: TOTAL NO. of f AND g EVALUATIONS EXCEEDS LIMIT; increase maxFun',
  lineSearch: '(status=2): ABNORMAL_TERMINATION_IN_LNSRCH: no step lowers the loss; raise tol',
};

/**
 * Train on all rows at once by L-BFGS, deterministic but for the initial weights. The network has the weights
 * of the last whole iteration at any time, and when the promise settles.
 *
 * @throws DivergedError if the loss of the initial weights is not finite; the signal's reason; whatever a
 *   callback throws
 */
export async function fitLbfgs(request: TrainingRequest): Promise<void> {
  const { params, network, progress } = request;
  const reached = network.weights.view().slice();
  let begun = false;
  const begin = (loss: number): void => {
    checkStart(loss);
    begun = true;
    request.onBegin();
    progress.optimizer = undefined;
    progress.nIter = 0;
    network.weights.lend(() => reached);
  };
  try {
    const minimum = await descend(request, reached, begin);
    progress.loss = minimum.value;
    progress.nIter = minimum.iterations;
    if (minimum.ending !== 'converged') warnUnconverged(minimum.ending, params);
  } catch (error) {
    throw !begun && error instanceof RangeError ? tooLarge(request, error) : error;
  } finally {
    network.weights.lend(undefined);
    if (begun) network.weights.set(reached);
  }
}

/**
 * Minimise the loss; `begin` is told that of the initial weights, `reached` gets the weights of every
 * iteration.
 */
async function descend(
  request: TrainingRequest,
  reached: Float32Array,
  begin: (loss: number) => void,
): Promise<Minimum> {
  const { params, network, progress, task, signal } = request;
  const dataset = { rows: toKernelRows(request.rows), targets: task.targets, weights: request.weights };
  const objective = await runInSlices(
    Objective.open({ network, loss: task.loss, dataset, signal }),
    new Yielder(signal),
  );
  const yielder = new Yielder(signal);
  let first = true;
  return minimize({
    start: objective.vector(reached),
    maxIterations: params.maxIter,
    maxEvaluations: params.maxFun,
    gradientTolerance: params.tol,
    valueTolerance: MIN_DECREASE,
    async evaluate(x, gradient) {
      const loss = await objective.evaluate(x, gradient);
      if (first) begin(loss);
      first = false;
      return loss;
    },
    async onIteration(iteration, loss, x) {
      objective.write(x, reached);
      const judgement = request.validate && (await runInSlices(request.validate(), yielder));
      progress.nIter = iteration;
      bookEpoch(request, loss, judgement);
      await request.onEpoch?.(epochInfo(request));
      throwIfAborted(signal);
    },
  });
}

function tooLarge({ network }: TrainingRequest, cause: RangeError): UnsupportedError {
  const values = network.weights.length;
  return new UnsupportedError(
    `The solver 'lbfgs' needs ${Math.ceil((25 * 8 * values) / 1048576)} MiB for 25 copies of the weights in float64, but this runtime gives less; use the solver 'adam' or fewer units.`,
    { cause },
  );
}

function checkStart(loss: number): void {
  if (Number.isFinite(loss)) return;
  throw new DivergedError(
    `The loss of the initial weights is ${loss}: expected a finite number; scale features and targets to about unit variance.`,
    0,
  );
}

function warnUnconverged(ending: Exclude<Ending, 'converged'>, { onWarning }: MLPParams): void {
  const message = `lbfgs failed to converge ${FAILURES[ending]}, or scale the features to about unit variance.`;
  warn(new ConvergenceWarning(message), onWarning);
}
