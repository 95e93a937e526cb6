import { describe, expect, test } from 'vitest';
import { Arena } from '../../src/engine/arena.js';
import { run } from '../../src/engine/kernels.js';
import { UnsupportedError } from '../../src/errors.js';
import type { LossPlan } from '../../src/network/losses.js';
import { plan } from '../../src/network/plan.js';
import { forwardStep, lossStep } from '../../src/network/steps.js';
import type { OptimizerSpec } from '../../src/network/optimizers.js';
import type { Dataset } from '../../src/network/feed.js';
import type { Trainer } from '../../src/train/trainer.js';
import { expectSameBits } from '../helpers/allclose.js';
import { denseNetwork } from '../helpers/networks.js';
import { padded, panelPadding } from '../helpers/panels.js';
import { Seeded } from '../helpers/seeded.js';
import { allRows, datasetOf, networkOf, trainerOf } from '../helpers/training.js';
import type { KernelVariant } from '../helpers/wasm.js';
import { engineOf, VARIANTS } from '../helpers/wasm.js';

const ADAM: OptimizerSpec = { kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
const LOSS = { name: 'sparseCategoricalCrossentropy' } as const;
const ROWS = 71;

const spec = denseNetwork(13, [
  [17, 'sigmoid'],
  [9, 'exponential'],
  [10, 'softmax'],
]);

const seeded = new Seeded(91);
const dataset = datasetOf(
  seeded.floats(ROWS * 13),
  ROWS,
  seeded.integers(ROWS, 10),
  seeded.shares(ROWS).map((share) => share + 0.1),
);

function opened(variant: KernelVariant, batchSize: number, maxResidentBytes?: number): Trainer {
  const network = networkOf(variant, spec);
  const penalty = { network, dataset, loss: LOSS, optimizer: ADAM, batchSize };
  return trainerOf({ ...penalty, maxResidentBytes });
}

/** Parameters and optimizer slots, every bit of them. */
function stateOf({ session: { arena, plan } }: Trainer): Float32Array[] {
  return [plan.block, ...(plan.updates?.slots ?? [])].map((offset) =>
    arena.floats(offset, plan.blockLength).slice(),
  );
}

function expectSameState(actual: Trainer, expected: Trainer): void {
  const blocks = stateOf(expected);
  stateOf(actual).forEach((block, i) => expectSameBits(block, blocks[i], `block ${i}`));
}

/** What lies in the padding of parameters and slots, and right of the deltas. */
function paddingOf(trainer: Trainer): number[] {
  const { arena, plan } = trainer.session;
  const parameters = stateOf(trainer).flatMap((block) =>
    plan.parameters.flatMap(({ shape, position, length }) => {
      const own = block.subarray(position, position + length);
      const [depth, units] = shape.length === 2 ? shape : [1, shape[0]];
      return [...panelPadding(own, depth, units)];
    }),
  );
  const deltas = plan.layers.flatMap(({ delta }) => {
    if (!delta) return [];
    const { offset, stride, columns } = delta;
    return Array.from({ length: plan.rows }, (_, row) => [
      ...arena.floats(offset + row * stride + 4 * columns, padded(columns) - columns),
    ]).flat();
  });
  return [...parameters, ...deltas];
}

describe.each(VARIANTS)('training steps, %s,', (variant) => {
  test('leave the padding at 0, whatever padded units put out', () => {
    const trainer = opened(variant, 33);
    for (let t = 0; t < 20; t++) trainer.step(dataset, allRows(t % 5 === 4 ? 7 : 33), 0.01);
    const padding = paddingOf(trainer);
    expect(padding.length).toBeGreaterThan(1000);
    expect(padding.every((value) => value === 0)).toBe(true);
  });

  test('have the same bits in a plan for more rows', () => {
    const [exact, roomy] = [opened(variant, 5), opened(variant, 600)];
    for (let t = 0; t < 3; t++) for (const trainer of [exact, roomy]) trainer.step(dataset, allRows(5), 0.01);
    expectSameState(roomy, exact);
  });

  test('go on with the same bits after a batch that needs a larger plan', () => {
    const [growing, roomy] = [opened(variant, 5), opened(variant, 71)];
    const batches = [allRows(5), allRows(71), allRows(9), allRows(5)];
    const losses = [growing, roomy].map((trainer) =>
      batches.map((rows) => trainer.step(dataset, rows, 0.01)),
    );
    expect(losses[0]).toEqual(losses[1]);
    expectSameState(growing, roomy);
  });

  test('have the same bits whenever they are run', () => {
    const [first, second] = [opened(variant, 33), opened(variant, 33)];
    for (let t = 0; t < 3; t++) {
      const rows = allRows(33).map((row) => row + t);
      expect(second.step(dataset, rows, 0.01)).toBe(first.step(dataset, rows, 0.01));
    }
    expectSameState(second, first);
  });

  test('gather the rows of a resident data set by number', () => {
    const order = Int32Array.of(70, 3, 3, 0, 42);
    const pick = (values: ArrayLike<number>, width: number) =>
      Float32Array.from(
        { length: 5 * width },
        (_, i) => values[order[Math.floor(i / width)] * width + (i % width)],
      );
    const { rows, targets, weights } = dataset;
    const labels = Int32Array.from(order, (row) => targets.data[row]);
    const given: Dataset = datasetOf(pick(rows.data, 13), 5, labels, pick(weights ?? [], 1));
    const gathering = opened(variant, 5);
    const direct = trainerOf({
      ...{ network: networkOf(variant, spec), dataset: given },
      ...{ loss: LOSS, optimizer: ADAM, batchSize: 5 },
    });
    expect(gathering.step(dataset, order, 0.01)).toBe(direct.step(given, allRows(5), 0.01));
    expectSameState(gathering, direct);
  });

  test('go on from saved slots as if they had never stopped', () => {
    const whole = opened(variant, 33);
    for (let t = 0; t < 4; t++) whole.step(dataset, allRows(33), 0.01);

    const network = networkOf(variant, spec);
    const state = { step: 0, beta1Power: 1, beta2Power: 1, decayPower: 1, momentumProduct: 1 };
    const open = () => trainerOf({ network, dataset, loss: LOSS, optimizer: ADAM, batchSize: 33, state });
    let trainer = open();
    for (let t = 0; t < 4; t++) {
      trainer.step(dataset, allRows(33), 0.01);
      trainer.saveSlots();
      network.weights.set(trainer.session.weights.view().slice());
      if (t < 3) trainer = open();
    }
    expectSameState(trainer, whole);
  });
});

test('a data set beyond 2 GiB is gathered as a small one is', ({ skip }) => {
  // Memory that nobody touches costs nothing.
  const evaluate = (rows: number, numbers: readonly number[]): number[] => {
    const planned = plan(spec, 5, {
      loss: LOSS,
      predictions: true,
      resident: { rows, scale: [0.5, 0], weighted: true },
    });
    const arena = new Arena(engineOf('base'), planned.bytes);
    const { resident } = planned;
    const { predictions, scale, sums } = planned.loss as LossPlan;
    if (!resident || !predictions) throw new Error('both were asked for');
    arena.f32.set(networkOf('base', spec).weights.view(), planned.block >>> 2);
    numbers.forEach((row, i) => {
      arena.i32[(planned.input.indices >>> 2) + i] = row;
      arena.u8.set([i, 2 * i, 3 * i, 1, 0, 1, 2, 3, 4, 5, 6, 7, 8], resident.data + 13 * row);
      arena.i32[(resident.targets >>> 2) + row] = i;
      arena.f32[(resident.weights >>> 2) + row] = 1 + i;
    });
    arena.f32[scale >>> 2] = 1;
    run(arena.bind([...forwardStep(planned, 5, false), ...lossStep(planned, 5)]));
    return [arena.f64[sums >>> 3], ...arena.floats(predictions.offset, (4 * predictions.stride) >> 2)];
  };
  const small = evaluate(5, [0, 1, 2, 3, 4]);
  let huge: number[] = [];
  try {
    huge = evaluate(168_000_000, [167_999_999, 0, 100_000_000, 165_300_000, 7]);
  } catch (error) {
    if (!(error instanceof UnsupportedError)) throw error;
    skip('this machine does not give 4 GiB');
  }
  expectSameBits(huge, small, 'loss and predictions');
});
