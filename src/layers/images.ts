import { call, type Call } from '../engine/kernels.js';
import { ShapeError } from '../errors.js';
import { formatShape } from '../ndarray.js';
import { activationCalls } from '../network/activations.js';
import type { Matrix } from '../network/layout.js';
import type {
  GlobalPoolingSpec,
  PoolingSpec,
  Shape,
  SpatialDropoutSpec,
  ZeroPaddingSpec,
} from '../network/spec.js';
import { sizeOf } from '../network/spec.js';
import type { LayerRule, Placed } from './rule.js';
import { windowOver } from './window.js';

/** The three dimensions of an image. @throws ShapeError for rows of another rank */
export function imageSizes(
  type: string,
  input: Shape,
): readonly [height: number, width: number, channels: number] {
  if (input.length === 3) return input as unknown as readonly [number, number, number];
  const hint = input.length === 2 ? '; put a reshape layer that adds the channels before it' : '';
  throw new ShapeError(
    `A ${type} layer takes images, shape (height, width, channels), but received the shape ${formatShape(input)}${hint}.`,
  );
}

/** Zeros above, below, left and right of images. */
export const zeroPadding2d: LayerRule<ZeroPaddingSpec> = {
  outputShape({ type, padding: [tall, wide] }, input) {
    const [height, width, channels] = imageSizes(type, input);
    return [tall[0] + height + tall[1], wide[0] + width + wide[1], channels];
  },
  parameters: () => [],
  place({ padding: [tall, wide] }, { layout, rows, input, inputShape, outputShape }) {
    const [height, width, channels] = inputShape;
    const output = layout.matrix(rows, sizeOf(outputShape));
    const bytes = 4 * channels;
    return {
      output,
      forward({ rows }) {
        const margins = [tall[0], tall[1], bytes * wide[0], bytes * wide[1]] as const;
        return [call('padImages', output, input, rows, height, bytes * width, ...margins)];
      },
      backward({ rows, delta, below }) {
        if (!below) return [];
        const pitch = bytes * outputShape[1];
        const first = pitch * tall[0] + bytes * wide[0];
        return [call('cropImages', below, delta, rows, height, bytes * width, first, pitch)];
      },
    };
  },
};

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

/** The mean or the largest of all pixels, by channels; of equal largest pixels each has its share of the gradient. */
export const globalPooling: LayerRule<GlobalPoolingSpec> = {
  outputShape({ type, keepdims }, input) {
    const [, , channels] = imageSizes(type, input);
    return keepdims ? [1, 1, channels] : [channels];
  },
  parameters: () => [],
  place({ type }, { layout, rows, input, inputShape: [height, width, channels] }) {
    const output = layout.matrix(rows, channels);
    const average = type === 'globalAveragePooling2d';
    const sizes = [height * width, channels] as const;
    return {
      output,
      forward({ rows }) {
        return [call(average ? 'globalAverage' : 'globalMax', output, input, rows, ...sizes)];
      },
      backward({ rows, delta, below }): Call[] {
        if (!below) return [];
        if (average) return [call('globalAverageBackward', below, delta, rows, ...sizes)];
        return [call('globalMaxBackward', below, delta, input, output, rows, ...sizes)];
      },
    };
  },
};

/** Inverted dropout of whole channels (Tompson et al., 2015); the identity in prediction. */
export const spatialDropout2d: LayerRule<SpatialDropoutSpec> = {
  outputShape: ({ type }, input) => imageSizes(type, input),
  parameters: () => [],
  place({ rate }, { layout, rows, input, inputShape: [height, width, channels], key, scratch, training }) {
    if (!training) return { output: input, forward: () => [], backward: () => [] };
    const output = layout.matrix(rows, input.columns);
    const drawn = [key, Math.floor(rate * 65536 + 0.5), Math.fround(1 / (1 - rate))] as const;
    const mask = (to: Matrix, from: Matrix, rows: number): Call =>
      call('spatialDropout', to, from, height * width, channels, ...drawn, 0, rows);
    return {
      output,
      forward: ({ rows, training }) =>
        training ? [mask(output, input, rows)] : activationCalls('linear', output, input, rows, scratch),
      backward: ({ rows, delta, below }) => (below ? [mask(below, delta, rows)] : []),
    };
  },
};
