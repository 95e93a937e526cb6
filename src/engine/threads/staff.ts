import type { Handle } from './pool.js';
import { pool } from './pool.js';

/** The workers of a team, once they are there. */
export class Staff {
  #workers: readonly Handle[] | undefined;
  #hiring: Promise<void> | undefined;
  #task: (() => void) | undefined;

  constructor(workers?: readonly Handle[]) {
    this.#workers = workers;
  }

  /** Start them, or leave it at that. */
  hire(count: number): void {
    this.#hiring = pool.acquire(count, 'background').then(
      (workers) => {
        this.#workers = workers;
        this.#task?.();
      },
      () => undefined,
    );
  }

  get lost(): boolean {
    return this.#workers?.some((worker) => worker.isLost()) ?? false;
  }

  /** Send every worker its message and count the bytes that it has to do with; as soon as they are there. */
  send(message: (thread: number) => unknown, bytes: number): void {
    this.#task = () => {
      if (this.#workers) pool.note(bytes);
      this.#workers?.forEach((worker, i) => worker.post(message(i + 1)));
    };
    if (this.#workers) this.#task();
  }

  /** Let others have them. */
  release(failed: boolean): void {
    this.#task = undefined;
    const end = (): void => {
      if (failed) pool.end();
      if (this.#workers) pool.release();
    };
    if (this.#workers) end();
    else void this.#hiring?.then(end);
  }
}
