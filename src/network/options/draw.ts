import { ShapeError } from '../../errors.js';
import { formatShape } from '../../ndarray.js';
import type { RandomState } from '../../random.js';
import type { InitializerSpec, Shape } from '../spec.js';
import { sizeOf } from '../spec.js';
import type { InitializerName } from './initializers.js';
import { orthonormalColumns } from './orthonormal.js';

/** Standard deviation of a standard normal that is truncated at ±2. */
const TRUNCATED_DEVIATION = 0.8796256610342398;

type Options = Record<string, number>;
type Rule = (options: Options, shape: Shape, random: RandomState) => ArrayLike<number>;

interface Scaling {
  readonly scale: number;
  readonly mode: string;
  readonly distribution: string;
}

/** Values of a parameter, row-major, in float64. Every option of `spec` is given. */
export function draw(spec: InitializerSpec, shape: Shape, random: RandomState): ArrayLike<number> {
  return RULES[spec.name as InitializerName](spec as unknown as Options, shape, random);
}

/** Inputs and outputs that a value of the parameter connects (keras/src/initializers/random_initializers.py, compute_fans). */
function fans(shape: Shape): { fanIn: number; fanOut: number } {
  if (shape.length < 2) return { fanIn: shape[0] ?? 1, fanOut: shape[0] ?? 1 };
  const field = sizeOf(shape.slice(0, -2));
  return { fanIn: field * shape[shape.length - 2], fanOut: field * shape[shape.length - 1] };
}

function filled(shape: Shape, draw: () => number): Float64Array {
  const values = new Float64Array(sizeOf(shape));
  for (let i = 0; i < values.length; i++) values[i] = draw();
  return values;
}

function truncatedNormal(random: RandomState): number {
  for (;;) {
    const value = random.standardNormal();
    if (value >= -2 && value <= 2) return value;
  }
}

function scaled({ scale, mode, distribution }: Scaling): Rule {
  return (_, shape, random) => {
    const { fanIn, fanOut } = fans(shape);
    const fan = mode === 'fanIn' ? fanIn : mode === 'fanOut' ? fanOut : (fanIn + fanOut) / 2;
    const variance = scale / Math.max(1, fan);
    const deviation = Math.sqrt(variance);
    const limit = Math.sqrt(3 * variance);
    switch (distribution) {
      case 'uniform':
        return filled(shape, () => random.uniform(-limit, limit));
      case 'untruncatedNormal':
        return filled(shape, () => deviation * random.standardNormal());
      default:
        return filled(shape, () => (deviation / TRUNCATED_DEVIATION) * truncatedNormal(random));
    }
  };
}

const RULES: Record<InitializerName, Rule> = {
  zeros: (_, shape) => filled(shape, () => 0),
  ones: (_, shape) => filled(shape, () => 1),
  constant: ({ value }, shape) => filled(shape, () => value),
  randomNormal: ({ mean, stddev }, shape, random) =>
    filled(shape, () => mean + stddev * random.standardNormal()),
  randomUniform: ({ minval, maxval }, shape, random) => filled(shape, () => random.uniform(minval, maxval)),
  truncatedNormal: ({ mean, stddev }, shape, random) =>
    filled(shape, () => mean + stddev * truncatedNormal(random)),
  glorotNormal: scaled({ scale: 1, mode: 'fanAvg', distribution: 'truncatedNormal' }),
  glorotUniform: scaled({ scale: 1, mode: 'fanAvg', distribution: 'uniform' }),
  heNormal: scaled({ scale: 2, mode: 'fanIn', distribution: 'truncatedNormal' }),
  heUniform: scaled({ scale: 2, mode: 'fanIn', distribution: 'uniform' }),
  lecunNormal: scaled({ scale: 1, mode: 'fanIn', distribution: 'truncatedNormal' }),
  lecunUniform: scaled({ scale: 1, mode: 'fanIn', distribution: 'uniform' }),
  varianceScaling: (options, shape, random) => scaled(options as unknown as Scaling)(options, shape, random),
  orthogonal({ gain }, shape, random) {
    if (shape.length < 2) throw needsMatrix('orthogonal', shape);
    const columns = shape[shape.length - 1];
    const rows = sizeOf(shape) / columns;
    const wide = columns > rows;
    const q = orthonormalColumns(Math.max(rows, columns), Math.min(rows, columns), random);
    const at = (i: number): number => (i % columns) * rows + Math.floor(i / columns);
    return q.map((value, i) => gain * (wide ? q[at(i)] : value));
  },
  identity({ gain }, shape) {
    if (shape.length !== 2) throw needsMatrix('identity', shape);
    const values = new Float64Array(sizeOf(shape));
    for (let i = 0; i < Math.min(...shape); i++) values[i * shape[1] + i] = gain;
    return values;
  },
};

function needsMatrix(name: string, shape: Shape): ShapeError {
  return new ShapeError(
    `The initializer ${name} needs a matrix, but received a parameter of shape ${formatShape(shape)}.`,
  );
}
