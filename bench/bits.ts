/**
 * npm run bench:bits -- [before.json]: trains the networks of tests/helpers/trainings.ts with the built
 * package, in both variants, on one thread and on two, and prints hashes of the learned weights as JSON.
 * Given a file of such hashes, it prints the differences and fails if there are any.
 */
import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import * as lamella from 'lamella';
import { hashOf, trainings } from '../tests/helpers/trainings.js';

// Node 20 has relaxed SIMD behind a flag, which later versions no longer know.
if (process.versions.node.startsWith('20.')) setFlagsFromString('--experimental-wasm-relaxed-simd');

const hashes: Record<string, string> = {};
for (const variant of ['base', 'relaxed'] as const) {
  await lamella.init({ variant });
  for (const name of Object.keys(trainings)) {
    for (const threads of [1, 2]) {
      hashes[`${name}, ${variant}, ${threads}`] = await hashOf(name, lamella, { threads });
    }
  }
}

const [before] = process.argv.slice(2);
if (before === undefined) console.log(JSON.stringify(hashes, null, 2));
else {
  const expected = JSON.parse(readFileSync(before, 'utf8')) as Record<string, string>;
  const names = new Set([...Object.keys(expected), ...Object.keys(hashes)]);
  const different = [...names].filter((name) => expected[name] !== hashes[name]);
  for (const name of different) {
    console.log(`${name}: ${expected[name] ?? 'none'} before, ${hashes[name] ?? 'none'} now`);
  }
  console.log(`${names.size - different.length} of ${names.size} trainings have the same bits`);
  process.exitCode = different.length > 0 ? 1 : 0;
}
