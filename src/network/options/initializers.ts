import type { Schema } from '../../check.js';
import { integer, nullable, number, oneOf } from '../../check.js';
import { ValueError } from '../../errors.js';
import { RandomState } from '../../random.js';
import type { InitializerSpec, Shape } from '../spec.js';
import { draw } from './draw.js';
import type { Config } from './named.js';
import { makeConfig, resolveConfig } from './named.js';

/** An initializer as data: what the factories of `initializers` return. */
export type InitializerConfig = Config<InitializerName>;

export type InitializerName =
  | 'zeros'
  | 'ones'
  | 'constant'
  | 'randomNormal'
  | 'randomUniform'
  | 'truncatedNormal'
  | 'glorotNormal'
  | 'glorotUniform'
  | 'heNormal'
  | 'heUniform'
  | 'lecunNormal'
  | 'lecunUniform'
  | 'orthogonal'
  | 'identity'
  | 'varianceScaling';

interface Seeded {
  /** 0 to 4294967295: the same values every time, whatever the model's seed. Default: values from the model's stream. */
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
const schemas: Record<InitializerName, Schema> = {
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
};

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
 * How parameters start (keras/src/initializers). Everywhere an initializer is taken, its name will do: 'heNormal'. fanIn and
 * fanOut of a dense kernel are its inputs and units; of a convolution's (height, width, inputs, outputs), height · width
 * times its inputs and outputs. A truncated normal draws again what lies beyond two standard deviations. `xavierNormal` and
 * `xavierUniform` are other names of glorotNormal and glorotUniform.
 */
export const initializers = {
  /** 0 everywhere. */
  zeros: (options: None = {}): InitializerConfig => make('zeros', options),
  /** 1 everywhere. */
  ones: (options: None = {}): InitializerConfig => make('ones', options),
  /** The same value everywhere. @param options.value default 0 */
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
  /** gain times orthonormal columns, or rows where there are fewer of them (Saxe et al., 2014). @param options.gain default 1 */
  orthogonal: (options: Seeded & { gain?: number } = {}): InitializerConfig => make('orthogonal', options),
  /** gain on the diagonal, 0 elsewhere; matrices only. @param options.gain default 1 */
  identity: (options: { gain?: number } = {}): InitializerConfig => make('identity', options),
  /** Variance scale / fan, of a truncated normal, a normal or a uniform distribution. */
  varianceScaling: (options: Scaling = {}): InitializerConfig => make('varianceScaling', options),
};

/** What options are where they are not given. */
const DEFAULTS: Record<InitializerName, Omit<InitializerSpec, 'name'>> = {
  zeros: {},
  ones: {},
  constant: { value: 0 },
  randomNormal: { mean: 0, stddev: 0.05, seed: null },
  randomUniform: { minval: -0.05, maxval: 0.05, seed: null },
  truncatedNormal: { mean: 0, stddev: 0.05, seed: null },
  glorotNormal: { seed: null },
  glorotUniform: { seed: null },
  heNormal: { seed: null },
  heUniform: { seed: null },
  lecunNormal: { seed: null },
  lecunUniform: { seed: null },
  orthogonal: { gain: 1, seed: null },
  identity: { gain: 1 },
  varianceScaling: { scale: 1, mode: 'fanIn', distribution: 'truncatedNormal', seed: null },
};

/**
 * The initializer that a name or a config stands for, every option filled in: itself JSON, and accepted again.
 *
 * @throws ValueError for unknown names, unknown options and bad values
 */
export function resolveInitializer(given: unknown, owner: string): InitializerSpec {
  const config = resolveConfig(TABLE, given, owner);
  const spec: InitializerSpec = { ...DEFAULTS[config.name], ...(config as InitializerSpec) };
  if ((spec.minval as number) > (spec.maxval as number)) {
    throw new ValueError(
      `${owner}: randomUniform needs minval <= maxval, but received minval ${spec.minval} and maxval ${spec.maxval}.`,
    );
  }
  return spec;
}

/**
 * Initial values of a parameter, row-major, drawn in float64 in their order and rounded once. An initializer with a seed
 * draws from a stream of its own, others from `random`.
 *
 * @throws ShapeError where the initializer needs a matrix and the parameter is none
 */
export function drawInitial(
  spec: InitializerSpec,
  shape: Shape,
  random: RandomState,
): Float32Array<ArrayBuffer> {
  const options = resolveInitializer(spec, 'drawInitial');
  const stream = typeof options.seed === 'number' ? new RandomState(options.seed) : random;
  return Float32Array.from(draw(options, shape, stream));
}
