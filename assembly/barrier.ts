// Threads meet here. All words are int32 in shared memory. Threads that have to wait longer sleep outside:
// memory.atomic.wait32 in a loop loses locals when it times out on V8 11.3.
//
//   barrier:  at + 0 arrived   at + 4 generation

/** What a wait returns. */
const MET: i32 = 0;
const LATE: i32 = 1;

/** Returns 0 once `threads` threads have come; 1 after `spins` spins: then the generation tells. */
export function barrier(at: usize, threads: i32, spins: i32): i32 {
  const generation = atomic.load<i32>(at, 4);
  if (atomic.add<i32>(at, 1) == threads - 1) {
    atomic.store<i32>(at, 0);
    announce(at + 4);
    return MET;
  }
  return awaitChange(at + 4, generation, spins);
}

/** Returns 0 once the word at `at` is no longer `old`; 1 after `spins` spins. */
export function awaitChange(at: usize, old: i32, spins: i32): i32 {
  for (let i = 0; i < spins; i++) {
    if (atomic.load<i32>(at) != old) return MET;
  }
  return LATE;
}

/** Adds 1 to the word at `at` and wakes who waits for it. */
export function announce(at: usize): void {
  atomic.add<i32>(at, 1);
  atomic.notify(at, -1);
}
