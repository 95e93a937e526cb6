import { vi } from 'vitest';
import type { NdArray } from '../../../src/ndarray.js';
import type {
  Callback,
  CallbackModel,
  Logs,
  TrainingState,
  TrainParams,
} from '../../../src/train/callbacks/types.js';
import type { LamellaWarning } from '../../../src/warnings.js';

/** A model whose only weight counts the epochs that it has been trained. */
export class FakeModel implements CallbackModel {
  readonly name = 'fake';
  readonly weightNames = ['dense/kernel'];
  weight = 0;
  stopTraining = false;
  learningRate = 0.1;
  epochsRun = 0;
  step = 0;
  history: Record<string, number[]> = {};

  getWeights(): NdArray[] {
    return [{ data: Float32Array.of(this.weight, -0), shape: [2] }];
  }

  setWeights([{ data }]: readonly NdArray[]): void {
    this.weight = data[0];
  }

  getTrainingState(): TrainingState {
    const powers = { beta1Power: 0.1, beta2Power: NaN, decayPower: 1, momentumProduct: 1 };
    return {
      ...{ epoch: this.epochsRun, seed: 7, learningRate: this.learningRate, history: this.history },
      weights: this.getWeights(),
      optimizer: { step: this.step, ...powers, slots: [this.getWeights()] },
    };
  }

  setTrainingState({ epoch, weights, learningRate, history, optimizer }: TrainingState): void {
    this.epochsRun = epoch;
    this.setWeights(weights);
    this.learningRate = learningRate!;
    this.history = Object.fromEntries(Object.entries(history).map(([name, values]) => [name, [...values]]));
    this.step = optimizer.step;
  }

  toBytes(): Uint8Array {
    return Uint8Array.of(this.weight);
  }
}

export interface FakeRun {
  readonly epochs: number;
  readonly steps: number;
  readonly model: FakeModel;
  readonly warnings: LamellaWarning[];
}

/** Calls callbacks as fit does; every epoch logs one of `epochs`, or the values at its number. */
export async function run(
  callbacks: readonly Callback[],
  epochs: readonly Logs[],
  { model = new FakeModel(), steps = 1 }: Partial<FakeRun> = {},
): Promise<FakeRun> {
  const warnings: LamellaWarning[] = [];
  const onWarning = (warning: LamellaWarning): void => void warnings.push(warning);
  const params: TrainParams = {
    ...{ epochs: epochs.length, initialEpoch: 0, steps, verbose: 0 },
    ...{ callbacks, onWarning },
  };
  model.stopTraining = false;
  model.epochsRun = 0;
  for (const callback of callbacks) callback.setParams?.(params);
  for (const callback of callbacks) await callback.onTrainBegin?.({}, model);
  let logs: Logs = {};
  for (let epoch = model.epochsRun; epoch < epochs.length && !model.stopTraining; epoch++) {
    for (const callback of callbacks) await callback.onEpochBegin?.(epoch, {}, model);
    model.weight += 1;
    for (let batch = 0; batch < steps; batch++) {
      model.step += 1;
      for (const callback of callbacks) await callback.onBatchEnd?.(batch, { ...epochs[epoch] }, model);
    }
    logs = { ...epochs[epoch] };
    for (const callback of callbacks) await callback.onEpochEnd?.(epoch, logs, model);
    for (const [name, value] of Object.entries(logs)) (model.history[name] ??= []).push(value);
    model.epochsRun = epoch + 1;
    for (const callback of callbacks) await callback.onEpochSettled?.(epoch, logs, model);
  }
  for (const callback of callbacks) await callback.onTrainEnd?.(logs, model);
  return { epochs: model.epochsRun, steps, model, warnings };
}

/** One log per value of `name`. */
export function logsOf(name: string, values: readonly number[]): Logs[] {
  return values.map((value) => ({ [name]: value }));
}

/** What is printed while `act` runs. */
export async function printed(act: () => Promise<unknown>): Promise<string[]> {
  const spy = vi.spyOn(console, 'log').mockImplementation(() => undefined);
  try {
    await act();
    return spy.mock.calls.map(([line]) => String(line));
  } finally {
    spy.mockRestore();
  }
}
