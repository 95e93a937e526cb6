/**
 * assembly/index.ts → build/wasm/<target>.wasm → dist/wasm/ and, all in one, src/engine/generated/binaries.ts.
 * assembly/wide.ts → build/wasm/wide.wasm → dist/wasm/ and src/engine/generated/wide.ts, a chunk of its own.
 * assembly/predict.ts → build/wasm/predict-<target>.wasm → dist/wasm/ and, both in one, src/engine/generated/predict.ts.
 * assembly/peak.ts → build/wasm/peak-<target>.wasm, for the benchmarks only.
 */
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { deflateRawSync } from 'node:zlib';
import { run, upToDate } from './tasks.mjs';

const EMBEDDED = ['base', 'relaxed'];
const RELEASE = [...EMBEDDED, 'wide'];
const PREDICT = EMBEDDED.map((target) => `predict-${target}`);
const DEBUG = ['base-debug', 'relaxed-debug', 'wide-debug'];

function entryOf(target) {
  return ['wide', 'predict'].find((entry) => target.startsWith(entry)) ?? 'index';
}

/** assembly/<entry>.ts → build/wasm/<name>.wasm, with the options of an asconfig target. */
async function compile(target, entry = entryOf(target), name = target) {
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

/**
 * All binaries as one deflated text in base64. They are much alike: their functions lie side by side, so that a function is
 * within deflate's reach of its twin (34 → 26 KB). Round by round every binary has its next piece: its length (LEB128) and
 * its bytes.
 */
async function together(targets) {
  const binaries = await Promise.all(targets.map((target) => readFile(`build/wasm/${target}.wasm`)));
  const pieces = binaries.map(piecesOf);
  const rounds = Math.max(...pieces.map((own) => own.length));
  const parts = Array.from({ length: rounds }, (_, round) =>
    pieces.flatMap((own) => [leb128(own[round]?.length ?? 0), own[round] ?? Buffer.alloc(0)]),
  );
  return deflateRawSync(Buffer.concat(parts.flat()), { level: 9, memLevel: 6 });
}

/** The texts that bundles embed, and the binaries themselves. */
async function embed() {
  await writeText('binaries', await together(EMBEDDED));
  await writeText('predict', await together(PREDICT));
  const wide = await readFile('build/wasm/wide.wasm');
  await writeText('wide', deflateRawSync(wide, { level: 9 }));
  for (const target of [...RELEASE, ...PREDICT])
    await copyFile(`build/wasm/${target}.wasm`, `dist/wasm/${target}.wasm`);
}

/** src/engine/generated/<name>.ts, unless it is that already. */
async function writeText(name, compressed) {
  const file = `src/engine/generated/${name}.ts`;
  const source = `export default '${compressed.toString('base64')}';\n`;
  if (!existsSync(file) || (await readFile(file, 'utf8')) !== source) await writeFile(file, source);
}

/** A binary cut before every function of its code section, and behind the last. */
function piecesOf(binary) {
  const CODE = 10;
  const cuts = [0];
  for (let at = 8; at < binary.length;) {
    const id = binary[at];
    const section = readLeb128(binary, at + 1);
    const end = section.next + section.value;
    if (id === CODE) {
      for (let next = readLeb128(binary, section.next).next; next < end;) {
        cuts.push(next);
        const body = readLeb128(binary, next);
        next = body.next + body.value;
      }
      cuts.push(end);
    }
    at = end;
  }
  return cuts.map((cut, i) => binary.subarray(cut, cuts[i + 1]));
}

function readLeb128(bytes, at) {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++];
    value |= (byte & 127) << shift;
    if (byte < 128) return { value, next: at };
  }
}

function leb128(value) {
  const bytes = [];
  for (; value > 127; value >>>= 7) bytes.push((value & 127) | 128);
  return Buffer.from([...bytes, value]);
}

export async function buildWasm({ debug }) {
  for (const folder of ['build/wasm', 'dist/wasm', 'src/engine/generated']) {
    await mkdir(folder, { recursive: true });
  }
  if (existsSync('scripts/kernels.mjs')) await run('scripts/kernels.mjs');
  const targets = [...RELEASE, ...PREDICT, ...(debug ? DEBUG : [])];
  await Promise.all([
    ...targets.map((target) => compile(target)),
    ...RELEASE.map((target) => compile(target, 'peak', `peak-${target}`)),
  ]);
  await embed();
}
