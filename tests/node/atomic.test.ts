import { spawnSync } from 'node:child_process';
import {
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { writeAtomically, temporaryName } from '../../src/node/atomic.js';

let bundles: string;
/** A module with writeAtomically, for processes and threads of their own. */
let atomic: string;
let folder: string;
let path: string;

beforeAll(async () => {
  bundles = await mkdtemp(join(tmpdir(), 'lamella-bundle-'));
  const outfile = join(bundles, 'atomic.mjs');
  const entry = fileURLToPath(new URL('../../src/node/atomic.ts', import.meta.url));
  await build({ entryPoints: [entry], bundle: true, platform: 'node', format: 'esm', outfile });
  atomic = pathToFileURL(outfile).href;
});
afterAll(() => rm(bundles, { recursive: true }));

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lamella-temporary-'));
  path = join(folder, 'model');
});
afterEach(() => rm(folder, { recursive: true }));

describe('a temporary name', () => {
  test('is beside its file, and no other call has it', () => {
    const names = Array.from({ length: 1000 }, () => temporaryName(path));
    expect(new Set(names).size).toBe(1000);
    for (const name of names) {
      expect(dirname(name)).toBe(folder);
      expect(basename(name)).toMatch(/^model\.[0-9a-f]{16}-\d+-[0-9a-f]{16}\.tmp$/);
    }
  });

  test.each(['a'.repeat(255), 'é'.repeat(127), '😀'.repeat(63)])(
    'fits in where that of its file does',
    async (name) => {
      await writeAtomically(join(folder, name), Uint8Array.of(1));
      expect(await readdir(folder)).toEqual([name]);
    },
  );

  test('may be used by code that does not know of the process ids of former processes', async () => {
    // What a process of the same id left behind, as the first of every container has.
    await writeFile(`${path}.${process.pid}.1.tmp`, 'old');
    await writeFile(temporaryName(path), 'old');
    for (let i = 0; i < 3; i++) await writeAtomically(path, Uint8Array.of(i));
    expect([...(await readFile(path))]).toEqual([2]);
  });
});

test('threads may write the same path at once', async () => {
  const code = `
    const { workerData } = require('node:worker_threads');
    const { atomic, path, thread } = workerData;
    import(atomic).then(async ({ writeAtomically }) => {
      for (let i = 0; i < 20; i++) await writeAtomically(path, new Uint8Array(5000).fill(20 * thread + i));
    });`;
  const exits = [0, 1, 2].map((thread) => {
    const worker = new Worker(code, { eval: true, workerData: { atomic, path, thread } });
    return new Promise((resolve, reject) => worker.once('exit', resolve).once('error', reject));
  });
  expect(await Promise.all(exits)).toEqual([0, 0, 0]);
  const bytes = await readFile(path);
  expect([bytes.length, new Set(bytes).size]).toEqual([5000, 1]);
  expect([19, 39, 59]).toContain(bytes[0]);
  expect(await readdir(folder)).toEqual(['model']);
});

/** A process that is killed when its bytes are written, but not yet renamed. */
function killedWriter(): void {
  const code = `
    import { mkdir, open, readdir, rm, stat } from 'node:fs/promises';
    const { writeAtomically } = await import(${JSON.stringify(atomic)});
    const rename = () => process.kill(process.pid, 'SIGKILL');
    await writeAtomically(${JSON.stringify(path)}, Uint8Array.of(9), { mkdir, open, readdir, rename, rm, stat });`;
  const { signal } = spawnSync(process.execPath, ['--input-type=module', '--eval', code]);
  expect(signal).toBe('SIGKILL');
}

describe('the file of a dead writer', () => {
  test('is removed by the next process that writes into the folder', async () => {
    await writeFile(path, 'old');
    killedWriter();
    const left = await readdir(folder);
    expect(left).toHaveLength(2);
    expect(await readFile(path, 'utf8')).toBe('old');
    await writeAtomically(join(folder, 'other'), Uint8Array.of(1));
    expect(await readdir(folder)).toEqual(['model', 'other']);
  });

  /** A temporary file whose writer, of this or another machine, last wrote so many seconds ago. */
  async function left({
    here,
    pid,
    seconds,
  }: {
    here: boolean;
    pid: number;
    seconds: number;
  }): Promise<string> {
    const name = temporaryName(path).replace(`-${process.pid}-`, `-${pid}-`);
    const written = here ? name : name.replace(/\.[0-9a-f]{16}-/, '.0123456789abcdef-');
    await writeFile(written, 'left');
    const time = Date.now() / 1000 - seconds;
    await utimes(written, time, time);
    return basename(written);
  }

  test('of another machine is removed an hour after its last byte, of a living process too', async () => {
    const dead = 4194305; // above Linux's greatest process id
    const kept = await Promise.all([
      left({ here: true, pid: process.pid, seconds: 0 }),
      left({ here: true, pid: process.pid, seconds: 1800 }),
      left({ here: false, pid: dead, seconds: 0 }),
      left({ here: false, pid: dead, seconds: 1800 }),
    ]);
    for (const here of [true, false]) {
      await left({ here, pid: process.pid, seconds: 7200 });
      await left({ here, pid: dead, seconds: 7200 });
    }
    await left({ here: true, pid: dead, seconds: 0 });
    await writeFile(join(folder, 'mine.tmp'), '');
    await writeFile(join(folder, 'model.0123456789abcdef-1-0123456789abcdef.tmp.bak'), '');
    await writeAtomically(path, Uint8Array.of(1));
    const others = ['mine.tmp', 'model.0123456789abcdef-1-0123456789abcdef.tmp.bak', 'model'];
    expect((await readdir(folder)).sort()).toEqual([...kept, ...others].sort());
  });

  test('is looked for once in a while only, and may stay if it cannot be removed', async () => {
    const asked: string[] = [];
    const fail = (): never => {
      throw new Error('not allowed');
    };
    const fs = {
      ...{ mkdir, open, rename, stat },
      rm: (async () => fail()) as typeof rm,
      readdir: (async (name: string) => {
        asked.push(name);
        return readdir(name);
      }) as typeof readdir,
    };
    const stale = await left({ here: true, pid: process.pid, seconds: 7200 });
    for (let i = 0; i < 3; i++) await writeAtomically(path, Uint8Array.of(i), fs);
    expect(asked).toEqual([folder]);
    expect((await readdir(folder)).sort()).toEqual(['model', stale].sort());
    const unreadable = { ...fs, readdir: (async () => fail()) as unknown as typeof readdir };
    await writeAtomically(join(folder, 'new', 'model'), Uint8Array.of(1), unreadable);
    expect([...(await readFile(join(folder, 'new', 'model')))]).toEqual([1]);
  });
});
