import type { Call } from '../engine/kernels.js';
import { activationRule } from './activations.js';
import { paddedUnits } from './layout.js';
import type { Plan } from './plan.js';

/**
 * Forward calls of all layers on `rows` rows. The output activation is left to the loss, which computes from logits,
 * unless `finish`.
 */
export function forwardCalls(plan: Plan, rows: number, finish: boolean): Call[] {
  const last = plan.layers.length - 1;
  return plan.layers.flatMap((layer, i) => {
    const input = i === 0 ? plan.input : plan.outputs[i - 1];
    const output = plan.outputs[i];
    const activation = plan.spec.layers[i].activation;
    const softmax = activation === 'softmax';
    const rule = activationRule(softmax || (i === last && !finish) ? 'linear' : activation);
    const calls: Call[] = [
      {
        kernel: 'denseForward',
        args: [
          ...[output.offset, output.stride, input.offset, input.stride],
          ...[plan.parameters + 4 * layer.weight, plan.parameters + 4 * layer.bias],
          ...[rows, layer.inputs, 0, layer.panels, rule.low],
        ],
      },
    ];
    if (rule.sweep) {
      const args = [rule.code, output.offset, output.stride, rows, paddedUnits(layer.units)];
      calls.push({ kernel: 'activationForward', args });
    }
    if (softmax && finish) {
      calls.push({ kernel: 'softmaxForward', args: [output.offset, output.stride, rows, layer.units] });
    }
    return calls;
  });
}
