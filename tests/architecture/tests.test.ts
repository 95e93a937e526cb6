import { readdirSync, readFileSync } from 'node:fs';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { parse } from './rules.js';
import { root } from './sources.js';

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

/**
 * Names of the tests in a file, with those of the blocks around them. Names of tables stand as they are
 * written.
 */
function namesOf(path: string, source: string): string[] {
  const names: string[] = [];
  const visit = (node: ts.Node, around: readonly string[]): void => {
    let within = around;
    if (ts.isCallExpression(node) && /^(describe|test)\b/.test(node.expression.getText())) {
      const [name] = node.arguments;
      const [, kind, each] = /^(describe|test)(\.each$)?/.exec(node.expression.getText())!;
      if (!each && name && ts.isStringLiteralLike(name)) {
        within = [...around, name.text];
        if (kind === 'test') names.push(within.join(' > '));
      }
    }
    node.forEachChild((child) => visit(child, within));
  };
  visit(parse(path, source), []);
  return names;
}

test('no two tests have the same name, by which one can be run', () => {
  const owners = new Map<string, string[]>();
  for (const file of files) {
    for (const name of namesOf(file, readFileSync(root + file, 'utf8')))
      owners.set(name, [...(owners.get(name) ?? []), file]);
  }
  expect([...owners].filter(([, where]) => where.length > 1)).toEqual([]);
});

test('names of tests are found in blocks and tables', () => {
  const source = `describe('a', () => {
    test('b', () => {});
    test.each([1, 2])('c %d', () => {});
  });
  describe.each(['d'])('%s', () => test('b', () => {}));`;
  expect(namesOf('tests/a.test.ts', source)).toEqual(['a > b', 'a > c %d', '%s > b']);
});
