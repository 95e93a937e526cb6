import { describe, expect, test } from 'vitest';
import type { Problem } from '../../src/train/lbfgs/minimize.js';
import { minimize } from '../../src/train/lbfgs/minimize.js';
import { LineSearch } from '../../src/train/lbfgs/line-search.js';

type Value = (x: Float64Array, gradient: Float64Array) => number;

function problem(start: number[], value: Value, rest: Partial<Problem> = {}): Problem {
  return {
    start: Float64Array.from(start),
    evaluate: async (x, gradient) => value(x, gradient),
    maxIterations: 1000,
    maxEvaluations: 15000,
    gradientTolerance: 1e-8,
    valueTolerance: 0,
    onIteration: () => {},
    ...rest,
  };
}

/** Rosenbrock's valley in any even number of dimensions: 0 at (1, …, 1). */
const valley: Value = (x, gradient) => {
  let sum = 0;
  for (let i = 0; i < x.length; i += 2) {
    const [a, b] = [1 - x[i], x[i + 1] - x[i] * x[i]];
    sum += a * a + 100 * b * b;
    gradient[i] = -2 * a - 400 * x[i] * b;
    gradient[i + 1] = 200 * b;
  }
  return sum;
};

/** Σ (i + 1) x² / 2 */
const bowl: Value = (x, gradient) => {
  let sum = 0;
  for (let i = 0; i < x.length; i++) {
    gradient[i] = (i + 1) * x[i];
    sum += (gradient[i] * x[i]) / 2;
  }
  return sum;
};

describe('minimize', () => {
  test.each([2, 10, 40])("finds the end of Rosenbrock's valley in %d dimensions", async (size) => {
    const start = Array.from({ length: size }, (_, i) => (i % 2 === 0 ? -1.2 : 1));
    const { x, value, iterations, ending } = await minimize(problem(start, valley));
    expect(ending).toBe('converged');
    expect(value).toBeLessThan(1e-15);
    for (const each of x) expect(each).toBeCloseTo(1, 7);
    expect(iterations).toBeLessThan(60);
  });

  test('needs few iterations in a bowl, each lower than the one before', async () => {
    const values: number[] = [];
    const given = problem(Array<number>(30).fill(1), bowl, {
      onIteration: (_iteration, value) => void values.push(value),
    });
    const { iterations, value } = await minimize(given);
    expect(values).toHaveLength(iterations);
    expect(iterations).toBeLessThan(45);
    expect(value).toBe(values.at(-1));
    expect(values).toEqual([...values].sort((a, b) => b - a));
  });

  test('ends at once where the gradient is small', async () => {
    const { iterations, ending } = await minimize(problem([0, 0], bowl));
    expect([iterations, ending]).toEqual([0, 'converged']);
  });

  test('ends when iterations or evaluations are used up', async () => {
    const start = [-1.2, 1];
    const short = await minimize(problem(start, valley, { maxIterations: 3 }));
    expect([short.iterations, short.ending]).toEqual([3, 'iterations']);
    const few = await minimize(problem(start, valley, { maxEvaluations: 8 }));
    expect(few.ending).toBe('evaluations');
    expect(few.iterations).toBeLessThan(8);
  });

  test('ends when an iteration saves too little', async () => {
    const { ending, value } = await minimize(problem([-1.2, 1], valley, { valueTolerance: 0.1 }));
    expect(ending).toBe('converged');
    expect(value).toBeGreaterThan(0.1);
  });

  test('says so where the gradient lies: no step lowers the value', async () => {
    const lie: Value = (x, gradient) => {
      gradient.fill(-1);
      return bowl(x, new Float64Array(x.length));
    };
    const { ending, iterations, x } = await minimize(problem([0, 0, 0], lie));
    expect([ending, iterations, [...x]]).toEqual(['lineSearch', 0, [0, 0, 0]]);
  });

  test('steps back from where the value is not finite', async () => {
    const walled: Value = (x, gradient) => {
      gradient[0] = 1 - 1 / x[0];
      return x[0] > 0 ? x[0] - Math.log(x[0]) : NaN;
    };
    const { x, ending } = await minimize(problem([0.01], walled));
    expect(ending).toBe('converged');
    expect(x[0]).toBeCloseTo(1, 7);
  });
});

describe('LineSearch', () => {
  /** The first is function 1 of Moré & Thuente (1994), table I. */
  const functions: [string, (a: number) => number, (a: number) => number][] = [
    ['−a / (a² + 2)', (a) => -a / (a * a + 2), (a) => (a * a - 2) / (a * a + 2) ** 2],
    ['(a − 3)² / 2', (a) => (a - 3) ** 2 / 2, (a) => a - 3],
    ['a⁴ / 4 − a³ − a', (a) => a ** 4 / 4 - a ** 3 - a, (a) => a ** 3 - 3 * a * a - 1],
    ['1 / (1 + a) + a / 50', (a) => 1 / (1 + a) + a / 50, (a) => -1 / (1 + a) ** 2 + 1 / 50],
  ];

  test.each(functions.flatMap((each) => [1e-3, 1e-1, 10, 1e3].map((first) => [...each, first] as const)))(
    'meets both conditions on %s',
    (_name, value, slope, first) => {
      const line = new LineSearch(value(0), slope(0), first);
      let trials = 0;
      let { step } = line;
      while (!line.done && trials < 20) {
        step = line.step;
        line.tell(value(step), slope(step));
        trials++;
      }
      expect(line.done).toBe(true);
      expect(value(step)).toBeLessThanOrEqual(value(0) + 1e-3 * step * slope(0));
      expect(Math.abs(slope(step))).toBeLessThanOrEqual(0.9 * Math.abs(slope(0)));
    },
  );
});
