import type { Call } from '../../engine/kernels.js';
import { activationCalls } from '../activations.js';
import type { AugmentationSpec, Shape, Span } from '../spec.js';
import { FILL_MODES } from '../spec.js';
import { imageSizes } from './images.js';
import type { LayerRule } from './rule.js';

/** Bytes of an image's map (assembly/augment.ts). */
const MAP_BYTES = 48;

const NONE: Span = [0, 0];

/** What draws a map for every image of a batch. */
function drawCall(
  spec: AugmentationSpec,
  [height, width]: Shape,
  maps: number,
  key: number,
  rows: number,
): Call {
  const head = [maps, key, rows, height, width];
  if (spec.type === 'randomRotation') return { kernel: 'drawRotations', args: [...head, ...spec.factor] };
  const spans = [...spec.height, ...(spec.width ?? NONE)];
  if (spec.type === 'randomTranslation') return { kernel: 'drawTranslations', args: [...head, ...spans] };
  return { kernel: 'drawZooms', args: [...head, ...spans, spec.width ? 0 : 1] };
}

/** Images moved, turned or zoomed at random, each by a map of its own; the identity in prediction. */
export const augmentation: LayerRule<AugmentationSpec> = {
  outputShape: ({ type }, input) => imageSizes(type, input),
  parameters: () => [],
  place(spec, { layout, rows, input, inputShape, key, scratch, training }) {
    if (!training) return { output: input, forward: () => [], backward: () => [] };
    const output = layout.matrix(rows, input.columns);
    const maps = layout.take(MAP_BYTES * rows);
    const how = [FILL_MODES.indexOf(spec.fillMode), spec.interpolation === 'bilinear' ? 1 : 0];
    return {
      output,
      forward({ rows, training }) {
        if (!training) return activationCalls('linear', output, input, rows, scratch);
        const places = [output.offset, output.stride, input.offset, input.stride, maps, rows];
        const args = [...places, ...inputShape, ...how, spec.fillValue];
        return [drawCall(spec, inputShape, maps, key, rows), { kernel: 'sampleImages', args }];
      },
      backward({ rows, delta, below }) {
        if (!below) return [];
        const places = [below.offset, below.stride, delta.offset, delta.stride, maps, rows];
        return [{ kernel: 'sampleImagesBackward', args: [...places, ...inputShape, ...how] }];
      },
    };
  },
};
