// Threads meet here. All words are int32 in shared memory; every wait has a deadline.
//
//   barrier:  at + 0 arrived   at + 4 generation   at + 8 poison (a worker has failed)

/** Nanoseconds of one sleep: how soon a poisoned barrier is noticed. */
const SLEEP: i64 = 20000000;

/** What a wait returns. */
const MET: i32 = 0;
const LATE: i32 = 1;
const POISONED: i32 = 2;

/**
 * Returns 0 once `threads` threads have come. Spins `spins` times, then sleeps until the others come, 1 after `sleeps`
 * sleeps of 20 ms, 2 if a worker has failed. Without sleeps (a browser's main thread) it spins only.
 */
export function barrier(at: usize, threads: i32, spins: i32, sleeps: i32): i32 {
  const generation = atomic.load<i32>(at, 4);
  if (atomic.add<i32>(at, 1) == threads - 1) {
    atomic.store<i32>(at, 0);
    atomic.add<i32>(at, 1, 4);
    atomic.notify(at + 4, -1);
    return MET;
  }
  return awaitChange(at + 4, generation, spins, sleeps, at + 8);
}

/** Returns 0 once the word at `at` is no longer `old`. */
export function awaitChange(at: usize, old: i32, spins: i32, sleeps: i32, poison: usize): i32 {
  for (let i = 0; i < spins; i++) {
    if (atomic.load<i32>(at) != old) return MET;
  }
  if (atomic.load<i32>(poison) != 0) return POISONED;
  for (let i = 0; i < sleeps; i++) {
    atomic.wait<i32>(at, old, SLEEP);
    if (atomic.load<i32>(at) != old) return MET;
    if (atomic.load<i32>(poison) != 0) return POISONED;
  }
  return LATE;
}

/** Adds 1 to the word at `at` and wakes who waits for it. */
export function announce(at: usize): void {
  atomic.add<i32>(at, 1);
  atomic.notify(at, -1);
}
