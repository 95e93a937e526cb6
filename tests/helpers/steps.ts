import { expect } from 'vitest';
import type { LossSpec } from '../../src/network/losses.js';
import type { OptimizerSpec } from '../../src/network/optimizers.js';
import { shapesOf } from '../../src/network/plan.js';
import type { LayerSpec, NetworkSpec } from '../../src/network/spec.js';
import { sizeOf } from '../../src/network/spec.js';
import { expectClose } from './allclose.js';
import { EVERY } from './combinations.js';
import type { ReferenceLayer, ReferenceOptions } from './reference.js';
import { ReferenceNetwork } from './reference.js';
import { Seeded } from './seeded.js';
import {
  allRows,
  datasetOf,
  networkOf,
  referenceLayers,
  referenceLoss,
  referenceOptimizer,
  trainerOf,
} from './training.js';
import type { KernelVariant } from './wasm.js';
import { SHIPPED, VARIANTS, WITH_ASSERTS } from './wasm.js';

export interface StepCase {
  readonly spec: NetworkSpec;
  readonly loss: LossSpec;
  readonly optimizer: OptimizerSpec;
  readonly rows: number;
  readonly rate: number;
  /** Default 3. */
  readonly steps?: number;
  readonly weighted?: boolean;
  readonly penaltyPerRow?: boolean;
  /** L2 penalty of every kernel. */
  readonly l2?: number;
  readonly seed?: number;
  /** Errors allowed in what weights have moved by, in 2^-24 of .1. Default 40. */
  readonly units?: number;
  /** Default: those that ship and, by turns, one of those with asserts; all in `npm run acceptance`. */
  readonly variants?: readonly KernelVariant[];
}

const BINARY = ['hinge', 'squaredHinge', 'categoricalHinge'];

/** Targets that a loss takes, for rows of `outputs`. */
function targetsFor(
  loss: LossSpec,
  rows: number,
  outputs: number,
  seeded: Seeded,
): Float32Array | Int32Array {
  if (loss.name === 'sparseCategoricalCrossentropy') return seeded.integers(rows, outputs);
  const shares = seeded.shares(rows * outputs);
  if (BINARY.includes(loss.name)) return shares.map((_, i) => (i % outputs === (i >> 2) % outputs ? 1 : 0));
  return shares.map((share) => 0.9 * share + 0.05);
}

/** The same network with an L2 penalty of every kernel. */
function penalized(spec: NetworkSpec, l2: number): NetworkSpec {
  if (l2 === 0) return spec;
  const regularizer = { l1: 0, l2 };
  const layers = spec.layers.map((layer): LayerSpec => {
    return layer.type === 'dense' ? { ...layer, kernel: { ...layer.kernel, regularizer } } : layer;
  });
  return { ...spec, layers };
}

interface Course {
  readonly losses: number[];
  /** What every parameter has moved by. */
  readonly moved: Record<string, ArrayLike<number>>;
}

let compared = 0;

function someVariants(): readonly KernelVariant[] {
  return EVERY ? VARIANTS : [...SHIPPED, WITH_ASSERTS[compared++ % WITH_ASSERTS.length]];
}

/** A few updates in float64, then the same by the variants: losses, and what the weights have moved by. */
export function compareSteps(one: StepCase): void {
  const made = { ...one, spec: penalized(one.spec, one.l2 ?? 0) };
  const expected = referenceCourse(made);
  for (const variant of one.variants ?? someVariants()) {
    const what = `${variant}, ${one.optimizer.kind}, ${one.rows} rows`;
    const { losses, moved } = course(variant, made);
    losses.forEach((loss, t) => {
      const error = Math.abs(loss - expected.losses[t]) / Math.max(0.1, Math.abs(expected.losses[t]));
      expect(error, `${what}, loss ${t + 1}: ${loss} for ${expected.losses[t]}`).toBeLessThan(1e-5);
    });
    expect(Object.keys(moved)).toEqual(Object.keys(expected.moved));
    for (const [name, values] of Object.entries(moved)) {
      expectClose(values, expected.moved[name], `${what}, ${name}`, { units: one.units ?? 40, size: 0.1 });
    }
  }
}

function batches({ spec, loss, rows, steps = 3, weighted = false }: StepCase) {
  const seeded = new Seeded(rows);
  const inputs = sizeOf(spec.inputShape);
  const outputs = sizeOf(shapesOf(spec).shapes.at(-1) ?? spec.inputShape);
  return Array.from({ length: steps }, () => ({
    x: seeded.floats(rows * inputs),
    targets: targetsFor(loss, rows, outputs, seeded),
    weights: weighted ? seeded.shares(rows).map((share, i) => (i % 3 === 1 ? 0 : share + 0.25)) : undefined,
  }));
}

function movements(before: Record<string, ArrayLike<number>>, after: Record<string, ArrayLike<number>>) {
  return Object.fromEntries(
    Object.entries(after).map(([name, values]) => [
      name,
      Float64Array.from(values, (value, i) => value - before[name][i]),
    ]),
  );
}

function referenceCourse(one: StepCase): Course {
  const { spec, loss, optimizer, rate, rows, penaltyPerRow = false, seed = 0 } = one;
  const network = networkOf('base', spec);
  const { clipNorm, globalClipNorm, clipValue, weightDecay = 0 } = optimizer;
  const options: ReferenceOptions = {
    penaltyPerRow,
    clipNorm,
    globalClipNorm,
    clipValue,
    keep: 1 - rate * weightDecay,
  };
  const layers = referenceLayers(network, loss, seed);
  const reference = new ReferenceNetwork(layers, referenceLoss(spec, loss), options);
  const parameters = () =>
    Object.fromEntries(
      layers.flatMap((layer, i) =>
        Object.entries({ ...layer.parameters, ...layer.averages }).map(
          ([name, values]) => [`${name} ${layersBefore(layers, i)}`, values.slice()] as const,
        ),
      ),
    );
  const before = parameters();
  const rule = referenceOptimizer(optimizer, rate);
  const losses = batches(one).map((batch) => reference.step({ ...batch, rows }, rule));
  return { losses, moved: movements(before, parameters()) };
}

/** How many layers with parameters come before layer i. */
function layersBefore(layers: readonly ReferenceLayer[], i: number): number {
  return layers.slice(0, i).filter(({ parameters, averages }) => {
    return Object.keys({ ...parameters, ...averages }).length > 0;
  }).length;
}

function course(variant: KernelVariant, one: StepCase): Course {
  const { spec, loss, optimizer, rate, rows, penaltyPerRow = false, seed = 0 } = one;
  const network = networkOf(variant, spec);
  const own = [...new Set(network.parameters.map(({ layer }) => layer))];
  const parameters = () =>
    Object.fromEntries(
      network.weights.values().map((values, i) => {
        const { name, layer } = network.parameters[i];
        return [`${name} ${own.indexOf(layer)}`, values] as const;
      }),
    );
  const before = parameters();
  const trainer = trainerOf({
    network,
    dataset: undefined,
    loss,
    optimizer,
    batchSize: rows,
    penaltyPerRow,
    seed,
  });
  const losses = batches(one).map(({ x, targets, weights }) =>
    trainer.step(datasetOf(x, rows, targets, weights), allRows(rows), rate),
  );
  network.weights.set(trainer.session.weights.view());
  return { losses, moved: movements(before, parameters()) };
}
