import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { binarySync, loadBinary } from '../../src/engine/binaries.js';

test.each(['base', 'relaxed'] as const)(
  'the %s binary comes out of the package as it was compiled',
  (variant) => {
    const compiled = readFileSync(new URL(`../../build/wasm/${variant}.wasm`, import.meta.url));
    expect(compiled.equals(binarySync(variant) as Uint8Array)).toBe(true);
  },
);

test('and so does the wide one, from a chunk of its own', async () => {
  const compiled = readFileSync(new URL('../../build/wasm/wide.wasm', import.meta.url));
  expect(compiled.equals((await loadBinary('wide')) as Uint8Array)).toBe(true);
});
