import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { installed, type Installed } from '../package/packing.js';
import { CommandFolder, flowers } from './terminal.js';

const folder = new CommandFolder();

describe('the command of an installed package', () => {
  let place: Installed;
  let program: string;

  beforeAll(() => {
    place = installed();
    program = join(place.folder, 'node_modules/.bin/lamella');
    folder.write('flowers.csv', flowers());
    return () => place.remove();
  }, 300_000);
  afterAll(() => folder.remove());

  test('trains, with the report on standard output and nothing on standard error', () => {
    const args = ['train', 'flowers.csv', '--target', 'kind', '--epochs', '20', '--json'];
    const { status, stdout, stderr } = spawnSync(program, args, { cwd: folder.path, encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(JSON.parse(stdout).model).toBe('flowers.safetensors');
    expect(existsSync(join(folder.path, 'flowers.safetensors'))).toBe(true);
  });

  test('refuses in one sentence, by the exit code of the process', () => {
    const args = ['predict', 'missing.safetensors', 'flowers.csv'];
    const { status, stdout, stderr } = spawnSync(program, args, { cwd: folder.path, encoding: 'utf8' });
    expect({ status, stdout }).toEqual({ status: 3, stdout: '' });
    expect(stderr).toBe('lamella: missing.safetensors: there is no such file.\n');
  });

  test('serves until SIGTERM, finishing what is under way, and ends with 0', async () => {
    const args = ['serve', 'flowers.safetensors', '--port', '0'];
    const server = spawn(program, args, { cwd: folder.path, stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(server.stdout, 'data')) as [Buffer];
    const [, url] = /at (http:\S+)\n$/.exec(line.toString())!;
    const ask = () =>
      fetch(`${url}/predict`, {
        method: 'POST',
        body: '{"petal":4.6}',
        headers: { 'content-type': 'application/json' },
      });
    expect(await (await ask()).json()).toMatchObject({ prediction: expect.any(String) });
    const ended = once(server, 'exit');
    server.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  });

  test('brings the licence of commander, and needs no package beside it', () => {
    const packed = join(place.folder, 'node_modules/lamella');
    expect(existsSync(join(packed, 'dist/LICENSE-commander.txt'))).toBe(true);
    const code = readFileSync(join(packed, 'dist/node/cli.js'), 'utf8');
    const imported = Array.from(
      code.matchAll(/^(?:import|\} from) ?(?:.*from )?"([^"]+)"/gm),
      ([, name]) => name,
    );
    expect(imported.length).toBeGreaterThan(3);
    expect(imported.filter((name) => !/^(node:|\.\/)/.test(name))).toEqual([]);
  });
});
