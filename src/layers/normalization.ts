import { call, type Call } from '../engine/kernels.js';
import { paddedUnits } from '../network/layout.js';
import type { NormalizationSpec } from '../network/spec.js';
import { placeChannelNormalization, placePixelNormalization } from './image-normalization.js';
import { ONES, ZEROS, given, named, scaleAndCenter } from './normalization-parameters.js';
import type { LayerRule } from './rule.js';

/** (x − mean) / √(variance + epsilon) · gamma + beta over the batch (Ioffe & Szegedy, 2015); moving averages in prediction. By channels where rows have
 * several dimensions. */
export const batchNormalization: LayerRule<NormalizationSpec> = {
  outputShape: (_spec, input) => input,
  parameters(spec, input) {
    const shape = [input[input.length - 1]];
    return [
      ...scaleAndCenter(spec, input),
      { name: 'movingMean', shape, trainable: false, rules: ZEROS },
      { name: 'movingVariance', shape, trainable: false, rules: ONES },
    ];
  },
  place(spec, place) {
    if (place.inputShape.length > 1) return placeChannelNormalization(spec, place);
    const { layout, input } = place;
    const { find, offset } = named(place);
    const output = layout.matrix(place.rows, input.columns);
    const columns = paddedUnits(input.columns);
    const [mean, inverse, gradients] = [
      layout.floats(columns),
      layout.floats(columns),
      layout.floats(2 * columns),
    ];
    const known = [mean, inverse, offset('movingMean'), offset('movingVariance')] as const;
    const statistics = (rows: number, training: boolean): Call =>
      training && spec.trainable
        ? call('batchStatistics', ...known, input, rows, columns, spec.epsilon, spec.momentum)
        : call('movingStatistics', ...known, columns, spec.epsilon);
    return {
      output,
      forward({ rows, training }) {
        const normal = [mean, inverse, offset('gamma'), offset('beta')] as const;
        return [
          statistics(rows, training),
          call('batchNormForward', output, input, ...normal, rows, columns),
        ];
      },
      backward({ rows, delta, below, updates }) {
        const pair = [gradients, gradients + 4 * columns] as const;
        const from = [delta, input, mean, inverse] as const;
        const calls = [call('batchNormGradient', ...pair, ...from, rows, columns)];
        if (below) {
          const to = [below, ...from, offset('gamma'), ...pair] as const;
          calls.push(call('batchNormBackward', ...to, rows, columns, !spec.trainable));
        }
        return [...calls, ...given(updates, find, pair)];
      },
    };
  },
};

/** The same over the features of every row (Ba et al., 2016). */
export const layerNormalization: LayerRule<NormalizationSpec> = {
  outputShape: (_spec, input) => input,
  parameters: scaleAndCenter,
  place(spec, place) {
    if (place.inputShape.length > 1) return placePixelNormalization(spec, place);
    const { layout, input } = place;
    const { find, offset } = named(place);
    const output = layout.matrix(place.rows, input.columns);
    const columns = input.columns;
    const statistics = layout.floats(2 * place.rows);
    const gradients = layout.floats(2 * paddedUnits(columns));
    return {
      output,
      forward({ rows }) {
        const places = [output, input, statistics, offset('gamma'), offset('beta')] as const;
        return [call('layerNormForward', ...places, rows, columns, spec.epsilon)];
      },
      backward({ rows, delta, below, updates }) {
        const pair = [gradients, gradients + 4 * paddedUnits(columns)] as const;
        const from = [delta, input, statistics] as const;
        const calls = [call('layerNormGradient', ...pair, ...from, rows, columns)];
        if (below) calls.push(call('layerNormBackward', below, ...from, offset('gamma'), rows, columns));
        return [...calls, ...given(updates, find, pair)];
      },
    };
  },
};
