import { expect, test, vi } from 'vitest';

vi.mock('../../../src/engine/threads/team.js', () => {
  throw new Error('not served');
});

test('where threads cannot even be loaded, one computes, and engine() says so', async () => {
  const { MLPClassifier, engine, init } = await import('../../../src/index.js');
  await init({ threads: 2 });
  expect(engine().threads).toBe(1);
  const x = Array.from({ length: 40 }, (_, i) => [i % 2, i % 3]);
  const y = x.map(([a]) => a);
  for (const threads of [undefined, 2, 'auto'] as const) {
    const seen: number[] = [];
    const model = new MLPClassifier({ hiddenLayerSizes: [300], maxIter: 2, randomState: 1, onWarning() {} });
    await model.fit(x, y, { threads, onEpoch: () => void seen.push(engine().threads) });
    expect(seen).toEqual([1, 1]);
  }
  await init({ threads: 1 });
});
