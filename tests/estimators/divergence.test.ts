import { DivergedError, init } from 'lamella';
import { loadIris } from 'lamella/datasets';
import { beforeAll, describe, expect, test } from 'vitest';
import { everyThird } from '../helpers/combinations.js';
import { blobs, finite, recorder, small, trained } from './blobs.js';
import { bits } from './goldens.js';

describe.each(['base', 'relaxed'] as const)('divergence in %s', (variant) => {
  beforeAll(() => init({ variant }));

  const { x, y } = loadIris();
  const binary = { x: { data: x.data.slice(0, 400), shape: [100, 4] }, y: y.slice(0, 100) };
  const all = [{ x, y }, binary].flatMap((data) =>
    (['sgd', 'adam'] as const).flatMap((solver) =>
      (['relu', 'tanh', 'logistic', 'identity'] as const).flatMap((activation) =>
        [0, 1e-4].flatMap((alpha) =>
          [1e6, 1e20, 1e38].flatMap((learningRateInit) =>
            (['auto', 10] as const).map((batchSize) => ({
              data,
              options: { solver, activation, alpha, learningRateInit, batchSize },
            })),
          ),
        ),
      ),
    ),
  );

  const cases = variant === 'base' ? all : everyThird(all);

  test('restores the weights of the epoch that it names; they predict', async () => {
    let diverged = 0;
    for (const { data, options } of cases) {
      const classifier = small({ ...options, hiddenLayerSizes: [10, 10], maxIter: 12 });
      const { after, onEpoch } = recorder(classifier);
      const error: unknown = await classifier.fit(data.x, data.y, { onEpoch }).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(finite(classifier)).toBe(true);
      expect(classifier.predictProba(data.x).data.every(Number.isFinite)).toBe(true);
      expect(classifier.lossCurve.every(Number.isFinite)).toBe(true);
      expect(classifier.lossCurve).toHaveLength(after.length);
      if (error === undefined) continue;
      diverged += 1;
      expect(error).toBeInstanceOf(DivergedError);
      expect((error as DivergedError).epoch).toBe(after.length);
      if (after.length > 0) expect(bits(classifier)).toBe(after.at(-1));
    }
    expect(diverged).toBeGreaterThan(cases.length / 3);
  });
});

describe('after a divergence', () => {
  const { x, y } = blobs();
  const advice = 'try a smaller learning rate, or features scaled to about unit variance';

  test('the sentence names the epoch and what to do', async () => {
    const wild = small({ solver: 'sgd', learningRateInit: 1e6, activation: 'identity', maxIter: 30 });
    const error: unknown = await wild.fit(x, y).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'DivergedError', code: 'DIVERGED' });
    const { epoch, message } = error as DivergedError;
    const restored = epoch === 0 ? 'the initial weights' : `the weights after epoch ${epoch}`;
    expect(message).toMatch(
      new RegExp(
        `^(The loss|Weights|Outputs) became [-\\w]+ in epoch ${epoch + 1}: expected finite numbers; ${restored} are restored; ${advice}\\.$`,
      ),
    );
  });

  test('training goes on with a smaller rate', async () => {
    const classifier = await trained({ solver: 'sgd', warmStart: true });
    const good = bits(classifier);
    classifier.setParams({ learningRateInit: 1e38 });
    await expect(classifier.fit(x, y)).rejects.toBeInstanceOf(DivergedError);
    expect(bits(classifier)).toBe(good);
    classifier.setParams({ learningRateInit: 0.01 });
    await classifier.partialFit(x, y);
    await classifier.fit(x, y);
    expect(finite(classifier)).toBe(true);
    expect(bits(classifier)).not.toBe(good);
  });
});
