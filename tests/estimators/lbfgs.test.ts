import {
  ConvergenceWarning,
  DivergedError,
  init,
  MLPClassifier,
  MLPRegressor,
  UnsupportedError,
  ValueError,
} from 'lamella';
import type { MLPOptions } from 'lamella';
import { loadDigits } from 'lamella/datasets';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { blobs, finite, small } from './blobs.js';
import { bits } from './goldens.js';
import { expectRefusal } from './refusal.js';

const { x, y } = blobs();
const lbfgs: MLPOptions = { solver: 'lbfgs', maxIter: 30 };

describe.each(['base', 'relaxed'] as const)('in %s', (variant) => {
  beforeAll(() => init({ variant }));

  test('learns digits in few iterations', async () => {
    const digits = loadDigits();
    const rows = { ...digits.x, scale: 1 / 16 };
    const model = await small({ ...lbfgs, hiddenLayerSizes: [20], alpha: 1 }).fit(rows, digits.y);
    expect(model.score(rows, digits.y)).toBeGreaterThan(0.97);
    expect(model.nIter).toBeLessThanOrEqual(30);
  });

  test('gives the same bits again, and every iteration a lower loss', async () => {
    const losses: number[] = [];
    const model = await small(lbfgs).fit(x, y, { onEpoch: ({ loss }) => void losses.push(loss) });
    expect(bits(await small(lbfgs).fit(x, y))).toBe(bits(model));
    expect(losses).toEqual([...losses].sort((a, b) => b - a));
    expect(model.loss).toBe(losses.at(-1));
    expect(losses).toHaveLength(model.nIter);
  });

  test('does not depend on the parts in which rows are taken', async () => {
    const many = Array.from({ length: 40 }, () => x).flat();
    const labels = Array.from({ length: 40 }, () => y).flat();
    const one = await small({ ...lbfgs, alpha: 0.1, maxIter: 5 }).fit(x, y);
    const large = await small({ ...lbfgs, alpha: 4, maxIter: 5 }).fit(many, labels);
    expect(large.loss).toBeCloseTo(one.loss, 5);
  });
});

describe('warnings', () => {
  async function warningsOf(options: MLPOptions): Promise<string[]> {
    const warnings: string[] = [];
    const onWarning = (warning: Error): void => {
      expect(warning).toBeInstanceOf(ConvergenceWarning);
      warnings.push(warning.message);
    };
    await small({ ...lbfgs, ...options, onWarning }).fit(x, y);
    return warnings;
  }

  test('tell why it gave up, and of nothing where it converged', async () => {
    const advice = 'or scale the features to about unit variance.';
    expect(await warningsOf({ maxIter: 2 })).toEqual([
      `lbfgs failed to converge (status=1): STOP: TOTAL NO. of ITERATIONS REACHED LIMIT; increase maxIter, ${advice}`,
    ]);
    expect(await warningsOf({ maxFun: 3 })).toEqual([
      `lbfgs failed to converge (status=1): STOP: TOTAL NO. of f AND g EVALUATIONS EXCEEDS LIMIT; increase maxFun, ${advice}`,
    ]);
    expect(await warningsOf({ tol: 0.5 })).toEqual([]);
  });
});

describe('calls', () => {
  test('see the weights of the last whole iteration while it runs', async () => {
    const model = small(lbfgs);
    const seen: number[] = [];
    await model.fit(x, y, {
      onEpoch: ({ epoch }) => {
        seen.push(model.score(x, y));
        expect(model.nIter).toBe(epoch);
      },
    });
    expect(seen.at(-1)).toBe(model.score(x, y));
    expect(new Set(seen).size).toBeGreaterThan(1);
  });

  test('stop at a signal, with those weights', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const model = small({ ...lbfgs, warmStart: true });
    let reached = '';
    const onEpoch = ({ epoch }: { epoch: number }): void => {
      if (epoch < 3) return;
      reached = bits(model);
      controller.abort(reason);
    };
    await expect(model.fit(x, y, { signal: controller.signal, onEpoch })).rejects.toBe(reason);
    expect([bits(model), model.nIter]).toEqual([reached, 3]);
    const before = model.loss;
    await model.fit(x, y);
    expect(model.loss).toBeLessThan(before);
  });

  test('go on by another solver', async () => {
    const model = await small({ ...lbfgs, maxIter: 3 }).fit(x, y);
    await expectRefusal(
      () => model.partialFit(x, y),
      ValueError,
      "MLPClassifier: partialFit needs a solver that goes step by step, but the solver is 'lbfgs'; use fit.",
    );
    model.setParams({ solver: 'adam', alpha: 0.01 });
    await model.partialFit(x, y);
    expect([model.nIter, model.t, model.lossCurve.length]).toEqual([1, 60, 1]);
    expect(finite(model)).toBe(true);
  });

  test('come back from a file', async () => {
    const model = await small(lbfgs).fit(x, y);
    const loaded = await MLPClassifier.fromBytes(model.toBytes());
    expect([loaded.loss, loaded.nIter, loaded.bestLoss]).toEqual([model.loss, model.nIter, null]);
    expect(bits(loaded)).toBe(bits(model));
  });
});

describe('what cannot be', () => {
  test('initial losses that are not finite', async () => {
    const huge = y.map((label) => label * 1e38);
    const model = new MLPRegressor({ solver: 'lbfgs', loss: 'poisson', randomState: 1, onWarning: () => {} });
    const far = x.map((row) => row.map((value) => value * 1e30));
    await expectRefusal(
      () => model.fit(far, huge),
      DivergedError as never,
      'The loss of the initial weights is NaN: expected a finite number; scale features and targets to about unit variance.',
    );
  });

  test('weights that do not fit into memory', async () => {
    const model = small({ ...lbfgs, hiddenLayerSizes: [65536, 65536] });
    await expectRefusal(
      () => model.fit(x, y),
      UnsupportedError,
      'MLPClassifier: training with hiddenLayerSizes [65536, 65536] needs 32776 MiB for weights and optimizer, but this runtime gives less (at most 4096 MiB); use fewer units.',
    );
  });

  test('vectors that do not fit into memory: the model stays as it was', async () => {
    const model = await small({ ...lbfgs, warmStart: true }).fit(x, y);
    const before = bits(model);
    const whole = Float64Array;
    const short = new Proxy(whole, {
      construct(Target, args: [number]) {
        if (args[0] === 43) throw new RangeError('Array buffer allocation failed');
        return new Target(...args);
      },
    });
    vi.stubGlobal('Float64Array', short);
    try {
      await expectRefusal(
        () => model.fit(x, y),
        UnsupportedError,
        "The solver 'lbfgs' needs 1 MiB for 25 copies of the weights in float64, but this runtime gives less; use the solver 'adam' or fewer units.",
      );
    } finally {
      vi.stubGlobal('Float64Array', whole);
    }
    expect(bits(model)).toBe(before);
    await model.fit(x, y);
  });
});
