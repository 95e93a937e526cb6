/**
 * Networks whose training steps call nearly every kernel, at sizes at which threads are worth it. Rows and
 * weights are noise, always the same: only the share of zeros matters for time.
 */
import type { Engine } from '../../src/engine/engines.js';
import { LAYERS, type LayerType, makeLayer } from '../../src/layers/index.js';
import type { Dataset } from '../../src/network/feed.js';
import type { LossSpec } from '../../src/network/losses.js';
import { Network } from '../../src/network/network.js';
import type { OptimizerSpec } from '../../src/network/optimizers.js';
import { newOptimizerState } from '../../src/network/optimizers.js';
import { toKernelRows } from '../../src/network/scale.js';
import type { LayerSpec, NetworkSpec, Shape } from '../../src/network/spec.js';
import { sizeOf } from '../../src/network/spec.js';
import { Trainer } from '../../src/train/trainer.js';
import { runAtOnce } from '../../src/yielding.js';
import { generator } from '../kernels/operands.js';

/** Classes of the labels. */
const CLASSES = 10;

export interface CostedNetwork {
  readonly name: string;
  readonly inputShape: Shape;
  readonly layers: readonly (readonly [type: LayerType, options?: object])[];
  readonly batch: number;
  readonly optimizer: OptimizerSpec;
  readonly loss: LossSpec;
  /** Share of the values that are not 0. Default: all. */
  readonly density?: number;
  /** True for rows of bytes. */
  readonly bytes?: boolean;
}

const ADAM = { kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-7 } as const;
const SGD = { kind: 'sgd', momentum: 0.9, nesterov: false } as const;
const LABELS = { name: 'sparseCategoricalCrossentropy' } as const;
const CATEGORIES = { name: 'categoricalCrossentropy' } as const;
const VALUES = { name: 'meanSquaredError' } as const;
const classes = ['dense', { units: CLASSES, activation: 'softmax' }] as const;
const flatten = ['flatten'] as const;
const conv = (filters: number, options: object = {}) =>
  ['conv2d', { filters, kernelSize: 3, activation: 'relu', ...options }] as const;

export const NETWORKS: readonly CostedNetwork[] = [
  {
    ...{ name: 'bytes, 19 %', inputShape: [784], batch: 200, optimizer: SGD, loss: LABELS },
    ...{ density: 0.19, bytes: true },
    layers: [
      ['dense', { units: 50, activation: 'relu' }],
      ['dense', { units: 20, activation: 'relu' }],
      classes,
    ],
  },
  {
    ...{ name: 'floats, 19 %', inputShape: [784], batch: 200, loss: LABELS, density: 0.19 },
    optimizer: { ...ADAM, clipNorm: 1 },
    layers: [['dense', { units: 200, activation: 'relu' }], classes],
  },
  {
    ...{ name: 'bytes, 60 %', inputShape: [784], batch: 128, optimizer: ADAM, loss: CATEGORIES },
    ...{ density: 0.6, bytes: true },
    layers: [['dense', { units: 392, activation: 'relu' }], classes],
  },
  {
    ...{ name: 'dense bytes', inputShape: [784], batch: 128, optimizer: ADAM, loss: LABELS, bytes: true },
    layers: [
      ['dense', { units: 392, activation: 'relu' }],
      ['dense', { units: 392, activation: 'relu' }],
      classes,
    ],
  },
  {
    ...{ name: 'regularized', inputShape: [300], batch: 128, loss: VALUES },
    optimizer: { ...ADAM, globalClipNorm: 1, weightDecay: 0.01 },
    layers: [
      ['dense', { units: 256, activation: 'tanh', kernelRegularizer: { name: 'l1l2', l1: 1e-5, l2: 1e-4 } }],
      ['batchNormalization'],
      ['dropout', { rate: 0.3 }],
      ['dense', { units: 256, activation: 'gelu', activityRegularizer: { name: 'l2', l2: 1e-4 } }],
      ['gaussianNoise', { stddev: 0.1 }],
      ['layerNormalization'],
      ['dense', { units: 256, activation: 'mish' }],
      ['unitNormalization'],
      ['dense', { units: 256, activation: 'softmax' }],
      ['rescaling', { scale: 2 }],
      ['dense', { units: 256, activation: 'logSoftmax' }],
    ],
  },
  {
    ...{ name: 'one output', inputShape: [300], batch: 512, optimizer: SGD },
    loss: { name: 'binaryCrossentropy' },
    layers: [
      ['dense', { units: 256, activation: 'tanh' }],
      ['dense', { units: 1, activation: 'sigmoid' }],
    ],
  },
  {
    ...{ name: 'pooled images', inputShape: [28, 28, 1], batch: 64, optimizer: ADAM, loss: LABELS },
    layers: [conv(16), ['maxPooling2d'], conv(32), ['maxPooling2d'], flatten, classes],
  },
  {
    ...{ name: 'images', inputShape: [28, 28, 4], batch: 32, optimizer: ADAM, loss: LABELS },
    layers: [
      conv(4, { kernelSize: 1 }),
      ['randomTranslation', { heightFactor: 0.1, widthFactor: 0.1 }],
      ['randomRotation', { factor: 0.1 }],
      ['randomZoom', { heightFactor: 0.1 }],
      conv(16, { padding: 'same', activation: 'linear' }),
      ['batchNormalization'],
      ['activation', { activation: 'relu' }],
      ['averagePooling2d'],
      ['spatialDropout2d', { rate: 0.2 }],
      ['zeroPadding2d', { padding: 1 }],
      conv(32, { strides: 2 }),
      ['maxPooling2d', { poolSize: 2, strides: 1 }],
      ['layerNormalization'],
      conv(32, { groups: 32, padding: 'same' }),
      ['unitNormalization'],
      ['globalAveragePooling2d'],
      classes,
    ],
  },
  {
    ...{ name: 'global maxima', inputShape: [16, 16, 8], batch: 64, optimizer: SGD, loss: VALUES },
    layers: [conv(64, { activation: 'tanh' }), ['globalMaxPooling2d']],
  },
];

/** A trainer of a network, and its data set: four batches of rows. */
export function open(engine: Engine, network: CostedNetwork): { trainer: Trainer; dataset: Dataset } {
  const { batch, optimizer, loss } = network;
  const spec = specOf(network);
  const planned = new Network(spec, engine);
  planned.weights.set(Float32Array.from(planned.weights.view(), scaled(generator(), 0.1)));
  const dataset = datasetOf(network, 4 * batch, sizeOf(planned.outputShape));
  const options = { network: planned, loss, optimizer, dataset, batchSize: batch, seed: 1 };
  const rest = { predictions: false, penaltyPerRow: false, state: newOptimizerState() };
  return { trainer: runAtOnce(Trainer.open({ ...options, ...rest })), dataset };
}

function specOf({ inputShape, layers }: CostedNetwork): NetworkSpec {
  const specs = layers.map(([type, options = {}]) => makeLayer(type, options).spec as LayerSpec);
  return { rules: LAYERS, inputShape, layers: specs };
}

function datasetOf(
  { inputShape, density = 1, bytes, loss }: CostedNetwork,
  rows: number,
  outputs: number,
): Dataset {
  const features = sizeOf(inputShape);
  const next = generator();
  const value = (): number => (next() + 0.5 < density ? next() + 0.5 : 0);
  const data = bytes
    ? Uint8Array.from({ length: rows * features }, () => Math.ceil(255 * value()))
    : Float32Array.from({ length: rows * features }, value);
  const scale = bytes ? Math.fround(1 / 255) : 1;
  return {
    rows: toKernelRows({ data, rows, features, scale, shape: [rows, features] }),
    targets:
      loss === LABELS
        ? { kind: 'labels', data: Int32Array.from({ length: rows }, (_, row) => row % CLASSES) }
        : {
            kind: 'values',
            data: Float32Array.from({ length: rows * outputs }, () => Math.round(next() + 0.5)),
          },
  };
}

const scaled = (next: () => number, factor: number) => (): number => factor * next();
