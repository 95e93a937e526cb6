import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
// @ts-expect-error -- a script without types
import { watchAndBuild } from '../../scripts/watch.mjs';

test('the build is repeated after changes, failed or not, and not for what it writes itself', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lamella-watch-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'generated'));
  writeFileSync(join(folder, 'a.ts'), '1');
  const log = vi.spyOn(console, 'log').mockReturnValue();
  const errors = vi.spyOn(console, 'error').mockReturnValue();
  const end = new AbortController();
  let builds = 0;
  const build = async () => {
    writeFileSync(join(folder, 'generated', 'b.ts'), `${++builds}`);
    if (builds === 2) throw new Error('b.ts does not compile');
  };
  const watching = watchAndBuild([folder], build, end.signal);
  const built = (count: number) =>
    vi.waitFor(() => expect(log).toHaveBeenCalledTimes(count), { timeout: 300_000 });

  await built(1);
  writeFileSync(join(folder, 'a.ts'), '2');
  await built(2);
  expect(errors).toHaveBeenCalledWith('build: b.ts does not compile');
  writeFileSync(join(folder, 'a.ts'), '3');
  await built(3);
  end.abort();
  await watching;
  expect(builds).toBe(3);
});
