import type { Call } from '../../engine/kernels.js';
import { paddedUnits } from '../layout.js';
import type { NormalizationSpec } from '../spec.js';
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
    const moving = [offset('movingMean'), offset('movingVariance')];
    const x = [input.offset, input.stride];
    const statistics = (rows: number, training: boolean): Call =>
      training && spec.trainable
        ? {
            kernel: 'batchStatistics',
            args: [mean, inverse, ...moving, ...x, rows, columns, spec.epsilon, spec.momentum],
          }
        : { kernel: 'movingStatistics', args: [mean, inverse, ...moving, columns, spec.epsilon] };
    return {
      output,
      forward({ rows, training }) {
        const args = [
          output.offset,
          output.stride,
          ...x,
          mean,
          inverse,
          offset('gamma'),
          offset('beta'),
          rows,
          columns,
        ];
        return [statistics(rows, training), { kernel: 'batchNormForward', args }];
      },
      backward({ rows, delta, below, updates }) {
        const d = [delta.offset, delta.stride];
        const pair = [gradients, gradients + 4 * columns];
        const args = [...pair, ...d, ...x, mean, inverse, rows, columns];
        const calls: Call[] = [{ kernel: 'batchNormGradient', args }];
        if (below) {
          const to = [below.offset, below.stride, ...d, ...x, mean, inverse, offset('gamma')];
          calls.push({
            kernel: 'batchNormBackward',
            args: [...to, ...pair, rows, columns, spec.trainable ? 0 : 1],
          });
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
    const x = [input.offset, input.stride];
    return {
      output,
      forward({ rows }) {
        const args = [output.offset, output.stride, ...x, statistics, offset('gamma'), offset('beta')];
        return [{ kernel: 'layerNormForward', args: [...args, rows, columns, spec.epsilon] }];
      },
      backward({ rows, delta, below, updates }) {
        const d = [delta.offset, delta.stride];
        const pair = [gradients, gradients + 4 * paddedUnits(columns)];
        const calls: Call[] = [
          { kernel: 'layerNormGradient', args: [...pair, ...d, ...x, statistics, rows, columns] },
        ];
        if (below) {
          const args = [below.offset, below.stride, ...d, ...x, statistics, offset('gamma'), rows, columns];
          calls.push({ kernel: 'layerNormBackward', args });
        }
        return [...calls, ...given(updates, find, pair)];
      },
    };
  },
};
