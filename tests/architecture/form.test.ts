import { describe, expect, test } from 'vitest';
import { CIRCLES, SHORT_FILES, WITHOUT_HEADER } from './exceptions.js';
import { circles, filesWithoutHeader, longFiles, shortFiles } from './form.js';
import { read } from './sources.js';

const src = read('src');
const assembly = read('assembly');

/**
 * What is found and not excepted; and what is excepted and no longer found, so that the exceptions only get
 * fewer.
 */
function compare(found: readonly string[], exceptions: Readonly<Record<string, string>> | readonly string[]) {
  const excepted = Array.isArray(exceptions) ? exceptions : Object.keys(exceptions);
  return {
    faults: found.filter((each) => !excepted.includes(each)),
    'exceptions to be removed from tests/architecture/exceptions.ts': excepted.filter(
      (each) => !found.includes(each),
    ),
  };
}

const nothing = { faults: [], 'exceptions to be removed from tests/architecture/exceptions.ts': [] };

describe('the files of src', () => {
  test('import one another in no circle, for types neither', () => {
    expect(compare(circles(src), CIRCLES)).toEqual(nothing);
  });

  test('have 60 lines at least, or importers in other files or folders', () => {
    expect(compare(shortFiles(src), SHORT_FILES)).toEqual(nothing);
  });

  test('have 300 lines at most; 400 if they are one class or one table', () => {
    expect(longFiles(src)).toEqual([]);
  });

  test('open with a header of 2 to 6 lines if they have more than 100', () => {
    expect(compare(filesWithoutHeader(src), WITHOUT_HEADER)).toEqual(nothing);
  });
});

test('no file of assembly has more than 300 lines', () => {
  expect(longFiles(assembly)).toEqual([]);
});

const x = 'x;\n';
const sources = (files: Record<string, string>) => new Map(Object.entries(files));

describe('the rules of form catch', () => {
  test('circles of imports and types, over any number of files', () => {
    const files = sources({
      'src/a.ts': `import type { B } from './b/b.js'`,
      'src/b/b.ts': `type C = import('../c.js').C`,
      'src/c.ts': `import { a } from './a.js'; import { d } from './d.js'`,
      'src/d.ts': `export * from './e.js'`,
      'src/e.ts': `const d = await import('./d.js')`,
      'src/f.ts': `import './a.js'; import './e.js'`,
    });
    expect(circles(files)).toEqual(['src/a.ts ↔ src/b/b.ts ↔ src/c.ts', 'src/d.ts ↔ src/e.ts']);
  });

  test('files under 60 lines that one neighbour imports', () => {
    const importAll = ['short', 'shared', 'enough'].map((name) => `import './${name}.js';\n`).join('');
    const files = sources({
      'src/data/all.ts': `${importAll}const lazy = () => import('./lazy.js');\n`,
      'src/data/other.ts': `import type { Shared } from './shared.js';\nimport '../io/elsewhere.js';\n`,
      'src/data/short.ts': x.repeat(59),
      'src/data/enough.ts': x.repeat(60),
      'src/data/shared.ts': x,
      'src/data/lazy.ts': x,
      'src/io/elsewhere.ts': x,
    });
    expect(shortFiles(files)).toEqual(['src/data/short.ts']);
  });

  test.each([
    ['x;\n'.repeat(301), 301, 300],
    [`export class A {\n${x.repeat(399)}}\n`, 401, 400],
    [`export const TABLE = {\n${'a: 1,\n'.repeat(399)}};\n`, 401, 400],
    [`export class A {\n${x.repeat(299)}}\nexport function f() {}\n`, 302, 300],
    [`export class A {\n${x.repeat(99)}}\n${x.repeat(200)}`, 301, 300],
    [`export const f = () => {\n${x.repeat(299)}};\n`, 301, 300],
  ])('files that are too long (%#)', (source, lines, limit) => {
    expect(longFiles(sources({ 'src/data/long.ts': source }))).toEqual([
      `src/data/long.ts has ${lines} lines, at most ${limit} were expected`,
    ]);
  });

  test.each([
    x.repeat(300),
    `export interface B {}\nexport class A {\n${x.repeat(397)}}\n`,
    `export const TABLE = {\n${'a: 1,\n'.repeat(398)}} as const;\n`,
    `export const TABLE = new Map([\n${'[1, 2],\n'.repeat(398)}]);\n`,
  ])('and none that are not (%#)', (source) => {
    expect(longFiles(sources({ 'src/data/long.ts': source }))).toEqual([]);
  });

  test.each([
    `import './a.js';\n`,
    `/** What A is. */\nexport class A {}\n`,
    `/**\n * What A is,\n * in two lines.\n */\nexport class A {}\n`,
    `/** One line. */\n\nimport './a.js';\n`,
    `/**\n${' * Seven lines.\n'.repeat(7)} */\nimport './a.js';\n`,
  ])('files without a header (%#)', (source) => {
    expect(filesWithoutHeader(sources({ 'src/data/a.ts': source + x.repeat(100) }))).toEqual([
      'src/data/a.ts',
    ]);
  });

  test.each([
    `/**\n * Two\n * lines.\n */\nimport './a.js';\n`,
    `// Two\n// lines.\n\nexport class A {}\n`,
    `/* eslint-disable no-control-regex -- a reason */\n/**\n * Two\n * lines.\n */\n\nexport class A {}\n`,
    '',
  ])('and none with one, nor short ones (%#)', (source) => {
    expect(filesWithoutHeader(sources({ 'src/data/a.ts': source + x.repeat(source ? 100 : 50) }))).toEqual(
      [],
    );
  });
});
