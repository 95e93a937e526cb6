/**
 * Trains a multi-layer perceptron: makes or continues the model, holds rows out, warns of unscaled data, and
 * calls the solver. Loaded when fit is first called; what fit is given has been checked before (mlp-
 * classifier.ts, mlp-regressor.ts).
 */
import { adviseOnScale, EXPONENTIAL, LBFGS, STEPWISE } from '../data/target-scale.js';
import type { Engine } from '../engine/engines.js';
import type { Rows } from '../ndarray.js';
import { RandomState, toRandomState } from '../random.js';
import { LamellaWarning, warn, type OnWarning } from '../warnings.js';
import { runInSlices, Yielder } from '../yielding.js';
import type { FitOptions } from './fit-options.js';
import { dropoutRates } from './network-spec.js';
import { fitLbfgs } from './lbfgs.js';
import type { Model, Task } from './model.js';
import { continued, newModel } from './model.js';
import type { MLPParams } from './options.js';
import type { TrainerCache } from './stochastic.js';
import { fitStochastic } from './stochastic.js';
import type { TrainingRequest } from './training-request.js';
import { splitHeldOut, onData, onHeldOut } from './validation.js';

/** Rows and targets to validate with. */
export interface Validation {
  readonly rows: Rows;
  readonly task: Task;
}

/** Rows and targets, checked, with what to do with them. */
export interface Training {
  readonly rows: Rows;
  readonly task: Task;
  /** Weight of every row; 1 if undefined. */
  readonly weights?: Float32Array;
  /** Rows to validate with. */
  readonly validation?: Validation;
  /** One epoch, with the optimizer as the last call left it. */
  readonly incremental: boolean;
  readonly options: FitOptions;
}

/** The estimator that is trained. */
interface Trainee {
  readonly name: string;
  readonly params: MLPParams;
  /** The model to go on from. */
  readonly present: Model | undefined;
  readonly cache: TrainerCache;
  /** What a new model is to run on. */
  readonly engine: Engine;
  /** Told of the model when its first step is about to begin. */
  readonly onBegin: (model: Model) => void;
}

/** Train a multi-layer perceptron: the model that is present, or a new one. */
export async function trainMLP(training: Training, trainee: Trainee): Promise<void> {
  const { rows, task, weights, validation, incremental, options } = training;
  const { name, params, cache } = trainee;
  const call = incremental ? 'partialFit' : 'warmStart';
  const present = trainee.present && continued(name, call, trainee.present, params, task);
  if (!present) {
    warnUnscaled(rows, params.onWarning);
    warnUnscaledTargets(task, params);
  }
  const random = toRandomState(params.randomState as number | RandomState);
  // Of dropout: what the stream would give next, without taking it.
  const drops = dropoutRates(params).some((rate) => rate > 0);
  const seed = drops ? RandomState.fromState(random.getState()).u32() : 0;
  const model = present ?? newModel(name, params, rows.features, task, random, trainee.engine);
  const { network, progress } = model;
  const stops = params.earlyStopping && params.solver !== 'lbfgs';
  const held =
    stops && !validation
      ? await runInSlices(
          splitHeldOut(name, { rows, task, weights }, params, random),
          new Yielder(options.signal),
        )
      : undefined;
  if (!incremental) cache.last = undefined;
  const request: TrainingRequest = {
    ...options,
    params,
    network,
    rows,
    task,
    weights,
    train: held?.train,
    random,
    seed,
    progress,
    stops,
    validate: held ? onHeldOut(network, task, held) : validation && onData(network, validation),
    onBegin: () => {
      progress.nIter = 0;
      progress.validated = stops;
      progress.watched = validation !== undefined;
      trainee.onBegin(model);
    },
  };
  if (params.solver === 'lbfgs') await fitLbfgs(request);
  else await fitStochastic({ ...request, incremental, cache: incremental ? cache : undefined });
}

/** Rows that are looked at. */
const SAMPLE = 1000;

/** Above this, steps of the usual size no longer train a network. */
const UNSCALED_THRESHOLD = 100;

/** Warn if features are so large that they have probably not been scaled. */
function warnUnscaled({ data, rows, features, scale, sparse }: Rows, onWarning: OnWarning | null): void {
  let at = 0;
  const some = Math.min(rows, SAMPLE);
  const end = sparse ? sparse.starts[some] : some * features;
  if (end === 0) return;
  for (let i = 1; i < end; i++) if (Math.abs(data[i]) > Math.abs(data[at])) at = i;
  const value = data[at] * scale;
  if (Math.abs(value) <= UNSCALED_THRESHOLD) return;
  const row = sparse ? sparse.starts.findIndex((start) => start > at) - 1 : Math.floor(at / features);
  const column = sparse ? sparse.columns[at] : at % features;
  const remedy =
    data instanceof Uint8Array
      ? 'give them a scale, as in { data, shape, scale: 1 / 255 }'
      : 'scale the features to about unit variance';
  const message = `X looks unscaled: expected values of about -3 to 3, but received ${value} at row ${row}, column ${column}; ${remedy}.`;
  warn(new LamellaWarning(message, 'UNSCALED_X'), onWarning);
}

/** Warn if values to predict are of a scale that the solver does not learn. */
function warnUnscaledTargets({ targets, outputs, classes, outActivation }: Task, params: MLPParams): void {
  if (classes.length > 0) return;
  const { solver, onWarning } = params;
  const limits = outActivation === 'exponential' ? EXPONENTIAL : solver === 'lbfgs' ? LBFGS : STEPWISE;
  const message = adviseOnScale(targets.data, outputs, limits);
  if (message !== undefined) warn(new LamellaWarning(message, 'UNSCALED_Y'), onWarning);
}
