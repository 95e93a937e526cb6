import { Arena } from '../engine/arena.js';
import type { Program } from '../engine/kernels.js';
import { run } from '../engine/kernels.js';
import { DivergedError } from '../errors.js';
import type { Network } from '../model/network.js';
import type { Plan, TrainingPlan } from '../model/plan.js';
import { plan, stepCalls } from '../model/plan.js';
import { gatherable } from '../model/scale.js';
import type { LossSpec, OptimizerSpec } from '../model/spec.js';
import type { Rows } from '../ndarray.js';
import { allFinite } from '../ndarray.js';
import { loadBatch, loadData } from './data.js';
import type { Targets } from './data.js';
import type { OptimizerState } from './optimizer.js';
import { CONTROL, fixedControl, nextStep } from './optimizer.js';
import { Yielder } from './yielding.js';

/** What an epoch reports. */
export interface EpochReport {
  /** Counted from 1. */
  readonly epoch: number;
  /** Mean over the rows of the losses that the batches had before their updates, penalty included. */
  readonly loss: number;
  readonly rows: number;
}

export interface FitRequest {
  readonly network: Network;
  readonly rows: Rows;
  readonly targets: Targets;
  readonly loss: LossSpec;
  readonly optimizer: OptimizerSpec;
  readonly state: OptimizerState;
  readonly batchSize: number;
  readonly epochs: number;
  /** L2 penalty: the loss of a batch of n rows gains ½ · alpha · Σ weight² / n. */
  readonly alpha: number;
  /** The rows of an epoch, in the order in which they are visited. */
  readonly order: (epoch: number) => Int32Array;
  /** Learning rate of the next step. */
  readonly rate: () => number;
  readonly signal?: AbortSignal;
  /** Called after each epoch, awaited; true ends training. */
  readonly onEpoch: (report: EpochReport) => boolean | undefined | Promise<boolean | undefined>;
}

/** A training run's arena, and the programs of its steps. */
interface Run {
  readonly request: FitRequest;
  readonly plan: Plan;
  readonly training: TrainingPlan;
  readonly arena: Arena;
  readonly programs: Map<number, Program>;
  readonly yielder: Yielder;
}

/**
 * Train a network. When the promise settles, whatever the reason, the network holds usable parameters: those of the last
 * whole step, or, after divergence, of the last epoch with a finite loss.
 */
export async function fit(request: FitRequest): Promise<void> {
  const { network, signal } = request;
  signal?.throwIfAborted();
  const current = start(request);
  const parameters = (): Float32Array =>
    current.arena.floats(current.plan.parameters, current.plan.parameterLength);
  network.borrow(parameters);
  let result: Float32Array | undefined;
  try {
    await epochs(current, parameters);
  } catch (error) {
    if (error instanceof Divergence) result = error.parameters;
    throw error instanceof Divergence ? error.reason : error;
  } finally {
    result ??= parameters();
    network.borrow(undefined);
    network.setPacked(result);
    request.state.slots = current.training.slots.map((offset) =>
      current.arena.floats(offset, current.plan.parameterLength).slice(),
    );
  }
}

function start(request: FitRequest): Run {
  const { network, targets, loss, optimizer, batchSize, alpha, state } = request;
  const rows = gatherable(request.rows);
  const { resident, load } = loadData(rows, targets);
  const trainingSpec = { loss, optimizer, penalty: alpha > 0, resident };
  const planned = plan(network.spec, Math.min(batchSize, rows.rows), trainingSpec);
  const training = planned.training as TrainingPlan;
  const arena = new Arena(network.engine, planned.bytes);
  arena.f32.set(network.packed, planned.parameters >> 2);
  state.slots?.forEach((slot, i) => arena.f32.set(slot, training.slots[i] >> 2));
  for (const control of [training.weightControl, training.biasControl]) {
    arena.f32.set(fixedControl(optimizer), control >> 2);
  }
  load(arena, training);
  return { request, plan: planned, training, arena, programs: new Map(), yielder: new Yielder() };
}

class Divergence extends Error {
  constructor(
    readonly reason: DivergedError,
    readonly parameters: Float32Array,
  ) {
    super(reason.message);
  }
}

async function epochs(current: Run, parameters: () => Float32Array): Promise<void> {
  const { request } = current;
  let finite = parameters().slice();
  for (let epoch = 1; epoch <= request.epochs; epoch++) {
    const loss = await oneEpoch(current, epoch);
    const reached = parameters().slice();
    // The losses are those before the updates: the last update of an epoch shows in the weights only.
    if (!Number.isFinite(loss) || !allFinite(reached)) {
      const what = Number.isFinite(loss) ? 'Weights became non-finite' : `The loss became ${loss}`;
      const message = `${what} in epoch ${epoch}: expected a finite loss and finite weights; the weights after epoch ${epoch - 1} are restored; try a smaller learning rate or scale the features to about unit variance.`;
      throw new Divergence(new DivergedError(message, epoch - 1), finite);
    }
    finite = reached;
    if (await request.onEpoch({ epoch, loss, rows: request.rows.rows })) return;
  }
}

/** One pass over the rows; the mean loss, or the first batch loss that is not finite. */
async function oneEpoch(current: Run, epoch: number): Promise<number> {
  const { request, yielder } = current;
  const order = request.order(epoch);
  const flops = flopsPerRow(request.network.spec.inputs, current.plan);
  let total = 0;
  for (let begin = 0; begin < order.length; begin += request.batchSize) {
    const batch = order.subarray(begin, begin + request.batchSize);
    const loss = step(current, batch);
    if (!Number.isFinite(loss)) return loss;
    total += loss * batch.length;
    if (yielder.due(flops * batch.length)) {
      await yielder.rest();
      request.signal?.throwIfAborted();
    }
  }
  return total / order.length;
}

/** One update from the rows of `batch`; the batch's mean loss before it, penalty included. */
function step({ request, plan: planned, training, arena, programs }: Run, batch: Int32Array): number {
  const rows = batch.length;
  let program = programs.get(rows);
  if (!program) {
    program = arena.bind(stepCalls(planned, rows));
    programs.set(rows, program);
  }
  arena.i32.set(batch, planned.indices >> 2);
  if (!training.resident) loadBatch(arena, planned, training, request, batch);
  const { optimizer, state, alpha } = request;
  const weightControl = arena.floats(training.weightControl, 16);
  nextStep(weightControl, optimizer, state, request.rate());
  weightControl[CONTROL.decay] = alpha / rows;
  const biasControl = arena.floats(training.biasControl, 16);
  biasControl.set(weightControl);
  biasControl[CONTROL.decay] = 0;
  run(program);
  const sums = training.sums >> 3;
  let loss = arena.f64[sums] / rows;
  if (training.penalty) {
    let squares = 0;
    for (let i = 1; i <= planned.layers.length; i++) squares += arena.f64[sums + i];
    loss += (0.5 * alpha * squares) / rows;
  }
  return loss;
}

/** Useful floating-point operations of a step, per row: forward, weight gradient and input gradient of every layer but the first. */
function flopsPerRow(inputs: number, { layers }: Plan): number {
  const products = layers.reduce((sum, layer) => sum + layer.inputs * layer.units, 0);
  return 6 * products - 2 * inputs * layers[0].units;
}
