import { describe, expect, test } from 'vitest';
import { DivergedError } from '../../src/errors.js';
import type { OptimizerSpec } from '../../src/network/optimizers.js';
import { newOptimizerState } from '../../src/network/optimizers.js';
import type { Batch } from '../../src/network/feed.js';
import type { EpochReport, FitHooks, FitRequest, StepReport } from '../../src/train/fit.js';
import { inBatches } from '../../src/network/feed.js';
import { fit } from '../../src/train/fit.js';
import { expectSameBits } from '../helpers/allclose.js';
import { denseNetwork } from '../helpers/networks.js';
import { Seeded } from '../helpers/seeded.js';
import { allRows, datasetOf, networkOf, trainerOf } from '../helpers/training.js';

const ROWS = 24;
const BATCH = 5;
const STEPS = Math.ceil(ROWS / BATCH);
const ADAM: OptimizerSpec = { kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
const SGD: OptimizerSpec = { kind: 'sgd', momentum: 0, nesterov: false };

const spec = denseNetwork(6, [
  [8, 'relu'],
  [2, 'linear'],
]);
const seeded = new Seeded(17);
const dataset = datasetOf(seeded.floats(ROWS * 6), ROWS, seeded.floats(ROWS * 2));

/** A network with its trainer, and a request that trains it for three epochs unless `more` says otherwise. */
function made(more: Partial<FitRequest & FitHooks> = {}, optimizer = ADAM) {
  const network = networkOf('base', spec);
  const state = newOptimizerState();
  const setup = {
    network,
    dataset,
    loss: { name: 'meanSquaredError' },
    optimizer,
    batchSize: BATCH,
  } as const;
  const trainer = trainerOf({ ...setup, state });
  const reports: EpochReport[] = [];
  const request: FitRequest = {
    ...{ network, trainer, firstEpoch: 1, lastEpoch: 3 },
    batches: () => inBatches(dataset, allRows(ROWS), BATCH),
    rate: () => 0.01,
    ...more,
    hooks: { onEpoch: (report) => void reports.push(report), ...more },
  };
  return { network, trainer, state, reports, request };
}

/** The parameters after every step, when nothing interrupts. */
async function undisturbed(epochs: number): Promise<Float32Array[]> {
  const after: Float32Array[] = [];
  const { trainer, request } = made({
    lastEpoch: epochs,
    onStep: () => void after.push(trainer.session.weights.view().slice()),
  });
  await fit(request);
  return after;
}

describe('fit', () => {
  test('reports epochs and steps with their mean losses', async () => {
    const steps: StepReport[] = [];
    const { request, reports } = made({ onStep: (report) => void steps.push(report) });
    await fit(request);
    expect(reports.map(({ epoch, steps, rows }) => [epoch, steps, rows])).toEqual(
      [1, 2, 3].map((epoch) => [epoch, STEPS, ROWS]),
    );
    expect(steps.map(({ rows }) => rows).slice(0, STEPS)).toEqual([5, 5, 5, 5, 4]);
    const first = steps.slice(0, STEPS);
    const mean = first.reduce((sum, { loss, rows }) => sum + loss * rows, 0) / ROWS;
    expect(reports[0].loss).toBeCloseTo(mean, 14);
    expect(first.at(-1)?.epochLoss).toBe(reports[0].loss);
    expect(reports[2].loss).toBeLessThan(reports[0].loss);
  });

  test('leaves the network with the parameters, and the state with the slots, of the last step', async () => {
    const { request, network, trainer, state } = made();
    await fit(request);
    expectSameBits(network.weights.view(), trainer.session.weights.view(), 'parameters');
    expect(network.weights.lent).toBe(false);
    expect(state.step).toBe(3 * STEPS);
    expect(state.slots).toHaveLength(2);
    expect(state.slots?.every((slot) => slot.length === network.weights.length)).toBe(true);
  });

  test('goes on from a state as if it had never stopped', async () => {
    const whole = made({ lastEpoch: 4 });
    await fit(whole.request);
    const first = made({ lastEpoch: 2 });
    await fit(first.request);
    const { network, state } = first;
    const loss = { name: 'meanSquaredError' } as const;
    const trainer = trainerOf({ network, dataset, loss, optimizer: ADAM, batchSize: BATCH, state });
    await fit({ ...first.request, trainer, firstEpoch: 3, lastEpoch: 4 });
    expectSameBits(network.weights.view(), whole.network.weights.view(), 'parameters');
  });

  test('lets predictions in between see the last whole step', async () => {
    const seen: Float32Array[] = [];
    const during: boolean[] = [];
    const { request, network } = made({
      onStep() {
        seen.push(network.forward(dataset.rows));
        during.push(network.weights.lent);
      },
    });
    await fit(request);
    const expected = networkOf('base', spec);
    const after = await undisturbed(3);
    expect(seen).toHaveLength(after.length);
    after.forEach((parameters, i) => {
      expected.weights.set(parameters);
      expectSameBits(seen[i], expected.forward(dataset.rows), `step ${i + 1}`);
    });
    expect(new Set(during)).toEqual(new Set([true]));
    expectSameBits(network.forward(dataset.rows), seen.at(-1) ?? [], 'after training');
  });

  test('takes batches that have to be awaited', async () => {
    async function* slowly(): AsyncGenerator<Batch> {
      for (const batch of inBatches(dataset, allRows(ROWS), BATCH)) {
        await new Promise((resolve) => setTimeout(resolve, 0));
        yield batch;
      }
    }
    const [awaited, direct] = [made({ batches: () => slowly() }), made()];
    await Promise.all([fit(awaited.request), fit(direct.request)]);
    expectSameBits(awaited.network.weights.view(), direct.network.weights.view(), 'parameters');
  });

  test('ends by what onEpoch returns, by stopped, by maxSteps and by maxTimeMs', async () => {
    const after = await undisturbed(3);
    const stepsOf = async (more: Partial<FitRequest & FitHooks>): Promise<number> => {
      const { request, network, state } = made(more);
      await fit(request);
      if (state.step > 0) expectSameBits(network.weights.view(), after[state.step - 1], 'parameters');
      return state.step;
    };
    let steps = 0;
    expect(await stepsOf({ onEpoch: ({ epoch }) => epoch === 2 })).toBe(2 * STEPS);
    expect(await stepsOf({ onStep: () => void steps++, stopped: () => steps >= 7 })).toBe(7);
    expect(await stepsOf({ maxSteps: 8 })).toBe(8);
    expect(await stepsOf({ maxTimeMs: 0 })).toBe(0);
  });

  test('gives way to timers while it computes', async () => {
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    const { request } = made({ lastEpoch: Infinity, stopped: () => ticks >= 2, maxTimeMs: 60_000 });
    await fit(request);
    clearInterval(timer);
    expect(ticks).toBeGreaterThanOrEqual(2);
  });
});

describe('an interrupted fit', () => {
  test('keeps the weights of the last whole step when its signal is aborted, and rejects with the reason', async () => {
    const after = await undisturbed(3);
    for (const at of [1, 7, 3 * STEPS]) {
      const controller = new AbortController();
      const reason = new Error('enough');
      let steps = 0;
      const { request, network } = made({
        signal: controller.signal,
        onStep() {
          steps += 1;
          if (steps === at) controller.abort(reason);
        },
      });
      await expect(fit(request)).rejects.toBe(reason);
      expect(steps).toBe(at);
      expectSameBits(network.weights.view(), after[at - 1], `after step ${at}`);
      expect(network.weights.lent).toBe(false);
    }
  });

  test('does nothing if the signal was aborted before', async () => {
    const { request, network, state } = made({ signal: AbortSignal.abort() });
    const before = network.weights.view().slice();
    await expect(fit(request)).rejects.toMatchObject({ name: 'AbortError' });
    expectSameBits(network.weights.view(), before, 'parameters');
    expect(state.step).toBe(0);
  });

  test('ends with the epoch in whose report its signal is aborted', async () => {
    const controller = new AbortController();
    const { request, state } = made({
      signal: controller.signal,
      onEpoch: ({ epoch }) => (epoch === 2 ? void controller.abort() : undefined),
    });
    await expect(fit(request)).rejects.toMatchObject({ name: 'AbortError' });
    expect(state.step).toBe(2 * STEPS);
  });

  test('keeps the weights of the last whole step when a callback throws', async () => {
    const after = await undisturbed(3);
    for (const name of ['onStep', 'onEpoch'] as const) {
      const { request, network, state } = made({
        [name]: () => {
          throw new RangeError(name);
        },
      });
      await expect(fit(request)).rejects.toThrow(name);
      expectSameBits(network.weights.view(), after[state.step - 1], name);
      expect(network.weights.lent).toBe(false);
    }
  });
});

describe('a diverging fit', () => {
  test('restores the last epoch with finite loss, weights and outputs, and says which', async () => {
    for (const rate of [1e4, 1e12, 1e30, 1e38]) {
      const epochs: Float32Array[] = [];
      const start = networkOf('base', spec).weights.view().slice();
      const { request, network, trainer } = made(
        {
          lastEpoch: 500,
          rate: () => rate,
          onEpoch: () => void epochs.push(trainer.session.weights.view().slice()),
        },
        SGD,
      );
      const error: unknown = await fit(request).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(DivergedError);
      expect((error as DivergedError).epoch).toBe(epochs.length);
      expectSameBits(network.weights.view(), epochs.at(-1) ?? start, `rate ${rate}`);
      expect(network.forward(dataset.rows).every(Number.isFinite)).toBe(true);
    }
  });

  test('says what became of the loss, and what is restored', async () => {
    const { request } = made({ lastEpoch: 500, rate: () => 1e30 }, SGD);
    await expect(fit(request)).rejects.toThrow(
      /^(The loss became (NaN|Infinity)|Weights became non-finite|Outputs became non-finite) in epoch 1: expected finite numbers; the initial weights are restored; try a smaller learning rate, or features scaled to about unit variance\.$/,
    );
  });

  test('ends quietly if onDivergence says so, with the finite weights', async () => {
    const start = networkOf('base', spec).weights.view().slice();
    const reports: EpochReport[] = [];
    const onDivergence = (report: EpochReport) => {
      reports.push(report);
      return true;
    };
    const { request, network } = made({ rate: () => 1e30, onDivergence }, SGD);
    await fit(request);
    expect(reports.map(({ epoch }) => epoch)).toEqual([1]);
    expectSameBits(network.weights.view(), start, 'parameters');
  });
});
