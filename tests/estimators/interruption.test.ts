import { type MLPClassifier, ValueError } from 'lamella';
import { describe, expect, test, vi } from 'vitest';
import { abortAfter, hastenClock } from '../helpers/event-loop.js';
import { blobs, finite, recorder, small, trained, visible } from './blobs.js';
import { bits } from './goldens.js';
import { expectRefusal } from './refusal.js';

/** Whether training has begun. */
function hasWeights(classifier: MLPClassifier): boolean {
  try {
    return classifier.coefs.length > 0;
  } catch {
    return false;
  }
}

describe('abort', () => {
  const { x, y } = blobs();

  test('before fit: rejects with the reason, and nothing changes', async () => {
    const classifier = await trained();
    const before = visible(classifier);
    const reason = new Error('never mind');
    const signal = AbortSignal.abort(reason);
    await expect(classifier.fit(x, y, { signal })).rejects.toBe(reason);
    await expect(classifier.partialFit(x, y, { signal })).rejects.toBe(reason);
    expect(visible(classifier)).toEqual(before);
    await expect(small().fit(x, y, { signal })).rejects.toBe(reason);
  });

  test('without a reason: rejects with an AbortError', async () => {
    const signal = AbortSignal.abort();
    await expect(small().fit(x, y, { signal })).rejects.toMatchObject({ name: 'AbortError' });
  });

  test('in onEpoch: ends with that epoch', async () => {
    const controller = new AbortController();
    const classifier = small({ maxIter: 50 });
    const { after, onEpoch } = recorder(classifier);
    const reason = { any: 'value' };
    const fitting = classifier.fit(x, y, {
      signal: controller.signal,
      onEpoch({ epoch }) {
        onEpoch();
        if (epoch === 3) controller.abort(reason);
      },
    });
    await expect(fitting).rejects.toBe(reason);
    expect(classifier.lossCurve).toHaveLength(3);
    expect([classifier.nIter, classifier.t]).toEqual([3, 180]);
    expect(bits(classifier)).toBe(after[2]);
    expect(classifier.predict(x)).toHaveLength(60);
    const whole = await trained({ maxIter: 3 });
    expect(bits(classifier)).toBe(bits(whole));
  });

  test('while an epoch is validated: nothing of that epoch is noted', async () => {
    const fitted = {
      hiddenLayerSizes: [8],
      batchSize: 1000,
      maxIter: 2,
      earlyStopping: true,
      validationFraction: 0.5,
    };
    const rows = { data: new Float32Array(12000).map((_, i) => ((i * 31) % 64) / 32 - 1), shape: [4000, 3] };
    const labels = Array.from({ length: 4000 }, (_, i) => i % 2);
    const seen = new Set<number>();
    for (let turns = 1; turns < 400; turns++) {
      const classifier = small(fitted);
      const signal = abortAfter(turns);
      hastenClock();
      const ended = await classifier.fit(rows, labels, { signal }).then(
        () => true,
        () => false,
      );
      vi.restoreAllMocks();
      if (hasWeights(classifier)) {
        seen.add(classifier.lossCurve.length);
        expect(classifier.validationScores, `turn ${turns}`).toHaveLength(classifier.lossCurve.length);
        expect(classifier.nIter).toBe(classifier.lossCurve.length);
      }
      if (ended) break;
    }
    expect([...seen]).toEqual([0, 1, 2]);
  });

  test('by a timer, in the middle of an epoch: the weights are those of the last step', async () => {
    const rows = 40000;
    const data = new Float32Array(rows * 16).map((_, i) => ((i * 31) % 64) / 32 - 1);
    const labels = Array.from({ length: rows }, (_, i) => i % 5);
    const classifier = small({ hiddenLayerSizes: [200, 100], batchSize: 10, maxIter: 1000 });
    const controller = new AbortController();
    const timer = setInterval(() => {
      if (hasWeights(classifier)) controller.abort(new DOMException('It takes too long.', 'TimeoutError'));
    }, 1);
    const fitting = classifier.fit({ data, shape: [rows, 16] }, labels, { signal: controller.signal });
    await expect(fitting).rejects.toMatchObject({ name: 'TimeoutError' });
    clearInterval(timer);
    expect(finite(classifier)).toBe(true);
    expect(classifier.lossCurve).toHaveLength(classifier.nIter);
    expect(classifier.predict([Array<number>(16).fill(0)])).toHaveLength(1);
  });

  test('warm starts and partialFit go on from there', async () => {
    const controller = new AbortController();
    const classifier = small({ warmStart: true, maxIter: 6 });
    const stop = { signal: controller.signal, onEpoch: () => controller.abort() };
    await expect(classifier.fit(x, y, stop)).rejects.toMatchObject({ name: 'AbortError' });
    await classifier.partialFit(x, y);
    await classifier.fit(x, y);
    expect(classifier.nIter).toBe(6);
    expect(classifier.lossCurve).toHaveLength(8);
  });

  test('of a first fit leaves a model, of a second one its own', async () => {
    const controller = new AbortController();
    const classifier = await trained({ maxIter: 9 });
    const stop = { signal: controller.signal, onEpoch: () => controller.abort() };
    await expect(classifier.fit(x, y.map(String), stop)).rejects.toMatchObject({ name: 'AbortError' });
    expect(classifier.classes).toEqual(['0', '1', '2']);
    expect(classifier.nIter).toBe(1);
  });
});

describe('onEpoch', () => {
  const { x, y } = blobs();

  test('is told and awaited, epoch by epoch', async () => {
    const told: unknown[] = [];
    let busy = false;
    const classifier = small({ earlyStopping: true, validationFraction: 0.2 });
    await classifier.fit(x, y, {
      async onEpoch(info) {
        expect(busy).toBe(false);
        busy = true;
        await new Promise((resolve) => setTimeout(resolve, 1));
        busy = false;
        told.push(info);
      },
    });
    const { lossCurve, validationScores } = classifier;
    expect(told).toEqual(
      lossCurve.map((loss, i) => ({ epoch: i + 1, loss, validationScore: validationScores![i] })),
    );
  });

  test('sees predictions and attributes of the epoch', async () => {
    const classifier = small();
    const seen: number[] = [];
    await classifier.fit(x, y, {
      onEpoch({ epoch, loss }) {
        expect([classifier.nIter, classifier.loss, classifier.lossCurve.length]).toEqual([
          epoch,
          loss,
          epoch,
        ]);
        seen.push(classifier.score(x, y));
      },
    });
    expect(seen).toHaveLength(4);
    expect(seen[3]).toBe(classifier.score(x, y));
  });

  test('that throws ends training with that epoch, and fit rejects with it', async () => {
    const classifier = small();
    const { after, onEpoch } = recorder(classifier);
    const reason = new RangeError('enough');
    const fitting = classifier.fit(x, y, {
      onEpoch({ epoch }) {
        onEpoch();
        if (epoch === 2) throw reason;
      },
    });
    await expect(fitting).rejects.toBe(reason);
    expect(classifier.nIter).toBe(2);
    expect(bits(classifier)).toBe(after[1]);
    await classifier.fit(x, y);
    expect(bits(classifier)).toBe(bits(await trained()));
  });
});

describe('one training at a time', () => {
  const { x, y } = blobs();
  const busy = (call: string): string =>
    `MLPClassifier: ${call} was called while the model is being trained; await the first call.`;

  test('a second call rejects, the first one ends as it would', async () => {
    const classifier = small();
    const first = classifier.fit(x, y);
    await expectRefusal(() => classifier.fit(x, y), ValueError, busy('fit'));
    await expectRefusal(() => classifier.partialFit(x, y), ValueError, busy('partialFit'));
    await first;
    expect(bits(classifier)).toBe(bits(await trained()));
  });

  test('from within onEpoch too', async () => {
    const classifier = small();
    await classifier.fit(x, y, {
      onEpoch: () => expectRefusal(() => classifier.fit(x, y), ValueError, busy('fit')),
    });
    expect(bits(classifier)).toBe(bits(await trained()));
  });

  test('options set meanwhile count from the next call', async () => {
    const classifier = small();
    const first = classifier.fit(x, y);
    classifier.setParams({ maxIter: 1, hiddenLayerSizes: [3] });
    await first;
    expect(bits(classifier)).toBe(bits(await trained()));
    await classifier.fit(x, y);
    expect([classifier.nIter, classifier.intercepts[0].length]).toEqual([1, 3]);
  });

  test('several estimators at once do not disturb each other', async () => {
    const seeds = [1, 2, 3, 4];
    const together = await Promise.all(seeds.map((randomState) => small({ randomState }).fit(x, y)));
    for (const randomState of seeds) {
      expect(bits(together[randomState - 1])).toBe(bits(await trained({ randomState })));
    }
  });
});
