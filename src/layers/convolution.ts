import { call, type Call } from '../engine/kernels.js';
import { ShapeError } from '../errors.js';
import { formatShape } from '../ndarray.js';
import { activationCalls, lowest, needsInput, slopeCalls } from '../network/activations.js';
import type { Matrix } from '../network/layout.js';
import { PANEL, paddedUnits } from '../network/layout.js';
import type { Parameter } from '../network/parameters.js';
import type { Conv2dSpec, LayerSpec, Shape } from '../network/spec.js';
import type { Convolution, ConvolutionShape, InputGradientPart } from './convolution-shape.js';
import { forwardShape, inputGradientParts, poolsAtOnce } from './convolution-shape.js';
import type { BackwardStep, ForwardStep, LayerRule, Place, Placed } from './rule.js';
import type { Window } from './window.js';
import { windowOver } from './window.js';

/** y = activation(convolution of x and the kernel + bias), kernel (height, width, channels of a group, filters). */
export const conv2d: LayerRule<Conv2dSpec> = {
  outputShape(spec, input) {
    const { output, image } = windowOver('conv2d', spec.window, input);
    if (image[2] % spec.groups !== 0) {
      throw new ShapeError(
        `A conv2d layer of ${spec.groups} groups needs a number of channels that ${spec.groups} divides, but received the shape ${formatShape(input)}.`,
      );
    }
    checkBorder(spec, input);
    if (isRowWise(spec)) {
      throw new ShapeError(
        `A conv2d layer takes elementwise activations, but received ${spec.activation}, which is over the outputs of a row.`,
      );
    }
    return [...output, spec.filters];
  },

  parameters({ filters, window, groups, useBias, kernel, bias, trainable }, input) {
    const shape = [...window.size, input[2] / groups, filters];
    const weight = { name: 'kernel', shape, trainable, rules: kernel };
    return useBias ? [weight, { name: 'bias', shape: [filters], trainable, rules: bias }] : [weight];
  },

  place(spec, place) {
    return new PlacedConvolution(spec, place);
  },
};

/** Floats of an image within its border, 256 MiB, beyond which the border may not be most of it. */
const MOST_BORDERED = 67108864;

/** @throws ShapeError where a window with padding 'same' reaches so far beyond images that no memory holds their border */
function checkBorder({ window, filters }: Conv2dSpec, input: Shape): void {
  const { image, border, size, dilation } = windowOver('conv2d', window, input);
  const [height, width] = [image[0] + border[0], image[1] + border[1]];
  const floats = height * width * Math.max(image[2], filters);
  if (floats <= MOST_BORDERED || height * width <= 8 * image[0] * image[1]) return;
  throw new ShapeError(
    `A conv2d layer with padding 'same' needs images that take at most 256 MiB with their border, but kernelSize [${size.join(', ')}] and dilationRate [${dilation.join(', ')}] border the shape ${formatShape(input)} to ${height} x ${width} pixels.`,
  );
}

/** Nanoseconds of a multiplication and addition: 50 GFLOP/s, and a third of that where every channel has its own filter. */
const PRODUCT_NS = 0.04;
const DEPTHWISE_NS = 0.12;

function isRowWise({ activation }: Conv2dSpec): boolean {
  return activation === 'softmax' || activation === 'logSoftmax';
}

/**
 * Whether a pooling layer behind a convolution is computed with it: the convolution itself is then never in memory.
 * `below`: whether the gradient of its input is wanted, for which the delta of every pixel is needed.
 */
export function takesPooling(layer: LayerSpec, next: LayerSpec | undefined, below: boolean): boolean {
  if (below || layer.type !== 'conv2d' || next?.type !== 'maxPooling2d') return false;
  const { activation, groups, window, activityRegularizer } = layer;
  const clamped = activation === 'relu' || activation === 'linear';
  return clamped && groups === 1 && window.dilation[1] === 1 && !activityRegularizer && poolsAtOnce(next);
}

/** Floats of scratch that the kernels of a convolution need. */
export function convolutionScratch(spec: Conv2dSpec, input: Shape, next?: LayerSpec): number {
  const window = windowOver('conv2d', spec.window, input);
  const [height, width, channels] = window.image;
  const size = window.size.map((pixels, axis) => (pixels - 1) * window.dilation[axis]);
  const forward = (height + window.border[0]) * (width + window.border[1]) * channels;
  const backward = (height + size[0]) * (width + size[1]) * spec.filters;
  const pixels = window.output[0] * window.output[1];
  const pool = next && takesPooling(spec, next, false) && 'window' in next ? next.window.size[0] : 0;
  const taps = spec.filters * window.size[0] * (window.size[1] * channels + 3);
  const strip = pool * window.output[1] * PANEL;
  // Lists of four filters, two words for every pooled pixel.
  const pooled = pool > 0 ? 8 * pixels + 8 + taps : 0;
  // A panel of what is convolved: the output, or, with the filters turned round, the gradient of the input.
  const panel = PANEL * Math.max(pixels, height * width);
  return Math.max(forward, backward) + 64 + Math.max(panel, strip, pooled, 48);
}

/** Filters turned round, from which of their positions, and what they are convolved with. */
interface Turned extends InputGradientPart {
  readonly offset: number;
}

class PlacedConvolution implements Placed {
  readonly output: Matrix;
  readonly #spec: Conv2dSpec;
  readonly #place: Place;
  readonly #convolution: Convolution;
  readonly #shape: ConvolutionShape;
  readonly #kernel: Parameter;
  readonly #bias: Parameter | undefined;
  /** Zeros where there is no bias. */
  readonly #zeros: number;
  /** What the activation is applied to. */
  readonly #product: Matrix;
  /** Where the windows of the pooled maxima begin; 0 if nobody asks. */
  readonly #picks: number;
  readonly #pool: Window | undefined;
  /** For the gradient of the input. */
  readonly #turned: readonly Turned[];
  readonly #gradients: readonly [kernel: number, bias: number];

  constructor(spec: Conv2dSpec, place: Place) {
    const { layout, rows, inputShape, outputShape, training, next } = place;
    const window = windowOver('conv2d', spec.window, inputShape);
    const channels = inputShape[2];
    this.#spec = spec;
    this.#place = place;
    this.#convolution = { window, filters: spec.filters, groups: spec.groups };
    this.#pool =
      takesPooling(spec, next, place.below) && next?.type === 'maxPooling2d'
        ? windowOver('maxPooling2d', next.window, outputShape)
        : undefined;
    this.#shape = forwardShape(layout, this.#convolution, this.#pool);
    [this.#kernel, this.#bias] = place.parameters;
    this.#zeros = layout.floats(paddedUnits(Math.max(spec.filters, channels)));
    const [height, width] = this.#pool?.output ?? window.output;
    const size = height * width * spec.filters;
    this.output = layout.matrix(rows, size);
    this.#product = training && needsInput(spec.activation) ? layout.matrix(rows, size) : this.output;
    this.#picks = training && this.#pool ? layout.matrix(rows, size).offset : 0;
    this.#gradients = training
      ? [layout.floats(this.#kernel.length), layout.floats(paddedUnits(spec.filters))]
      : [0, 0];
    const parts = training && place.below ? inputGradientParts(layout, this.#convolution) : [];
    this.#turned = parts.map((part) => ({
      ...part,
      offset: layout.floats(part.shape.depth * paddedUnits(channels)),
    }));
  }

  forward({ rows, activate }: ForwardStep): Call[] {
    const { input, at, scratch } = this.#place;
    const activation = activate ? this.#spec.activation : 'linear';
    const product = this.#product;
    const panels = paddedUnits(this.#spec.filters) / PANEL;
    const args = [
      ...([input, at(this.#kernel), this.#bias ? at(this.#bias) : this.#zeros] as const),
      ...([rows, this.#shape.offset, scratch, 0, panels, lowest(activation)] as const),
    ] as const;
    const nanoseconds = this.#nanoseconds(rows);
    if (this.#pool) {
      return [{ ...call('convPoolForward', product, this.#picks, ...args), nanoseconds }];
    }
    const kernel = this.#isDepthwise ? 'depthwiseForward' : 'convForward';
    const calls: Call[] = [{ ...call(kernel, product, ...args), nanoseconds }];
    if (activation === 'relu') return calls;
    return [...calls, ...activationCalls(activation, this.output, product, rows, scratch)];
  }

  backward({ rows, delta, below, fused, updates }: BackwardStep): Call[] {
    const { activation, filters } = this.#spec;
    const known = needsInput(activation) ? this.#product : this.output;
    const [kernelGradient, biasGradient] = this.#gradients;
    const pixels = delta.columns / filters;
    const calls = fused ? [] : slopeCalls(activation, delta, known, rows);
    if (below) calls.push(...this.#inputGradient(rows, delta, below));
    if (this.#kernel.trainable) {
      calls.push(this.#filterGradient(rows, delta), ...updates.given(this.#kernel, kernelGradient));
    }
    if (this.#bias?.trainable) {
      const panels = paddedUnits(filters) / PANEL;
      calls.push(
        call('channelSums', biasGradient, delta, rows, pixels, filters, 0, panels, true),
        ...updates.given(this.#bias, biasGradient),
      );
    }
    return calls;
  }

  /** About how long `rows` images take, forward or for one of the gradients. */
  #nanoseconds(rows: number): number {
    const { window, filters } = this.#convolution;
    const [height, width] = window.output;
    const products = height * width * this.#shape.depth * paddedUnits(filters);
    return rows * products * (this.#isDepthwise ? DEPTHWISE_NS : PRODUCT_NS);
  }

  /** Every channel has one filter of its own. */
  get #isDepthwise(): boolean {
    const { filters, groups } = this.#spec;
    return groups > 1 && groups === filters && groups === this.#place.inputShape[2];
  }

  #filterGradient(rows: number, delta: Matrix): Call {
    const { input, scratch } = this.#place;
    const { filters } = this.#spec;
    const panels = paddedUnits(filters) / PANEL;
    const x = [this.#gradients[0], input, delta] as const;
    const rest = [rows, this.#shape.offset, scratch, 0] as const;
    const nanoseconds = this.#nanoseconds(rows);
    if (this.#pool) {
      // Only the maxima have a delta.
      const [height, width] = this.#pool.size;
      const pooled = call('convPoolGradient', ...x, this.#picks, ...rest, filters);
      return { ...pooled, nanoseconds: (2 * nanoseconds) / (height * width) };
    }
    const gradient = this.#isDepthwise
      ? call('depthwiseGradient', ...x, ...rest, panels, true)
      : call('convGradient', ...x, ...rest, panels * this.#shape.depth, true);
    return { ...gradient, nanoseconds };
  }

  #inputGradient(rows: number, delta: Matrix, below: Matrix): Call[] {
    const { at, inputShape, scratch } = this.#place;
    const { filters, groups, window } = this.#spec;
    const channels = inputShape[2];
    const sizes = [window.size[0] * window.size[1], channels, filters, groups] as const;
    const kernel = this.#isDepthwise ? 'depthwiseForward' : 'convForward';
    const panels = paddedUnits(channels) / PANEL;
    const nanoseconds = this.#nanoseconds(rows) / this.#turned.length;
    const turning = this.#turned.map(({ offset, order, count }) =>
      call('turnFilters', offset, at(this.#kernel), order, count, ...sizes),
    );
    const convolving = this.#turned.map(({ offset, shape }) => {
      const places = [below, delta, offset, this.#zeros, rows, shape.offset, scratch] as const;
      return { ...call(kernel, ...places, 0, panels, -Infinity), nanoseconds };
    });
    return [...turning, ...convolving];
  }
}
