import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { NODES } from '../helpers/nodes.js';

const FLAG = '--experimental-wasm-revectorize';
const dist = new URL('../../dist/', import.meta.url).href;

/** A Node.js that fuses vectors. */
const node = NODES.find(({ fuses }) => fuses)?.command;

/** Runs `code` after `init` of an entry has been asked for a variant; what it prints. */
function runWith(entry: string, variant: string, code: string, flags: readonly string[] = []): string {
  const text = `
    const lamella = await import('${dist}${entry}.js');
    const { init, engine, MLPClassifier } = lamella;
    await init({ variant: '${variant}' }).catch(({ name, message }) => { console.log(name + ': ' + message); process.exit(); });
    ${code}`;
  const { stdout, stderr, status } = spawnSync(node!, [...flags, '--input-type=module', '--eval', text], {
    encoding: 'utf8',
  });
  expect([stderr, status]).toEqual(['', 0]);
  return stdout;
}

const FIT = `
  const x = Array.from({ length: 150 }, (_, i) => Array.from({ length: 97 }, (_, j) => ((i * 31 + j * 17) % 101) / 101 - 0.4));
  const y = x.map((_, i) => (i * 5) % 7);
  const model = new MLPClassifier({ hiddenLayerSizes: [93, 130], batchSize: 70, maxIter: 3, randomState: 1, onWarning() {} });
  await model.fit(x, y, { threads: 2 });
  let hash = 0;
  for (const { data } of model.coefs) for (const bits of new Int32Array(Float32Array.from(data).buffer)) hash = (Math.imul(hash, 31) + bits) | 0;
  console.log(engine().variant, hash, model.loss);`;

describe.skipIf(!node)('on a Node.js that fuses vectors,', () => {
  test('wide trains to the bits of relaxed, from either entry', () => {
    const relaxed = runWith('index', 'relaxed', FIT);
    const wide = relaxed.replace('relaxed', 'wide');
    expect(relaxed).toMatch(/^relaxed -?\d+ [\d.]+\n$/);
    expect(runWith('index', 'wide', FIT, [FLAG])).toBe(wide);
    expect(runWith('node', 'wide', FIT)).toBe(wide);
  });

  test('the entry lamella sets no flag', () => {
    expect(runWith('index', 'wide', '')).toMatch(
      /^UnsupportedError: init: variant 'wide' needs V8's flag --experimental-wasm-revectorize, but /,
    );
  });

  test('the entry lamella/node sets none for other variants', () => {
    const again = "const core = await import('" + dist + "index.js'); await core.init({ variant: 'wide' });";
    const code = `try { ${again} console.log('set'); } catch { console.log('not set'); }`;
    expect(runWith('node', 'auto', code)).toBe('not set\n');
    expect(runWith('node', 'wide', code)).toBe('set\n');
  });
});
