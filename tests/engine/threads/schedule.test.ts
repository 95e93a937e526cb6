import { describe, expect, test } from 'vitest';
import { PARTITIONS } from '../../../src/engine/generated/partitions.js';
import type { Call, KernelName } from '../../../src/engine/kernels.js';
import { schedule } from '../../../src/engine/threads/schedule.js';
import { costOf, cutOf, endsOf, partOf } from '../../../src/engine/partition.js';

/** A call whose arguments are all `value`, but for its range or rows. */
function call(kernel: KernelName, count: number, value: number): Call {
  const { range, rows } = PARTITIONS[kernel]!;
  const args = Array.from({ length: 16 }, (_, i) => 1000000 * (i + 1) + value);
  if (rows) args[rows.count] = count;
  if (range) [args[range.begin], args[range.begin + 1]] = [0, count];
  return { kernel, args };
}

const shared = (Object.keys(PARTITIONS) as KernelName[]).filter(
  (kernel) => PARTITIONS[kernel]!.range ?? PARTITIONS[kernel]!.rows,
);

describe.each(shared)('%s', (kernel) => {
  const { range, rows } = PARTITIONS[kernel]!;

  test.each([1, 2, 3, 7, 8, 23, 24, 25, 49, 97, 200, 1001])(
    'shares out %d rows or panels, each of them once',
    (count) => {
      for (const threads of [2, 3, 5, 16]) {
        const whole = call(kernel, count, 64);
        const cut = cutOf(whole, threads);
        if (!cut) continue;
        const ends = endsOf(
          cut,
          Array.from({ length: threads }, () => 1 / threads),
        );
        let next = 0;
        for (let thread = 0; thread < threads; thread++) {
          const part = partOf(whole, cut, ends, thread);
          if (!part) continue;
          if (cut.by === 'range') {
            expect(part.args[range!.begin]).toBe(next);
            next = part.args[range!.begin + 1];
          } else {
            for (const [pointer, stride] of rows!.moving)
              expect(part.args[pointer]).toBe(whole.args[pointer] + next * stride(whole.args));
            next += part.args[rows!.count];
          }
          expect(next % cut.block === 0 || next === count).toBe(true);
        }
        expect(next).toBe(count);
      }
    },
  );
});

test('every thread has scratch of its own', () => {
  const whole = call('denseGradientUpdate', 40, 64);
  const lanes = schedule([whole], 3, (thread) => (thread === 0 ? undefined : 7000 + thread));
  expect(lanes.map(([part]) => part!.args[2])).toEqual([whole.args[2], 7001, 7002]);
});

test('lanes meet where a call needs what another thread has written, and nowhere else', () => {
  const forward = (y: number, x: number): Call => {
    return { kernel: 'denseForward', args: [y, 4096, x, 4096, 1, 2, 32, 500, 0, 40, 0] };
  };
  const kernels = (calls: Call[]): string[] =>
    schedule(calls, 2, () => undefined).map((lane) => lane.map((each) => each?.kernel ?? '|').join(' '));
  expect(kernels([forward(8, 4), forward(16, 8)])).toEqual(Array(2).fill('denseForward | denseForward'));
  expect(kernels([forward(8, 4), forward(16, 4)])).toEqual(Array(2).fill('denseForward denseForward'));
});

test('panels stay with their thread, whatever else it has to do', () => {
  const forward: Call = { kernel: 'denseForward', args: [8, 4096, 4, 4096, 1, 2, 32, 500, 0, 41, 0] };
  const lists: Call = { kernel: 'csrToCsc', args: [10, 11, 12, 13, 400, 784, 64, 0, 784] };
  const panels = (calls: Call[]): number[][] =>
    schedule(calls, 2, () => undefined).map((lane) =>
      lane.find((each) => each?.kernel === 'denseForward')!.args.slice(8, 10),
    );
  expect(panels([forward])).toEqual([
    [0, 21],
    [21, 41],
  ]);
  expect(panels([lists, forward, lists])).toEqual(panels([forward]));
});

test('two panels are one for each of two threads; three threads take rows', () => {
  const forward: Call = { kernel: 'denseForward', args: [8, 4096, 4, 4096, 1, 2, 32, 500, 0, 2, 0] };
  expect(cutOf(forward, 2)!.by).toBe('range');
  expect(cutOf(forward, 3)!.by).toBe('rows');
});

test('rows that stay with their thread need no meeting', () => {
  const rows = (kernel: KernelName): Call => ({ kernel, args: [4, 4096, 8, 4096, 64, 500] });
  const lanes = schedule([rows('softmaxForward'), rows('softmaxBackward')], 2, () => undefined);
  expect(lanes.map((lane) => lane.length)).toEqual([2, 2]);
});

test('kernels that nothing is known of run on one thread, alone', () => {
  const unknown: Call = { kernel: 'columnNorms', args: [1, 2, 3] };
  const forward: Call = { kernel: 'denseForward', args: [8, 4096, 4, 4096, 1, 2, 32, 500, 0, 40, 0] };
  const [first, second] = schedule([forward, unknown, forward], 2, () => undefined);
  expect(first.map((each) => each?.kernel)).toEqual([
    'denseForward',
    undefined,
    'columnNorms',
    undefined,
    'denseForward',
  ]);
  expect(second.map((each) => each?.kernel)).toEqual(['denseForward', undefined, undefined, 'denseForward']);
});

test('what is over in a moment stays on the calling thread', () => {
  const sums: Call = { kernel: 'sumRows', args: [8, 16, 50] };
  expect(costOf(sums)).toBeLessThan(1000);
  expect(schedule([sums, sums], 3, () => undefined)).toEqual([[sums, sums], [], []]);
});
