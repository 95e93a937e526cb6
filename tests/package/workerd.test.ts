import { spawn, type ChildProcess } from 'node:child_process';
import { build } from 'esbuild';
import { cpSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { installed, npm, print, root, type Installed } from './packing.js';

const WORKERD = '1.20261117.1';

/** workerd's executable, installed outside the package's own dependencies (it is 160 MB) and kept between runs. */
function workerd(): string {
  const folder = join(root, 'node_modules/.cache', `workerd-${WORKERD}`);
  if (!existsSync(join(folder, 'node_modules/workerd'))) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{ "private": true }');
    npm(folder, 'install', `workerd@${WORKERD}`);
  }
  return createRequire(join(folder, 'package.json'))('workerd').default;
}

/** Port on which a started workerd listens. */
function listening(server: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    server.on('error', reject);
    server.on('exit', (code) => reject(new Error(`workerd ended with code ${code}`)));
    server.stdio[3]!.on('data', (line: Buffer) => resolve(JSON.parse(line.toString()).port));
  });
}

describe('the packed package in Cloudflare Workers', () => {
  let place: Installed;
  let server: ChildProcess | undefined;

  beforeAll(() => {
    place = installed('train.js', 'worker');
  }, 300_000);

  afterAll(() => {
    server?.kill();
    place.remove();
  });

  async function trainInWorkerd(): Promise<unknown> {
    const { folder } = place;
    const outdir = join(folder, 'bundle');
    await build({
      absWorkingDir: folder,
      entryPoints: ['worker.js'],
      outdir,
      bundle: true,
      format: 'esm',
      conditions: ['workerd', 'worker', 'browser'],
      loader: { '.wasm': 'copy' },
      assetNames: '[name]',
    });
    expect(readdirSync(outdir).sort()).toEqual(['base.wasm', 'relaxed.wasm', 'worker.js']);
    cpSync(join(folder, 'config.capnp'), join(outdir, 'config.capnp'));
    server = spawn(workerd(), ['serve', join(outdir, 'config.capnp'), '--control-fd=3'], {
      stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
    });
    const response = await fetch(`http://127.0.0.1:${await listening(server)}/`);
    expect(response.ok, response.ok ? '' : await response.text()).toBe(true);
    return response.json();
  }

  function trainInNode(): unknown {
    const script = `import { train } from './train.js'; process.stdout.write(JSON.stringify(await train()));`;
    const args = ['--input-type=module', '--eval', script];
    return JSON.parse(print(place.folder, process.execPath, ...args));
  }

  test('trains to the same bits as in Node', async () => {
    const inWorkerd = await trainInWorkerd();
    expect(inWorkerd).toEqual(trainInNode());
    expect(inWorkerd).toMatchObject({
      variant: 'base',
      predictions: expect.arrayContaining(['ant', 'bee', 'cat']),
      accuracy: expect.toSatisfy((share: number) => share > 0.95),
    });
  }, 300_000);
});
