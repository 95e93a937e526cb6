import { build } from 'esbuild';
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { packedFiles, root } from './packing.js';

const manifest = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));

/** Bytes, compressed, of the chunks that importing each of some entries loads at once, built together. */
async function chunks(entries: readonly string[]): Promise<Map<string, number>[]> {
  const { outputFiles, metafile } = await build({
    entryPoints: entries.map((entry) => root + entry),
    absWorkingDir: root,
    outdir: 'build/size',
    bundle: true,
    minify: true,
    splitting: true,
    format: 'esm',
    external: ['node:*'],
    metafile: true,
    write: false,
    logLevel: 'error',
  });
  const sizes = new Map(
    outputFiles.map(({ path, contents }) => [relative(root, path), gzipSync(contents).length]),
  );
  return entries.map((entry) => {
    const loaded = new Set(
      Object.keys(metafile.outputs).filter((path) => path.endsWith(`/${entry.split('/').at(-1)!}`)),
    );
    expect(loaded.size).toBe(1);
    for (const path of loaded) {
      for (const { path: chunk, kind } of metafile.outputs[path].imports) {
        if (kind === 'import-statement') loaded.add(chunk);
      }
    }
    return new Map([...loaded].map((path) => [path, sizes.get(path)!]));
  });
}

function sum(sizes: Iterable<number>): number {
  return [...sizes].reduce((total, size) => total + size, 0);
}

/**
 * Bytes, compressed, of everything that importing an entry loads at once; chunks imported later do not count.
 */
async function gzipped(entry: string): Promise<number> {
  const [loaded] = await chunks([entry]);
  return sum(loaded.values());
}

describe('the packed package', () => {
  let files: string[];

  beforeAll(() => {
    files = packedFiles();
  });

  test('holds code, binaries, types and what README links to, and nothing else', () => {
    const expected = [
      /^(package\.json|LICENSE|README\.md|CHANGELOG\.md)$/,
      /^docs\/[a-z-]+\.(md|svg)$/,
      /^examples\/(README\.md|[a-z-]+\.mjs|playground\/[a-z]+\.(js|mjs|html|css))$/,
      /^dist\/LICENSE-(fflate|csv-parse|commander|fast-png|iobuffer)\.txt$/,
      /^dist\/(node\/|workerd\/)?[a-z]+\.js$/,
      /^dist\/(node\/|workerd\/)?chunk-[A-Z0-9]+\.js$/,
      /^dist\/wasm\/[a-z-]+\.wasm$/,
      /^dist\/types\/([a-z0-9-]+\/)*[a-zA-Z0-9.-]+\.d\.ts$/,
    ];
    expect(files.filter((path) => !expected.some((pattern) => pattern.test(path)))).toEqual([]);
    expect(files).toContain('README.md');
    expect(files).toContain('LICENSE');
    expect(files.filter((path) => path.startsWith('dist/wasm/'))).toEqual([
      'dist/wasm/base.wasm',
      'dist/wasm/predict-base.wasm',
      'dist/wasm/predict-relaxed.wasm',
      'dist/wasm/relaxed.wasm',
      'dist/wasm/wide.wasm',
    ]);
  });

  test('holds every file that its manifest names', () => {
    const named = Object.values<string | Record<string, string>>(manifest.exports)
      .flatMap((target) => (typeof target === 'string' ? [target] : Object.values(target)))
      .filter((target) => !target.includes('*'))
      .map((target) => target.slice('./'.length));
    expect(named.filter((path) => !files.includes(path))).toEqual([]);
  });

  test('runs nothing and brings nothing else when installed', () => {
    const scripts = Object.keys(manifest.scripts);
    expect(scripts.filter((name) => /^(pre|post)?install$/.test(name))).toEqual([]);
    expect(manifest.dependencies).toBeUndefined();
    for (const name of ['fflate', 'csv-parse', 'fast-png', 'iobuffer'])
      expect(files).toContain(`dist/LICENSE-${name}.txt`);
    // Peers are there if the user wants them.
    const { peerDependencies, peerDependenciesMeta } = manifest;
    expect(Object.keys(peerDependencies)).toEqual(['jpeg-js']);
    for (const name of Object.keys(peerDependencies)) expect(peerDependenciesMeta[name].optional).toBe(true);
  });

  test.each(['dist/index.js', 'dist/node/index.js'])('%s keeps the names of classes', async (entry) => {
    const library: Record<string, any> = await import(root + entry);
    for (const name of ['ValueError', 'MLPClassifier', 'Sequential', 'StandardScaler', 'LabelEncoder']) {
      expect(library[name].name).toBe(name);
    }
  });

  test.each([
    ['dist/index.js', 148],
    ['dist/predict.js', 56],
  ])('%s compresses to at most %d kB', async (entry, most) => {
    expect(await gzipped(entry)).toBeLessThanOrEqual(most * 1000);
  });

  test.each([
    ['dist', 42],
    ['dist/node', 42],
  ])('%s/table.js adds at most %d kB to index.js, csv-parse among them', async (folder, most) => {
    const [index, table] = await chunks([`${folder}/index.js`, `${folder}/table.js`]);
    const own = [...table].filter(([path]) => !index.has(path)).map(([, size]) => size);
    expect(sum(own)).toBeLessThanOrEqual(most * 1000);
  });

  test('predict shares its errors with the other entries, and loads nothing that trains', async () => {
    const [predict, index] = await Promise.all(
      ['predict', 'index'].map((name) => import(`${root}dist/${name}.js`)),
    );
    expect(predict.LamellaError).toBe(index.LamellaError);
    const { metafile } = await build({
      entryPoints: [`${root}src/predict.ts`],
      absWorkingDir: root,
      bundle: true,
      splitting: true,
      format: 'esm',
      outdir: 'build/size',
      external: ['node:*'],
      metafile: true,
      write: false,
    });
    const used = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.keys(inputs));
    expect(used).toContain('src/network/network.ts');
    expect(
      used.filter((file) => /^src\/(train|search)\/|generated\/(binaries|wide)\.ts$/.test(file)),
    ).toEqual([]);
  });
});
