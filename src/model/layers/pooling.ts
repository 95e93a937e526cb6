import type { Matrix } from '../layout.js';
import type { PoolingSpec } from '../spec.js';
import type { LayerRule, Placed } from './rule.js';
import { windowOver } from './window.js';

/** Maxima, or means, over windows of pixels; borders do not count. */
export const pooling: LayerRule<PoolingSpec> = {
  outputShape(spec, input) {
    return [...windowOver(spec.type, spec.window, input).output, input[2]];
  },

  parameters: () => [],

  place(spec, { layout, rows, input, inputShape, training, taken }): Placed {
    if (taken) return { output: input, forward: () => [], backward: () => [] };
    const {
      image,
      output: size,
      size: window,
      strides,
      before,
    } = windowOver(spec.type, spec.window, inputShape);
    const columns = size[0] * size[1] * image[2];
    const output = layout.matrix(rows, columns);
    const shape = layout.numbers([...image, ...size, ...window, ...strides, ...before]);
    const places = ({ offset, stride }: Matrix): number[] => [offset, stride];
    if (spec.type === 'averagePooling2d') {
      return {
        output,
        forward: ({ rows }) => [
          { kernel: 'averagePoolForward', args: [...places(output), ...places(input), rows, shape] },
        ],
        backward: ({ rows, delta, below }) =>
          below
            ? [{ kernel: 'averagePoolBackward', args: [...places(below), ...places(delta), rows, shape] }]
            : [],
      };
    }
    const picks = training ? layout.matrix(rows, columns).offset : 0;
    return {
      output,
      forward: ({ rows }) => [
        { kernel: 'maxPoolForward', args: [...places(output), picks, ...places(input), rows, shape] },
      ],
      backward: ({ rows, delta, below }) =>
        below
          ? [{ kernel: 'maxPoolBackward', args: [...places(below), ...places(delta), picks, rows, shape] }]
          : [],
    };
  },
};
