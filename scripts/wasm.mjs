/**
 * assembly/index.ts → build/wasm/<target>.wasm → dist/wasm/ and, all in one, src/engine/generated/binaries.ts.
 * assembly/wide.ts → build/wasm/wide.wasm → dist/wasm/ and src/engine/generated/wide.ts, a chunk of its own.
 * assembly/predict.ts → build/wasm/predict-<target>.wasm → dist/wasm/ and, both in one, src/engine/generated/predict.ts.
 * assembly/peak.ts → build/wasm/peak-<target>.wasm, for the benchmarks only.
 */
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { pack } from './pack.mjs';
import { run, upToDate } from './tasks.mjs';

/** The variant that most runtimes take is first: it is unpacked without the other. */
const EMBEDDED = ['relaxed', 'base'];
const RELEASE = [...EMBEDDED, 'wide'];
const PREDICT = EMBEDDED.map((target) => `predict-${target}`);
const DEBUG = ['base-debug', 'relaxed-debug', 'wide-debug'];

function entryOf(target) {
  return ['wide', 'predict', 'unpack'].find((entry) => target.startsWith(entry)) ?? 'index';
}

/**
 * assembly/<entry>.ts → build/wasm/<name>.wasm, with the options of an asconfig target. The compiler runs in this process: it
 * takes longer to load, and to warm up, than to compile one target.
 */
async function compile(target, entry = entryOf(target), name = target) {
  const outFile = `build/wasm/${name}.wasm`;
  const inputs = ['assembly', 'asconfig.json', 'node_modules/assemblyscript/package.json'];
  await upToDate(`asc ${name}`, inputs, [outFile], async () => {
    const { main } = await import('assemblyscript/asc');
    const unfinished = `build/wasm/${process.pid}-${name}.wasm`;
    const options = ['--config', 'asconfig.json', '--target', target, '--outFile', unfinished];
    const { error } = await main([`assembly/${entry}.ts`, ...options], { stderr: process.stderr });
    if (error) throw new Error(`asc ${name}: ${error.message}`);
    await rename(unfinished, outFile);
  });
}

/** The texts that bundles embed, and the binaries themselves. */
async function embed() {
  await writePacked('binaries', EMBEDDED);
  await writePacked('predict', PREDICT);
  await writePacked('wide', ['wide']);
  const unpacker = await readFile('build/wasm/unpack.wasm');
  await writeText('unpack', JSON.stringify(unpacker.toString('base64')));
  for (const target of [...RELEASE, ...PREDICT])
    await copyFile(`build/wasm/${target}.wasm`, `dist/wasm/${target}.wasm`);
}

/** src/engine/generated/<name>.ts: binaries behind one another, packed, in base64, and their lengths. They are much alike. */
async function writePacked(name, targets) {
  const files = targets.map((target) => `build/wasm/${target}.wasm`);
  const inputs = [...files, 'scripts/pack.mjs'];
  await upToDate(`pack ${name}`, inputs, [`src/engine/generated/${name}.ts`], async () => {
    const binaries = await Promise.all(files.map((file) => readFile(file)));
    const text = pack(Buffer.concat(binaries)).toString('base64');
    await writeText(name, JSON.stringify({ text, lengths: binaries.map(({ length }) => length) }));
  });
}

async function writeText(name, value) {
  await writeFile(`src/engine/generated/${name}.ts`, `export default ${value};\n`);
}

export async function buildWasm({ debug }) {
  for (const folder of ['build/wasm', 'dist/wasm', 'src/engine/generated']) {
    await mkdir(folder, { recursive: true });
  }
  if (existsSync('scripts/kernels.mjs')) await run('scripts/kernels.mjs');
  for (const target of [...RELEASE, ...PREDICT, 'unpack', ...(debug ? DEBUG : [])]) await compile(target);
  for (const target of EMBEDDED) await compile(target, 'peak', `peak-${target}`);
  await embed();
}
