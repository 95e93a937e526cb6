// The public initializers: options, their checks, formulas, and the initial values that they draw. Nothing of
// networks is known here: a parameter is its shape.
import type { Schema } from '../check.js';
import { integer, nullable, number, oneOf } from '../check.js';
import type { Config } from '../check/named.js';
import { makeConfig, resolveConfig } from '../check/named.js';
import { ShapeError, ValueError } from '../errors.js';
import { formatShape } from '../ndarray.js';
import { RandomState } from '../random.js';
import type { InitializerSpec, Shape } from './spec.js';
import { sizeOf } from './spec.js';

/** An initializer as data: what the factories of `initializers` return. */
export type InitializerConfig = Config<InitializerName>;

type InitializerName = keyof typeof schemas;

interface Seeded {
  /**
   * Integer from 0 to 4294967295 that alone decides the values, whatever the model's seed. Default: values
   * from the model's stream.
   */
  readonly seed?: number | null;
}

interface Normal extends Seeded {
  /** Default 0. */
  readonly mean?: number;
  /** >= 0, default .05. */
  readonly stddev?: number;
}

interface Uniform extends Seeded {
  /** Default −.05. */
  readonly minval?: number;
  /** >= minval, default .05. */
  readonly maxval?: number;
}

interface Scaling extends Seeded {
  /** > 0, default 1. */
  readonly scale?: number;
  /** What the variance is divided by; fanAvg is the mean of both. Default 'fanIn'. */
  readonly mode?: 'fanIn' | 'fanOut' | 'fanAvg';
  /** Default 'truncatedNormal'. */
  readonly distribution?: 'truncatedNormal' | 'untruncatedNormal' | 'uniform';
}

type None = Record<string, never>;

const seed = nullable(integer({ min: 0, max: 0xffffffff }));
const normal = { mean: number(), stddev: number({ min: 0 }), seed };
const gain = number();
const schemas = {
  zeros: {},
  ones: {},
  constant: { value: number() },
  randomNormal: normal,
  randomUniform: { minval: number(), maxval: number(), seed },
  truncatedNormal: normal,
  glorotNormal: { seed },
  glorotUniform: { seed },
  heNormal: { seed },
  heUniform: { seed },
  lecunNormal: { seed },
  lecunUniform: { seed },
  orthogonal: { gain, seed },
  identity: { gain },
  varianceScaling: {
    scale: number({ above: 0 }),
    mode: oneOf(['fanIn', 'fanOut', 'fanAvg']),
    distribution: oneOf(['truncatedNormal', 'untruncatedNormal', 'uniform'], { normal: 'truncatedNormal' }),
    seed,
  },
} satisfies Record<string, Schema>;

const TABLE = {
  kind: 'initializer',
  group: 'initializers',
  schemas,
  aliases: {
    xavierNormal: 'glorotNormal',
    xavierUniform: 'glorotUniform',
  },
} as const;

const make = (name: InitializerName, options: unknown): InitializerConfig => makeConfig(TABLE, name, options);

/**
 * Initializers: the values that parameters start with (keras/src/initializers). A name may stand for an
 * initializer with default options: 'heNormal'. fanIn and fanOut of a dense kernel are its inputs and units;
 * of a convolution's (height, width, inputs, outputs), height · width times its inputs and outputs. A
 * truncated normal draws values beyond two standard deviations again. `xavierNormal` and `xavierUniform` are
 * other names of glorotNormal and glorotUniform.
 */
export const initializers = {
  /** 0 everywhere. */
  zeros: (options: None = {}): InitializerConfig => make('zeros', options),
  /** 1 everywhere. */
  ones: (options: None = {}): InitializerConfig => make('ones', options),
  /** One value everywhere. @param options.value default 0 */
  constant: (options: { value?: number } = {}): InitializerConfig => make('constant', options),
  /** Normal with a mean and a standard deviation. */
  randomNormal: (options: Normal = {}): InitializerConfig => make('randomNormal', options),
  /** Uniform in [minval, maxval). */
  randomUniform: (options: Uniform = {}): InitializerConfig => make('randomUniform', options),
  /** Normal with a mean and a standard deviation before truncation. */
  truncatedNormal: (options: Normal = {}): InitializerConfig => make('truncatedNormal', options),
  /** Truncated normal of variance 2 / (fanIn + fanOut) (Glorot & Bengio, 2010). */
  glorotNormal: (options: Seeded = {}): InitializerConfig => make('glorotNormal', options),
  /** Uniform within ±√(6 / (fanIn + fanOut)) (Glorot & Bengio, 2010). */
  glorotUniform: (options: Seeded = {}): InitializerConfig => make('glorotUniform', options),
  /** glorotNormal by the name that PyTorch gives it. */
  xavierNormal: (options: Seeded = {}): InitializerConfig => make('glorotNormal', options),
  /** glorotUniform by the name that PyTorch gives it. */
  xavierUniform: (options: Seeded = {}): InitializerConfig => make('glorotUniform', options),
  /** Truncated normal of variance 2 / fanIn (He et al., 2015). */
  heNormal: (options: Seeded = {}): InitializerConfig => make('heNormal', options),
  /** Uniform within ±√(6 / fanIn) (He et al., 2015). */
  heUniform: (options: Seeded = {}): InitializerConfig => make('heUniform', options),
  /** Truncated normal of variance 1 / fanIn (LeCun et al., 1998). */
  lecunNormal: (options: Seeded = {}): InitializerConfig => make('lecunNormal', options),
  /** Uniform within ±√(3 / fanIn) (LeCun et al., 1998). */
  lecunUniform: (options: Seeded = {}): InitializerConfig => make('lecunUniform', options),
  /**
   * gain times orthonormal columns, or rows where there are fewer of them (Saxe et al., 2014).
   *
   * @param options.gain default 1
   */
  orthogonal: (options: Seeded & { gain?: number } = {}): InitializerConfig => make('orthogonal', options),
  /** gain on the diagonal, 0 elsewhere; matrices only. @param options.gain default 1 */
  identity: (options: { gain?: number } = {}): InitializerConfig => make('identity', options),
  /** Variance scale / fan, of a truncated normal, a normal or a uniform distribution. */
  varianceScaling: (options: Scaling = {}): InitializerConfig => make('varianceScaling', options),
};

/** Defaults of all options but `seed`, whose default is null. */
const DEFAULTS: Partial<Record<InitializerName, Omit<InitializerSpec, 'name'>>> = {
  constant: { value: 0 },
  randomNormal: { mean: 0, stddev: 0.05 },
  randomUniform: { minval: -0.05, maxval: 0.05 },
  truncatedNormal: { mean: 0, stddev: 0.05 },
  orthogonal: { gain: 1 },
  identity: { gain: 1 },
  varianceScaling: { scale: 1, mode: 'fanIn', distribution: 'truncatedNormal' },
};

/**
 * The initializer that a name or a config stands for, with all options: JSON, and accepted again.
 *
 * @throws ValueError for unknown names, unknown options and bad values
 */
export function resolveInitializer(given: unknown, owner: string): InitializerSpec {
  const config = resolveConfig(TABLE, given, owner);
  const unseeded = 'seed' in schemas[config.name] && { seed: null };
  const spec: InitializerSpec = { ...DEFAULTS[config.name], ...unseeded, ...(config as InitializerSpec) };
  if ((spec.minval as number) > (spec.maxval as number)) {
    throw new ValueError(
      `${owner}: randomUniform needs minval <= maxval, but received minval ${spec.minval} and maxval ${spec.maxval}.`,
    );
  }
  return spec;
}

/**
 * Initial values of a parameter, row-major, drawn in float64 in their order and rounded once. An initializer
 * with a seed draws from a stream of its own, others from `random`.
 *
 * @throws ShapeError if the initializer needs a matrix and the parameter is none
 */
export function drawInitial(
  spec: InitializerSpec,
  shape: Shape,
  random: RandomState,
): Float32Array<ArrayBuffer> {
  const options = resolveInitializer(spec, 'drawInitial');
  const stream = typeof options.seed === 'number' ? new RandomState(options.seed) : random;
  const draw = RULES[options.name as InitializerName];
  return Float32Array.from(draw(options as unknown as DrawOptions, shape, stream));
}

/** Standard deviation of a standard normal that is truncated at ±2. */
const TRUNCATED_DEVIATION = 0.8796256610342398;

type DrawOptions = Record<string, number>;

/** Values of a parameter, row-major, in float64. Every option is given. */
type Rule = (options: DrawOptions, shape: Shape, random: RandomState) => ArrayLike<number>;

/** Inputs and outputs that a value of the parameter connects, as Keras counts them (compute_fans). */
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

function scaled({ scale, mode, distribution }: Required<Omit<Scaling, 'seed'>>): Rule {
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
  varianceScaling: (options, shape, random) =>
    scaled(options as unknown as Required<Scaling>)(options, shape, random),
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

/**
 * A matrix (rows, columns), rows >= columns, row-major, whose columns are orthonormal and uniformly
 * distributed: the Q of the QR decomposition of normals whose R has a positive diagonal (Mezzadri, 2007).
 * Gram-Schmidt, twice for every column (Giraud et al., 2005).
 */
function orthonormalColumns(rows: number, columns: number, random: RandomState): Float64Array {
  const q = new Float64Array(rows * columns);
  for (let i = 0; i < q.length; i++) q[i] = random.standardNormal();
  const basis = Array.from({ length: columns }, (_, j) =>
    Float64Array.from({ length: rows }, (_, i) => q[i * columns + j]),
  );
  basis.forEach((column, j) => {
    for (let pass = 0; pass < 2; pass++) {
      for (let k = 0; k < j; k++) subtractProjection(column, basis[k]);
    }
    const norm = Math.sqrt(dot(column, column));
    for (let i = 0; i < rows; i++) column[i] /= norm;
  });
  for (let i = 0; i < q.length; i++) q[i] = basis[i % columns][Math.floor(i / columns)];
  return q;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

function subtractProjection(column: Float64Array, unit: Float64Array): void {
  const length = dot(column, unit);
  for (let i = 0; i < column.length; i++) column[i] -= length * unit[i];
}
