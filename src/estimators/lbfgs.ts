import { DivergedError } from '../errors.js';
import { gatherable } from '../model/scale.js';
import type { Ending } from '../train/lbfgs/minimize.js';
import { minimize } from '../train/lbfgs/minimize.js';
import { Objective } from '../train/objective.js';
import { ConvergenceWarning, warn } from '../warnings.js';
import type { MLPParams } from './options.js';
import type { TrainingRequest } from './training-request.js';
import { bookEpoch, epochInfo } from './training-request.js';

/** Least share of the loss, or of 1, that an iteration must save, as in scipy. */
const LEAST_DECREASE = 2.220446e-9;

/** What scipy calls the reasons to give up, and what to do. */
const FAILURES: Readonly<Record<Exclude<Ending, 'converged'>, string>> = {
  iterations: '(status=1): STOP: TOTAL NO. of ITERATIONS REACHED LIMIT; increase maxIter',
  evaluations: '(status=1): STOP: TOTAL NO. of f AND g EVALUATIONS EXCEEDS LIMIT; increase maxFun',
  lineSearch: '(status=2): ABNORMAL_TERMINATION_IN_LNSRCH: no step lowers the loss; raise tol',
};

/**
 * Train on all rows at once by L-BFGS, deterministic but for the initial weights. The network has the weights of the last
 * whole iteration at any time, and when the promise settles.
 *
 * @throws DivergedError if the loss of the initial weights is not finite; the signal's reason; whatever a callback throws
 */
export async function fitLbfgs(request: TrainingRequest): Promise<void> {
  const { params, network, progress, task, signal } = request;
  const dataset = { rows: gatherable(request.rows), targets: task.targets, weights: request.weights };
  const objective = new Objective({ network, loss: task.loss, dataset, signal });
  const reached = network.packed.slice();
  const start = objective.vector(reached);
  request.onBegin();
  progress.optimizer = undefined;
  progress.nIter = 0;
  network.borrow(() => reached);
  try {
    const minimum = await minimize({
      start,
      evaluate: async (x, gradient) => {
        const loss = await objective.evaluate(x, gradient);
        if (x === start && progress.nIter === 0) checkStart(loss);
        return loss;
      },
      maxIterations: params.maxIter,
      maxEvaluations: params.maxFun,
      gradientTolerance: params.tol,
      valueTolerance: LEAST_DECREASE,
      async onIteration(iteration, loss, x) {
        objective.write(x, reached);
        progress.nIter = iteration;
        bookEpoch(request, loss);
        await request.onEpoch?.(epochInfo(request));
        signal?.throwIfAborted();
      },
    });
    progress.loss = minimum.value;
    progress.nIter = minimum.iterations;
    if (minimum.ending !== 'converged') warnUnconverged(minimum.ending, params);
  } finally {
    network.borrow(undefined);
    network.setPacked(reached);
  }
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
