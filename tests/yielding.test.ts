import { afterEach, describe, expect, test, vi } from 'vitest';
import { type Pieces, runAtOnce, runInSlices, Yielder } from '../src/yielding.js';

afterEach(() => vi.unstubAllGlobals());

/** A runtime of which only this is known; its timers never come, as in a tab that nobody sees. */
function stub(globals: Record<string, unknown>): void {
  vi.stubGlobal('setImmediate', undefined);
  vi.stubGlobal('setTimeout', () => undefined);
  for (const [name, value] of Object.entries(globals)) vi.stubGlobal(name, value);
}

describe('training goes on', () => {
  test.each([
    ['a page, whose timers are delayed', { document: {} }],
    ["a browser's worker", { importScripts() {} }],
    ['a page that has no MessageChannel', { document: {}, MessageChannel: undefined, setTimeout }],
    ['a runtime that has timers alone', { MessageChannel: undefined, setTimeout }],
    ['Node.js', { setImmediate, MessageChannel: undefined }],
  ])('in %s', async (_, globals) => {
    stub(globals);
    await new Yielder().rest();
  });

  test('after messages that were sent before, so that other work of the page gets its turn', async () => {
    stub({ document: {} });
    const { port1, port2 } = new MessageChannel();
    const order: string[] = [];
    port1.onmessage = () => void order.push('message');
    port2.postMessage('work');
    await new Yielder().rest().then(() => order.push('training'));
    port1.close();
    expect(order).toEqual(['message', 'training']);
  });
});

describe('several computations at once', () => {
  /**
   * Counts the turns of the host until `count` slices of 30 ms, by a clock of our own, have run in `names`.
   */
  async function interleave(names: readonly string[]): Promise<string[]> {
    let now = 1e6;
    vi.stubGlobal('performance', { now: () => now });
    const order: string[] = [];
    const compute = async (name: string): Promise<void> => {
      const yielder = new Yielder();
      for (let piece = 0; piece < 3; piece++) {
        now += 30;
        order.push(name);
        if (yielder.due()) await yielder.rest();
      }
    };
    let running = true;
    const host = (): void => {
      order.push('host');
      if (running) setImmediate(host);
    };
    setImmediate(host);
    await Promise.all(names.map(compute));
    running = false;
    return order;
  }

  test('take turns, and the host has its own between any two slices', async () => {
    const order = await interleave(['a', 'b', 'c']);
    const later = order.slice(3).join(' ');
    expect(later).not.toMatch(/[abc] [abc]/);
    expect(later.replaceAll(/host ?/g, '').trim()).toBe('a b c a b c');
  });

  test('give way when they are short but many, one after another', async () => {
    let now = 1e6;
    vi.stubGlobal('performance', { now: () => now });
    await new Yielder().rest();
    const due = Array.from({ length: 5 }, () => {
      now += 10;
      return new Yielder().due();
    });
    expect(due).toEqual([false, false, true, true, true]);
  });

  test('do not wait for one whose turn never comes', async () => {
    let now = 2e6;
    vi.stubGlobal('performance', { now: () => now });
    vi.stubGlobal('setImmediate', () => undefined);
    void new Yielder().rest();
    vi.unstubAllGlobals();
    vi.stubGlobal('performance', { now: () => now });
    now += 1001;
    await new Yielder().rest();
  });

  test('end with the reason of their signal', async () => {
    const yielder = new Yielder(AbortSignal.abort('enough'));
    await expect(yielder.rest()).rejects.toBe('enough');
  });
});

describe('a slice', () => {
  test('ends after 2 GFLOP where the clock stands still', async () => {
    vi.stubGlobal('performance', { now: () => 1e6 });
    await new Yielder().rest();
    const yielder = new Yielder();
    expect(yielder.due(1.5e9)).toBe(false);
    expect(yielder.due(0.5e9)).toBe(true);
    await yielder.rest();
    expect(yielder.due(1.5e9)).toBe(false);
  });

  test('ends early where the next piece would overrun it', async () => {
    let now = 1e6;
    vi.stubGlobal('performance', { now: () => now });
    await new Yielder().rest();
    const yielder = new Yielder();
    now += 20;
    expect(yielder.due()).toBe(false);
    await yielder.rest();
    now += 23;
    expect(yielder.due()).toBe(true);
  });
});

describe('a computation in pieces', () => {
  let closed = 0;

  function* sum(count: number): Pieces<number> {
    try {
      let total = 0;
      for (let i = 0; i < count; i++) {
        total += i;
        yield 1e9;
      }
      return total;
    } finally {
      closed += 1;
    }
  }

  test('has the same result at once and in slices, between which the host has its turn', async () => {
    let turns = 0;
    let running = true;
    const count = (): void => {
      turns += 1;
      if (running) setImmediate(count);
    };
    setImmediate(count);
    expect(await runInSlices(sum(20), new Yielder())).toBe(190);
    running = false;
    expect(turns).toBeGreaterThanOrEqual(9);
    expect(runAtOnce(sum(20))).toBe(190);
  });

  test('does not begin when it is aborted already', async () => {
    closed = 0;
    await expect(runInSlices(sum(1), new Yielder(AbortSignal.abort('early')))).rejects.toBe('early');
    expect(closed).toBe(0);
  });

  test('gives way by its operations, those before it included, where the clock stands still', async () => {
    vi.stubGlobal('performance', { now: () => 2e6 });
    await new Yielder().rest();
    let turns = 0;
    setImmediate(() => (turns += 1));
    await runInSlices(sum(1), new Yielder());
    expect(turns).toBe(0);
    await runInSlices(sum(1), new Yielder());
    expect(turns).toBe(1);
  });

  test('ends where it is aborted, and cleans up', async () => {
    closed = 0;
    const abort = new AbortController();
    const work = runInSlices(sum(1e9), new Yielder(abort.signal));
    setTimeout(() => abort.abort('enough'), 1);
    await expect(work).rejects.toBe('enough');
    expect(closed).toBe(1);
  });
});
