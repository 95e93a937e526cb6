import { LAYERS } from '../../src/layers/index.js';
import { readFileSync } from 'node:fs';
import { runAtOnce } from '../../src/yielding.js';
import { Network } from '../../src/network/network.js';
import { newOptimizerState } from '../../src/network/optimizers.js';
import { resolveActivation } from '../../src/network/activations.js';
import { resolveConstraint } from '../../src/network/constraints.js';
import { resolveLoss, smoothTargets } from '../../src/network/loss-options.js';
import { resolveOptimizer } from '../../src/network/optimizer-options.js';
import { resolveRegularizer } from '../../src/network/regularizers.js';
import { isFused, outputActivation, usesLabels } from '../../src/network/losses.js';
import type { LayerSpec, NetworkSpec, ParameterRules } from '../../src/network/spec.js';
import type { Dataset, Targets } from '../../src/network/feed.js';
import { Trainer } from '../../src/train/trainer.js';
import type { KernelVariant } from '../helpers/wasm.js';
import { engineOf } from '../helpers/wasm.js';

interface Stored {
  readonly shape: number[];
  readonly data: number[];
}

type Options = Record<string, any>;

/** As tests/goldens/torch_dense.py describes it. */
export interface TorchCase {
  readonly name: string;
  readonly layers: readonly Options[];
  readonly loss: string;
  readonly lossOptions?: Options;
  readonly optimizer: Options;
  readonly y: string;
  readonly sampleWeight?: boolean;
  readonly classWeight?: Readonly<Record<string, number>>;
  readonly start: string;
  readonly batchSize: number;
  readonly epochs: number;
  readonly losses: readonly number[];
  readonly weights: readonly (readonly number[][])[];
  readonly predicted: readonly number[];
  readonly float32: readonly [loss: number, weight: number];
}

interface Goldens {
  readonly x: Stored;
  readonly targets: Readonly<Record<string, Stored | number[]>>;
  readonly sampleWeight: number[];
  readonly starts: Readonly<Record<string, Stored[][]>>;
  readonly cases: TorchCase[];
}

const file = new URL('../goldens/torch_dense.json', import.meta.url);
export const goldens = JSON.parse(readFileSync(file, 'utf8')) as Goldens;

const [ROWS, FEATURES] = goldens.x.shape;
const PREDICTED = 4;

function rules(layer: Options, part: string): ParameterRules {
  return {
    initializer: { name: 'zeros' },
    regularizer: resolveRegularizer(layer[`${part}Regularizer`], 'golden'),
    constraint: resolveConstraint(layer[`${part}Constraint`], 'golden'),
  };
}

function layerOf(layer: Options): LayerSpec {
  const { type, trainable = true } = layer;
  const activation = resolveActivation(layer.activation, 'golden');
  if (type === 'activation') return { type, activation };
  if (type === 'dense') {
    return {
      type,
      units: layer.units,
      activation,
      useBias: layer.useBias ?? true,
      kernel: rules(layer, 'kernel'),
      bias: rules(layer, 'bias'),
      activityRegularizer: resolveRegularizer(layer.activityRegularizer, 'golden'),
      trainable,
    };
  }
  const { epsilon = 1e-3, momentum = 0.99, center = true, scale = true } = layer;
  const parts = { gamma: rules(layer, 'gamma'), beta: rules(layer, 'beta') };
  return { type, epsilon, momentum, center, scale, trainable, ...parts };
}

function targetsOf({ y, loss, lossOptions, layers }: TorchCase, spec: NetworkSpec): Targets {
  const resolved = resolveLoss({ name: loss, ...lossOptions }, 'golden');
  const stored = goldens.targets[y];
  const outputs: number = layers[layers.length - 1].units;
  if (!Array.isArray(stored)) {
    return {
      kind: 'values',
      data: runAtOnce(smoothTargets(Float32Array.from(stored.data), outputs, resolved)),
    };
  }
  const labels = usesLabels(resolved.spec, isFused(resolved.spec, outputActivation(spec)));
  if (labels) return { kind: 'labels', data: Int32Array.from(stored) };
  const oneHot = new Float32Array(ROWS * outputs);
  stored.forEach((label, row) => (oneHot[row * outputs + label] = 1));
  return { kind: 'values', data: oneHot };
}

function weightsOf({ y, sampleWeight, classWeight }: TorchCase): Float32Array | undefined {
  if (sampleWeight) return Float32Array.from(goldens.sampleWeight);
  if (!classWeight) return undefined;
  const stored = goldens.targets[y];
  const values = Array.isArray(stored) ? stored : stored.data;
  const columns = values.length / ROWS;
  return Float32Array.from({ length: ROWS }, (_, row) => {
    const part = values.slice(row * columns, (row + 1) * columns);
    return classWeight[columns > 1 ? part.indexOf(Math.max(...part)) : part[0]] ?? 1;
  });
}

export interface Trained {
  /** Mean loss of every epoch. */
  readonly losses: number[];
  /** All arrays, row-major, in the order of the layers. */
  readonly weights: Float32Array[];
  readonly predicted: Float32Array;
}

/**
 * Train a golden case by the trainer of this package. `resident` false gathers batches from the caller's
 * array.
 */
export function train(variant: KernelVariant, golden: TorchCase, resident = true): Trained {
  const spec = { rules: LAYERS, inputShape: [FEATURES], layers: golden.layers.map(layerOf) };
  const network = new Network(spec, engineOf(variant));
  network.weights.setValues(goldens.starts[golden.start].flat().map(({ data }) => data));
  const optimizer = resolveOptimizer(golden.optimizer, 'golden');
  const shape = [ROWS, FEATURES];
  const rows = { data: Float32Array.from(goldens.x.data), rows: ROWS, features: FEATURES, shape, scale: 1 };
  const dataset: Dataset = { rows, targets: targetsOf(golden, spec), weights: weightsOf(golden) };
  const trainer = runAtOnce(
    Trainer.open({
      network,
      loss: resolveLoss({ name: golden.loss, ...golden.lossOptions }, 'golden').spec,
      optimizer: optimizer.spec,
      batchSize: golden.batchSize,
      state: newOptimizerState(),
      seed: 1,
      predictions: false,
      penaltyPerRow: false,
      ...(resident && { dataset }),
    }),
  );
  const order = Int32Array.from({ length: ROWS }, (_, row) => row);
  const losses = golden.losses.map(() => {
    let total = 0;
    for (let begin = 0; begin < ROWS; begin += golden.batchSize) {
      const batch = order.subarray(begin, begin + golden.batchSize);
      total += batch.length * trainer.step(dataset, batch, optimizer.learningRate as number);
    }
    return total / ROWS;
  });
  network.weights.set(trainer.session.weights.view());
  const first = {
    ...rows,
    data: rows.data.slice(0, PREDICTED * FEATURES),
    rows: PREDICTED,
    shape: [PREDICTED, FEATURES],
  };
  return { losses, weights: network.weights.values(), predicted: network.forward(first) };
}

/** Predictions for all rows before training. */
export function firstPredictions(golden: TorchCase): Float32Array {
  const spec = { rules: LAYERS, inputShape: [FEATURES], layers: golden.layers.map(layerOf) };
  const network = new Network(spec, engineOf('base'));
  network.weights.setValues(goldens.starts[golden.start].flat().map(({ data }) => data));
  const data = Float32Array.from(goldens.x.data);
  return network.forward({ data, rows: ROWS, features: FEATURES, shape: [ROWS, FEATURES], scale: 1 });
}
