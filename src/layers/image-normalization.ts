import { call, type Call } from '../engine/kernels.js';
import type { Layout } from '../network/layout.js';
import { paddedUnits } from '../network/layout.js';
import type { NormalizationSpec } from '../network/spec.js';
import { given, named } from './normalization-parameters.js';
import type { Place, Placed } from './rule.js';

/** Sums that every image adds to, two per channel: what the batch adds up in order. */
interface Partials {
  readonly offset: number;
  readonly stride: number;
}

function partialsOf(layout: Layout, rows: number, channels: number): Partials {
  const stride = 8 * paddedUnits(channels);
  return { offset: layout.take(rows * stride), stride };
}

/** Pixels and channels of a row of rank 2 or more. */
function sizesOf({ input, inputShape }: Place): [pixels: number, channels: number] {
  const channels = inputShape[inputShape.length - 1];
  return [input.columns / channels, channels];
}

/** Gradients of gamma and beta at the two offsets, from the sums of images. */
function totals(pair: readonly number[], partials: Partials, rows: number, channels: number): Call[] {
  return pair.map((to, i) => call('sumPartials', to, partials, rows, channels, (i * partials.stride) / 2, 1));
}

/** Batch normalization by channels: statistics over all pixels of all rows. */
export function placeChannelNormalization(spec: NormalizationSpec, place: Place): Placed {
  const { layout, input } = place;
  const { find, offset } = named(place);
  const [pixels, channels] = sizesOf(place);
  const output = layout.matrix(place.rows, input.columns);
  const columns = paddedUnits(channels);
  const [mean, inverse] = [layout.floats(columns), layout.floats(columns)];
  const pair = [layout.floats(columns), layout.floats(columns)] as const;
  const sums = partialsOf(layout, place.rows, channels);
  const moving = [offset('movingMean'), offset('movingVariance')] as const;
  const statistics = (rows: number): Call[] => {
    const count = rows * pixels;
    const last = [rows, channels, count, spec.epsilon, spec.momentum] as const;
    return [
      call('pixelSums', sums, input, rows, pixels, channels),
      call('sumPartials', mean, sums, rows, channels, 0, count),
      call('pixelSquares', sums, input, mean, rows, pixels, channels),
      call('channelStatistics', inverse, ...moving, mean, sums, ...last),
    ];
  };
  const known = call('movingStatistics', mean, inverse, ...moving, columns, spec.epsilon);
  return {
    output,
    forward({ rows, training }) {
      const places = [output, input, mean, inverse, offset('gamma'), offset('beta')] as const;
      const normalize = call('channelNormForward', ...places, rows, pixels, channels);
      return [...(training && spec.trainable ? statistics(rows) : [known]), normalize];
    },
    backward({ rows, delta, below, updates }) {
      const from = [delta, input, mean, inverse] as const;
      const calls = [
        call('channelNormSums', sums, ...from, rows, pixels, channels),
        ...totals(pair, sums, rows, channels),
      ];
      if (below) {
        const args = [below, ...from, offset('gamma'), ...pair, rows, pixels, channels] as const;
        const share = spec.trainable ? 1 / (rows * pixels) : 0;
        calls.push(call('channelNormBackward', ...args, share));
      }
      return [...calls, ...given(updates, find, pair)];
    },
  };
}

/** Layer normalization by pixels, over their channels. */
export function placePixelNormalization(spec: NormalizationSpec, place: Place): Placed {
  const { layout, input } = place;
  const { find, offset } = named(place);
  const [pixels, channels] = sizesOf(place);
  const output = layout.matrix(place.rows, input.columns);
  const statistics = layout.floats(2 * pixels * place.rows);
  const pair = [layout.floats(paddedUnits(channels)), layout.floats(paddedUnits(channels))];
  const sums = partialsOf(layout, place.rows, channels);
  return {
    output,
    forward({ rows }) {
      const places = [output, input, statistics, offset('gamma'), offset('beta')] as const;
      return [call('pixelNormForward', ...places, rows, pixels, channels, spec.epsilon)];
    },
    backward({ rows, delta, below, updates }) {
      const from = [delta, input, statistics] as const;
      const calls = [
        call('pixelNormSums', sums, ...from, rows, pixels, channels),
        ...totals(pair, sums, rows, channels),
      ];
      if (below) {
        calls.push(call('pixelNormBackward', below, ...from, offset('gamma'), rows, pixels, channels));
      }
      return [...calls, ...given(updates, find, pair)];
    },
  };
}
