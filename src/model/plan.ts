import type { Call } from '../engine/kernels.js';
import { backwardCalls } from './backward.js';
import { forwardCalls } from './forward.js';
import type { ParameterLayout } from './layout.js';
import { Layout, paddedUnits, parameterLayout, rowStride } from './layout.js';
import type { ScaleParts } from './scale.js';
import type { LossSpec, NetworkSpec, OptimizerSpec } from './spec.js';

/** A row-major matrix in the arena: byte offset, and bytes from row to row. */
export interface Matrix {
  readonly offset: number;
  readonly stride: number;
  readonly columns: number;
}

/** A data set that lives in the arena. */
export interface ResidentSpec {
  readonly rows: number;
  /** What 8-bit values are multiplied with, in two parts (scale.ts); undefined for float32. */
  readonly scale?: ScaleParts;
}

export interface TrainingSpec {
  readonly loss: LossSpec;
  readonly optimizer: OptimizerSpec;
  /** Whether the loss reports ½ Σ weight² terms: their sums are computed before every update. */
  readonly penalty: boolean;
  readonly resident?: ResidentSpec;
}

/** Byte offsets that only training needs. */
export interface TrainingPlan extends TrainingSpec {
  readonly slots: readonly number[];
  readonly slotCount: number;
  /** Scalars of the update rule: one block for weights, one for biases. */
  readonly weightControl: number;
  readonly biasControl: number;
  /** Gradient of the loss with respect to every layer's pre-activation. Padding columns stay 0. */
  readonly deltas: readonly Matrix[];
  readonly deltaT: number;
  readonly scratch: number;
  readonly biasGradient: number;
  /** int32 labels, or float32 values (rows padded to whole vectors), of the batch. */
  readonly targets: Matrix;
  readonly rowLoss: number;
  /** float64: the sum of rowLoss, then Σ weight² of every layer. */
  readonly sums: number;
  readonly data: number;
  readonly dataTargets: number;
}

/** Where everything lies, and which calls make a step: a pure function of the network and the batch. */
export interface Plan {
  readonly spec: NetworkSpec;
  readonly rows: number;
  readonly bytes: number;
  readonly parameters: number;
  readonly parameterLength: number;
  readonly layers: readonly ParameterLayout[];
  readonly input: Matrix;
  /** 8-bit rows on their way in, for prediction. */
  readonly staging: number;
  /** int32 numbers of the rows to gather. */
  readonly indices: number;
  readonly outputs: readonly Matrix[];
  readonly training?: TrainingPlan;
}

function matrix(layout: Layout, rows: number, columns: number): Matrix {
  const stride = 4 * rowStride(columns);
  return { offset: layout.take(rows * stride), stride, columns };
}

/** Plan a network for batches of up to `rows` rows; with `training`, also for its update steps. */
export function plan(spec: NetworkSpec, rows: number, training?: TrainingSpec): Plan {
  const layout = new Layout();
  const { layers, length } = parameterLayout(spec);
  const parameters = layout.floats(length);
  const slotCount = training ? slotsOf(training.optimizer) : 0;
  const slots = Array.from({ length: slotCount }, () => layout.floats(length));
  const input = matrix(layout, rows, spec.inputs);
  const outputs = layers.map(({ units }) => matrix(layout, rows, units));
  const staging = training ? 0 : layout.take(rows * spec.inputs);
  const indices = layout.take(4 * rows);
  const trainingPlan = training && planTraining(layout, spec, { rows, layers, slots, training });
  return {
    spec,
    rows,
    bytes: layout.bytes,
    parameters,
    parameterLength: length,
    layers,
    input,
    staging,
    indices,
    outputs,
    training: trainingPlan,
  };
}

function slotsOf(optimizer: OptimizerSpec): number {
  if (optimizer.kind === 'adam') return 2;
  return optimizer.momentum > 0 ? 1 : 0;
}

interface Sizes {
  readonly rows: number;
  readonly layers: readonly ParameterLayout[];
  readonly slots: readonly number[];
  readonly training: TrainingSpec;
}

function planTraining(
  layout: Layout,
  spec: NetworkSpec,
  { rows, layers, slots, training }: Sizes,
): TrainingPlan {
  const widest = Math.max(...layers.map(({ units }) => units));
  const deepest = Math.max(...layers.map(({ inputs }) => inputs));
  const outputs = layers[layers.length - 1].units;
  const paddedRows = paddedUnits(rows);
  const labels = training.loss.kind === 'softmaxCrossEntropy';
  const targetColumns = labels ? 1 : paddedUnits(outputs);
  const resident = training.resident;
  return {
    ...training,
    slots,
    slotCount: slots.length,
    weightControl: layout.take(64),
    biasControl: layout.take(64),
    deltas: layers.map(({ units }) => matrix(layout, rows, units)),
    deltaT: layout.floats(paddedRows * widest),
    scratch: layout.floats(Math.max(24 * paddedRows, PANEL_COLUMNS * deepest)),
    biasGradient: layout.floats(paddedUnits(widest)),
    targets: {
      offset: layout.floats(rows * targetColumns),
      stride: 4 * targetColumns,
      columns: labels ? 1 : outputs,
    },
    rowLoss: layout.take(8 * rows),
    sums: layout.take(8 * (1 + layers.length)),
    data: resident ? layout.take(resident.rows * spec.inputs * (resident.scale ? 1 : 4)) : 0,
    dataTargets: resident ? layout.floats(resident.rows * (labels ? 1 : outputs)) : 0,
  };
}

const PANEL_COLUMNS = 8;

/** The calls that turn `rows` rows into probabilities (or values); with `scale`, from the 8-bit rows in `staging`. */
export function predictCalls(plan: Plan, rows: number, scale?: ScaleParts): Call[] {
  const { input, staging, spec, indices } = plan;
  const forward = forwardCalls(plan, rows, true);
  if (scale === undefined) return forward;
  const args = [input.offset, input.stride, staging, spec.inputs, indices, rows, ...scale];
  return [{ kernel: 'gatherBytes', args }, ...forward];
}

/** The calls of one training step on `rows` rows: gather, forward, loss, backward with updates. */
export function stepCalls(plan: Plan, rows: number): Call[] {
  const training = plan.training;
  if (!training) throw new TypeError('stepCalls needs a plan made for training.');
  return [
    ...gatherCalls(plan, training, rows),
    ...penaltyCalls(plan, training),
    ...forwardCalls(plan, rows, false),
    ...backwardCalls(plan, training, rows),
    { kernel: 'sumRows', args: [training.sums, training.rowLoss, rows] },
  ];
}

function gatherCalls(plan: Plan, training: TrainingPlan, rows: number): Call[] {
  const { resident, data, dataTargets, targets } = training;
  if (!resident) return [];
  const { input, spec, indices } = plan;
  const head = [input.offset, input.stride, data, spec.inputs, indices, rows];
  return [
    resident.scale
      ? { kernel: 'gatherBytes', args: [...head, ...resident.scale] }
      : { kernel: 'gatherWords', args: head },
    {
      kernel: 'gatherWords',
      args: [targets.offset, targets.stride, dataTargets, targets.columns, indices, rows],
    },
  ];
}

function penaltyCalls(plan: Plan, training: TrainingPlan): Call[] {
  if (!training.penalty) return [];
  return plan.layers.map(({ weight, inputs, panels }, i) => ({
    kernel: 'sumSquares',
    args: [training.sums + 8 * (1 + i), plan.parameters + 4 * weight, inputs * panels * PANEL_COLUMNS],
  }));
}
