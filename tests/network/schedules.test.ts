import { describe, expect, test } from 'vitest';
import { schedules } from '../../src/index.js';
import type { ScheduleConfig } from '../../src/index.js';
import { resolveSchedule } from '../../src/network/schedules.js';

const rates = (config: ScheduleConfig, steps: readonly number[]): number[] =>
  steps.map(resolveSchedule(config, 'model').rate);

function expectRates(config: ScheduleConfig, steps: readonly number[], expected: readonly number[]): void {
  rates(config, steps).forEach((rate, i) => expect(rate, `step ${steps[i]}`).toBeCloseTo(expected[i], 14));
}

const initialLearningRate = 0.5;

describe('the learning rate of', () => {
  test('exponentialDecay falls by a factor every decaySteps, smoothly or in steps', () => {
    const options = { initialLearningRate, decaySteps: 4, decayRate: 0.25 };
    expectRates(schedules.exponentialDecay(options), [0, 2, 4, 6], [0.5, 0.25, 0.125, 0.0625]);
    const stairs = schedules.exponentialDecay({ ...options, staircase: true });
    expectRates(stairs, [0, 3, 4, 7, 8], [0.5, 0.5, 0.125, 0.125, 0.03125]);
  });

  test('inverseTimeDecay falls as 1 / t', () => {
    const options = { initialLearningRate, decaySteps: 2, decayRate: 0.5 };
    expectRates(schedules.inverseTimeDecay(options), [0, 2, 3, 4], [0.5, 0.5 / 1.5, 0.5 / 1.75, 0.25]);
    const stairs = schedules.inverseTimeDecay({ ...options, staircase: true });
    expectRates(stairs, [1, 2, 3], [0.5, 0.5 / 1.5, 0.5 / 1.5]);
  });

  test('piecewiseConstant holds up to and including its boundaries', () => {
    const pieces = schedules.piecewiseConstant({ boundaries: [2, 5], values: [1, 0.5, 0.25] });
    expect(rates(pieces, [0, 2, 3, 5, 6, 1e9])).toEqual([1, 1, 0.5, 0.5, 0.25, 0.25]);
  });

  test('polynomialDecay reaches its end and stays there, or begins again', () => {
    const options = { initialLearningRate, decaySteps: 10, endLearningRate: 0.1, power: 2 };
    expectRates(schedules.polynomialDecay(options), [0, 5, 10, 20], [0.5, 0.2, 0.1, 0.1]);
    const cycle = schedules.polynomialDecay({ ...options, cycle: true });
    expectRates(cycle, [0, 5, 10, 15, 20], [0.5, 0.2, 0.1, 0.4 / 16 + 0.1, 0.1]);
    const plain = schedules.polynomialDecay({ initialLearningRate, decaySteps: 10 });
    expectRates(plain, [5, 11], [(0.5 - 1e-4) / 2 + 1e-4, 1e-4]);
  });

  test('cosineDecay goes down along half a cosine, after a warmup if there is one', () => {
    const options = { initialLearningRate, decaySteps: 6, alpha: 0.1 };
    const expected = [0.5, 0.5 * (0.1 + 0.9 * 0.75), 0.5 * 0.55, 0.05, 0.05];
    expectRates(schedules.cosineDecay(options), [0, 2, 3, 6, 99], expected);
    const warm = schedules.cosineDecay({ ...options, warmupTarget: 1, warmupSteps: 4 });
    expectRates(warm, [0, 1, 3, 4, 7, 10, 11], [0.5, 0.625, 0.875, 1, 0.55, 0.1, 0.1]);
  });

  test("oneCycle is that of PyTorch's OneCycleLR", () => {
    const cycle = schedules.oneCycle({ maxLearningRate: 0.5, totalSteps: 11, riseShare: 0.4 });
    const expected = [
      0.020000000000000018, 0.11536768726897845, 0.3256791176172998, 0.48379333505704536, 0.48987328391065077,
      0.43093378579222946, 0.33176766376139216, 0.214422432746517, 0.10498735266411006, 0.027793026671717812,
      2e-6, 2e-6,
    ];
    expectRates(cycle, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], expected);
    const short = rates(schedules.oneCycle({ maxLearningRate: 0.5, totalSteps: 1 }), [0, 1]);
    expect(short.every((rate) => rate > 0 && rate <= 0.5)).toBe(true);
  });
});

describe('a schedule', () => {
  test('says what it lacks', () => {
    expect(() => schedules.exponentialDecay({ initialLearningRate, decaySteps: 4 } as never)).toThrow(
      'schedules.exponentialDecay: decayRate must be a number > 0, but received undefined.',
    );
    expect(() => resolveSchedule({ name: 'oneCycle', maxLearningRate: 1 }, 'model')).toThrow(
      'schedules.oneCycle: totalSteps must be an integer >= 1, but received undefined.',
    );
    expect(() => resolveSchedule('cosineDecay', 'model')).toThrow(
      'initialLearningRate must be a number >= 0',
    );
  });

  test('of pieces needs one value more than boundaries, which increase', () => {
    expect(() => schedules.piecewiseConstant({ boundaries: [1, 2], values: [1, 2] })).toThrow(
      'schedules.piecewiseConstant: values must be one more than boundaries, but received 2 values and 2 boundaries.',
    );
    expect(() => schedules.piecewiseConstant({ boundaries: [2, 2], values: [1, 2, 3] })).toThrow(
      'schedules.piecewiseConstant: boundaries must increase, but received [2, 2].',
    );
  });
});
