import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { root } from './packing.js';

const { exports } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
const entries: string[] = Object.values<Record<string, string>>(exports)
  .flatMap((target) => [target.node, target.default])
  .filter((file) => file !== undefined);

/**
 * Imports a file in a process of its own, with everything timed, random, asynchronous or compiling under
 * watch.
 */
const watch = `
  const called = [];
  const wait = setTimeout;
  const spy = (object, name, as) => {
    const original = object[name];
    object[name] = function (...args) {
      called.push(as + '.' + name);
      return new.target ? Reflect.construct(original, args) : Reflect.apply(original, this, args);
    };
  };
  for (const name of ['Module', 'Instance', 'Memory', 'compile', 'instantiate', 'validate']) spy(WebAssembly, name, 'WebAssembly');
  for (const name of ['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'fetch', 'atob']) spy(globalThis, name, 'globalThis');
  for (const name of ['log', 'warn', 'error']) spy(console, name, 'console');
  spy(Math, 'random', 'Math');
  spy(Date, 'now', 'Date');
  spy(performance, 'now', 'performance');
  spy(crypto, 'getRandomValues', 'crypto');
  const globals = Reflect.ownKeys(globalThis);
  await import(process.argv[1]);
  const added = Reflect.ownKeys(globalThis).filter((key) => !globals.includes(key)).map(String);
  await new Promise((resolve) => wait(resolve, 5)); // Node closes the files it has read
  const resources = process.getActiveResourcesInfo();
  process.stdout.write('\\n' + JSON.stringify({ called, added, resources }));
`;

function importAlone(file: string): {
  called: string[];
  added: string[];
  resources: string[];
} {
  const args = ['--input-type=module', '--eval', watch, new URL(file, `file://${root}`).href];
  const lines = execFileSync(process.execPath, args, { encoding: 'utf8' }).split('\n');
  return JSON.parse(lines.at(-1)!);
}

describe('importing', () => {
  test.each(entries)('%s does nothing', (file) => {
    const { called, added, resources } = importAlone(file);
    expect(called).toEqual([]);
    expect(added).toEqual([]);
    expect(resources).toEqual([]);
  });
});
