/**
 * AssemblyScript's compiler on a few threads that are kept for the next binary: a warm compiler takes half
 * the time of a new one. On the main thread this file distributes the work, on the others it does the work.
 */
import { availableParallelism } from 'node:os';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { fileURLToPath } from 'node:url';

/**
 * In a thread: runs `asc` with the arguments of each message; answers with the error, if any, and the
 * warnings.
 */
async function serve() {
  const asc = await import('assemblyscript/asc');
  parentPort.on('message', async (args) => {
    const { error, stderr } = await asc.main(args);
    parentPort.postMessage({ error: error?.message, warnings: stderr.toString() });
  });
}

/** A thread that is started when it is first used. */
class Compiler {
  #worker;

  /** Runs `asc` with these arguments; rejects with what it reports. */
  async run(args) {
    this.#worker ??= new Worker(fileURLToPath(import.meta.url));
    const { error, warnings } = await answer(this.#worker, args);
    if (warnings !== '') process.stderr.write(warnings);
    if (error !== undefined) throw new Error(`asc ${args.join(' ')} failed: ${error}`);
  }

  async close() {
    await this.#worker?.terminate();
  }
}

/** The answer of a thread to a message; rejects if the thread ends instead. */
function answer(worker, message) {
  return new Promise((resolve, reject) => {
    const end = (settle) => (value) => {
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      settle(value);
    };
    const onMessage = end(resolve);
    const onError = end(reject);
    const onExit = end((code) => reject(new Error(`a compiler ended with exit code ${code}`)));
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
    worker.postMessage(message);
  });
}

/** As many compilers as processors. */
export class Compilers {
  #all = Array.from({ length: availableParallelism() }, () => new Compiler());
  #idle = [...this.#all];
  #waiting = [];

  /** Calls `work` with a compiler of its own as soon as one is idle. */
  async use(work) {
    const compiler = this.#idle.pop() ?? (await new Promise((resolve) => this.#waiting.push(resolve)));
    try {
      return await work(compiler);
    } finally {
      const next = this.#waiting.shift();
      if (next) next(compiler);
      else this.#idle.push(compiler);
    }
  }

  /** Ends the threads. */
  async close() {
    await Promise.all(this.#all.map((compiler) => compiler.close()));
  }
}

if (!isMainThread) await serve();
