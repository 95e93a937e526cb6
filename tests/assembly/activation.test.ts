import { describe, expect, test } from 'vitest';
import { needsInput } from '../../src/network/activations.js';
import { expectClose, expectSameBits } from '../helpers/allclose.js';
import type { Elementwise } from '../helpers/elementwise.js';
import { activate, codeOf, slopes } from '../helpers/elementwise.js';
import { activations } from '../helpers/reference.js';
import { Seeded } from '../helpers/seeded.js';
import { GuardedMemory, VARIANTS } from '../helpers/wasm.js';

const { softmax: _softmax, logSoftmax: _logSoftmax, ...elementwise } = activations;
const NAMES = Object.keys(elementwise) as Elementwise[];
const SWEPT = NAMES.filter((name) => name !== 'linear');

/** From tails to fine steps around 0, and none where a slope jumps. */
const X = Float32Array.from({ length: 4000 }, (_, i) => {
  const u = (i - 1999.5) / 2000;
  return 25 * u * u * u + 0.001 * u;
});
const ONES = new Float32Array(X.length).fill(1);

/** NaN is quiet in all of them; ±∞ and large values by limits. */
const LIMITS: Partial<Record<Elementwise, [plus: number, minus: number]>> = {
  relu: [Infinity, 0],
  relu6: [6, 0],
  leakyRelu: [Infinity, -Infinity],
  elu: [Infinity, -1],
  selu: [Infinity, -Math.fround(1.7580993408473766)],
  sigmoid: [1, 0],
  hardSigmoid: [1, 0],
  tanh: [1, -1],
  softplus: [Infinity, 0],
  exponential: [Infinity, 0],
};

describe.each(VARIANTS)('activationForward, %s,', (variant) => {
  const memory = new GuardedMemory(variant);

  test.each(SWEPT)('of %s is close to float64 from tail to tail', (name) => {
    const x = X.map((value) => (name === 'exponential' ? value / 5 : value));
    const exact = activations[name].forward(Float64Array.from(x));
    activate(memory, name, x).forEach((y, i) => {
      const error = Math.abs(y - exact[i]) / Math.max(1, Math.abs(x[i]), exact[i]);
      if (!(error <= 4 * 2 ** -24)) expect.fail(`${name} of ${x[i]} is ${y}, not ${exact[i]}`);
    });
  });

  test.each(SWEPT)('of %s gives NaN for NaN, and its limits at both ends', (name) => {
    const ends = Float32Array.of(NaN, 1e4, -1e4, 0);
    const [nan, plus, minus] = activate(memory, name, ends);
    expect(nan).toBeNaN();
    expect(Number.isNaN(plus) || Number.isNaN(minus)).toBe(false);
    const limits = LIMITS[name];
    if (!limits) return;
    const infinite = activate(memory, name, Float32Array.of(Infinity, -Infinity, 0, 0));
    expect([infinite[0], infinite[1] + 0]).toEqual(limits.map(Math.fround));
  });

  test.each(SWEPT)('of %s gives a value the same bits in every lane, row and place', (name) => {
    const z = new Seeded(52).floats(7 * 12, 2);
    const alone = activate(memory, name, z);
    for (const inPlace of [true, false]) {
      memory.reset();
      const x = memory.matrix({ rows: 7, columns: 12, gap: 8 }, z);
      const y = inPlace ? x : memory.matrix({ rows: 7, columns: 12 });
      memory.kernels.activationForward(codeOf(name), y.offset, y.stride, x.offset, x.stride, 7, 12);
      memory.expectGuards(name);
      expectSameBits(y.get(), alone, `${name}, in place: ${inPlace}`);
      if (!inPlace) expectSameBits(x.get(), z, 'the input');
    }
  });

  test('of relu turns -0 and what is below 0 into 0, and keeps denormals', () => {
    const y = activate(memory, 'relu', Float32Array.of(-0, -1e-45, 1e-45, -1));
    expectSameBits(
      y.map((value) => value + 0),
      [0, 0, Math.fround(1e-45), 0],
      'relu',
    );
  });

  test('of threshold units is a step', () => {
    const x = Float32Array.of(-2, -0, 0, 1e-45, -1e-45, 3, -Infinity, Infinity);
    expect([...activate(memory, 'sign', x)]).toEqual([-1, 0, 0, 1, -1, 1, -1, 1]);
    expect([...activate(memory, 'heaviside', x)]).toEqual([0, 1, 1, 1, 0, 1, 0, 1]);
  });

  test('touches nothing without rows', () => {
    for (const name of SWEPT) {
      memory.reset();
      const y = memory.floats(4);
      memory.kernels.activationForward(codeOf(name), y.offset, 16, y.offset, 16, 0, 4);
      expect(y.get()).toEqual(new Float32Array(4).fill(NaN));
    }
  });
});

describe.each(VARIANTS)('activationBackward, %s,', (variant) => {
  const memory = new GuardedMemory(variant);

  test.each(SWEPT)('of %s multiplies with the slope, from tail to tail', (name) => {
    const x = Float64Array.from(X, (value) => (name === 'exponential' ? value / 5 : value));
    const y = activations[name].forward(x);
    const exact = activations[name].backward(Float64Array.from(ONES), y, x);
    const known = Float32Array.from(needsInput(name) ? x : y);
    slopes(memory, name, ONES, known).forEach((slope, i) => {
      // What is left of 1 beside a sigmoid or tanh is multiplied with x in silu and mish.
      const error = Math.abs(slope - exact[i]) / Math.max(4, Math.abs(x[i]), exact[i]);
      if (!(error <= 2.5 * 2 ** -24)) expect.fail(`${name} at ${x[i]}: ${slope}, not ${exact[i]}`);
    });
  });

  test.each(SWEPT)('of %s is linear in delta, at every stride', (name) => {
    const seeded = new Seeded(53);
    const x = Float64Array.from(seeded.floats(7 * 12, 2));
    const y = activations[name].forward(x);
    const known = Float32Array.from(needsInput(name) ? x : y);
    const values = seeded.floats(7 * 12);
    memory.reset();
    const delta = memory.matrix({ rows: 7, columns: 12, gap: 8 }, values);
    const outputs = memory.matrix({ rows: 7, columns: 12 }, known);
    const places = [delta.offset, delta.stride, outputs.offset, outputs.stride];
    memory.kernels.activationBackward(codeOf(name), ...places, 7, 12);
    memory.expectGuards(name);
    expectSameBits(outputs.get(), known, 'the outputs');
    const exact = activations[name].backward(Float64Array.from(values), y, x);
    expectClose(delta.get(), exact, name, { size: 1, units: 8 });
  });

  test('leaves 0 where delta is 0: the padding', () => {
    for (const name of SWEPT) {
      const known = Float32Array.of(0, 0.5, 1, 0.25);
      const gradient = slopes(memory, name, new Float32Array(4), known);
      expectSameBits(
        gradient.map((value) => value + 0),
        new Float32Array(4),
        name,
      );
    }
  });

  test('of relu lets nothing through where the output is 0', () => {
    const outputs = Float32Array.of(0, -0, 1e-45, 2);
    expect([...slopes(memory, 'relu', Float32Array.of(3, NaN, -3, NaN), outputs)]).toEqual([0, 0, -3, NaN]);
  });

  test('passes NaN on where the slope is not 0', () => {
    for (const name of SWEPT) {
      const gradient = slopes(
        memory,
        name,
        Float32Array.of(NaN, 1, 1, 1),
        ONES.subarray(0, 4).map((x) => x / 2),
      );
      expect([...gradient].map(Number.isNaN)).toEqual([true, false, false, false]);
    }
  });
});
