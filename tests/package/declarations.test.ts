import { readFileSync } from 'node:fs';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
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

const parsed = new Map<string, ts.SourceFile | undefined>();
const host = ts.createCompilerHost(options);
const parse = host.getSourceFile.bind(host);
host.getSourceFile = (file, ...rest) => {
  if (!parsed.has(file)) parsed.set(file, parse(file, ...rest));
  return parsed.get(file);
};

function faultsOf(file: string): string[] {
  const program = ts.createProgram([root + file], options, host);
  return ts
    .getPreEmitDiagnostics(program)
    .map(
      ({ file: at, messageText }) => `${at?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`,
    );
}

const { exports } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
const declarations = Object.values<{ types?: string }>(exports).flatMap(({ types }) => types ?? []);

describe('the declarations of the package', () => {
  test.each(declarations)('%s compile strictly, without dom and without @types/node', (file) => {
    expect(faultsOf(file)).toEqual([]);
  });
});
