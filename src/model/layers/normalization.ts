import type { Call } from '../../engine/kernels.js';
import { paddedUnits } from '../layout.js';
import type { Parameter, ParameterSpec } from '../parameters.js';
import type { NormalizationSpec, Shape } from '../spec.js';
import type { LayerRule, Place } from './rule.js';

const ZEROS = { initializer: { name: 'zeros' } };
const ONES = { initializer: { name: 'ones' } };

function scaleAndCenter(spec: NormalizationSpec, input: Shape): ParameterSpec[] {
  const shape = [input[input.length - 1]];
  const { trainable } = spec;
  return [
    ...(spec.scale ? [{ name: 'gamma', shape, trainable, rules: spec.gamma }] : []),
    ...(spec.center ? [{ name: 'beta', shape, trainable, rules: spec.beta }] : []),
  ];
}

/** The parameters of a normalization layer by name. */
function named({ parameters, at }: Place): {
  find: (name: string) => Parameter | undefined;
  offset: (name: string) => number;
} {
  const find = (name: string): Parameter | undefined =>
    parameters.find((parameter) => parameter.name === name);
  const offset = (name: string): number => {
    const parameter = find(name);
    return parameter ? at(parameter) : 0;
  };
  return { find, offset };
}

/** (x − mean) / √(variance + epsilon) · gamma + beta over the batch (Ioffe & Szegedy, 2015); moving averages in prediction. */
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

function given(
  updates: { given: (parameter: Parameter, gradient: number) => Call[] },
  find: (name: string) => Parameter | undefined,
  [gammaGradient, betaGradient]: number[],
): Call[] {
  const gamma = find('gamma');
  const beta = find('beta');
  return [
    ...(gamma ? updates.given(gamma, gammaGradient) : []),
    ...(beta ? updates.given(beta, betaGradient) : []),
  ];
}
