import { describe, expect, test } from 'vitest';
import type { TrainingPlan, TrainingSpec } from '../../src/model/plan.js';
import { stepCalls } from '../../src/model/plan.js';
import { run } from '../../src/engine/kernels.js';
import type { NetworkSpec } from '../../src/model/spec.js';
import { expectSameBits } from '../helpers/allclose.js';
import { padded, panelPadding } from '../helpers/panels.js';
import { Seeded } from '../helpers/seeded.js';
import { PlannedTraining, startingParameters } from '../helpers/training.js';
import { VARIANTS } from '../helpers/wasm.js';

const spec: NetworkSpec = {
  inputs: 13,
  layers: [
    { units: 17, activation: 'sigmoid' },
    { units: 9, activation: 'exponential' },
    { units: 10, activation: 'softmax' },
  ],
};

const training: TrainingSpec = {
  loss: { kind: 'softmaxCrossEntropy', range: [0, 16] },
  optimizer: { kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
  penalty: false,
};

function prepared(variant: (typeof VARIANTS)[number], rows: number, made = training): PlannedTraining {
  const planned = new PlannedTraining(variant, spec, rows, made);
  planned.setParameters(startingParameters(spec, 91));
  return planned;
}

function batch(rows: number, seed: number) {
  const seeded = new Seeded(seed);
  return { x: seeded.floats(rows * 13), targets: seeded.integers(rows, 10), rate: 0.01, alpha: 0.1 };
}

/** Parameters and optimizer slots, every bit of them. */
function stateOf({ arena, plan, training: made }: PlannedTraining): Float32Array[] {
  return [plan.parameters, ...made.slots].map((offset) => arena.floats(offset, plan.parameterLength).slice());
}

/** What lies in the padding of parameters and slots, and right of the deltas. */
function paddingOf(planned: PlannedTraining): number[] {
  const { arena, plan, training: made } = planned;
  const parameters = stateOf(planned).flatMap((block) =>
    plan.layers.flatMap(({ inputs, units, weight, bias }) => [
      ...panelPadding(block.subarray(weight, weight + inputs * padded(units)), inputs, units),
      ...block.subarray(bias + units, bias + padded(units)),
    ]),
  );
  const deltas = made.deltas.flatMap(({ offset, stride, columns }) =>
    Array.from({ length: plan.rows }, (_, row) => [
      ...arena.floats(offset + row * stride + 4 * columns, stride / 4 - columns),
    ]).flat(),
  );
  return [...parameters, ...deltas];
}

describe.each(VARIANTS)('training steps, %s,', (variant) => {
  test('leave the padding at 0, whatever padded units put out', () => {
    const planned = prepared(variant, 33);
    for (let t = 0; t < 20; t++) planned.step(batch(t % 5 === 4 ? 7 : 33, t));
    const padding = paddingOf(planned);
    expect(padding.length).toBeGreaterThan(1000);
    expect(padding.every((value) => value === 0)).toBe(true);
  });

  test('have the same bits in a plan for more rows', () => {
    const exact = prepared(variant, 5);
    const roomy = prepared(variant, 600);
    for (let t = 0; t < 3; t++) {
      exact.step(batch(5, t));
      roomy.step(batch(5, t));
    }
    stateOf(roomy).forEach((block, i) => expectSameBits(block, stateOf(exact)[i], `block ${i}`));
  });

  test('have the same bits whenever they are run', () => {
    const [first, second] = [prepared(variant, 33), prepared(variant, 33)];
    for (let t = 0; t < 3; t++) expect(second.step(batch(33, t))).toBe(first.step(batch(33, t)));
    stateOf(second).forEach((block, i) => expectSameBits(block, stateOf(first)[i], `block ${i}`));
  });

  test('gather the rows of a resident data set by number', () => {
    const data = batch(71, 3);
    const order = Int32Array.of(70, 3, 3, 0, 42);
    const given = prepared(variant, 5);
    const x = Float32Array.from(
      { length: 5 * 13 },
      (_, i) => data.x[order[Math.floor(i / 13)] * 13 + (i % 13)],
    );
    given.step({ ...data, x, targets: Int32Array.from(order, (row) => data.targets[row]) });

    const gathering = prepared(variant, 5, { ...training, resident: { rows: 71 } });
    const { arena, plan } = gathering;
    const made = plan.training as TrainingPlan;
    arena.f32.set(data.x, made.data >> 2);
    arena.i32.set(data.targets, made.dataTargets >> 2);
    arena.i32.set(order, plan.indices >> 2);
    for (const control of ['weightControl', 'biasControl'] as const) {
      const source = given.training[control];
      arena.floats(made[control], 16).set(given.arena.floats(source, 16));
    }
    run(arena.bind(stepCalls(plan, 5)));
    stateOf(gathering).forEach((block, i) => expectSameBits(block, stateOf(given)[i], `block ${i}`));
  });
});
