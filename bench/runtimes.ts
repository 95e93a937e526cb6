/**
 * Time per epoch of W1 (784-50-20-10-10, sgd, batches of 200, MNIST) on every JavaScript runtime that is
 * installed.
 *
 * npm run bench:runtimes -- [--runtimes node,deno,bun,chromium,firefox] [--variants base,relaxed] [--epochs
 *   5] [--rounds 3]
 *
 * DENO, BUN and NODE may give the paths of Deno, Bun and Node.js; default: the commands of these names.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { choose, helpIfAsked } from './arguments.js';
import { findBrowser, visit } from './browser.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const program = fileURLToPath(new URL('runtimes/program.js', import.meta.url));

const NAMES = ['node', 'deno', 'bun', 'chromium', 'firefox'] as const;
const VARIANTS = ['base', 'relaxed'] as const;

type Name = (typeof NAMES)[number];

interface Wanted {
  readonly variant: (typeof VARIANTS)[number];
  readonly epochs: number;
}

interface Measured {
  readonly seconds: readonly number[];
  /** Loss after the last epoch: with `base`, the same in all runtimes. */
  readonly loss?: number;
  /** The error, if it failed. */
  readonly error?: string;
}

const { values } = parseArgs({
  options: {
    runtimes: { type: 'string', default: NAMES.join() },
    variants: { type: 'string', default: VARIANTS.join() },
    epochs: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '3' },
    help: { type: 'boolean' },
  },
});
await helpIfAsked(values.help, import.meta.url);

function commandOf(name: Name): string | undefined {
  if (name === 'chromium' || name === 'firefox') return findBrowser(name);
  const command = process.env[name.toUpperCase()] ?? (name === 'node' ? process.execPath : name);
  return spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0 ? command : undefined;
}

function versionOf(command: string): string {
  const { stdout } = spawnSync(command, ['--version'], { encoding: 'utf8' });
  return /\d+(\.\d+)+/.exec(stdout)?.[0] ?? '';
}

async function measure(name: Name, command: string, { variant, epochs }: Wanted): Promise<Measured> {
  if (name === 'chromium' || name === 'firefox') {
    const path = `bench/runtimes/page.html?variant=${variant}&epochs=${epochs}`;
    const [answer] = await visit(name, { folder: root, pages: [{ path }], seconds: 120 });
    return { seconds: [], ...(answer as object) };
  }
  const flags = name === 'deno' ? ['run', '--no-prompt', '--allow-read'] : [];
  const { stdout, stderr } = spawnSync(command, [...flags, program, variant, String(epochs)], {
    cwd: root,
    encoding: 'utf8',
  });
  return stdout === '' ? { seconds: [], error: stderr } : (JSON.parse(stdout) as Measured);
}

const wanted = choose(values.variants, VARIANTS).map((variant) => ({
  variant,
  epochs: Number(values.epochs),
}));
const found = choose(values.runtimes, NAMES).flatMap((name) => {
  const command = commandOf(name);
  if (command === undefined) console.log(`${name} is not installed`);
  return command === undefined ? [] : [{ name, command }];
});
const seconds = new Map<string, number[]>();
const losses = new Set<number>();
for (let round = 0; round < Number(values.rounds); round++) {
  for (const { name, command } of found) {
    for (const each of wanted) {
      const { seconds: epochs, loss, error } = await measure(name, command, each);
      if (error !== undefined) console.log(`${name}, ${each.variant}: ${error.trim().split('\n').at(-1)}`);
      if (each.variant === 'base' && loss !== undefined) losses.add(loss);
      const key = `${name} ${versionOf(command)}, ${each.variant}`;
      seconds.set(key, [...(seconds.get(key) ?? []), ...epochs]);
    }
  }
}
for (const [key, epochs] of seconds) {
  if (epochs.length === 0) continue;
  const sorted = epochs.toSorted((a, b) => a - b);
  const [min, median] = [sorted[0], sorted[sorted.length >> 1]].map((value) => value.toFixed(3));
  console.log(`${key.padEnd(28)} ${median} s an epoch (median of ${epochs.length}, least ${min})`);
}
if (losses.size > 1)
  console.log(`base must have the same bits everywhere, but the losses are ${[...losses].join()}`);
