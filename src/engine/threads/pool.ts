/**
 * The worker pool: starts workers, in Node.js and elsewhere, lends them to one training at a time and ends
 * them when they are idle. What workers do is in worker.ts; who borrows them, in team.ts.
 */
import { PROTOCOL, workerText } from './worker.js';

/** A worker of the pool, in Node.js and elsewhere. */
export interface PoolWorker {
  post(message: unknown): void;
  terminate(): void;
  /** True if it has ended, or failed. */
  isLost(): boolean;
}

interface NodeWorker {
  postMessage(message: unknown): void;
  terminate(): Promise<unknown>;
  unref(): void;
  on(event: 'message', handler: (message: unknown) => void): void;
  on(event: 'exit' | 'error', handler: () => void): void;
}

type NodeWorkerClass = new (code: string, options: object) => NodeWorker;

interface Builtins {
  getBuiltinModule?: (name: string) => Record<string, unknown> | undefined;
}

/** Milliseconds after which idle workers end, and within which a new one must answer. */
const IDLE_MS = 2000;
const START_MS = 5000;

/**
 * Workers let go of a memory when they collect their garbage, or end: with more bytes than these they end at
 * once.
 */
const MAX_IDLE_BYTES = 268435456;

const NODE_PORT = `(({ parentPort }) => ({
  post: (message) => parentPort.postMessage(message),
  listen: (handler) => parentPort.on('message', handler),
}))(require('node:worker_threads'))`;

const WEB_PORT =
  '{ post: (message) => postMessage(message), listen: (handler) => { onmessage = ({ data }) => handler(data); } }';

/** A module of Node.js, where there is one. */
export function builtin(name: string): Record<string, unknown> | undefined {
  return (globalThis as { process?: Builtins }).process?.getBuiltinModule?.(name);
}

/**
 * Resolves when the worker answers; rejects if it does not. In the background it does not keep the process
 * alive.
 */
function start(background: boolean): Promise<PoolWorker> {
  return new Promise((resolve, reject) => {
    let lost = false;
    const begin = builtin('node:worker_threads') ? startInNode : startInWeb;
    const worker = begin(answer, fail);
    worker.post(PROTOCOL.hello);
    const timer = setTimeout(() => {
      fail();
      worker.terminate();
    }, START_MS);
    if (background) {
      worker.unref?.();
      unref(timer);
    }
    function answer(message: unknown): void {
      clearTimeout(timer);
      if (message !== PROTOCOL.ready) lost = true;
      else resolve({ ...worker, isLost: () => lost });
    }
    function fail(): void {
      lost = true;
      clearTimeout(timer);
      reject(new Error('The worker does not answer.'));
    }
  });
}

type StartedWorker = Pick<PoolWorker, 'post' | 'terminate'> & { unref?: () => void };

function unref(timer: ReturnType<typeof setTimeout>): void {
  (timer as { unref?: () => void }).unref?.();
}

function startInNode(answer: (message: unknown) => void, fail: () => void): StartedWorker {
  const { Worker } = builtin('node:worker_threads') as { Worker: NodeWorkerClass };
  const worker = new Worker(workerText(NODE_PORT), { eval: true, execArgv: [] });
  worker.on('message', (message) => {
    // From now on it does not keep the process alive.
    worker.unref();
    answer(message);
  });
  worker.on('exit', fail);
  worker.on('error', fail);
  return {
    post: (message) => worker.postMessage(message),
    terminate: () => void worker.terminate(),
    unref: () => worker.unref(),
  };
}

function startInWeb(answer: (message: unknown) => void, fail: () => void): StartedWorker {
  const url = URL.createObjectURL(new Blob([workerText(WEB_PORT)], { type: 'text/javascript' }));
  const worker = new Worker(url);
  worker.onmessage = ({ data }) => {
    URL.revokeObjectURL(url);
    answer(data);
  };
  worker.onerror = fail;
  return { post: (message) => worker.postMessage(message), terminate: () => worker.terminate() };
}

/**
 * Workers that compute beside the calling thread, for one training at a time. They end when idle for two
 * seconds.
 */
export class WorkerPool {
  #workers: PoolWorker[] = [];
  #busy = false;
  #bytes = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Count of living workers. */
  get size(): number {
    return this.#workers.length;
  }

  /**
   * Lends `count` workers until `release`; undefined while another training has them.
   *
   * @throws Error if they cannot be started
   */
  async acquire(count: number, background?: 'background'): Promise<readonly PoolWorker[] | undefined> {
    if (this.#busy) return undefined;
    this.#busy = true;
    clearTimeout(this.#timer);
    if (this.#workers.some((worker) => worker.isLost())) this.end();
    try {
      const missing = Math.max(0, count - this.#workers.length);
      const started = await Promise.allSettled(
        Array.from({ length: missing }, () => start(background !== undefined)),
      );
      this.#workers.push(...started.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : [])));
      if (this.#workers.length < count) throw new Error('Some workers do not answer.');
    } catch (error) {
      this.release();
      throw error;
    }
    return this.#workers.slice(0, count);
  }

  /** Count the bytes of a memory that the workers share. */
  countBytes(bytes: number): void {
    this.#bytes += bytes;
  }

  /** Take the workers back from the training that has them. */
  release(): void {
    this.#busy = false;
    if (this.#bytes > MAX_IDLE_BYTES || this.#workers.some((worker) => worker.isLost())) {
      this.end();
      return;
    }
    this.#timer = setTimeout(() => this.end(), IDLE_MS);
    unref(this.#timer);
  }

  /** End all workers. */
  end(): void {
    for (const worker of this.#workers) worker.terminate();
    this.#workers = [];
    this.#bytes = 0;
  }
}

/** The one pool of this program. */
export const pool: WorkerPool = new WorkerPool();
