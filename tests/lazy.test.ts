import { expect, test } from 'vitest';
import { UnsupportedError } from '../src/errors.js';
import { lazyImport } from '../src/lazy.js';

test('a part that loads is there', async () => {
  await expect(lazyImport(() => Promise.resolve({ one: 1 }))).resolves.toEqual({ one: 1 });
});

test('a part that does not load is an error that says what to do', async () => {
  const cause = new TypeError('Failed to fetch dynamically imported module');
  const loading = lazyImport(() => Promise.reject(cause));
  await expect(loading).rejects.toThrow(
    new UnsupportedError(
      'A part of lamella that is loaded when it is first needed must be within reach, but loading it failed; serve all files of the package, and call await init() while they are.',
    ),
  );
  await expect(loading).rejects.toMatchObject({ cause });
});
