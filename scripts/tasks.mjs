/** Steps of the build, each skipped while the hash of its inputs is unchanged. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Runs a script with this Node; rejects with its name if it fails. Output is passed on. */
export function run(script, args = []) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, ...args], { stdio: 'inherit' });
    child.on('error', reject);
    child.on('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`${[script, ...args].join(' ')} failed with exit code ${code}`));
    });
  });
}

/** Does `work` unless every output exists and the inputs have the same contents as last time. */
export async function upToDate(name, inputs, outputs, work, stamps = 'build/stamps') {
  const stamp = join(stamps, name.replaceAll(' ', '-'));
  const hash = createHash('sha256');
  for (const file of await filesUnder(inputs)) hash.update(file).update(await readFile(file));
  const digest = hash.digest('hex');
  const last = existsSync(stamp) ? await readFile(stamp, 'utf8') : '';
  if (last === digest && outputs.every((output) => existsSync(output))) return;
  await timed(name, work);
  await mkdir(stamps, { recursive: true });
  await writeFile(stamp, digest);
}

/** Does `work`, printing a line when it begins and when it ends. */
export async function timed(name, work) {
  const start = performance.now();
  console.log(`${name} ...`);
  await work();
  console.log(`${name}: ${((performance.now() - start) / 1000).toFixed(1)} s`);
}

/** Every file of the given files and folders, in a fixed order. */
async function filesUnder(paths) {
  const files = [];
  for (const path of [...paths].sort()) {
    if (!(await stat(path)).isDirectory()) files.push(path);
    else files.push(...(await filesUnder((await readdir(path)).map((entry) => join(path, entry)))));
  }
  return files;
}
