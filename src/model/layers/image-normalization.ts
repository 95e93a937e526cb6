import type { Call } from '../../engine/kernels.js';
import type { Layout } from '../layout.js';
import { paddedUnits } from '../layout.js';
import type { NormalizationSpec } from '../spec.js';
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
function totals(
  pair: readonly number[],
  { offset, stride }: Partials,
  rows: number,
  channels: number,
): Call[] {
  return pair.map((to, i) => ({
    kernel: 'sumPartials',
    args: [to, offset, stride, rows, channels, (i * stride) / 2, 1],
  }));
}

/** Batch normalization by channels: statistics over all pixels of all rows. */
export function placeChannelNormalization(spec: NormalizationSpec, place: Place): Placed {
  const { layout, input } = place;
  const { find, offset } = named(place);
  const [pixels, channels] = sizesOf(place);
  const output = layout.matrix(place.rows, input.columns);
  const columns = paddedUnits(channels);
  const [mean, inverse] = [layout.floats(columns), layout.floats(columns)];
  const pair = [layout.floats(columns), layout.floats(columns)];
  const partials = partialsOf(layout, place.rows, channels);
  const sums = [partials.offset, partials.stride];
  const moving = [offset('movingMean'), offset('movingVariance')];
  const x = [input.offset, input.stride];
  const statistics = (rows: number): Call[] => {
    const count = rows * pixels;
    const last = [rows, channels, count, spec.epsilon, spec.momentum];
    return [
      { kernel: 'pixelSums', args: [...sums, ...x, rows, pixels, channels] },
      { kernel: 'sumPartials', args: [mean, ...sums, rows, channels, 0, count] },
      { kernel: 'pixelSquares', args: [...sums, ...x, mean, rows, pixels, channels] },
      { kernel: 'channelStatistics', args: [inverse, ...moving, mean, ...sums, ...last] },
    ];
  };
  const known: Call = {
    kernel: 'movingStatistics',
    args: [mean, inverse, ...moving, columns, spec.epsilon],
  };
  return {
    output,
    forward({ rows, training }) {
      const places = [output.offset, output.stride, ...x, mean, inverse, offset('gamma'), offset('beta')];
      const normalize: Call = { kernel: 'channelNormForward', args: [...places, rows, pixels, channels] };
      return [...(training && spec.trainable ? statistics(rows) : [known]), normalize];
    },
    backward({ rows, delta, below, updates }) {
      const from = [delta.offset, delta.stride, ...x, mean, inverse];
      const calls: Call[] = [
        { kernel: 'channelNormSums', args: [...sums, ...from, rows, pixels, channels] },
        ...totals(pair, partials, rows, channels),
      ];
      if (below) {
        const args = [below.offset, below.stride, ...from, offset('gamma'), ...pair, rows, pixels, channels];
        const share = spec.trainable ? 1 / (rows * pixels) : 0;
        calls.push({ kernel: 'channelNormBackward', args: [...args, share] });
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
  const partials = partialsOf(layout, place.rows, channels);
  const x = [input.offset, input.stride];
  return {
    output,
    forward({ rows }) {
      const places = [output.offset, output.stride, ...x, statistics, offset('gamma'), offset('beta')];
      return [{ kernel: 'pixelNormForward', args: [...places, rows, pixels, channels, spec.epsilon] }];
    },
    backward({ rows, delta, below, updates }) {
      const from = [delta.offset, delta.stride, ...x, statistics];
      const sums = [partials.offset, partials.stride];
      const calls: Call[] = [
        { kernel: 'pixelNormSums', args: [...sums, ...from, rows, pixels, channels] },
        ...totals(pair, partials, rows, channels),
      ];
      if (below) {
        const args = [below.offset, below.stride, ...from, offset('gamma'), rows, pixels, channels];
        calls.push({ kernel: 'pixelNormBackward', args });
      }
      return [...calls, ...given(updates, find, pair)];
    },
  };
}
