import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { root } from './sources.js';

const PAGES = ['ARCHITECTURE.md', 'CONTRIBUTING.md', 'RELEASING.md'];
const FOLDERS = ['src', 'assembly', 'tests', 'scripts', 'bench', 'docs', 'examples'];

/**
 * Paths from the root of the repository, without those of generated files and of files that are still to be
 * written.
 */
function pathsOf(text: string): string[] {
  const path = new RegExp(String.raw`(?<![\w./-])(?:${FOLDERS.join('|')})/[\w./<>-]*[\w>]`, 'g');
  return Array.from(text.matchAll(path), ([found]) => found).filter(
    (found) => !/[<>]|\/generated\//.test(found),
  );
}

function scriptsOf(text: string): string[] {
  return Array.from(text.matchAll(/\bnpm run ([\w:-]+)/g), ([, script]) => script);
}

describe.each(PAGES)('%s', (page) => {
  const text = readFileSync(root + page, 'utf8');
  const { scripts } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));

  test('names files that exist', () => {
    expect(pathsOf(text).filter((path) => !existsSync(root + path))).toEqual([]);
  });

  test('names scripts that exist', () => {
    expect(scriptsOf(text).filter((script) => !(script in scripts))).toEqual([]);
  });

  test('has at most 200 lines', () => {
    expect(text.split('\n').length).toBeLessThanOrEqual(200);
  });
});

test('the configurations of vitest name tests that exist', () => {
  const configurations = ['vitest.config.ts', 'vitest.fast.config.ts', 'vitest.acceptance.config.ts'];
  const named = configurations.flatMap((file) => pathsOf(readFileSync(root + file, 'utf8')));
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((path) => !existsSync(root + path))).toEqual([]);
});

test('paths and scripts are found in a page', () => {
  const text =
    'See `src/a.ts`, (tests/b) or `src/x/<name>.ts`; not `src/engine/generated/abi.ts`: npm run test:fast.';
  expect(pathsOf(text)).toEqual(['src/a.ts', 'tests/b']);
  expect(scriptsOf(text)).toEqual(['test:fast']);
});
