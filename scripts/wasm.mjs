/**
 * assembly/index.ts → src/engine/generated/{abi,control,partitions}.ts: what the host knows of the kernels
 * (abi.mjs). assembly/index.ts → build/wasm/<target>.wasm → dist/wasm/ and, all in one,
 * src/engine/generated/binaries.ts. assembly/wide.ts → build/wasm/wide.wasm → dist/wasm/ and
 * src/engine/generated/wide.ts, a chunk of its own. assembly/predict.ts → build/wasm/predict-<target>.wasm →
 * dist/wasm/ and, both in one, src/engine/generated/predict.ts. assembly/peak.ts →
 * build/wasm/peak-<target>.wasm, for the benchmarks only.
 */
import { appendFile, copyFile, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { Compilers } from './compilers.mjs';
import { pack } from './pack.mjs';
import { run, upToDate } from './tasks.mjs';

/** Embedded variants, the most used first: it is unpacked without the other. */
const EMBEDDED = ['relaxed', 'base'];
const RELEASE = [...EMBEDDED, 'wide'];
const PREDICT = EMBEDDED.map((target) => `predict-${target}`);
const DEBUG = ['base-debug', 'relaxed-debug', 'wide-debug'];

function entryOf(target) {
  return ['wide', 'predict', 'unpack'].find((entry) => target.startsWith(entry)) ?? 'index';
}

/** Compiles assembly/<entry>.ts to build/wasm/<name>.wasm, with the options of an asconfig target. */
async function compile(compilers, target, entry = entryOf(target), name = target) {
  const outFile = `build/wasm/${name}.wasm`;
  const inputs = [
    'assembly',
    'asconfig.json',
    'scripts/wasm.mjs',
    'node_modules/assemblyscript/package.json',
  ];
  const unfinished = `build/wasm/${process.pid}-${name}.wasm`;
  const options = ['--config', 'asconfig.json', '--target', target, '--outFile', unfinished];
  await compilers.use((compiler) =>
    upToDate(`asc ${name}`, inputs, [outFile], async () => {
      await compiler.run([`assembly/${entry}.ts`, ...options]);
      await appendFile(unfinished, nameSection(name));
      await rename(unfinished, outFile);
    }),
  );
}

/**
 * Makes a custom section 'lamella' with the name of a binary, by which `init({ module })` knows its variant.
 */
function nameSection(name) {
  const string = (text) => [text.length, ...Buffer.from(text)];
  const content = [...string('lamella'), ...Buffer.from(name.replace('-debug', ''))];
  return Buffer.from([0, content.length, ...content]);
}

/** Writes the texts that bundles embed, and the binaries themselves. */
async function embed() {
  await embedTraining();
  await writePacked('predict', PREDICT);
  await writePacked('wide', ['wide']);
  await copy(['wide', ...PREDICT]);
}

/** Writes the texts that `lamella` and `lamella/node` embed. */
async function embedTraining() {
  await writePacked('binaries', EMBEDDED);
  const unpacker = await readFile('build/wasm/unpack.wasm');
  await writeText('unpack', JSON.stringify(unpacker.toString('base64')));
  await copy(EMBEDDED);
}

async function copy(targets) {
  for (const target of targets) await copyFile(`build/wasm/${target}.wasm`, `dist/wasm/${target}.wasm`);
}

/**
 * Writes src/engine/generated/<name>.ts: several binaries, packed together because they are similar, in
 * base64, and their lengths.
 */
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

/**
 * Makes the folders, generates the kernels from their templates, and what TypeScript knows of the kernels.
 */
export async function generate() {
  for (const folder of ['build/wasm', 'dist/wasm', 'src/engine/generated']) {
    await mkdir(folder, { recursive: true });
  }
  await run('scripts/kernels.mjs');
  const generated = ['abi', 'control', 'partitions'].map((name) => `src/engine/generated/${name}.ts`);
  await upToDate('abi', ['assembly', 'scripts/abi.mjs', 'scripts/kernels'], generated, () =>
    run('scripts/abi.mjs'),
  );
}

/** Generates, then compiles: `work` is given the compilers. */
async function prepared(work) {
  await generate();
  const compilers = new Compilers();
  try {
    await work(compilers);
  } finally {
    await compilers.close();
  }
}

/** Builds every binary, with `debug` also those that keep their asserts. */
export async function buildWasm({ debug }) {
  const targets = [...RELEASE, ...PREDICT, ...(debug ? DEBUG : []), 'unpack'];
  await prepared(async (compilers) => {
    await Promise.all([
      ...targets.map((target) => compile(compilers, target)),
      ...EMBEDDED.map((target) => compile(compilers, target, 'peak', `peak-${target}`)),
    ]);
  });
  await embed();
}

/** Builds what `npm run bench` needs: `base` and `relaxed`, embedded, and the peak of each. */
export async function buildTrainingWasm() {
  await prepared(async (compilers) => {
    const binaries = [...EMBEDDED, 'unpack'].map((target) => compile(compilers, target));
    const peaks = EMBEDDED.map((target) => compile(compilers, target, 'peak', `peak-${target}`));
    await Promise.all([Promise.all(binaries).then(embedTraining), ...peaks]);
  });
}
