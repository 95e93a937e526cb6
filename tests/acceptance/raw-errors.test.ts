import { afterAll, beforeAll, expect, test } from 'vitest';
import { calls, cases, inWords, quietly, run } from '../errors/raw.js';

// Every wrong value in every place of the arguments of every call: what tests/errors/raw-errors.test.ts takes
// a sample of. No error of JavaScript may come out, and no call may take long or take much memory to refuse
// what it is given.

/** Processor time and memory that a call may take. */
const [MAX_MS, MAX_BYTES] = [2000, 500e6];

/** Calls that read a whole data set where they are given no options, and where it is installed. */
const READS_DATA = ['node.loadMnist', 'node.loadFashionMnist'];

let restore: () => void;

beforeAll(() => {
  restore = quietly();
});

afterAll(() => restore());

test.each(calls)('$name', async (call) => {
  const faults: string[] = [];
  for (const each of cases([call])) {
    const [began, used, memory] = [performance.now(), process.cpuUsage(), process.memoryUsage.rss()];
    const error = await run(each);
    if (error !== undefined) faults.push(`${inWords(each)}: ${error}`);
    if (performance.now() - began > MAX_MS && !READS_DATA.includes(call.name)) {
      const { user, system } = process.cpuUsage(used);
      if ((user + system) / 1000 > MAX_MS) faults.push(`${inWords(each)}: ${(user + system) / 1000} ms`);
    }
    const grown = process.memoryUsage.rss() - memory;
    if (grown > MAX_BYTES) faults.push(`${inWords(each)}: ${Math.round(grown / 1e6)} MB`);
  }
  expect(faults).toEqual([]);
});
