/** Peers: programs in Python or Node that are asked line by line, on one thread each. */
import { spawn, spawnSync, type ChildProcessByStdio } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

/** How to start a peer: the module that it needs, the script that uses it, and how to install it. */
export interface PeerSpec {
  readonly module: string;
  /** A file in bench/peers, .py or .mjs, and what it is started with. */
  readonly script: string;
  readonly args?: readonly string[];
  readonly install: string;
}

/** Keeps every numerical library of Python on one thread. */
const ONE_THREAD = {
  OPENBLAS_NUM_THREADS: '1',
  OMP_NUM_THREADS: '1',
  MKL_NUM_THREADS: '1',
  BLIS_NUM_THREADS: '1',
};

/**
 * The environment of the peers: one thread, and no other settings of numerical libraries. OPENBLAS_CORETYPE,
 * for example, may have been set for reproducible results and would cost a third of the speed.
 */
function peerEnvironment(): NodeJS.ProcessEnv {
  const settings = /^(OPENBLAS|GOTO|OMP|MKL|BLIS|NVPL|ATEN|DNNL|ONEDNN|NPY)_/;
  const others = Object.entries(process.env).filter(([name]) => !settings.test(name));
  return { ...Object.fromEntries(others), ...ONE_THREAD };
}

/** A process that answers every line with a line. */
export class Peer {
  readonly name: string;
  readonly libraries: readonly string[];
  /** Why it cannot work here. */
  readonly unable?: string;
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;
  readonly #answers: AsyncIterator<string>;

  constructor(hello: string, child: ChildProcessByStdio<Writable, Readable, null>, lines: Interface) {
    const said = JSON.parse(hello) as { name: string; libraries?: string[]; unable?: string };
    this.name = said.name;
    this.libraries = said.libraries ?? [];
    this.unable = said.unable;
    this.#process = child;
    this.#answers = lines[Symbol.asyncIterator]();
  }

  async ask<T>(request: object): Promise<T> {
    this.#process.stdin.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await this.#answers.next();
    if (done) throw new Error(`${this.name} ended without an answer.`);
    return JSON.parse(value) as T;
  }

  stop(): void {
    this.#process.kill();
  }
}

const folder = fileURLToPath(new URL('peers/', import.meta.url));

/** Starts a peer; returns undefined if a module that it needs is not installed. */
export async function startPeer({ module, script, args = [] }: PeerSpec): Promise<Peer | undefined> {
  const env = peerEnvironment();
  const command = script.endsWith('.py') ? findPython(module, env) : findNode(module);
  return command === undefined ? undefined : start(command, [`${folder}${script}`, ...args], env);
}

/** Starts a script of this folder in Node with additional flags. */
export async function startOwn(script: string, flags: readonly string[]): Promise<Peer> {
  const file = fileURLToPath(new URL(script, import.meta.url));
  return start(process.execPath, [...process.execArgv, ...flags, file], process.env);
}

/** The first Python that has the module. */
function findPython(module: string, env: NodeJS.ProcessEnv): string | undefined {
  return [process.env.PYTHON, 'python3', '/usr/bin/python3']
    .filter((path) => path !== undefined)
    .find((path) => spawnSync(path, ['-c', `import ${module}`], { stdio: 'ignore', env }).status === 0);
}

function findNode(module: string): string | undefined {
  return existsSync(`${folder}node_modules/${module}/package.json`) ? process.execPath : undefined;
}

async function start(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<Peer> {
  const child = spawn(command, args, { env, stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface(child.stdout);
  const hello = await new Promise<string>((resolve, reject) => {
    lines.once('line', resolve);
    child.once('error', reject);
    child.once('exit', (code) =>
      reject(new Error(`${args.at(-1)} ended with code ${code} before it said a word.`)),
    );
  });
  return new Peer(hello, child, lines);
}
