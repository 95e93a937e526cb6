/**
 * npm run bench:footprint: what the package costs: the time to import each entry, its size after gzip with
 * everything it imports, the sizes of the binaries, the first predictions of a model loaded in a new process,
 * and the memory for training W2 on MNIST.
 *
 *   --epochs 1    of W2; 0 leaves it out
 */
import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { transform } from 'esbuild';
import { init } from 'lamella';
import { helpIfAsked } from './arguments.js';
import { machine, machineInWords, spread, type Spread, writeResult } from './harness.js';
import { network } from './inference/own.js';
import { duration, table } from './terminal.js';

const { values: options } = parseArgs({
  options: { epochs: { type: 'string', default: '1' }, help: { type: 'boolean', default: false } },
});

const root = new URL('../', import.meta.url);
const IMPORTS = 15;

interface Entry {
  readonly name: string;
  readonly file: string;
  /** Bytes of the entry and all that it imports at once. */
  readonly gzip: number;
  /** Bytes of what it may import later. */
  readonly later: number;
  /** Seconds from the start of Node to the imported entry. */
  readonly importing: Spread;
}

/** A file and its imports; with `later` also those of import(). */
async function closure(
  file: URL,
  later: boolean,
  found = new Map<string, string>(),
): Promise<Map<string, string>> {
  if (found.has(file.href)) return found;
  const code = await readFile(file, 'utf8');
  found.set(file.href, code);
  const statics = /(?:^|[;}\s])(?:import|export)\s*(?:[\w*{][^'"()]*?from\s*)?["'](\.[^"']+)["']/g;
  const dynamics = /import\(\s*["'](\.[^"']+)["']\s*\)/g;
  const matches = [...code.matchAll(statics), ...(later ? code.matchAll(dynamics) : [])];
  for (const [, path] of matches) await closure(new URL(path, file), later, found);
  return found;
}

/** Bytes after minification and gzip, as a bundler and a server produce them. */
async function gzipped(files: ReadonlyMap<string, string>): Promise<number> {
  const minified = await Promise.all([...files.values()].map((code) => transform(code, { minify: true })));
  return minified.reduce((sum, { code }) => sum + gzipSync(code, { level: 9 }).length, 0);
}

/** Runs code in a new Node process. @returns what it prints */
function inNode(code: string): string {
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
    cwd: fileURLToPath(root),
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

async function measureEntry(name: string, file: string): Promise<Entry> {
  const url = new URL(file, root);
  const code = `const start = performance.now(); await import('${name}'); console.log(performance.now() - start)`;
  const importing = spread(Array.from({ length: IMPORTS }, () => Number(inNode(code)) / 1000));
  const gzip = await gzipped(await closure(url, false));
  return { name, file, gzip, later: (await gzipped(await closure(url, true))) - gzip, importing };
}

interface FirstCalls {
  readonly entry: string;
  /** Seconds that loadModel takes. */
  readonly load: Spread;
  /** Seconds of a prediction of one row, by its number from 1. */
  readonly calls: Readonly<Record<number, Spread>>;
}

const CALLS = [1, 2, 3, 10, 100, 1000];
const PROCESSES = 9;

/**
 * Loads a saved network of W2 in new processes and predicts single rows, a fifth of whose values are not 0.
 */
async function measureFirstCalls(entry: string): Promise<FirstCalls> {
  const folder = await mkdtemp(join(tmpdir(), 'lamella-footprint-'));
  try {
    const file = join(folder, 'w2.safetensors');
    await writeFile(file, network([784, 392, 392, 10]).toBytes());
    const code = `
      import { readFileSync } from 'node:fs';
      import { loadModel } from '${entry}';
      const bytes = readFileSync(${JSON.stringify(file)});
      const start = performance.now();
      const model = await loadModel(bytes);
      const times = [performance.now() - start];
      const rows = Array.from({ length: 100 }, (_, row) => ({
        data: Float32Array.from({ length: 784 }, (_, i) => ((i + row) % 5 ? 0 : (i % 17) / 17)),
        shape: [1, 784],
      }));
      for (let i = 0; i < ${Math.max(...CALLS)}; i++) {
        const begin = performance.now();
        model.predict(rows[i % rows.length]);
        times.push(performance.now() - begin);
      }
      console.log(JSON.stringify(times.map((time) => time / 1000)));`;
    const runs = Array.from({ length: PROCESSES }, () => JSON.parse(inNode(code)) as number[]);
    const at = (i: number): Spread => spread(runs.map((times) => times[i]));
    return { entry, load: at(0), calls: Object.fromEntries(CALLS.map((call) => [call, at(call)])) };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Peak memory of the process in MB, before training and at the end. */
function measureTraining(epochs: number): { before: number; peak: number } {
  const rss = `process.resourceUsage().maxRSS / 1024`;
  const code = (training: string): string => `
    import { init, MLPClassifier } from 'lamella';
    import { loadMnist } from 'lamella/node';
    await init();
    const { train } = await loadMnist();
    ${training}
    console.log(${rss});`;
  const options = `{ hiddenLayerSizes: [392, 392], batchSize: 32, alpha: 0, randomState: 1, maxIter: ${epochs}, onWarning() {} }`;
  return {
    before: Number(inNode(code(''))),
    peak: Number(inNode(code(`await new MLPClassifier(${options}).fit(train.x, train.y);`))),
  };
}

await helpIfAsked(options.help, import.meta.url);
await init();
const on = await machine();
console.log(machineInWords(on));
const { exports, name } = JSON.parse(await readFile(new URL('package.json', root), 'utf8')) as {
  name: string;
  exports: Readonly<Record<string, string | { readonly default?: string }>>;
};
const entries: Entry[] = [];
for (const [path, target] of Object.entries(exports)) {
  const file = typeof target === 'string' ? target : target.default;
  if (file?.endsWith('.js')) entries.push(await measureEntry(name + path.slice(1), file));
}
const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`;
console.log(
  `\n${table(
    ['entry', 'gzip', 'loaded later', 'import, median', 'min'],
    entries.map(({ name: entry, gzip, later, importing }) => [
      entry,
      kilobytes(gzip),
      kilobytes(later),
      duration(importing.median),
      duration(importing.min),
    ]),
  )}`,
);
const folder = new URL('dist/wasm/', root);
const binaries = await Promise.all(
  (await readdir(folder)).map(async (file) => {
    const bytes = await readFile(new URL(file, folder));
    return { file, bytes: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length };
  }),
);
console.log(
  `\n${table(
    ['binary', 'bytes', 'gzip'],
    binaries.map(({ file, bytes, gzip }) => [file, kilobytes(bytes), kilobytes(gzip)]),
  )}`,
);
const first = [await measureFirstCalls(`${name}/predict`), await measureFirstCalls(name)];
console.log(
  `\nA saved 784-392-392-10 network and its first predictions of one row, medians of ${PROCESSES} processes\n${table(
    ['entry', 'loadModel', ...CALLS.map((call) => `call ${call}`)],
    first.map(({ entry, load, calls }) => [
      entry,
      duration(load.median),
      ...CALLS.map((call) => duration(calls[call].median)),
    ]),
  )}`,
);
const epochs = Number(options.epochs);
const memory = epochs > 0 ? measureTraining(epochs) : undefined;
if (memory) {
  console.log(
    `\nTraining W2 on MNIST: at most ${memory.peak.toFixed(0)} MB resident; ${memory.before.toFixed(0)} MB with the data read, before training`,
  );
}
console.log(`\nKept in ${await writeResult('footprint', on, { entries, binaries, first, memory })}`);
