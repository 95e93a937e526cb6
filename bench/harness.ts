/** Common parts of the benchmarks: the description of the machine, timings, and a result file with both. */
import { execFileSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { arch, availableParallelism, cpus, platform } from 'node:os';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { engine } from 'lamella';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The conditions of a measurement, without which its figures mean nothing. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly system: string;
  readonly node: string;
  readonly v8: string;
  readonly variant: string;
  readonly threads: number;
  readonly version: string;
  /** Commit of the repository, and whether files differ from it; undefined outside a repository. */
  readonly commit: string | undefined;
  /** Flags given to Node, on the command line or in NODE_OPTIONS. */
  readonly flags: readonly string[];
  readonly date: string;
}

export async function machine(): Promise<Machine> {
  const measured = import.meta.resolve('lamella');
  if (!measured.endsWith('/dist/node/index.js')) {
    throw new Error(
      `The package as built is to be measured, but 'lamella' is ${measured}; use npm run bench.`,
    );
  }
  const { version } = JSON.parse(await readFile(`${root}package.json`, 'utf8')) as { version: string };
  const { variant, threads } = engine();
  return {
    cpu: cpus()[0].model.trim(),
    cores: availableParallelism(),
    system: `${platform()} ${arch()}`,
    node: process.version,
    v8: process.versions.v8,
    variant,
    threads,
    version,
    commit: commit(),
    flags: [...ownFlags(process.execArgv), ...(process.env.NODE_OPTIONS?.split(' ') ?? [])],
    date: new Date().toISOString(),
  };
}

export function machineInWords(it: Machine): string {
  const flags = it.flags.length === 0 ? '' : `, flags ${it.flags.join(' ')}`;
  const threads = `${it.threads} thread${it.threads === 1 ? '' : 's'}`;
  return `${it.cpu}, ${it.cores} cores, ${it.system}
Node ${it.node}, V8 ${it.v8}${flags}
lamella ${it.version}${it.commit === undefined ? '' : ` (${it.commit})`}: variant ${it.variant}, ${threads}`;
}

/** Drops the modules that the TypeScript runner preloads. */
function ownFlags(flags: readonly string[]): string[] {
  const preloads = ['--require', '--import'];
  return flags.filter((flag, i) => !preloads.includes(flag) && !preloads.includes(flags[i - 1]));
}

function commit(): string | undefined {
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  try {
    return git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain') === '' ? '' : ', changed');
  } catch {
    return undefined;
  }
}

/** Order statistics of some measurements. */
export interface Spread {
  readonly min: number;
  readonly median: number;
  /** First and third quartile. */
  readonly quartiles: readonly [number, number];
  readonly max: number;
  readonly count: number;
}

export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number => {
    const place = share * (sorted.length - 1);
    const below = Math.floor(place);
    const above = Math.ceil(place);
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  };
  return { min: at(0), median: at(0.5), quartiles: [at(0.25), at(0.75)], max: at(1), count: sorted.length };
}

/**
 * Measures the seconds that `work` takes: warms up for 100 ms, then samples for `seconds`, at least 1 ms a
 * sample.
 */
export function time(work: () => void, seconds = 0.2): Spread {
  const clock = (): number => performance.now() / 1000;
  const warmUp = clock();
  let calls = 0;
  for (; clock() - warmUp < 0.1; calls++) work();
  const repetitions = Math.max(1, Math.ceil(calls / 100));
  const samples: number[] = [];
  for (const begin = clock(); samples.length < 5 || clock() - begin < seconds;) {
    const start = clock();
    for (let i = 0; i < repetitions; i++) work();
    samples.push((clock() - start) / repetitions);
  }
  return spread(samples);
}

/** Writes bench/results/<name>-<Node>-<time>.json. @returns its path, from the current directory */
export async function writeResult(name: string, on: Machine, content: object): Promise<string> {
  return writeBeside(name, on, 'json', `${JSON.stringify({ name, machine: on, ...content }, null, 2)}\n`);
}

/**
 * Writes a picture (svg) or a table (md) beside the result of the same name. @returns its path, from the
 * current directory
 */
export async function writeBeside(name: string, on: Machine, ending: string, text: string): Promise<string> {
  const folder = `${root}bench/results`;
  await mkdir(folder, { recursive: true });
  const file = `${folder}/${name}-${on.node}-${on.date.replace(/\.\d+/, '').replaceAll(':', '')}.${ending}`;
  await writeFile(file, text);
  return relative(process.cwd(), file);
}
