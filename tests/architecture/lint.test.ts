import { ESLint } from 'eslint';
import { fileURLToPath } from 'node:url';
import tseslint from 'typescript-eslint';
import { describe, expect, test } from 'vitest';

/** Without the rules that need the whole program's types, which nothing here is about. */
const eslint = new ESLint({
  cwd: fileURLToPath(new URL('../../', import.meta.url)),
  overrideConfig: [tseslint.configs.disableTypeChecked],
});

async function faultsOf(source: string, filePath: string): Promise<string[]> {
  const [{ messages }] = await eslint.lintText(source, { filePath });
  return messages.map(({ message }) => message);
}

describe('in src, lint forbids', () => {
  test.each([
    'export const f = (x: number) => Math.exp(x);',
    "export const f = (x: number) => Math['log'](x);",
    'export const f = (x: number) => x ** 0.5;',
    'export function f(x: number): number { x **= 2; return x; }',
    'const { cos } = Math;\nexport const f = (x: number) => cos(x);',
    'const M = Math;\nexport const f = (x: number) => M.floor(x);',
    'export const f = (x: number) => globalThis.Math.tanh(x);',
    "export const f = (x: number, name: 'exp') => Math[name](x);",
    'export const f = () => Math.random();',
    'export const now = Date.now();',
    'export const now = new Date();',
    'export const now = performance.now();',
    'export const seed = crypto.getRandomValues(new Uint32Array(1));',
    'setTimeout(() => {}, 1);',
    'await Promise.resolve();',
  ])('%s', async (source) => {
    expect(await faultsOf(`${source}\n`, 'src/errors.ts')).toHaveLength(1);
  });

  test('none of that in tests, nor the exact functions and clocks inside functions', async () => {
    expect(
      await faultsOf('export const f = (x: number) => Math.exp(x) ** 2;\n', 'tests/architecture/rules.ts'),
    ).toEqual([]);
    const source = `
      const { sqrt } = Math;
      export const f = (x: number) => sqrt(Math.abs(x)) + Math.imul(x, 3) + Math.PI;
      export function now(): number { return Date.now() + performance.now() + new Date().getTime(); }`;
    expect(await faultsOf(source, 'src/errors.ts')).toEqual([]);
  });
});

test('lint parses the decorators of assembly', async () => {
  const source = `
    @inline export function f(): void {}
    // @ts-ignore: decorator
    @inline
    export function g(a: v128): f32 { debugger; return f32x4.extract_lane(a, 0); }`;
  expect(await faultsOf(source, 'assembly/simd.ts')).toEqual(["Unexpected 'debugger' statement."]);
});

describe('in src and assembly, lint refuses', () => {
  const path = 'src/network/plan.ts';

  test.each([
    ['export const MOST_ROWS = 1;', path, 'MOST_ROWS: say max or min.'],
    ['export const f = (leastUnits: number) => leastUnits;', 'src/errors.ts', 'leastUnits: say max or min.'],
    ['export class CrewOptions {}', 'src/errors.ts', 'CrewOptions: say pool'],
    ['export interface A { below: boolean }', path, 'below: say needsInputGradient'],
    ['export class A { readonly turnedRows = 1; }', path, 'turnedRows: say rotated'],
    ['export function sgdSweep(): void {}', 'assembly/update.ts', 'sgdSweep: say …Update'],
    ['@inline export function f(kept: v128): void {}', 'assembly/simd.ts', 'kept: say splatOnce'],
    ['/** At most so many whole\n * numbers. */\nexport const a = 1;', path, '"whole numbers": say integer.'],
    ['// What nobody reads.\nexport const a = 1;', path, '"nobody": say who it is'],
    ['/** Whether it is. */\nexport const a = true;', path, 'rather than "Whether"'],
    ['/** Of dropout. */\nexport const a = 1;', path, 'rather than "Of"'],
    ['/**\n * What the fit\n * has come on to.\n */\nexport const a = 1;', path, undefined],
    ['/** The same of few units. */\nexport const a = 1;', path, 'rather than "The same"'],
    [`export const a = 1; // ${'x'.repeat(90)}`, path, 'goes on to column 113'],
  ])('%s', async (source, file, fault) => {
    const faults = await faultsOf(`${source}\n`, file);
    expect(faults).toEqual(fault === undefined ? [] : [expect.stringContaining(fault)]);
  });

  test('none of that where the words mean something else, and no name twice or where it is only used', async () => {
    const source = `
      // Of no docstring. Whether or not: https://example.org/${'x'.repeat(100)}
      import { MOST_ROWS } from './a.js';
      export const almost = (turnedAway: number) => [turnedAway, MOST_ROWS, { lr: 1 }];
      export class Listener { below = 1; list = [1]; pacemaker = 2; }`;
    expect(await faultsOf(source, 'src/errors.ts')).toEqual([]);
    expect(await faultsOf('export function f(most: number) { return most * most; }', path)).toHaveLength(1);
  });

  test('no names and docstrings of tests, but their wide comments', async () => {
    const source = `/** Whether it is. */\nexport const MOST_ROWS = 1; // ${'x'.repeat(90)}\n`;
    expect(await faultsOf(source, 'tests/architecture/rules.ts')).toEqual([
      expect.stringContaining('goes on to column'),
    ]);
  });
});
