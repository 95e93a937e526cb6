import { readFileSync } from 'node:fs';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { root } from './packing.js';

/**
 * As strict as `tsc --init` makes them and stricter, without `dom`, without `@types/node`; TypeScript's own
 * are not checked.
 */
const options: ts.CompilerOptions = {
  noEmit: true,
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2022.d.ts'],
  types: [],
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  strict: true,
  skipLibCheck: false,
  skipDefaultLibCheck: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noPropertyAccessFromIndexSignature: true,
  noImplicitOverride: true,
  isolatedModules: true,
  verbatimModuleSyntax: true,
};

function faultsOf(files: readonly string[]): string[] {
  const program = ts.createProgram(
    files.map((file) => root + file),
    options,
  );
  return ts
    .getPreEmitDiagnostics(program)
    .map(
      ({ file: at, messageText }) => `${at?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`,
    );
}

const { exports } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
const declarations = Object.values<{ types?: string }>(exports).flatMap(({ types }) => types ?? []);

test('the declarations of the package compile strictly, without dom and without @types/node', () => {
  expect(declarations.length).toBeGreaterThan(4);
  expect(faultsOf(declarations)).toEqual([]);
});
