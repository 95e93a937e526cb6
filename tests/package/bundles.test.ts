import { execFileSync } from 'node:child_process';
import { build, type BuildOptions } from 'esbuild';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { root } from './packing.js';

/** Trains all that is trained, after init and a call of `before`; prints what came of it. */
const script = (before: string): string => `
  import { callbacks, crossValScore, init, layers, loadModel, MLPClassifier, MLPRegressor, Perceptron, sequential } from 'lamella';
  import { writeFileSync } from 'node:fs';
  const x = Array.from({ length: 40 }, (_, i) => [i % 7, (i * i) % 5]);
  const y = x.map(([a, b]) => (a > b ? 'more' : 'less'));
  const options = { hiddenLayerSizes: [4], maxIter: 3, randomState: 1, onWarning() {} };
  async function train() {
    const classifier = await new MLPClassifier(options).fit(x, y);
    const descended = await new MLPRegressor({ ...options, solver: 'lbfgs' }).fit(x, x.map(([a]) => a));
    const perceptron = await new Perceptron().fit(x, y);
    const model = sequential({ seed: 1, layers: [layers.dense({ units: 1, inputShape: [2] })] });
    model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
    const files = new Map();
    const write = (name, bytes) => void files.set(name, bytes);
    const backup = callbacks.backupAndRestore({ write, read: (name) => files.get(name), remove() {} });
    const board = callbacks.tensorBoard({ write, histogramFreq: 1 });
    await model.fit(x, x.map(([a]) => a), { epochs: 2, verbose: 0, callbacks: [backup, board] });
    const scores = await crossValScore(new MLPClassifier(options), x, y, { cv: 2 });
    const loaded = await loadModel(classifier.toBytes());
    return [loaded.predict(x), descended.loss, perceptron.score(x, y), [...model.predict(x).data], scores, [...files.keys()].length];
  }
  try {
    ${before}
    console.log(JSON.stringify(await train()));
  } catch (error) {
    console.log(error.name + ': ' + error.message);
  }
`;

describe('the package in a bundle', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lamella-bundles-'));
  let expected: string;

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function run(file: string): string {
    return execFileSync(process.execPath, [file], { encoding: 'utf8' }).trim();
  }

  /** Bundles the script; its file, and that of the chunk that trains. */
  async function bundle(before: string, options: BuildOptions): Promise<{ file: string; chunk?: string }> {
    const outdir = mkdtempSync(join(folder, 'out-'));
    const { metafile } = await build({
      stdin: { contents: script(before), resolveDir: root, sourcefile: 'script.js' },
      alias: { lamella: join(root, 'dist/index.js') },
      outdir,
      entryNames: 'script',
      outExtension: { '.js': '.mjs' },
      bundle: true,
      minify: true,
      format: 'esm',
      external: ['node:*'],
      metafile: true,
      logLevel: 'error',
      ...options,
    });
    const chunk = Object.entries(metafile!.outputs).find(
      ([path, { exports }]) => exports.includes('trainMLP') && !path.endsWith('script.mjs'),
    );
    return { file: join(outdir, 'script.mjs'), chunk: chunk && resolve(chunk[0]) };
  }

  beforeAll(() => {
    const file = join(folder, 'plain.mjs');
    const { href } = new URL(`file://${root}dist/index.js`);
    writeFileSync(file, script('').replace("from 'lamella'", `from '${href}'`));
    expected = run(file);
    expect(JSON.parse(expected)).toHaveLength(6);
  });

  test('of one file trains as without', async () => {
    const { file, chunk } = await bundle('', { splitting: false });
    expect(chunk).toBeUndefined();
    expect(run(file)).toBe(expected);
  });

  test('of several files trains as without', async () => {
    const { file } = await bundle('', { splitting: true });
    expect(run(file)).toBe(expected);
  });

  test('whose later part is lost says so', async () => {
    const { file, chunk } = await bundle('', { splitting: true });
    rmSync(chunk!);
    expect(run(file)).toMatch(/^UnsupportedError: A part of lamella that is loaded when it is first needed/);
  });

  test('needs nothing more after init', async () => {
    // Node.js looks for the file again where another module imports it; it must not read it again.
    const before = "await init(); writeFileSync(process.argv[2], 'throw new Error()');";
    const { file, chunk } = await bundle(before, { splitting: true });
    const printed = execFileSync(process.execPath, [file, chunk!], { encoding: 'utf8' }).trim();
    expect(printed).toBe(expected);
  });
});
