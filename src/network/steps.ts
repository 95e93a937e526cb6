import { call, type Call } from '../engine/kernels.js';
import { activationCalls } from './activations.js';
import type { Matrix } from './layout.js';
import type { ListsPlan } from './lists.js';
import { columnListCalls, rowListCalls } from './lists.js';
import { lossCalls } from './losses.js';
import { activityGradientCalls, activityPenaltyCalls, weightPenaltyCalls } from './penalties.js';
import type { LossPlan, Plan } from './plan.js';
import { outputActivation } from './plan.js';
import type { ScaleParts } from './scale.js';
import { sizeOf } from './spec.js';
import { storedListCalls } from './stored.js';
import type { UpdatesPlan } from './updates.js';
import { Updates } from './updates.js';

/** The calls that turn `rows` rows into predictions; with `scale`, from the 8-bit rows in `staging`. */
export function predictCalls(plan: Plan, rows: number, sparse: boolean, scale?: ScaleParts): Call[] {
  const { input, staging, spec, indices, lists } = plan;
  const listed = sparse && lists !== undefined;
  const forward = forwardCalls(plan, rows, { training: false, finish: true, sparse: listed });
  if (listed) {
    const source = { data: scale ? staging : input.offset, stride: input.stride, indices, parts: scale };
    return [...rowListCalls(lists, source, rows), ...forward];
  }
  if (scale === undefined) return forward;
  return [call('gatherBytes', input, staging, sizeOf(spec.inputShape), indices, rows, ...scale), ...forward];
}

/** The same for rows whose lists are there already. */
export function predictListedCalls(plan: Plan, rows: number): Call[] {
  return forwardCalls(plan, rows, { training: false, finish: true, sparse: true });
}

/** Forward calls of all layers; without `finish` the last activation is left to the loss that is fused with it. */
function forwardCalls(
  plan: Plan,
  rows: number,
  { training, finish, sparse }: { training: boolean; finish: boolean; sparse: boolean },
): Call[] {
  const last = plan.layers.length - 1;
  return plan.layers.flatMap(({ bound }, i) =>
    bound.forward({ rows, training, activate: finish || i !== last, sparse }),
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
    ...(plan.lists && plan.updates && training
      ? columnListCalls(plan.lists, plan.layers[0].delta as Matrix, rows)
      : []),
    ...weightPenaltyCalls(penalties, plan.block, sums),
    ...forwardCalls(plan, rows, { training, finish: !fused, sparse: plan.lists !== undefined }),
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

function residentLists(
  lists: ListsPlan,
  resident: NonNullable<LossPlan['resident']>,
  indices: number,
  rows: number,
): Call[] {
  if (lists.given) return storedListCalls(lists, resident, indices, rows);
  const { data, scale } = resident;
  return rowListCalls(lists, { data, stride: 4 * lists.inputs, indices, parts: scale }, rows);
}

function gatherCalls(
  { input, spec, indices, lists }: Plan,
  { resident, targets, weights }: LossPlan,
  rows: number,
): Call[] {
  if (!resident) {
    const source = { data: input.offset, stride: input.stride, indices };
    return lists && !lists.given ? rowListCalls(lists, source, rows) : [];
  }
  const { data, scale } = resident;
  const head = [input, data, sizeOf(spec.inputShape), indices, rows] as const;
  const calls = lists
    ? residentLists(lists, resident, indices, rows)
    : [scale ? call('gatherBytes', ...head, ...scale) : call('gatherWords', ...head)];
  calls.push(call('gatherWords', targets, resident.targets, targets.columns, indices, rows));
  if (resident.weighted) {
    const column = { offset: weights, stride: 4 };
    calls.push(call('gatherWords', column, resident.weights, 1, indices, rows));
  }
  return calls;
}
