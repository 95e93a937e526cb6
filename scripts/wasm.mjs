/**
 * assembly/index.ts (wide.ts for `wide`) → build/wasm/<target>.wasm → src/engine/generated/<target>.ts (deflated, base64) and dist/wasm/.
 * assembly/peak.ts → build/wasm/peak-<target>.wasm, for the benchmarks only.
 */
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { deflateRawSync } from 'node:zlib';
import { run, upToDate } from './tasks.mjs';

const RELEASE = ['base', 'relaxed', 'wide'];
const DEBUG = ['base-debug', 'relaxed-debug', 'wide-debug'];

/** assembly/<entry>.ts → build/wasm/<name>.wasm, with the options of an asconfig target. */
async function compile(target, entry = target.startsWith('wide') ? 'wide' : 'index', name = target) {
  const outFile = `build/wasm/${name}.wasm`;
  const inputs = ['assembly', 'asconfig.json', 'node_modules/assemblyscript/package.json'];
  await upToDate(`asc ${name}`, inputs, [outFile], async () => {
    const unfinished = `build/wasm/${process.pid}-${name}.wasm`;
    await run('node_modules/assemblyscript/bin/asc.js', [
      `assembly/${entry}.ts`,
      '--config',
      'asconfig.json',
      '--target',
      target,
      '--outFile',
      unfinished,
    ]);
    await rename(unfinished, outFile);
  });
}

async function embed(target) {
  const binary = await readFile(`build/wasm/${target}.wasm`);
  const file = `src/engine/generated/${target}.ts`;
  const compressed = deflateRawSync(binary, { level: 9 });
  const source = `export default '${compressed.toString('base64')}';\n`;
  if (!existsSync(file) || (await readFile(file, 'utf8')) !== source) await writeFile(file, source);
  await copyFile(`build/wasm/${target}.wasm`, `dist/wasm/${target}.wasm`);
}

export async function buildWasm({ debug }) {
  for (const folder of ['build/wasm', 'dist/wasm', 'src/engine/generated']) {
    await mkdir(folder, { recursive: true });
  }
  if (existsSync('scripts/kernels.mjs')) await run('scripts/kernels.mjs');
  const targets = [...RELEASE, ...(debug ? DEBUG : [])];
  await Promise.all([
    ...targets.map((target) => compile(target)),
    ...RELEASE.map((target) => compile(target, 'peak', `peak-${target}`)),
  ]);
  await Promise.all(RELEASE.map(embed));
}
