import { vi } from 'vitest';

/** A clock by which every look at it finds the slice used up; `vi.restoreAllMocks()` ends it. */
export function hastenClock(): void {
  let now = performance.now();
  vi.spyOn(performance, 'now').mockImplementation(() => (now += 30));
}

/** What a promise resolves to, by a clock that is hastened, and how many turns the host had meanwhile. */
export async function countTurns<T>(work: () => Promise<T>): Promise<{ result: T; turns: number }> {
  let turns = 0;
  let over = false;
  const turn = (): void => {
    turns += 1;
    if (!over) setImmediate(turn);
  };
  setImmediate(turn);
  hastenClock();
  try {
    return { result: await work(), turns };
  } finally {
    over = true;
    vi.restoreAllMocks();
  }
}

/** A signal that aborts, with the reason 'now', when the host has had so many turns. */
export function abortAfter(turns: number): AbortSignal {
  const controller = new AbortController();
  const turn = (): void => {
    if (turns-- > 0) setImmediate(turn);
    else controller.abort('now');
  };
  setImmediate(turn);
  return controller.signal;
}

/**
 * Any result as text, typed arrays by their type and values: thousands of values are slow to compare one by
 * one.
 */
export function asText(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    ArrayBuffer.isView(part) ? [part.constructor.name, ...(part as Float32Array)] : part,
  );
}
