// Random augmentation of images while training: every image moves, rotates or zooms by a map of its own,
// which kernels draw (assembly/augment.ts). In prediction these layers make no call.
import type { Rule, Schema } from '../check.js';
import { nullable, number, oneOf, refused } from '../check.js';
import { FillMode, MAP_BYTES } from '../engine/generated/abi.js';
import { call, type Call } from '../engine/kernels.js';
import { activationCalls } from '../network/activations.js';
import type { Shape } from '../network/spec.js';
import type { ImageLayerOptions } from './options.js';
import { imageOptions } from './options.js';
import type { LayerContext, LayerKind, LayerRule, Options } from './rule.js';
import { none, unchanged } from './rule.js';
import type { Span } from './window.js';
import { imageSizes } from './window.js';

/** What stands outside an image. */
export const FILL_MODES = Object.keys(FillMode) as FillMode[];
export const INTERPOLATIONS = ['nearest', 'bilinear'] as const;

/** A share from −1 to 1: s stands for −s to s; or its smallest and its largest value. */
export type Factor = number | Span;

interface SamplingOptions extends ImageLayerOptions {
  /**
   * What lies outside an image: 'reflect' its mirror image (b a | a b c | c b), 'wrap' the image again,
   * 'nearest' its edge, 'constant' `fillValue`. Default 'reflect'.
   */
  readonly fillMode?: (typeof FILL_MODES)[number];
  /** Default 'bilinear'. */
  readonly interpolation?: (typeof INTERPOLATIONS)[number];
  /** Default 0. */
  readonly fillValue?: number;
}

export interface RandomTranslationOptions extends SamplingOptions {
  /** Share of the height; positive moves down. */
  readonly heightFactor: Factor;
  /** Share of the width; positive moves to the right. */
  readonly widthFactor: Factor;
}

export interface RandomRotationOptions extends SamplingOptions {
  /** Share of a full turn about the centre; positive turns counterclockwise. */
  readonly factor: Factor;
}

export interface RandomZoomOptions extends SamplingOptions {
  /** Zooms to 1 / (1 + share) of the height: positive zooms out. */
  readonly heightFactor: Factor;
  /** Zooms to 1 / (1 + share) of the width. Default null: as the height, so that proportions stay. */
  readonly widthFactor?: Factor | null;
}

interface SamplingSpec {
  readonly fillMode: FillMode;
  readonly interpolation: (typeof INTERPOLATIONS)[number];
  readonly fillValue: number;
}

/**
 * Moves or zooms images by a random share of their height and width; zooms without width keep proportions.
 */
export interface RandomShiftSpec extends SamplingSpec {
  readonly type: 'randomTranslation' | 'randomZoom';
  readonly height: Span;
  readonly width?: Span;
}

/** Rotates images by a random share of a full turn. */
export interface RandomRotationSpec extends SamplingSpec {
  readonly type: 'randomRotation';
  readonly factor: Span;
}

export type AugmentationSpec = RandomShiftSpec | RandomRotationSpec;

declare module '../network/spec.js' {
  interface LayerSpecs {
    augmentation: AugmentationSpec;
  }
}

const share = number({ min: -1, max: 1 });

const factor: Rule<Span> = {
  expected: 'a number >= -1 and <= 1, or two of them, [least, most]',
  accept(value) {
    const given: readonly unknown[] = Array.isArray(value) ? value : [value];
    if (given.length > 2 || given.length === 0) return refused;
    if (given.some((each) => share.accept(each) === refused)) return refused;
    const numbers = given as readonly number[];
    if (!Array.isArray(value)) return [-Math.abs(numbers[0]), Math.abs(numbers[0])];
    return numbers.length === 2 ? [Math.min(...numbers), Math.max(...numbers)] : refused;
  },
};

const sampling: Schema = {
  fillMode: oneOf(FILL_MODES),
  interpolation: oneOf(INTERPOLATIONS),
  fillValue: number(),
  ...imageOptions,
};

function samplingSpec({ fillMode = 'reflect', interpolation = 'bilinear', fillValue = 0 }: Options) {
  return { fillMode, interpolation, fillValue };
}

const NONE: Span = [0, 0];

/** The call that draws a map for every image of a batch. */
function drawCall(
  spec: AugmentationSpec,
  [height, width]: Shape,
  maps: number,
  key: number,
  rows: number,
): Call {
  const head = [maps, key, rows, height, width] as const;
  if (spec.type === 'randomRotation') return call('drawRotations', ...head, ...spec.factor);
  const spans = [...spec.height, ...(spec.width ?? NONE)] as const;
  if (spec.type === 'randomTranslation') return call('drawTranslations', ...head, ...spans);
  return call('drawZooms', ...head, ...spans, !spec.width);
}

/** Images moved, rotated or zoomed at random, each by a map of its own; the identity in prediction. */
const rule: LayerRule<AugmentationSpec> = {
  random: true,
  outputShape: ({ type }, input) => imageSizes(type, input),
  parameters: none,
  bind(spec, { layout, rows, input, inputShape, key, scratch, training }: LayerContext) {
    if (!training) return unchanged(input);
    const output = layout.matrix(rows, input.columns);
    const maps = layout.take(MAP_BYTES * rows);
    const sizes = imageSizes(spec.type, inputShape);
    const how = [FillMode[spec.fillMode], spec.interpolation === 'bilinear'] as const;
    return {
      output,
      forward({ rows, training }) {
        if (!training) return activationCalls('linear', output, input, rows, scratch);
        const sample = call('sampleImages', output, input, maps, rows, ...sizes, ...how, spec.fillValue);
        return [drawCall(spec, inputShape, maps, key, rows), sample];
      },
      backward({ rows, delta, inputGradient }) {
        if (!inputGradient) return [];
        return [call('sampleImagesBackward', inputGradient, delta, maps, rows, ...sizes, ...how)];
      },
    };
  },
};

/** keras/src/layers/preprocessing/image_preprocessing/random_translation.py */
export const randomTranslation: LayerKind<RandomShiftSpec> = {
  ...rule,
  className: 'RandomTranslation',
  schema: { heightFactor: factor, widthFactor: factor, ...sampling },
  required: ['heightFactor', 'widthFactor'],
  spec: (options) => ({
    type: 'randomTranslation',
    height: options.heightFactor,
    width: options.widthFactor,
    ...samplingSpec(options),
  }),
  config: ({ height, width, ...spec }) => ({
    heightFactor: height,
    widthFactor: width,
    ...samplingSpec(spec),
  }),
};

/** keras/src/layers/preprocessing/image_preprocessing/random_rotation.py */
export const randomRotation: LayerKind<RandomRotationSpec> = {
  ...rule,
  className: 'RandomRotation',
  schema: { factor, ...sampling },
  required: ['factor'],
  spec: (options) => ({ type: 'randomRotation', factor: options.factor, ...samplingSpec(options) }),
  config: (spec) => ({ factor: spec.factor, ...samplingSpec(spec) }),
};

/** keras/src/layers/preprocessing/image_preprocessing/random_zoom.py */
export const randomZoom: LayerKind<RandomShiftSpec> = {
  ...rule,
  className: 'RandomZoom',
  schema: { heightFactor: factor, widthFactor: nullable(factor), ...sampling },
  required: ['heightFactor'],
  spec: (options) => ({
    type: 'randomZoom',
    height: options.heightFactor,
    ...(options.widthFactor && { width: options.widthFactor }),
    ...samplingSpec(options),
  }),
  config: ({ height, width, ...spec }) => ({
    heightFactor: height,
    widthFactor: width,
    ...samplingSpec(spec),
  }),
};
