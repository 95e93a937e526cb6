// Threads wait for each other here, by int32 words in shared memory. These functions only spin: threads that
// have to wait longer sleep in JavaScript, since memory.atomic.wait32 in a loop loses locals when it times
// out on V8 11.3.

/** Words (int32) of the control block through which the threads of an arena meet. */
export enum ControlWord {
  /** Count of threads that wait at the barrier. */
  arrived,
  /** Counts barriers. */
  generation,
  /** Not 0 once a thread has failed. */
  poison,
  /** Counts programs that the calling thread has announced. */
  command,
  /** Byte offset of the announced program. */
  program,
  /** Workers that have joined the arena. */
  joined,
}

/** Bytes of a control block: a cache line. @abi */
export const CONTROL_BYTES: usize = 64;

/** What a wait returns. */
export enum Wait {
  /** The word has changed. */
  over,
  /** It had not changed after all spins. */
  tooShort,
}

/**
 * Waits until `threads` threads have come. After `spins` spins it returns `Wait.tooShort`; from then on a
 * change of the generation tells.
 */
export function barrier(control: usize, threads: i32, spins: i32): i32 {
  const generation = atomic.load<i32>(control, 4 * ControlWord.generation);
  if (atomic.add<i32>(control, 1, 4 * ControlWord.arrived) == threads - 1) {
    atomic.store<i32>(control, 0, 4 * ControlWord.arrived);
    announce(control + 4 * ControlWord.generation);
    return Wait.over;
  }
  return awaitChange(control + 4 * ControlWord.generation, generation, spins);
}

/** Spins until the word at `at` is no longer `old`, at most `spins` times. */
export function awaitChange(at: usize, old: i32, spins: i32): i32 {
  for (let i = 0; i < spins; i++) {
    if (atomic.load<i32>(at) != old) return Wait.over;
  }
  return Wait.tooShort;
}

/** Adds 1 to the word at `at` and wakes all that wait for it. */
export function announce(at: usize): void {
  atomic.add<i32>(at, 1);
  atomic.notify(at, -1);
}
