import { FillMode, MAP_BYTES } from '../engine/generated/abi.js';
import { call, type Call } from '../engine/kernels.js';
import { activationCalls } from '../network/activations.js';
import type { AugmentationSpec, Shape, Span } from '../network/spec.js';
import { imageSizes } from './images.js';
import type { LayerRule } from './rule.js';

const NONE: Span = [0, 0];

/** What draws a map for every image of a batch. */
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

/** Images moved, turned or zoomed at random, each by a map of its own; the identity in prediction. */
export const augmentation: LayerRule<AugmentationSpec> = {
  outputShape: ({ type }, input) => imageSizes(type, input),
  parameters: () => [],
  place(spec, { layout, rows, input, inputShape, key, scratch, training }) {
    if (!training) return { output: input, forward: () => [], backward: () => [] };
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
      backward({ rows, delta, below }) {
        if (!below) return [];
        return [call('sampleImagesBackward', below, delta, maps, rows, ...sizes, ...how)];
      },
    };
  },
};
