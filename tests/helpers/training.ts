import type { LossSpec } from '../../src/network/losses.js';
import { runAtOnce } from '../../src/yielding.js';
import { Network } from '../../src/network/network.js';
import type { OptimizerSpec } from '../../src/network/optimizers.js';
import { newOptimizerState } from '../../src/network/optimizers.js';
import { lossForm } from '../../src/network/losses.js';
import { shapesOf } from '../../src/network/plan.js';
import { toKernelRows } from '../../src/network/scale.js';
import type { Conv2dSpec } from '../../src/layers/convolution.js';
import type { LayerSpec, NetworkSpec, Shape } from '../../src/network/spec.js';
import { sizeOf } from '../../src/network/spec.js';
import type { Dataset } from '../../src/network/feed.js';
import type { TrainerOptions } from '../../src/train/trainer.js';
import { Trainer } from '../../src/train/trainer.js';
import { mapsOf } from './augmentation.js';
import { dropoutMask, hash } from './random.js';
import type { ReferenceLayer, ReferenceLoss, ReferenceOptimizer } from './reference.js';
import * as reference from './reference.js';
import { Seeded } from './seeded.js';
import type { KernelVariant } from './wasm.js';
import { engineOf } from './wasm.js';

/** A network whose values all differ: kernels of unit gain, small biases, gammas around 1. */
export function networkOf(variant: KernelVariant, spec: NetworkSpec, seed = 81): Network {
  const network = new Network(spec, engineOf(variant));
  const seeded = new Seeded(seed);
  network.weights.setValues(
    network.parameters.map(({ name, shape }) => {
      const size = sizeOf(shape);
      if (name === 'kernel') return seeded.floats(size, 1.5 / Math.sqrt(sizeOf(shape.slice(0, -1))));
      if (name === 'gamma' || name === 'movingVariance')
        return seeded.shares(size).map((share) => share + 0.5);
      return seeded.floats(size, 0.2);
    }),
  );
  return network;
}

/** Rows of floats (rows, inputs), with targets and perhaps weights. */
export function datasetOf(
  x: Float32Array,
  rows: number,
  targets: Float32Array | Int32Array,
  weights?: Float32Array,
): Dataset {
  const features = x.length / rows;
  return {
    rows: toKernelRows({ data: x, rows, features, scale: 1, shape: [rows, features] }),
    targets:
      targets instanceof Int32Array ? { kind: 'labels', data: targets } : { kind: 'values', data: targets },
    weights,
  };
}

export type TrainerSetup = Pick<TrainerOptions, 'network' | 'dataset' | 'loss' | 'optimizer' | 'batchSize'> &
  Partial<TrainerOptions>;

export function trainerOf(setup: TrainerSetup): Trainer {
  return runAtOnce(
    Trainer.open({
      state: newOptimizerState(),
      predictions: false,
      penaltyPerRow: false,
      seed: 0,
      ...setup,
    }),
  );
}

/** The row numbers 0 … count − 1. */
export function allRows(count: number): Int32Array<ArrayBuffer> {
  return Int32Array.from({ length: count }, (_, i) => i);
}

/** The random key of a layer at a step, counted from 0. */
function keyOf(seed: number, step: number, layer: number): number {
  return hash((hash(hash(seed) ^ step) + layer) | 0);
}

/**
 * The layers of a network in float64, with its values. The last activation is left to a loss that is fused
 * with it.
 */
export function referenceLayers(network: Network, loss: LossSpec, seed = 0): ReferenceLayer[] {
  const { spec } = network;
  const { shapes } = shapesOf(spec);
  const { fused } = lossForm(spec, loss);
  const values = network.weights.values();
  const named = (layer: number): Record<string, Float32Array> =>
    Object.fromEntries(
      network.parameters.flatMap((p, i) => (p.layer === layer ? [[p.name, values[i]] as const] : [])),
    );
  return spec.layers.flatMap((layer, i) => {
    const units = sizeOf(shapes[i + 1]);
    const last = shapes[i + 1].at(-1)!;
    const given = { zeros: new Float32Array(last), ones: new Float32Array(last).fill(1), ...named(i) };
    const made = layersOf(layer, i, { units, seed, given, inputShape: shapes[i] });
    return fused && i === spec.layers.length - 1 ? made.slice(0, -1) : made;
  });
}

interface LayerContext {
  readonly units: number;
  readonly seed: number;
  readonly given: Record<string, Float32Array>;
  readonly inputShape: Shape;
}

/** A convolution, its activation, the penalty of its outputs. */
function convolutionOf(layer: Conv2dSpec, { units, given, inputShape }: LayerContext): ReferenceLayer[] {
  const { kernel, bias, activityRegularizer, window, filters, groups } = layer;
  const image = inputShape as [number, number, number];
  const penalties = {
    ...(kernel.regularizer && { kernel: kernel.regularizer }),
    ...(bias.regularizer && { bias: bias.regularizer }),
  };
  const values = { kernel: given.kernel, bias: given.bias ?? new Float32Array(filters) };
  const all = reference.conv2d({ window: { ...window, image }, filters, groups, ...values }, penalties);
  const product = reference.withFixed(all, given.bias ? [] : ['bias']);
  const ends = reference.activation(layer.activation as reference.ActivationName, units);
  return activityRegularizer
    ? [product, ends, reference.activityPenalty(activityRegularizer)]
    : [product, ends];
}

/** Asks for the random key of a layer: another one at every step. */
function keysOf(seed: number, index: number): () => number {
  let step = -1;
  return () => keyOf(seed, (step += 1), index);
}

function layersOf(layer: LayerSpec, index: number, context: LayerContext): ReferenceLayer[] {
  const { units, seed, given, inputShape } = context;
  const image = inputShape as unknown as reference.Image;
  switch (layer.type) {
    case 'dense': {
      const { kernel, bias, activityRegularizer } = layer;
      const penalties = {
        ...(kernel.regularizer && { kernel: kernel.regularizer }),
        ...(bias.regularizer && { bias: bias.regularizer }),
      };
      const all = reference.dense(given.kernel, given.bias ?? given.zeros, penalties);
      const product = reference.withFixed(all, given.bias ? [] : ['bias']);
      const ends = reference.activation(layer.activation as reference.ActivationName, units);
      return activityRegularizer
        ? [product, ends, reference.activityPenalty(activityRegularizer)]
        : [product, ends];
    }
    case 'conv2d':
      return convolutionOf(layer, context);
    case 'maxPooling2d':
    case 'averagePooling2d': {
      const image = inputShape as [number, number, number];
      const kind = layer.type === 'maxPooling2d' ? 'max' : 'average';
      return [reference.pooling(kind, { ...layer.window, image })];
    }
    case 'activation':
      return [reference.activation(layer.activation as reference.ActivationName, units)];
    case 'dropout': {
      let step = -1;
      const layerMask = (length: number, fresh: boolean) => {
        if (fresh) step += 1;
        return dropoutMask(keyOf(seed, step, index), length / units, units, layer.rate);
      };
      return [reference.dropout(layer.rate, layerMask)];
    }
    case 'rescaling':
      return [reference.rescaling(layer.scale, layer.offset)];
    case 'batchNormalization':
    case 'layerNormalization': {
      const { epsilon, momentum } = layer;
      const { gamma = given.ones, beta = given.zeros, movingMean, movingVariance } = given;
      const fixed = [...(given.gamma ? [] : ['gamma']), ...(given.beta ? [] : ['beta'])];
      if (layer.type === 'layerNormalization') {
        return [reference.withFixed(reference.layerNormalization({ gamma, beta, epsilon }), fixed)];
      }
      const made = reference.batchNormalization({ gamma, beta, epsilon, momentum });
      made.averages.movingMean.set(movingMean);
      made.averages.movingVariance.set(movingVariance);
      return [reference.withFixed(made, fixed)];
    }
    case 'unitNormalization':
      return [reference.unitNormalization(inputShape.at(-1)!)];
    case 'reshape':
    case 'flatten':
      return [];
    case 'zeroPadding2d':
      return [reference.zeroPadding(image, layer.padding)];
    case 'globalAveragePooling2d':
      return [reference.globalAverage(image)];
    case 'globalMaxPooling2d':
      return [reference.globalMax(image)];
    case 'spatialDropout2d': {
      const key = keysOf(seed, index);
      const mask = (rows: number) => dropoutMask(key(), rows, image[2], layer.rate);
      return [reference.spatialDropout(image, layer.rate, mask)];
    }
    case 'randomTranslation':
    case 'randomRotation':
    case 'randomZoom': {
      const key = keysOf(seed, index);
      return [reference.sampling(image, layer, (rows) => mapsOf(layer, image, key(), rows))];
    }
    case 'gaussianNoise':
      throw new TypeError('the reference has no noise');
  }
}

/** The loss in float64: of logits where it is fused with the last activation, or takes them. */
export function referenceLoss(spec: NetworkSpec, loss: LossSpec): ReferenceLoss {
  const { losses } = reference;
  const logits = loss.fromLogits ?? lossForm(spec, loss).fused;
  switch (loss.name) {
    case 'sparseCategoricalCrossentropy':
      return losses.softmaxCrossEntropy;
    case 'categoricalCrossentropy':
      return logits ? losses.softmaxCrossEntropyTargets : losses.categoricalCrossentropy;
    case 'binaryCrossentropy':
      return byOutputs(logits ? losses.sigmoidCrossEntropy : losses.binaryCrossentropy, loss);
    case 'meanSquaredError':
      return loss.half ? losses.halfSquaredError : byOutputs(losses.meanSquaredError, loss);
    case 'huber':
      return reference.huber(loss.delta ?? 1);
    case 'custom':
      throw new TypeError('a custom loss has no reference');
    default:
      return losses[loss.name];
  }
}

/** A mean over outputs, or their sum. */
function byOutputs(loss: ReferenceLoss, { sumOutputs = false }: LossSpec): ReferenceLoss {
  if (!sumOutputs) return loss;
  return {
    labels: loss.labels,
    row: (y, t) => y.length * loss.row(y, t),
    gradient: (y, t) => loss.gradient(y, t).map((g) => g * y.length),
  };
}

export function referenceOptimizer(spec: OptimizerSpec, rate: number): ReferenceOptimizer {
  switch (spec.kind) {
    case 'sgd':
      return spec.momentum === 0 ? reference.sgd({ rate }) : reference.momentum({ rate, ...spec });
    case 'adam':
      return reference.adam({ rate, ...spec });
    case 'adamax':
      return reference.adamax({ rate, ...spec });
    case 'nadam':
      return reference.nadam({ rate, ...spec });
    case 'lion':
      return reference.lion({ rate, ...spec });
    case 'rmsprop':
      return reference.rmsprop({ rate, ...spec });
    case 'adagrad':
      return reference.adagrad({ rate, ...spec });
    case 'adadelta':
      return reference.adadelta({ rate, ...spec });
  }
}
