import { build } from 'esbuild';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { pack, root } from './packing.js';

const manifest = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));

/** Bytes, compressed, of everything that importing an entry loads at once; chunks imported later do not count. */
async function gzipped(entry: string): Promise<number> {
  const { outputFiles } = await build({
    entryPoints: [root + entry],
    outdir: `${root}build/size`,
    bundle: true,
    splitting: true,
    format: 'esm',
    external: ['node:*'],
    write: false,
  });
  return gzipSync(outputFiles.find(({ path }) => path.endsWith(entry.split('/').at(-1)!))!.contents).length;
}

describe('the packed package', () => {
  let files: string[];

  beforeAll(() => {
    files = pack('--dry-run').files.map(({ path }) => path);
  });

  test('holds code, binaries and types, and nothing else', () => {
    const expected = [
      /^(package\.json|LICENSE|README\.md)$/,
      /^dist\/LICENSE-fflate\.txt$/,
      /^dist\/(workerd\/)?[a-z]+\.js$/,
      /^dist\/(workerd\/)?chunk-[A-Z0-9]+\.js$/,
      /^dist\/wasm\/[a-z-]+\.wasm$/,
      /^dist\/types\/([a-z0-9]+\/)*[a-zA-Z0-9.-]+\.d\.ts$/,
    ];
    expect(files.filter((path) => !expected.some((pattern) => pattern.test(path)))).toEqual([]);
    expect(files).toContain('README.md');
    expect(files).toContain('LICENSE');
    expect(files.filter((path) => path.startsWith('dist/wasm/'))).toEqual([
      'dist/wasm/base.wasm',
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
    expect(files).toContain('dist/LICENSE-fflate.txt');
  });

  test('shows a short line where an error is thrown, and classes by their names', async () => {
    const library: Record<string, any> = await import(`${root}dist/index.js`);
    for (const name of ['ValueError', 'MLPClassifier', 'Sequential', 'StandardScaler', 'LabelEncoder']) {
      expect(library[name].name).toBe(name);
    }
    for (const file of files.filter((path) => /^dist\/(index|chunk-.*)\.js$/.test(path))) {
      const lines = readFileSync(root + file, 'utf8').split('\n');
      const throwing = lines.filter((line) => line.includes('throw new '));
      expect(Math.max(0, ...throwing.map((line) => line.length))).toBeLessThan(10_000);
    }
  });

  test('compresses to at most 140 KB', async () => {
    expect(await gzipped('dist/index.js')).toBeLessThanOrEqual(140 * 1024);
  });
});
