/**
 * The program of a worker, and its protocol with the calling thread: constants, and how programs are written
 * into the memory that they share. Workers know kernels, but nothing of networks or training.
 */
import { ControlWord, Wait } from '../generated/control.js';
import type { KernelName } from '../kernels.js';
import { bindKernel } from '../kernels.js';
import type { Lane } from './schedule.js';

/**
 * Constants that the calling thread and its workers must agree on. A worker's text is handed them as JSON.
 */
export const PROTOCOL = {
  /** Positions (int32) in the control block. */
  words: ControlWord,
  /** Result of a wait that was too short. */
  tooShort: Wait.tooShort,
  /** Spins before a thread sleeps: some 40 µs on a Zen 5 with Node.js 20. */
  spins: 100000,
  /** Milliseconds of a sleep: how soon a thread notices that another has failed. */
  sleepMs: 20,
  /** A program number that sends workers back to their event loop. */
  leave: -1,
  /** Stands in a lane for the kernel where all threads wait for each other. */
  barrier: -1,
  /** A worker's first message, and its answer. */
  hello: 'hello',
  ready: 'ready',
} as const;

/** Message to a worker that joins an arena. */
export interface JoinMessage {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** Byte offset of the control block. */
  readonly control: number;
  readonly thread: number;
  readonly threads: number;
  readonly names: readonly KernelName[];
}

/** A lane as float64 words: count, then {kernel, count of arguments, arguments …} of every call. */
export function encode(lane: Lane, names: readonly KernelName[]): number[] {
  const words = [lane.length];
  for (const call of lane) {
    if (!call) words.push(PROTOCOL.barrier, 0);
    else words.push(names.indexOf(call.kernel), call.args.length, ...call.args);
  }
  return words;
}

interface Port {
  post(message: string): void;
  listen(handler: (message: JoinMessage | typeof PROTOCOL.hello) => void): void;
}

/**
 * The text that a worker is started from. `port` is an expression. A bundler's helper for names may stand in
 * the text of functions.
 */
export function workerText(port: string): string {
  const protocol = JSON.stringify(PROTOCOL);
  return `const __name = (f) => f; (${String(workerMain)})(${port}, ${protocol}, ${String(bindKernel)});`;
}

/**
 * All of a worker: joins arenas and runs its lanes of programs until it is told to leave. Workers are started
 * from its text, so it uses nothing from outside but its parameters.
 */
function workerMain(
  port: Port,
  { words, tooShort, spins, sleepMs, leave, barrier, ready }: typeof PROTOCOL,
  bindTo: typeof bindKernel,
): void {
  type Kernel = (...args: number[]) => number;

  const work = ({ module, memory, control, thread, threads, names }: JoinMessage): void => {
    const block = new Int32Array(memory.buffer, control);
    const kernels = new WebAssembly.Instance(module, { env: { memory } }).exports as Record<string, Kernel>;
    const programs = new Map<number, (() => void)[]>();

    // Workers wait for ever: the calling thread is the one that gives up.
    const sleepWhile = (word: number, old: number): void => {
      while (Atomics.load(block, word) === old) {
        if (Atomics.load(block, words.poison) !== 0) throw new Error('Another thread has failed.');
        Atomics.wait(block, word, old, sleepMs);
      }
    };
    const waitForAll = (): void => {
      const generation = Atomics.load(block, words.generation);
      if (kernels.barrier(control, threads, spins) === tooShort) sleepWhile(words.generation, generation);
    };
    const decode = (offset: number): (() => void)[] => {
      const table = new Float64Array(memory.buffer, offset);
      let next = table[thread];
      const calls: (() => void)[] = [];
      for (let left = table[next++]; left > 0; left--) {
        const kernel = table[next++];
        const count = table[next++];
        const args = Array.from(table.subarray(next, next + count));
        next += count;
        calls.push(kernel === barrier ? waitForAll : bindTo(kernels[names[kernel]], args));
      }
      return calls;
    };

    const command = control + words.command * block.BYTES_PER_ELEMENT;
    Atomics.add(block, words.joined, 1);
    for (let seen = 0; ; seen++) {
      if (kernels.awaitChange(command, seen, spins) === tooShort) sleepWhile(words.command, seen);
      const program = Atomics.load(block, words.program);
      if (program === leave) return;
      let calls = programs.get(program);
      if (!calls) programs.set(program, (calls = decode(program)));
      for (const call of calls) call();
    }
  };

  port.listen((message) => {
    // A browser holds messages back until the worker's text has run and the main thread has seen that: only
    // an answer shows it.
    if (typeof message === 'string') {
      port.post(ready);
      return;
    }
    try {
      work(message);
    } catch (error) {
      Atomics.store(new Int32Array(message.memory.buffer, message.control), words.poison, 1);
      port.post(String(error));
    }
  });
}
