import { describe, expect, test } from 'vitest';
import { ulps } from '../helpers/allclose.js';
import { EVERY } from '../helpers/combinations.js';
import { activate } from '../helpers/elementwise.js';
import { activations } from '../helpers/reference.js';
import { everyFloat, joined, neighbours } from '../helpers/float32.js';
import { GuardedMemory, VARIANTS } from '../helpers/wasm.js';

/** With the bounds that assembly/math.ts states, in ulp. */
const functions = {
  exponential: { exact: Math.exp, bound: 1.02 },
  tanh: { exact: Math.tanh, bound: 1.34 },
  sigmoid: { exact: (x: number) => 1 / (1 + Math.exp(-x)), bound: 2.41 },
} as const;

type Name = keyof typeof functions;
const NAMES = Object.keys(functions) as Name[];

/**
 * Where formulas change: the ends of the ranges that do not over- or underflow, and the two formulas of tanh.
 */
const TURNS = [0.625, 88.02969, 88.722839, 87.33654, 103.97208, 104, 89, 16.635532, 9.01, 2 ** -126];

const xs = joined(everyFloat(EVERY ? 1009 : 20011), ...TURNS.map((turn) => neighbours(turn, 1000)));
const expected = new Map<Name, Float64Array>();

function exactly(name: Name): Float64Array {
  let values = expected.get(name);
  if (!values) {
    values = Float64Array.from(xs, functions[name].exact);
    expected.set(name, values);
  }
  return values;
}

describe.each(VARIANTS)('in %s', (variant) => {
  const memory = new GuardedMemory(variant);

  test.each(NAMES)(
    'the error of %s stays within its bound over all of float32, denormals, infinities and NaN included',
    (name) => {
      const { bound } = functions[name];
      const exact = exactly(name);
      const actual = activate(memory, name, xs);
      let worst = 0;
      let where = 0;
      for (let i = 0; i < xs.length; i++) {
        const error = ulps(actual[i], exact[i]);
        if (error > worst) [worst, where] = [error, xs[i]];
      }
      if (!(worst <= bound)) expect.fail(`${worst} ulp at ${where}, at most ${bound} are stated`);
    },
  );

  test('special values are exact', () => {
    const special = Float32Array.of(0, -0, Infinity, -Infinity, NaN, 1e-45, -1e-45, 2 ** -126);
    const results = (name: Name) => [...activate(memory, name, special)];
    const tiny = [Math.fround(1e-45), -Math.fround(1e-45), 2 ** -126];
    expect(results('exponential')).toEqual([1, 1, Infinity, 0, NaN, 1, 1, 1]);
    expect(results('tanh')).toEqual([0, -0, 1, -1, NaN, ...tiny]);
    expect(results('sigmoid')).toEqual([0.5, 0.5, 1, 0, NaN, 0.5, 0.5, 0.5]);
  });

  test('tanh is odd to the bit, and never beyond 1', () => {
    const positive = xs.slice(0, 4 * Math.floor(xs.length / 8)).map(Math.abs);
    const plus = activate(memory, 'tanh', positive);
    const minus = activate(
      memory,
      'tanh',
      positive.map((x) => -x),
    );
    expect(plus.every((y, i) => Object.is(minus[i], -y) && !(y > 1))).toBe(true);
  });

  test('ln(1 + e^x), as softplus takes it below 0, has an error of at most 1.99 ulp', () => {
    const small = joined(everyFloat(EVERY ? 10007 : 20011)).map((x) => (x > 0 ? -x : x));
    const worst = activate(memory, 'softplus', small).reduce(
      (most, y, i) => Math.max(most, ulps(y, Math.log1p(Math.exp(small[i])))),
      0,
    );
    expect(worst).toBeLessThanOrEqual(1.99);
  });

  test('e^x - 1, as elu takes it below 0, has an error of at most 0.91 ulp', () => {
    const below = joined(everyFloat(10007)).map((x) => (x > 0 ? -x : x));
    const errors = activate(memory, 'elu', below).map((y, i) => ulps(y, Math.expm1(below[i])));
    expect(errors.reduce((most, error) => Math.max(most, error))).toBeLessThanOrEqual(0.91);
  });

  test('the normal distribution function, as gelu takes it, has an absolute error of at most 1.75e-7', () => {
    const x = Float32Array.from({ length: 40000 }, (_, i) => (i - 20000) / 4000);
    const exact = activations.gelu.forward(Float64Array.from(x));
    const errors = activate(memory, 'gelu', x).map((y, i) => Math.abs(y - exact[i]) / Math.abs(x[i] || 1));
    expect(errors.reduce((most, error) => Math.max(most, error))).toBeLessThanOrEqual(1.75e-7);
  });

  test('gelu has an error of at most 2 ulp near 0', () => {
    const tiny = Float32Array.from({ length: 64 }, (_, i) => 0.07 * 2 ** -i);
    const exact = activations.gelu.forward(Float64Array.from(tiny));
    activate(memory, 'gelu', tiny).forEach((y, i) => expect(ulps(y, exact[i])).toBeLessThanOrEqual(2));
  });
});
