import { spawn, type ChildProcess } from 'node:child_process';
import { build } from 'esbuild';
import { cpSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { installed, npm, print, root, type Installed } from './packing.js';

const WORKERD = '1.20261117.1';

/**
 * workerd's executable, installed outside the package's own dependencies (it is 160 MB) and kept between
 * runs.
 */
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
  const servers: ChildProcess[] = [];

  beforeAll(() => {
    place = installed('train.js', 'worker', 'predictor');
  });

  afterAll(() => {
    for (const server of servers) server.kill();
    place.remove();
  });

  /** What a bundled worker answers. */
  async function answer(
    name: string,
    config: string,
    wasm: string[],
    body?: Uint8Array<ArrayBuffer>,
  ): Promise<unknown> {
    const { folder } = place;
    const outdir = join(folder, `bundle-${name}`);
    await build({
      absWorkingDir: folder,
      entryPoints: [`${name}.js`],
      outdir,
      bundle: true,
      format: 'esm',
      conditions: ['workerd', 'worker', 'browser'],
      loader: { '.wasm': 'copy' },
      assetNames: '[name]',
    });
    expect(readdirSync(outdir).sort()).toEqual([...wasm, `${name}.js`]);
    cpSync(join(folder, config), join(outdir, config));
    const server = spawn(workerd(), ['serve', join(outdir, config), '--control-fd=3'], {
      stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
    });
    servers.push(server);
    const url = `http://127.0.0.1:${await listening(server)}/`;
    const response = await fetch(url, body && { method: 'POST', body });
    expect(response.ok, response.ok ? '' : await response.text()).toBe(true);
    return response.json();
  }

  /** What a function of a module of the folder returns in Node. */
  function inNode(module: string, name: string): any {
    const script = `import { ${name} } from './${module}'; process.stdout.write(JSON.stringify(await ${name}()));`;
    return JSON.parse(print(place.folder, process.execPath, '--input-type=module', '--eval', script));
  }

  test('trains to the same bits as in Node', async () => {
    const inWorkerd = await answer('worker', 'config.capnp', ['base.wasm', 'relaxed.wasm']);
    expect(inWorkerd).toEqual(inNode('train.js', 'train'));
    expect(inWorkerd).toMatchObject({
      variant: 'base',
      predictions: expect.arrayContaining(['ant', 'bee', 'cat']),
      accuracy: expect.toSatisfy((share: number) => share > 0.95),
    });
  });

  test('predicts with a network of convolutions, by lamella/predict alone, to the same bits as in Node', async () => {
    const { file, predictions } = inNode('images.js', 'trained');
    const wasm = ['predict-base.wasm', 'predict-relaxed.wasm'];
    const predicted = await answer('predictor', 'predictor.capnp', wasm, Uint8Array.from(file));
    expect(predicted).toEqual(predictions);
    expect(new Set(predictions).size).toBeGreaterThan(60);
  });
});
