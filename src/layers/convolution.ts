// Convolutions of images. The kernels go over windows by tables of offsets (convolution-shape.ts); a max
// pooling layer behind a convolution may be computed with it.
import { positiveInteger } from '../check.js';
import { call, type Call } from '../engine/kernels.js';
import { ShapeError, ValueError } from '../errors.js';
import { formatShape } from '../ndarray.js';
import { activationCalls, lowest, needsInput, slopeCalls } from '../network/activations.js';
import type { Matrix } from '../network/layout.js';
import { PANEL, paddedUnits } from '../network/layout.js';
import { type Parameter, weightedParameters } from '../network/parameters.js';
import type { LayerSpec } from '../network/spec.js';
import type { Convolution, ConvolutionShape, InputGradientPart } from './convolution-shape.js';
import { checkBorder, convolutionScratch, forwardShape, inputGradientParts } from './convolution-shape.js';
import type { ImageLayerOptions, WeightedOptions, WeightedSpec } from './options.js';
import { imageOptions, weightedConfig, weightedSchema, weightedSpec } from './options.js';
import type { PoolingSpec } from './pooling.js';
import type { BackwardStep, BoundLayer, ForwardStep, LayerContext, LayerKind, Options } from './rule.js';
import type { Both, Window, WindowSpec } from './window.js';
import { padding, pair, windowOver } from './window.js';

export interface Conv2dOptions extends WeightedOptions, ImageLayerOptions {
  /** Outputs per pixel, >= 1. */
  readonly filters: number;
  /** Height and width of the window. */
  readonly kernelSize: Both;
  /** Pixels from one window to the next. Default 1. */
  readonly strides?: Both;
  /** 'same' borders images with zeros so that the output has ⌈size / stride⌉ pixels. Default 'valid'. */
  readonly padding?: 'valid' | 'same';
  /** Pixels from one position of the window to the next. Default 1; not together with strides. */
  readonly dilationRate?: Both;
  /** Filters of a group see the channels of that group only. Divides channels and filters. Default 1. */
  readonly groups?: number;
}

export interface Conv2dSpec extends WeightedSpec {
  readonly type: 'conv2d';
  readonly filters: number;
  readonly window: WindowSpec;
  /** Filters of group g see the channels of group g only. */
  readonly groups: number;
}

declare module '../network/spec.js' {
  interface LayerSpecs {
    conv2d: Conv2dSpec;
  }
}

/**
 * y = activation(convolution of x and the kernel + bias), kernel (height, width, channels of a group,
 * filters) (keras/src/layers/convolutional/base_conv.py).
 */
export const conv2d: LayerKind<Conv2dSpec> = {
  className: 'Conv2D',
  schema: {
    filters: positiveInteger,
    kernelSize: pair,
    strides: pair,
    padding,
    dilationRate: pair,
    groups: positiveInteger,
    ...weightedSchema,
    ...imageOptions,
  },
  required: ['filters', 'kernelSize'],
  spec(options, owner) {
    const { filters, groups = 1 } = options;
    if (filters % groups !== 0) {
      throw new ValueError(`${owner}: groups must divide the ${filters} filters, but received ${groups}.`);
    }
    const weighted = weightedSpec(options, owner, 4);
    return { type: 'conv2d', filters, window: convolutionWindow(options, owner), groups, ...weighted };
  },
  config: (spec) => ({
    filters: spec.filters,
    kernelSize: spec.window.size,
    strides: spec.window.strides,
    padding: spec.window.padding,
    dilationRate: spec.window.dilation,
    groups: spec.groups,
    ...weightedConfig(spec),
  }),

  outputShape(spec, input) {
    const window = windowOver('conv2d', spec.window, input);
    if (window.image[2] % spec.groups !== 0) {
      throw new ShapeError(
        `A conv2d layer of ${spec.groups} groups needs a number of channels that ${spec.groups} divides, but received the shape ${formatShape(input)}.`,
      );
    }
    checkBorder(window, spec.filters);
    if (isRowWise(spec)) {
      throw new ShapeError(
        `A conv2d layer takes elementwise activations, but received ${spec.activation}, which is over the outputs of a row.`,
      );
    }
    return [...window.output, spec.filters];
  },

  parameters: (spec, input) =>
    weightedParameters(spec, [...spec.window.size, input[2] / spec.groups, spec.filters]),

  fusesNext: fusesPooling,

  scratch(spec, { network, shapes, index }) {
    const next = network.layers.at(index + 1);
    const window = windowOver('conv2d', spec.window, shapes[index]);
    const pool = fusesPooling(spec, next, false) ? next.window.size[0] : 0;
    return { scratch: convolutionScratch(window, spec.filters, pool) };
  },

  bind: (spec, context) => new BoundConvolution(spec, context),
};

function convolutionWindow(options: Options, owner: string): WindowSpec {
  const { kernelSize: size, strides = [1, 1], padding = 'valid', dilationRate: dilation = [1, 1] } = options;
  if (Math.max(...strides) > 1 && Math.max(...dilation) > 1) {
    throw new ValueError(
      `${owner}: strides and dilationRate cannot both be greater than 1, but received strides [${strides.join(', ')}] and dilationRate [${dilation.join(', ')}].`,
    );
  }
  return { size, strides, padding, dilation };
}

/**
 * Nanoseconds of a multiplication and addition: 50 GFLOP/s, and a third of that where every channel has its
 * own filter; 0.5 to 2.9 times as much was measured, as src/engine/partition.ts says.
 */
const PRODUCT_NS = 0.04;
const DEPTHWISE_NS = 0.12;

function isRowWise({ activation }: Conv2dSpec): boolean {
  return activation === 'softmax' || activation === 'logSoftmax';
}

/**
 * True if a pooling layer behind a convolution is computed with it: the convolution itself is then never in
 * memory. A gradient of its input needs the delta of every pixel.
 */
function fusesPooling(
  { activation, groups, window, activityRegularizer }: Conv2dSpec,
  next: LayerSpec | undefined,
  needsInputGradient: boolean,
): next is PoolingSpec {
  if (needsInputGradient || next?.type !== 'maxPooling2d') return false;
  const clamped = activation === 'relu' || activation === 'linear';
  return clamped && groups === 1 && window.dilation[1] === 1 && !activityRegularizer && windowsTile(next);
}

/**
 * True if the windows of a pooling layer neither overlap nor leave gaps: they can be pooled as soon as they
 * are computed.
 */
function windowsTile({ window: { size, strides, padding } }: PoolingSpec): boolean {
  return padding === 'valid' && size[0] === strides[0] && size[1] === strides[1];
}

/** Filters rotated by 180°, from which of their positions, and what they are convolved with. */
interface Rotated extends InputGradientPart {
  readonly offset: number;
}

class BoundConvolution implements BoundLayer {
  readonly output: Matrix;
  readonly #spec: Conv2dSpec;
  readonly #context: LayerContext;
  readonly #convolution: Convolution;
  readonly #shape: ConvolutionShape;
  readonly #kernel: Parameter;
  readonly #bias: Parameter | undefined;
  /** Zeros where there is no bias. */
  readonly #zeros: number;
  /** What the activation is applied to. */
  readonly #product: Matrix;
  /** Where the windows of the pooled maxima begin; 0 if they are not needed. */
  readonly #picks: number;
  readonly #pool: Window | undefined;
  /** For the gradient of the input. */
  readonly #rotated: readonly Rotated[];
  readonly #gradients: readonly [kernel: number, bias: number];

  constructor(spec: Conv2dSpec, context: LayerContext) {
    const { layout, rows, inputShape, outputShape, training, next } = context;
    const window = windowOver('conv2d', spec.window, inputShape);
    const channels = inputShape[2];
    this.#spec = spec;
    this.#context = context;
    this.#convolution = { window, filters: spec.filters, groups: spec.groups };
    this.#pool = fusesPooling(spec, next, context.needsInputGradient)
      ? windowOver('maxPooling2d', next.window, outputShape)
      : undefined;
    this.#shape = forwardShape(layout, this.#convolution, this.#pool);
    [this.#kernel, this.#bias] = context.parameters;
    this.#zeros = layout.floats(paddedUnits(Math.max(spec.filters, channels)));
    const [height, width] = this.#pool?.output ?? window.output;
    const size = height * width * spec.filters;
    this.output = layout.matrix(rows, size);
    this.#product = training && needsInput(spec.activation) ? layout.matrix(rows, size) : this.output;
    this.#picks = training && this.#pool ? layout.matrix(rows, size).offset : 0;
    this.#gradients = training
      ? [layout.floats(this.#kernel.length), layout.floats(paddedUnits(spec.filters))]
      : [0, 0];
    const parts = training && context.needsInputGradient ? inputGradientParts(layout, this.#convolution) : [];
    this.#rotated = parts.map((part) => ({
      ...part,
      offset: layout.floats(part.shape.depth * paddedUnits(channels)),
    }));
  }

  forward({ rows, activate }: ForwardStep): Call[] {
    const { input, offsetOf, scratch } = this.#context;
    const activation = activate ? this.#spec.activation : 'linear';
    const product = this.#product;
    const panels = paddedUnits(this.#spec.filters) / PANEL;
    const args = [
      ...([input, offsetOf(this.#kernel), this.#bias ? offsetOf(this.#bias) : this.#zeros] as const),
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

  backward({ rows, delta, inputGradient, fused, updates }: BackwardStep): Call[] {
    const { activation, filters } = this.#spec;
    const known = needsInput(activation) ? this.#product : this.output;
    const [kernelGradient, biasGradient] = this.#gradients;
    const pixels = delta.columns / filters;
    const calls = fused ? [] : slopeCalls(activation, delta, known, rows);
    if (inputGradient) calls.push(...this.#inputGradient(rows, delta, inputGradient));
    if (this.#kernel.trainable) {
      calls.push(this.#filterGradient(rows, delta), ...updates.fromGradient(this.#kernel, kernelGradient));
    }
    if (this.#bias?.trainable) {
      const panels = paddedUnits(filters) / PANEL;
      calls.push(
        call('channelSums', biasGradient, delta, rows, pixels, filters, 0, panels, true),
        ...updates.fromGradient(this.#bias, biasGradient),
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
    return groups > 1 && groups === filters && groups === this.#context.inputShape[2];
  }

  #filterGradient(rows: number, delta: Matrix): Call {
    const { input, scratch } = this.#context;
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

  #inputGradient(rows: number, delta: Matrix, inputGradient: Matrix): Call[] {
    const { offsetOf, inputShape, scratch } = this.#context;
    const { filters, groups, window } = this.#spec;
    const channels = inputShape[2];
    const sizes = [window.size[0] * window.size[1], channels, filters, groups] as const;
    const kernel = this.#isDepthwise ? 'depthwiseForward' : 'convForward';
    const panels = paddedUnits(channels) / PANEL;
    const nanoseconds = this.#nanoseconds(rows) / this.#rotated.length;
    const rotating = this.#rotated.map(({ offset, order, count }) =>
      call('rotateFilters', offset, offsetOf(this.#kernel), order, count, ...sizes),
    );
    const convolving = this.#rotated.map(({ offset, shape }) => {
      const places = [inputGradient, delta, offset, this.#zeros, rows, shape.offset, scratch] as const;
      return { ...call(kernel, ...places, 0, panels, -Infinity), nanoseconds };
    });
    return [...rotating, ...convolving];
  }
}
