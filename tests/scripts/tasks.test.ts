import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test, vi } from 'vitest';

type UpToDate = (
  name: string,
  inputs: string[],
  outputs: string[],
  work: () => Promise<void>,
  stamps: string,
) => Promise<void>;
const script = new URL('../../scripts/tasks.mjs', import.meta.url).href;
const { upToDate } = (await import(script)) as { upToDate: UpToDate };

describe('a step of the build', () => {
  let folder: string;
  let input: string;
  let output: string;
  const work = vi.fn(async () => writeFileSync(output, 'made'));
  const step = (): Promise<void> =>
    upToDate('make it', [join(folder, 'in')], [output], work, join(folder, 'stamps'));

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lamella-step-'));
    mkdirSync(join(folder, 'in'));
    input = join(folder, 'in', 'file');
    output = join(folder, 'out');
    writeFileSync(input, 'first');
    work.mockClear();
    vi.spyOn(console, 'log').mockImplementation(() => {});
    return () => {
      vi.restoreAllMocks();
      rmSync(folder, { recursive: true });
    };
  });

  test('is done once while its inputs stay the same', async () => {
    await step();
    await step();
    expect(work).toHaveBeenCalledTimes(1);
  });

  test('is done again when an input has changed', async () => {
    await step();
    writeFileSync(input, 'second');
    await step();
    expect(work).toHaveBeenCalledTimes(2);
  });

  test('is done again when an output is missing', async () => {
    await step();
    rmSync(output);
    await step();
    expect(work).toHaveBeenCalledTimes(2);
  });

  test('is done again after it has failed', async () => {
    work.mockRejectedValueOnce(new Error('no room'));
    await expect(step()).rejects.toThrow('no room');
    await step();
    expect(work).toHaveBeenCalledTimes(2);
  });

  test('says when it begins and how long it took', async () => {
    await step();
    expect(vi.mocked(console.log).mock.calls.flat()).toEqual([
      'make it ...',
      expect.stringMatching(/^make it: \d+\.\d s$/),
    ]);
  });
});
