import type { LamellaError } from 'lamella';
import { expect } from 'vitest';

export type Kind = new (message: string) => LamellaError;

/** The error that a call ends in: its class, its sentence. */
export async function expectRefusal(call: () => unknown, Kind: Kind, sentence: string): Promise<void> {
  const error: unknown = await Promise.resolve()
    .then(call)
    .then(
      () => undefined,
      (reason: unknown) => reason,
    );
  expect(error).toBeInstanceOf(Kind);
  expect((error as Error).name).toBe(Kind.name);
  expect((error as Error).message).toEqual(sentence);
}
