import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as lamella from 'lamella';
import { hashOf, trainings } from '../helpers/trainings.js';

/**
 * Hashes of the variant base, whose bits are the same everywhere: of `npm run bench:bits`, each with its ',
 * base, 1' cut off.
 */
const expected: Record<string, string> = JSON.parse(
  readFileSync(new URL('../goldens/bits.json', import.meta.url), 'utf8'),
);

beforeAll(() => lamella.init({ variant: 'base' }));
afterAll(() => lamella.init({ variant: 'auto' }));

describe('what is learned in base has the bits that it always had', () => {
  test.each(Object.keys(trainings))('%s', async (name) => {
    expect(await hashOf(name, lamella)).toBe(expected[name]);
  });
});
