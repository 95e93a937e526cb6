import { getEventListeners } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Sample } from '../../src/index.js';
import { classifier, quiet, threeClasses } from './data.js';

const { x, y } = threeClasses(8);
const batch: Sample = [x, y];

/** Batches that tell what is asked of them; the one numbered `stuck` never comes. */
function source(events: string[], { count = Infinity, stuck = Infinity, fault = Infinity } = {}) {
  return () => ({
    next: 0,
    [Symbol.asyncIterator]() {
      return {
        next: async (): Promise<IteratorResult<Sample>> => {
          const index = this.next++;
          events.push(`pull ${index}`);
          await turn();
          if (index === stuck) await new Promise(() => {});
          if (index === fault) throw new Error('disk gone');
          return index < count ? { done: false, value: batch } : { done: true, value: undefined };
        },
        return: async (): Promise<IteratorResult<Sample>> => {
          events.push('return');
          return { done: true, value: undefined };
        },
      };
    },
  });
}

const rejections: unknown[] = [];
const collect = (reason: unknown): void => void rejections.push(reason);
beforeEach(() => void process.on('unhandledRejection', collect));
afterEach(async () => {
  await turn();
  process.off('unhandledRejection', collect);
  expect(rejections.splice(0)).toEqual([]);
});

describe('a stream', () => {
  test('is asked for one batch at a time, and only when the last has been trained on', async () => {
    const events: string[] = [];
    const watch = { onBatchEnd: (index: number) => void events.push(`step ${index}`) };
    await classifier().fit(source(events, { count: 3 }), { ...quiet, callbacks: [watch] });
    expect(events.slice(0, 7)).toEqual([
      'pull 0',
      'step 0',
      'pull 1',
      'step 1',
      'pull 2',
      'step 2',
      'pull 3',
    ]);
  });

  test('without an end is asked for no more than stepsPerEpoch, or maxSteps', async () => {
    for (const budget of [{ stepsPerEpoch: 2 }, { maxSteps: 2 }]) {
      const events: string[] = [];
      await classifier().fit(source(events), { ...quiet, ...budget });
      expect(events).toEqual(['pull 0', 'pull 1', 'return']);
    }
  });

  test.each([0, 1, 2])('that never gives batch %d does not outlive an abort', async (stuck) => {
    const events: string[] = [];
    const controller = new AbortController();
    const model = classifier();
    const running = model.fit(source(events, { stuck }), { ...quiet, signal: controller.signal });
    while (!events.includes(`pull ${stuck}`)) await turn();
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(1);
    controller.abort(new Error('enough'));
    await expect(running).rejects.toThrow('enough');
    expect(events.at(-1)).toBe('return');
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
    await model.fit(x, y, quiet);
  });

  test('leaves no listener behind', async () => {
    const { signal } = new AbortController();
    await classifier().fit(source([], { count: 20 }), { ...quiet, signal });
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  test.each([0, 2])('that fails at batch %d fails fit, and the model can be used', async (fault) => {
    const model = classifier();
    const before = model.predict(x);
    await expect(model.fit(source([], { fault }), quiet)).rejects.toThrow('disk gone');
    if (fault === 0) expect(model.predict(x)).toEqual(before);
    else expect(model.predict(x)).not.toEqual(before);
    await model.fit(x, y, quiet);
  });

  test.each<[string, unknown]>([
    ['no iterator', { [Symbol.iterator]: () => undefined }],
    ['no function for one', { [Symbol.iterator]: 5 }],
    ['an iterator without next', { [Symbol.asyncIterator]: () => ({}) }],
    ['undefined for a result', { [Symbol.iterator]: () => ({ next: () => undefined }) }],
    ['null for a result', { [Symbol.asyncIterator]: () => ({ next: async () => null }) }],
    [
      'an end that is no function',
      { [Symbol.iterator]: () => ({ next: () => ({ done: false, value: batch }), return: 5 }) },
    ],
  ])('that gives %s is refused, for training and for validation', async (_what, broken) => {
    const stream = (() => broken) as never;
    const expected = { code: 'VALUE', message: expect.stringContaining('iterable') };
    await expect(classifier().fit(stream, { ...quiet, stepsPerEpoch: 1 })).rejects.toMatchObject(expected);
    const validated = { ...quiet, validationData: stream, validationSteps: 1 };
    await expect(classifier().fit(x, y, validated)).rejects.toMatchObject(expected);
  });

  test('is told that no more is wanted when a callback throws, or a batch is wrong', async () => {
    const events: string[] = [];
    const thrower = {
      onBatchEnd: () => {
        throw new Error('enough');
      },
    };
    await expect(classifier().fit(source(events), { ...quiet, callbacks: [thrower] })).rejects.toThrow(
      'enough',
    );
    expect(events).toEqual(['pull 0', 'return']);

    const returned: string[] = [];
    function* wrong(): Generator<any> {
      try {
        for (;;) yield [[[1, 2]], [0]];
      } finally {
        returned.push('return');
      }
    }
    await expect(classifier().fit(wrong, quiet)).rejects.toThrow(/sequential\.fit: x must have/);
    expect(returned).toEqual(['return']);
  });

  test('that validates does not outlive an abort either', async () => {
    const events: string[] = [];
    const controller = new AbortController();
    const validationData = source(events, { stuck: 1 });
    const running = classifier().fit(x, y, { ...quiet, validationData, signal: controller.signal });
    while (!events.includes('pull 1')) await turn();
    controller.abort(new Error('enough'));
    await expect(running).rejects.toThrow('enough');
    expect(events.at(-1)).toBe('return');
  });
});

/** A stream whose `next` or `return` never settles; `events` tells when that has been reached. */
function hanging(events: string[], { at, stuck }: { at: 'next' | 'return'; stuck: number }) {
  const never = new Promise<never>(() => {});
  return () => {
    let pulled = 0;
    return {
      [Symbol.asyncIterator]: () => ({
        next(): Promise<IteratorResult<Sample>> {
          if (at === 'next' && pulled === stuck) {
            events.push('stuck');
            return never;
          }
          pulled += 1;
          return Promise.resolve({ done: false, value: batch });
        },
        return(): Promise<never> {
          if (at === 'return') events.push('stuck');
          return never;
        },
      }),
    };
  };
}

describe('an abort frees fit from a stream', () => {
  const next = (stuck: number) => ({ at: 'next' as const, stuck });
  const back = { at: 'return' as const, stuck: Infinity };
  test.each([
    ['whose first batch never comes', next(0), {}],
    ['whose next batch never comes', next(2), {}],
    ['that never returns after stepsPerEpoch', back, { stepsPerEpoch: 2 }],
    ['that never returns after maxSteps', back, { maxSteps: 1 }],
    ['that never returns where there is no epoch', back, { epochs: 0 }],
  ])('%s', async (_name, where, options) => {
    const events: string[] = [];
    const controller = new AbortController();
    const model = classifier();
    const { signal } = controller;
    const running = model.fit(hanging(events, where), { ...quiet, epochs: 2, ...options, signal });
    while (events.length === 0) await turn();
    const reason = new Error('enough');
    controller.abort(reason);
    await expect(running).rejects.toBe(reason);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    await model.fit(x, y, quiet);
  });

  test.each([
    ['whose first batch never comes', next(0), {}],
    ['whose next batch never comes', next(1), {}],
    ['that never returns', back, { validationSteps: 1 }],
  ])('that validates, %s', async (_name, where, options) => {
    const events: string[] = [];
    const controller = new AbortController();
    const { signal } = controller;
    const validationData = hanging(events, where);
    const running = classifier().fit(x, y, { ...quiet, validationData, ...options, signal });
    while (events.length === 0) await turn();
    const reason = new Error('enough');
    controller.abort(reason);
    await expect(running).rejects.toBe(reason);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  test('that never returns after a callback has thrown, whose error counts', async () => {
    const events: string[] = [];
    const controller = new AbortController();
    const { signal } = controller;
    const thrower = {
      onBatchEnd(): void {
        throw new Error('disk full');
      },
    };
    const running = classifier().fit(hanging(events, back), { ...quiet, callbacks: [thrower], signal });
    while (events.length === 0) await turn();
    controller.abort(new Error('enough'));
    await expect(running).rejects.toThrow('disk full');
  });

  test('that never returns after a batch that is refused', async () => {
    const events: string[] = [];
    const controller = new AbortController();
    const source = hanging(events, back);
    const wrong = () => ({
      [Symbol.asyncIterator]: () => ({
        ...source()[Symbol.asyncIterator](),
        next: () => Promise.resolve({ done: false, value: [[[1, 2]], [0]] as unknown as Sample }),
      }),
    });
    const running = classifier().fit(wrong, { ...quiet, signal: controller.signal });
    while (events.length === 0) await turn();
    const reason = new Error('enough');
    controller.abort(reason);
    await expect(running).rejects.toBe(reason);
  });
});
