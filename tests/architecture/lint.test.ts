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
