import * as lamella from 'lamella';
import type { Call } from '../attempt.js';
import { func, refusing } from '../attempt.js';

const common = (inputShape: number[]): object => ({ inputShape, name: 'a', trainable: true });

const parameters = (): object => ({
  ...{
    activation: 'relu',
    useBias: true,
    kernelInitializer: { name: 'randomNormal', mean: 0, stddev: 0.1, seed: 1 },
  },
  ...{
    biasInitializer: 'zeros',
    kernelRegularizer: { name: 'l1l2', l1: 0.1, l2: 0.1 },
    biasRegularizer: 'l2',
  },
  ...{ activityRegularizer: undefined, kernelConstraint: { name: 'maxNorm', maxValue: 1, axis: 0 } },
  ...{ biasConstraint: 'nonNeg' },
});

const sampling = (): object => ({
  ...{ fillMode: 'reflect', interpolation: 'bilinear', fillValue: 0, dataFormat: 'channelsLast' },
});

const window = (): object => ({
  poolSize: [2, 2],
  strides: [1, 1],
  padding: 'same',
  dataFormat: 'channelsLast',
});

const affine = (): object => ({
  ...{ epsilon: 1e-3, center: true, scale: true, betaInitializer: 'zeros', gammaInitializer: 'ones' },
  ...{ betaRegularizer: 'l2', gammaRegularizer: 'l1', betaConstraint: 'nonNeg', gammaConstraint: 'nonNeg' },
});

/** The options of every layer; those that a layer does not take are left out by `only`. */
const options: Record<keyof typeof lamella.layers, () => Record<string, unknown>> = {
  input: () => ({ shape: [3], name: 'a', trainable: true }),
  dense: () => ({ units: 2, ...parameters(), ...common([3]) }),
  conv2d: () => ({
    ...{ filters: 2, kernelSize: [2, 2], strides: [1, 1], padding: 'same', dilationRate: [1, 1], groups: 1 },
    ...{ dataFormat: 'channelsLast', ...parameters(), ...common([4, 4, 2]) },
  }),
  maxPooling2d: () => ({ ...window(), ...common([4, 4, 2]) }),
  averagePooling2d: () => ({ ...window(), ...common([4, 4, 2]) }),
  activation: () => ({ activation: 'tanh', ...common([3]) }),
  dropout: () => ({ rate: 0.5, ...common([3]) }),
  flatten: () => ({ dataFormat: 'channelsLast', ...common([4, 4, 2]) }),
  reshape: () => ({ targetShape: [2, -1], ...common([4]) }),
  rescaling: () => ({ scale: 2, offset: 1, ...common([3]) }),
  batchNormalization: () => ({ momentum: 0.9, ...affine(), ...common([3]) }),
  layerNormalization: () => ({ ...affine(), ...common([3]) }),
  unitNormalization: () => ({ axis: -1, ...common([3]) }),
  gaussianNoise: () => ({ stddev: 0.1, ...common([3]) }),
  zeroPadding2d: () => ({
    padding: [
      [1, 1],
      [1, 1],
    ],
    dataFormat: 'channelsLast',
    ...common([4, 4, 2]),
  }),
  globalAveragePooling2d: () => ({ keepdims: true, dataFormat: 'channelsLast', ...common([4, 4, 2]) }),
  globalMaxPooling2d: () => ({ keepdims: true, dataFormat: 'channelsLast', ...common([4, 4, 2]) }),
  spatialDropout2d: () => ({ rate: 0.5, dataFormat: 'channelsLast', ...common([4, 4, 2]) }),
  randomTranslation: () => ({
    heightFactor: [0, 0.1],
    widthFactor: 0.1,
    ...sampling(),
    ...common([4, 4, 2]),
  }),
  randomRotation: () => ({ factor: [0, 0.1], ...sampling(), ...common([4, 4, 2]) }),
  randomZoom: () => ({ heightFactor: [0, 0.1], widthFactor: 0.1, ...sampling(), ...common([4, 4, 2]) }),
};

/** A model of the layer alone that predicts, so that what the factory has let pass is used. */
function use(layer: lamella.Layer): void {
  const model = lamella.sequential({ seed: 1, layers: [layer] });
  const shape = layer.givenShape ?? [];
  if (!model.built || shape.some((size) => size > 64)) return;
  const length = shape.reduce((product, size) => product * size, 1);
  model.predict({ data: new Float32Array(length), shape: [1, ...shape] });
  model.summary({ print: () => {} });
  JSON.stringify(model.toJSON());
}

const ofLayers: Call[] = Object.entries(options).map(([name, make]) =>
  func(
    `layers.${name}`,
    (...args) => {
      const factory = lamella.layers[name as 'dense'] as (...args: unknown[]) => lamella.Layer;
      use(factory(...args));
    },
    () => [make()],
  ),
);

const ofInputShape = refusing(
  func(
    'layers.input of inputShape',
    (options: any) => use(lamella.layers.input(options)),
    () => [{ inputShape: [3] }],
  ),
);

const clips = (): object => ({
  clipNorm: 1,
  clipValue: undefined,
  globalClipNorm: undefined,
  weightDecay: 0.1,
});
const moments = (): object => ({ beta1: 0.9, beta2: 0.99, epsilon: 1e-7 });

const configs: Record<string, Record<string, () => Record<string, unknown>>> = {
  optimizers: {
    sgd: () => ({ learningRate: 0.1, momentum: 0.9, nesterov: true, ...clips() }),
    adam: () => ({ learningRate: 0.1, ...moments(), amsgrad: true, ...clips() }),
    adamw: () => ({ learningRate: 0.1, ...moments(), amsgrad: true, ...clips() }),
    adamax: () => ({
      learningRate: { name: 'cosineDecay', initialLearningRate: 1, decaySteps: 2 },
      ...moments(),
      ...clips(),
    }),
    nadam: () => ({ learningRate: 0.1, ...moments(), ...clips() }),
    rmsprop: () => ({
      learningRate: () => 0.1,
      rho: 0.9,
      momentum: 0.1,
      epsilon: 1e-7,
      centered: true,
      ...clips(),
    }),
    adagrad: () => ({ learningRate: 0.1, initialAccumulatorValue: 0.1, epsilon: 1e-7, ...clips() }),
    adadelta: () => ({ learningRate: 0.1, rho: 0.9, epsilon: 1e-7, ...clips() }),
    lion: () => ({ learningRate: 0.1, beta1: 0.9, beta2: 0.99, ...clips() }),
  },
  schedules: {
    exponentialDecay: () => ({ initialLearningRate: 0.1, decaySteps: 2, decayRate: 0.9, staircase: true }),
    cosineDecay: () => ({
      initialLearningRate: 0.1,
      decaySteps: 2,
      alpha: 0.1,
      warmupTarget: 0.2,
      warmupSteps: 1,
    }),
    piecewiseConstant: () => ({ boundaries: [1, 2], values: [0.1, 0.2, 0.3] }),
    polynomialDecay: () => ({
      initialLearningRate: 0.1,
      decaySteps: 2,
      endLearningRate: 0.1,
      power: 2,
      cycle: true,
    }),
    inverseTimeDecay: () => ({ initialLearningRate: 0.1, decaySteps: 2, decayRate: 0.9, staircase: true }),
    oneCycle: () => ({
      maxLearningRate: 0.1,
      totalSteps: 2,
      riseShare: 0.3,
      divFactor: 25,
      finalDivFactor: 100,
    }),
  },
  initializers: {
    ...{ zeros: () => ({}), ones: () => ({}), constant: () => ({ value: 1 }), identity: () => ({ gain: 1 }) },
    randomNormal: () => ({ mean: 0, stddev: 1, seed: 1 }),
    randomUniform: () => ({ minval: 0, maxval: 1, seed: 1 }),
    truncatedNormal: () => ({ mean: 0, stddev: 1, seed: 1 }),
    ...Object.fromEntries(
      ['glorot', 'xavier', 'he', 'lecun'].flatMap((name) =>
        ['Normal', 'Uniform'].map((kind) => [`${name}${kind}`, () => ({ seed: 1 })]),
      ),
    ),
    orthogonal: () => ({ gain: 1, seed: 1 }),
    varianceScaling: () => ({ scale: 1, mode: 'fanIn', distribution: 'uniform', seed: 1 }),
  },
  regularizers: { l1: () => ({ l1: 0.1 }), l2: () => ({ l2: 0.1 }), l1l2: () => ({ l1: 0.1, l2: 0.1 }) },
  constraints: {
    maxNorm: () => ({ maxValue: 1, axis: 0 }),
    nonNeg: () => ({}),
    unitNorm: () => ({ axis: 0 }),
    minMaxNorm: () => ({ minValue: 0, maxValue: 1, rate: 1, axis: 0 }),
  },
  losses: {
    ...Object.fromEntries(
      Object.keys(lamella.losses).map((name) => [name, (): Record<string, unknown> => ({})]),
    ),
    huber: () => ({ delta: 1 }),
    binaryCrossentropy: () => ({ fromLogits: true, labelSmoothing: 0.1 }),
    categoricalCrossentropy: () => ({ fromLogits: true, labelSmoothing: 0.1 }),
    sparseCategoricalCrossentropy: () => ({ fromLogits: true }),
  },
  metrics: {
    ...Object.fromEntries(
      Object.keys(lamella.metrics).map((name) => [name, (): Record<string, unknown> => ({})]),
    ),
    ...{ binaryAccuracy: () => ({ threshold: 0.5 }), topKCategoricalAccuracy: () => ({ k: 2 }) },
    f1Score: () => ({ threshold: 0.5 }),
    precision: () => ({ threshold: 0.5 }),
    recall: () => ({ threshold: 0.5 }),
  },
};

/** The options of compile that a config of a group goes to. */
function compiling(group: string, config: any): object {
  if (group === 'optimizers') return { optimizer: config };
  if (group === 'schedules') return { optimizer: lamella.optimizers.sgd({ learningRate: config }) };
  if (group === 'losses') return { loss: config };
  return group === 'metrics' ? { metrics: [config] } : {};
}

/** Every config is used where it belongs: what its factory lets pass must not fail there. */
function useConfig(group: string, config: any): void {
  const dense = (options: object): lamella.Layer =>
    lamella.layers.dense({ units: 2, activation: 'sigmoid', inputShape: [2], ...options });
  const parts: Record<string, string> = {
    ...{
      initializers: 'kernelInitializer',
      regularizers: 'kernelRegularizer',
      constraints: 'kernelConstraint',
    },
  };
  const option = parts[group];
  const model = lamella.sequential({
    seed: 1,
    layers: [dense(option === undefined ? {} : { [option]: config })],
  });
  model.compile({ optimizer: 'sgd', loss: 'mse', ...compiling(group, config) });
  const classes = config?.name === 'sparseCategoricalCrossentropy';
  model.trainOnBatch(
    [
      [1, 0],
      [0, 1],
    ],
    classes
      ? [1, 0]
      : [
          [1, 0],
          [0, 1],
        ],
  );
}

const ofConfigs: Call[] = Object.entries(configs).flatMap(([group, factories]) =>
  Object.entries(factories).map(([name, make]) =>
    func(
      `${group}.${name}`,
      (...args) => {
        const members = lamella[group as 'losses'] as unknown as Record<
          string,
          (...args: unknown[]) => unknown
        >;
        useConfig(group, members[name](...args));
      },
      () => [make()],
    ),
  ),
);

const distributions: Call[] = (
  [
    ['uniform', 0, 1],
    ['logUniform', 1, 2],
    ['integers', 0, 3],
  ] as const
).map(([name, low, high]) => func(`distributions.${name}`, lamella.distributions[name], () => [low, high]));

export const layerCalls: readonly Call[] = [...ofLayers, ofInputShape, ...ofConfigs, ...distributions];
