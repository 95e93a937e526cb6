import { afterAll, beforeAll, expect, test } from 'vitest';
import { Seeded } from '../helpers/seeded.js';
import { calls, cases, inWords, quietly, run } from './raw.js';
import { placesIn, inject } from './inject.js';
import { publicCalls } from './surface.js';
import { UNTRIED } from './untried.js';

// No call of the public API lets a TypeError or another error of JavaScript out, whatever it is given: wrong
// values are put into every argument and every option of everything that is exported.
// tests/acceptance/raw-errors.test.ts tries them all.

/** Wrong values that are tried per call here. */
const PER_CALL = 12;

let restore: () => void;

beforeAll(() => {
  restore = quietly();
});

afterAll(() => restore());

test('the table has every call of the public API', async () => {
  const tried = new Set(calls.map(({ name }) => name.split(' ')[0]));
  const all = await publicCalls();
  expect(all.filter((name) => !tried.has(name) && !UNTRIED.includes(name))).toEqual([]);
  expect(UNTRIED.filter((name) => tried.has(name) || !all.includes(name))).toEqual([]);
});

test('the calls of the table succeed as they are', async () => {
  const failed: string[] = [];
  for (const call of calls) {
    const error = await Promise.resolve(call.args())
      .then(call.run)
      .then(
        () => undefined,
        (reason: unknown) => reason,
      );
    await call.after?.();
    if ((error === undefined) === (call.refuses ?? false)) failed.push(`${call.name}: ${String(error)}`);
  }
  expect(failed).toEqual([]);
});

test('the table has every option', async () => {
  const known = new Map<string, Set<string>>();
  const tried = new Map<string, Set<string>>();
  for (const call of calls) {
    for (const place of [...placesIn(call.args())]) {
      const args = call.args();
      const at = place.reduce<any>((value, step) => value[step], args);
      if (typeof at !== 'object' || at === null || Object.getPrototypeOf(at) !== Object.prototype) continue;
      const names = Object.keys(at as object);
      inject(args, [...place, 'qqqqqqqqqqqqqqqq'], 1);
      const message = await Promise.resolve()
        .then(() => call.run(args))
        .then(
          () => '',
          (error: Error) => error.message,
        );
      await call.after?.();
      const [, owner, options] = /^(.*): 'q+' is not an option; the options are (.*)\.$/.exec(message) ?? [];
      // Layers in JSON take what layers take.
      if (owner === undefined || owner.startsWith('modelFromJSON')) continue;
      known.set(owner, new Set(options.split(', ')));
      tried.set(owner, new Set([...(tried.get(owner) ?? []), ...names]));
    }
  }
  expect(known.size).toBeGreaterThan(80);
  const missing = [...known].flatMap(([owner, options]) =>
    [...options].filter((option) => !tried.get(owner)!.has(option)).map((option) => `${owner}: ${option}`),
  );
  expect(missing).toEqual([]);
});

test('a sample of wrong values ends in errors of this package', async () => {
  const random = new Seeded(12);
  const raw: string[] = [];
  for (const call of calls) {
    const all = [...cases([call])];
    for (let i = 0; i < Math.min(PER_CALL, all.length); i++) {
      const [chosen] = all.splice(random.integer(all.length), 1);
      const error = await run(chosen);
      if (error !== undefined) raw.push(`${inWords(chosen)}: ${error}`);
    }
  }
  expect(raw).toEqual([]);
});
