import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { assemblyFaults, bufferFaults, entryFaults, importFaults, importsOf, folderOf } from './rules.js';
import { read, root } from './sources.js';

const src = read('src');
const assembly = read('assembly');

describe('the architecture', () => {
  test('no folder of src reaches back, leaves the package or needs Node', () => {
    expect(src.size).toBeGreaterThan(0);
    expect(importFaults(src)).toEqual([]);
  });

  test('assembly imports only itself', () => {
    expect(assembly.size).toBeGreaterThan(0);
    expect(assemblyFaults(assembly)).toEqual([]);
  });

  test('entries re-export and do nothing else', () => {
    expect(entryFaults(src)).toEqual([]);
  });

  test('package.json exports every entry', () => {
    const { exports } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
    const exported = Object.keys(exports).map((name) => `src/${name === '.' ? 'index' : name.slice(2)}.ts`);
    const entries = [...src.keys()].filter(
      (path) => path.split('/').length === 2 && folderOf(path) !== 'leaves',
    );
    expect(entries.filter((path) => !exported.includes(path))).toEqual([]);
  });

  test('train never touches memory.buffer', () => {
    expect(bufferFaults(src)).toEqual([]);
  });

  test('kernels are called by `call`, which checks their arguments', () => {
    const unchecked = [...src].filter(([, source]) => /\bkernel: '\w+'/.test(source));
    expect(unchecked.map(([path]) => path)).toEqual([]);
  });
});

describe('the rules catch', () => {
  const faultsOf = (path: string, source: string) => importFaults(new Map([[path, source]]));

  test.each([
    ['src/data/idx.ts', `import { memory } from '../engine/arena.js'`, 'data may not know engine'],
    ['src/datasets/bundled.ts', `import { memory } from '../engine/arena.js'`, 'data may not know engine'],
    ['src/engine/arena.ts', `import type { NdArray } from '../data/csv.js'`, 'engine may not know data'],
    ['src/network/plan.ts', `export { fit } from '../train/fit.js'`, 'network may not know train'],
    ['src/io/file.ts', `const fit = await import('../train/fit.js')`, 'io may not know train'],
    ['src/io/file.ts', `type M = import('../sequential/model.js').Model`, 'io may not know sequential'],
    ['src/sequential/model.ts', `import '../estimators/mlp.js'`, 'sequential may not know estimators'],
    ['src/report/svg.ts', `export * from '../interchange/onnx.js'`, 'report may not know interchange'],
    ['src/errors.ts', `import { read } from './data/csv.js'`, 'leaves may not know data'],
    ['src/math/double.ts', `import { index } from '../index.js'`, 'leaves may not know entries'],
    ['src/index.ts', `export * from './node/files.js'`, 'entries may not know node'],
    [
      'src/engine/pool.ts',
      `new Worker(new URL('../train/worker.js', import.meta.url))`,
      'engine may not know train',
    ],
    ['src/data/npy.ts', `import { readFileSync } from 'node:fs'`, 'which only Node has'],
    ['src/datasets.ts', `export * from 'node:fs'`, 'which only Node has'],
    ['src/data/zip.ts', `import pako from 'pako'`, 'imports the package pako'],
    ['src/data/zip.ts', `import fs from 'fs'`, 'imports the package fs'],
    ['src/data/png.ts', `import { decode } from 'fast-png'`, 'imports the package fast-png'],
    ['src/report/picture.ts', `await import('jpeg-js')`, 'imports the package jpeg-js'],
    ['src/data/csv.ts', `import { ShapeError } from '../errors'`, 'without its .js extension'],
    ['src/data/csv.ts', `import { close } from '../../tests/helpers/close.js'`, 'which is outside src'],
    ['src/engine/boot.ts', `import base from '../wasm/base.wasm'`, 'imports ../wasm/base.wasm'],
    ['src/utils/misc.ts', `import '../errors.js'`, 'in no known folder'],
    ['src/train/fit.ts', `import '../utils/misc.js'`, 'in no known folder'],
  ])('%s: %s', (path, source, fault) => {
    expect(faultsOf(path, source)).toEqual([expect.stringContaining(fault)]);
  });

  test.each([
    [
      'src/train/fit.ts',
      `import '../network/plan.js'; import '../engine/arena.js'; import '../data/scores.js'`,
    ],
    ['src/estimators/mlp.ts', `import './options.js'; import '../io/file.js'; import '../errors.js'`],
    ['src/node.ts', `export * from './index.js'; export * from './node/files.js'`],
    ['src/node/files.ts', `import { readFile } from 'node:fs/promises'; import * as all from '../index.js'`],
    ['src/cli/main.ts', `import { readCsv } from '../node/files.js'`],
    ['src/data/zip.ts', `import { inflateSync } from 'fflate'`],
    ['src/node/png.ts', `import { decode } from 'fast-png'; const jpeg = await import('jpeg-js')`],
    ['src/report/picture.ts', `import { encode } from 'fast-png'`],
    ['src/engine/binaries.workerd.ts', `import base from '../wasm/base.wasm'`],
  ])('nothing in %s: %s', (path, source) => {
    expect(faultsOf(path, source)).toEqual([]);
    expect(importsOf(path, source).length).toBeGreaterThan(0);
  });

  test('assembly that imports from elsewhere', () => {
    const sources = new Map([
      ['assembly/gemm/forward.ts', `import { fma } from '../simd'; @inline export function f(): void {}`],
      ['assembly/math.ts', `import { exp } from '../src/math'`],
      ['assembly/loss.ts', `import { x } from 'as-things'`],
    ]);
    expect(assemblyFaults(sources)).toEqual([
      'assembly/math.ts imports ../src/math, which is outside assembly',
      'assembly/loss.ts imports as-things, which is outside assembly',
    ]);
  });

  test('entries that do more than re-export', () => {
    const sources = new Map([
      ['src/index.ts', `export * as layers from './sequential/layers.js';\nexport const version = 1;`],
      ['src/report.ts', `import './report/svg.js';\nexport { a };`],
      ['src/errors.ts', `export const one = 1`],
    ]);
    expect(entryFaults(sources)).toEqual([
      'src/index.ts does more than re-export: export const version = 1;',
      `src/report.ts does more than re-export: import './report/svg.js';`,
      'src/report.ts does more than re-export: export { a };',
    ]);
  });

  test('memory.buffer in train, and there only', () => {
    const source = '// memory.buffer\nconst view = new Float32Array(this.memory.buffer, 8);';
    const sources = new Map([
      ['src/train/fit.ts', source],
      ['src/engine/arena.ts', source],
    ]);
    expect(bufferFaults(sources)).toEqual(['src/train/fit.ts touches this.memory.buffer']);
  });
});
