// The calls of a step, made from a plan: of a prediction, and of training's forward pass, loss, backward pass
// and update. Not for where things lie (plan.ts), nor for running the calls (the arena's programs).
import { call, type Call } from '../engine/kernels.js';
import { activationCalls } from './activations.js';
import { batchInputCalls, predictionInputCalls } from './input.js';
import type { Matrix } from './layout.js';
import type { LossPlan } from './losses.js';
import {
  activityGradientCalls,
  activityPenaltyCalls,
  lossCalls,
  outputActivation,
  weightPenaltyCalls,
} from './losses.js';
import type { Operand } from './sparse/format.js';
import { cscCalls } from './sparse/format.js';
import type { Plan } from './plan.js';
import type { ScaleParts } from './scale.js';
import type { PredictionInputForm } from './sparse/choose.js';
import type { UpdatesPlan } from './updates.js';
import { Updates } from './updates.js';

/**
 * The calls that turn `rows` rows into predictions.
 *
 * @param form how they get to the first layer
 * @param scale of 8-bit rows that wait to come in; undefined for others
 */
export function predictCalls(
  plan: Plan,
  rows: number,
  form: PredictionInputForm,
  scale?: ScaleParts,
): Call[] {
  const operand = form === 'dense' ? undefined : plan.input.csr;
  return [
    ...predictionInputCalls(plan.input, rows, form, scale),
    ...forwardCalls(plan, rows, { training: false, finish: true, operand }),
  ];
}

/**
 * Forward calls of all layers; without `finish` the last activation is left to the loss that is fused with
 * it.
 */
function forwardCalls(
  plan: Plan,
  rows: number,
  { training, finish, operand }: { training: boolean; finish: boolean; operand?: Operand },
): Call[] {
  const last = plan.layers.length - 1;
  return plan.layers.flatMap(({ bound }, i) =>
    bound.forward({
      rows,
      training,
      activate: finish || i !== last,
      operand: i === 0 ? operand : undefined,
    }),
  );
}

/** From the rows of a batch to its predictions: gather, penalties, forward. */
export function forwardStep(plan: Plan, rows: number, training: boolean): Call[] {
  const loss = plan.loss as LossPlan;
  const outputs = plan.layers.map(({ bound }) => bound.output);
  const { predictions, fused, penalties, sums } = loss;
  const finish = predictions && fused;
  return [
    ...gatherCalls(plan, loss, rows),
    ...(plan.input.csr && plan.updates && training
      ? cscCalls(plan.input.csr, plan.layers[0].delta as Matrix, rows)
      : []),
    ...weightPenaltyCalls(penalties, plan.block, sums),
    ...forwardCalls(plan, rows, { training, finish: !fused }),
    ...activityPenaltyCalls(penalties, outputs, sums, rows),
    ...(finish ? activationCalls(outputActivation(plan.spec), predictions, plan.output, rows, 0) : []),
  ];
}

/** The losses of the rows, their sum, and the gradient at the network's end. */
export function lossStep(plan: Plan, rows: number): Call[] {
  const loss = plan.loss as LossPlan;
  return [
    ...lossCalls(loss.spec, { ...loss, outputs: plan.output }, rows, loss.fused),
    call('sumRows', loss.sums, loss.rowLoss, rows),
  ];
}

/** From the last layer to the first: gradients, and updates where they need not wait for all gradients. */
export function backwardStep(plan: Plan, rows: number, fresh = true): Call[] {
  if (!plan.updates) throw new TypeError('backwardStep needs a plan made with an optimizer.');
  const loss = plan.loss as LossPlan;
  const updates = new Updates(plan.updates, plan.parameters, plan.block, fresh);
  const calls: Call[] = [];
  const last = plan.layers.length - 1;
  for (let i = last; i >= 0; i--) {
    const { bound, inputGradient } = plan.layers[i];
    const delta = plan.layers[i].delta as Matrix;
    calls.push(...activityGradientCalls(loss.penalties, i, delta, bound.output, rows));
    calls.push(...bound.backward({ rows, delta, inputGradient, fused: i === last && loss.fused, updates }));
  }
  return calls;
}

/** What ends an update: waiting gradients, then constraints. */
export function updateStep(plan: Plan): Call[] {
  const updates = new Updates(plan.updates as UpdatesPlan, plan.parameters, plan.block, true);
  return [...updates.apply(), ...updates.constrain()];
}

function gatherCalls({ input, resident }: Plan, { targets, weights }: LossPlan, rows: number): Call[] {
  const { indices } = input;
  const calls = batchInputCalls(input, rows, resident);
  if (!resident) return calls;
  calls.push(call('gatherWords', targets, resident.targets, targets.columns, indices, rows));
  if (resident.weighted) {
    const column = { offset: weights, stride: 4 };
    calls.push(call('gatherWords', column, resident.weights, 1, indices, rows));
  }
  return calls;
}
