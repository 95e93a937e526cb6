import { call } from '../../engine/kernels.js';
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
    if (spec.type === 'averagePooling2d') {
      return {
        output,
        forward: ({ rows }) => [call('averagePoolForward', output, input, rows, shape)],
        backward: ({ rows, delta, below }) =>
          below ? [call('averagePoolBackward', below, delta, rows, shape)] : [],
      };
    }
    const picks = training ? layout.matrix(rows, columns).offset : 0;
    return {
      output,
      forward: ({ rows }) => [call('maxPoolForward', output, picks, input, rows, shape)],
      backward: ({ rows, delta, below }) =>
        below ? [call('maxPoolBackward', below, delta, picks, rows, shape)] : [],
    };
  },
};
