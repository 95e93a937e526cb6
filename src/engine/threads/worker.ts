import type { KernelName } from '../kernels.js';
import { bindKernel } from '../kernels.js';
import type { Lane } from './schedule.js';

/** Positions (int32) in the control block. */
export const CONTROL = { generation: 1, poison: 2, command: 3, program: 4, joined: 5, bytes: 64 } as const;

/** What a worker is asked first. */
export const HELLO = 'hello';

/** A program number that sends the workers back to their event loop. */
export const LEAVE = -1;

/** What a worker is told when it joins an arena. */
export interface Joining {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** Byte offset of the control block. */
  readonly control: number;
  readonly thread: number;
  readonly threads: number;
  readonly names: readonly KernelName[];
}

/** Stands for a kernel where all threads meet. */
const MEETING = -1;

/** Spins before a thread sleeps (some 40 µs), and milliseconds of a sleep: how soon it notices that another has failed. */
export const SPINS = 100000;
export const SLEEP_MS = 20;

/** A lane as float64 words: count, then {kernel, count of arguments, arguments …} of every call. */
export function encode(lane: Lane, names: readonly KernelName[]): number[] {
  const words = [lane.length];
  for (const call of lane) {
    if (!call) words.push(MEETING, 0);
    else words.push(names.indexOf(call.kernel), call.args.length, ...call.args);
  }
  return words;
}

interface Port {
  post(message: string): void;
  listen(handler: (message: Joining | typeof HELLO) => void): void;
}

/** The text that a worker is started from. `port` is an expression. A bundler's helper for names may stand in it. */
export function workerText(port: string): string {
  return `const __name = (f) => f; (${String(workerMain)})(${port}, ${SPINS}, ${SLEEP_MS}, ${String(bindKernel)});`;
}

/**
 * The whole of a worker: joins arenas, and runs its lanes of programs until it is told to leave. Its text is what a worker
 * is started from, so it uses nothing from outside but its parameters.
 */
function workerMain(port: Port, spins: number, sleep: number, bindTo: typeof bindKernel): void {
  type Kernel = (...args: number[]) => number;

  const work = ({ module, memory, control, thread, threads, names }: Joining): void => {
    const words = new Int32Array(memory.buffer, control, 16);
    const kernels = new WebAssembly.Instance(module, { env: { memory } }).exports as Record<string, Kernel>;
    const programs = new Map<number, (() => void)[]>();

    // Workers are patient: it is the calling thread that gives up.
    const sleepWhile = (word: number, old: number): void => {
      while (Atomics.load(words, word) === old) {
        if (Atomics.load(words, 2) !== 0) throw new Error('Another thread has failed.');
        Atomics.wait(words, word, old, sleep);
      }
    };
    const meet = (): void => {
      const generation = Atomics.load(words, 1);
      if (kernels.barrier(control, threads, spins) !== 0) sleepWhile(1, generation);
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
        calls.push(kernel < 0 ? meet : bindTo(kernels[names[kernel]], args));
      }
      return calls;
    };

    Atomics.add(words, 5, 1);
    for (let seen = 0; ; seen++) {
      if (kernels.awaitChange(control + 12, seen, spins) !== 0) sleepWhile(3, seen);
      const program = Atomics.load(words, 4);
      if (program < 0) return;
      let calls = programs.get(program);
      if (!calls) programs.set(program, (calls = decode(program)));
      for (const call of calls) call();
    }
  };

  port.listen((joining) => {
    // A browser holds messages back until the worker's text has run and the main thread has seen that: only an answer shows it.
    if (typeof joining === 'string') {
      port.post('ready');
      return;
    }
    try {
      work(joining);
    } catch (error) {
      Atomics.store(new Int32Array(joining.memory.buffer, joining.control, 16), 2, 1);
      port.post(String(error));
    }
  });
}
