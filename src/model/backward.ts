import type { Call } from '../engine/kernels.js';
import { activationRule } from './activations.js';
import { paddedUnits } from './layout.js';
import type { Plan, TrainingPlan } from './plan.js';

/** Update rules, as in assembly/update.ts. */
const RULES = { sgd: 0, momentum: 1, adam: 2 } as const;

/** Rows beyond which a gradient is reduced in blocks through scratch, rather than in registers in one go. */
const REGISTER_ROWS = 512;

function ruleOf(training: TrainingPlan): number {
  if (training.optimizer.kind === 'adam') return RULES.adam;
  return training.slotCount === 1 ? RULES.momentum : RULES.sgd;
}

/** Loss, then from the last layer to the first: input gradient with the old weights, update of weights, of biases. */
export function backwardCalls(plan: Plan, training: TrainingPlan, rows: number): Call[] {
  const last = plan.layers.length - 1;
  const calls: Call[] = [lossCall(plan, training, rows)];
  for (let i = last; i >= 0; i--) {
    if (i > 0) calls.push(...inputGradientCalls(plan, training, i, rows));
    calls.push(...updateCalls(plan, training, i, rows));
  }
  return calls;
}

function lossCall(plan: Plan, training: TrainingPlan, rows: number): Call {
  const delta = training.deltas[training.deltas.length - 1];
  const logits = plan.outputs[plan.outputs.length - 1];
  const { kind, range } = training.loss;
  const head = [delta.offset, delta.stride, logits.offset, logits.stride, training.targets.offset];
  const scale = Math.fround(1 / rows);
  switch (kind) {
    case 'softmaxCrossEntropy':
      return { kernel: kind, args: [...head, training.rowLoss, rows, logits.columns, scale, ...range] };
    case 'sigmoidCrossEntropy': {
      const args = [
        ...head,
        training.targets.stride,
        training.rowLoss,
        rows,
        logits.columns,
        scale,
        ...range,
      ];
      return { kernel: kind, args };
    }
    case 'squaredError': {
      const args = [...head, training.targets.stride, training.rowLoss, rows, logits.columns, scale];
      return { kernel: kind, args };
    }
  }
}

function inputGradientCalls(plan: Plan, training: TrainingPlan, i: number, rows: number): Call[] {
  const delta = training.deltas[i];
  const below = training.deltas[i - 1];
  const { inputs, units, weight } = plan.layers[i];
  const panels = plan.parameters + 4 * weight;
  const output = plan.outputs[i - 1];
  const activation = plan.spec.layers[i - 1].activation;
  const rule = activationRule(activation === 'softmax' ? 'linear' : activation);
  const calls: Call[] = [
    { kernel: 'transposeDelta', args: [training.deltaT, delta.offset, delta.stride, rows, units] },
    {
      kernel: 'denseInputGradient',
      args: [
        ...[below.offset, below.stride, panels, training.deltaT, training.scratch],
        ...[rows, inputs, units, 0, inputs],
      ],
    },
  ];
  if (rule.code !== 0) {
    const width = paddedUnits(inputs);
    const args = [rule.code, below.offset, below.stride, output.offset, output.stride, rows, width];
    calls.push({ kernel: 'activationBackward', args });
  }
  return calls;
}

function updateCalls(plan: Plan, training: TrainingPlan, i: number, rows: number): Call[] {
  const delta = training.deltas[i];
  const layer = plan.layers[i];
  const input = i === 0 ? plan.input : plan.outputs[i - 1];
  const rule = ruleOf(training);
  const weight = placesOf(plan, training, layer.weight);
  const bias = placesOf(plan, training, layer.bias);
  const width = paddedUnits(layer.units);
  const products = [
    input.offset,
    input.stride,
    delta.offset,
    delta.stride,
    rows,
    layer.inputs,
    0,
    layer.panels,
  ];
  return [
    rows <= REGISTER_ROWS
      ? { kernel: 'denseGradientUpdate', args: [rule, ...weight, ...products, training.weightControl] }
      : {
          kernel: 'denseGradientSweep',
          args: [rule, ...weight, training.scratch, ...products, training.weightControl],
        },
    { kernel: 'columnSums', args: [training.biasGradient, delta.offset, delta.stride, rows, layer.panels] },
    { kernel: 'update', args: [rule, ...bias, training.biasGradient, width, training.biasControl] },
  ];
}

/** Offsets of a parameter and of its two optimizer slots; 0 where the optimizer has none. */
function placesOf(plan: Plan, training: TrainingPlan, position: number): [number, number, number] {
  const [first, second] = training.slots;
  const at = 4 * position;
  return [plan.parameters + at, first === undefined ? 0 : first + at, second === undefined ? 0 : second + at];
}
