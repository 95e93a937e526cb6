import { describe, expect, test } from 'vitest';
import { needsInput } from '../../src/network/activations.js';
import type { Elementwise } from '../helpers/elementwise.js';
import { activate, slopes } from '../helpers/elementwise.js';
import { ulps } from '../helpers/allclose.js';
import { activations } from '../helpers/reference.js';
import { GuardedMemory, VARIANTS } from '../helpers/wasm.js';

/** Both signs of 2,000 magnitudes, evenly spaced by their logarithm from 1e-38 to 80. */
const GRID = Float32Array.from({ length: 4000 }, (_, i) => {
  const size = 10 ** (-38 + (38 + Math.log10(80)) * ((i >> 1) / 1999));
  return i % 2 === 0 ? size : -size;
});
const ONES = new Float32Array(GRID.length).fill(1);

const SELU_SCALE = Math.fround(1.0507009873554805);
const SELU_ALPHA_SCALE = Math.fround(1.7580993408473766);

/** The slope as a function of the output, for those that are computed from it. */
const fromOutput: Partial<Record<Elementwise, (y: number) => number>> = {
  elu: (y) => (y > 0 ? 1 : y + 1),
  selu: (y) => (y > 0 ? SELU_SCALE : y + SELU_ALPHA_SCALE),
  sigmoid: (y) => y * (1 - y),
  tanh: (y) => (1 - y) * (1 + y),
  softplus: (y) => -Math.expm1(-y),
  softsign: (y) => (1 - Math.abs(y)) ** 2,
  exponential: (y) => y,
};

interface Bound {
  /** In ulp of the exact value, or of `from` where that is larger. */
  readonly ulp: number;
  /** Where a sum cancels in a tail or at a root, the error is absolute. Default 0. */
  readonly from?: number;
}

/** Errors of values and of slopes, at most. */
const BOUNDS: Record<Exclude<Elementwise, 'linear'>, readonly [value: Bound, slope: Bound]> = {
  relu: [{ ulp: 0 }, { ulp: 0 }],
  relu6: [{ ulp: 0 }, { ulp: 0 }],
  leakyRelu: [{ ulp: 0.6 }, { ulp: 0.2 }],
  elu: [{ ulp: 1 }, { ulp: 0.5 }],
  selu: [{ ulp: 1.8 }, { ulp: 0.9 }],
  gelu: [
    { ulp: 4.5, from: 0.5 },
    { ulp: 4.5, from: 0.5 },
  ],
  silu: [{ ulp: 2.5 }, { ulp: 8, from: 0.5 }],
  mish: [{ ulp: 2.5 }, { ulp: 8, from: 0.5 }],
  sigmoid: [{ ulp: 2.41 }, { ulp: 1.6 }],
  hardSigmoid: [{ ulp: 1.4 }, { ulp: 0.4 }],
  tanh: [{ ulp: 1.34 }, { ulp: 1, from: 0.5 }],
  softplus: [{ ulp: 1.99 }, { ulp: 1.2 }],
  softsign: [{ ulp: 1.5 }, { ulp: 2 }],
  exponential: [{ ulp: 1.02 }, { ulp: 0 }],
};

const NAMES = Object.keys(BOUNDS) as (keyof typeof BOUNDS)[];

function expectWithin(actual: Float32Array, exact: Float64Array, { ulp, from = 0 }: Bound, what: string) {
  actual.forEach((value, i) => {
    const small = Math.abs(exact[i]) < from;
    const error = small ? Math.abs(value - exact[i]) / ulpOf(from) : ulps(value, exact[i]);
    if (!(error <= ulp)) {
      expect.fail(`${what} of ${GRID[i]}: ${value} for ${exact[i]}, ${error} ulp, at most ${ulp} allowed`);
    }
  });
}

/** The distance of a float32 from the next one, for a power of two. */
function ulpOf(power: number): number {
  return power * 2 ** -23;
}

describe.each(VARIANTS)('with %s kernels', (variant) => {
  const memory = new GuardedMemory(variant);

  test.each(NAMES)('%s and its slope are as exact near 0 as elsewhere', (name) => {
    const [value, slope] = BOUNDS[name];
    const exact = activations[name].forward(Float64Array.from(GRID));
    const y = activate(memory, name, GRID);
    expectWithin(y, exact, value, name);
    const known = needsInput(name) ? GRID : y;
    const rule = fromOutput[name];
    const exactSlopes = rule
      ? Float64Array.from(known, rule)
      : activations[name].backward(Float64Array.from(ONES), exact, Float64Array.from(GRID));
    expectWithin(slopes(memory, name, ONES, known), exactSlopes, slope, `the slope of ${name}`);
  });

  test('elu and selu of -1e-7 are not what is left of 1 beside e^x', () => {
    const x = Float32Array.of(-1e-7, -1e-20, -0.5, -3);
    const elu = activate(memory, 'elu', x);
    x.forEach((value, i) => expect(ulps(elu[i], Math.expm1(value))).toBeLessThanOrEqual(1));
    const selu = activate(memory, 'selu', x);
    x.forEach((value, i) =>
      expect(ulps(selu[i], 1.7580993408473766 * Math.expm1(value))).toBeLessThanOrEqual(1.8),
    );
  });
});
