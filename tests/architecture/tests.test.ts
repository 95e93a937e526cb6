import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));

const files = readdirSync(`${root}tests`, { recursive: true, encoding: 'utf8' })
  .map((file) => `tests/${file.replaceAll('\\', '/')}`)
  .filter((file) => file.endsWith('.test.ts') && !/^tests\/(acceptance|architecture)\//.test(file));

function filesWith(pattern: RegExp): string[] {
  return files.filter((file) => pattern.test(readFileSync(root + file, 'utf8')));
}

test('no test measures time by the clock, which goes on while others have the processor', () => {
  expect(filesWith(/\bnow\(\) - /)).toEqual([]);
});

test('no test ends earlier than vitest.config.ts says', () => {
  const ends = /(?:Timeout: |\{ timeout: |^ *\}, )([\d_]{4,})/gm;
  const early = files.filter((file) =>
    Array.from(readFileSync(root + file, 'utf8').matchAll(ends)).some(
      ([, milliseconds]) => Number(milliseconds.replaceAll('_', '')) < 300_000,
    ),
  );
  expect(early).toEqual([]);
});

test('modules are mocked only in files that have a process of their own', () => {
  const isolated = readFileSync(`${root}vitest.config.ts`, 'utf8');
  expect(filesWith(/\bvi\.(mock|hoisted)\(/).filter((file) => !isolated.includes(`'${file}'`))).toEqual([]);
});
