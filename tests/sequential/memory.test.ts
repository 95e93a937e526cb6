import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { classifier, line, quiet, threeClasses } from './data.js';

const { x, y } = threeClasses(64);

test('hundreds of models leave no memory behind', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const used = (): number => {
    collect();
    const { arrayBuffers, external, heapUsed } = process.memoryUsage();
    return arrayBuffers + external + heapUsed;
  };
  const train = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) {
      const model = i % 2 ? classifier(i) : line();
      if (i % 2) await model.fit(x, y, quiet);
      else model.trainOnBatch([[1]], [1]);
      if (i % 3 === 0) model.predict(i % 2 ? x : [[1]]);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  };
  await train(100);
  const before = used();
  await train(500);
  // Memory comes back over some turns of the event loop, more of them on a busy machine.
  let left = Infinity;
  for (let turn = 0; turn < 500 && left >= 12; turn++) {
    left = (used() - before) / 1048576;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  // A memory has 64 KiB at least.
  expect(left).toBeLessThan(12);
});
