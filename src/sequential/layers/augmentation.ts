import type { Rule, Schema } from '../../check.js';
import { nullable, number, oneOf, refused } from '../../check.js';
import type { RandomRotationSpec, RandomShiftSpec, Span } from '../../network/spec.js';
import { FILL_MODES, INTERPOLATIONS } from '../../network/spec.js';
import type { LayerKind, Options } from './kind.js';
import type { ImageLayerOptions } from './parts.js';
import { imageOptions } from './parts.js';

/** A share from −1 to 1: s stands for −s to s; or its least and its largest value. */
export type Factor = number | Span;

interface SamplingOptions extends ImageLayerOptions {
  /**
   * What lies outside an image: 'reflect' its mirror image (b a | a b c | c b), 'wrap' the image again, 'nearest' its edge,
   * 'constant' `fillValue`. Default 'reflect'.
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
  /** The same of the width. Default null: as the height, so that proportions stay. */
  readonly widthFactor?: Factor | null;
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

/** keras/src/layers/preprocessing/image_preprocessing/random_translation.py */
export const randomTranslation: LayerKind<RandomShiftSpec> = {
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
  className: 'RandomRotation',
  schema: { factor, ...sampling },
  required: ['factor'],
  spec: (options) => ({ type: 'randomRotation', factor: options.factor, ...samplingSpec(options) }),
  config: (spec) => ({ factor: spec.factor, ...samplingSpec(spec) }),
};

/** keras/src/layers/preprocessing/image_preprocessing/random_zoom.py */
export const randomZoom: LayerKind<RandomShiftSpec> = {
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
