/**
 * npm run check: runs every check that needs no training, all of them even if one fails, and lists the
 * failures at the end.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { chdir } from 'node:process';
import { fileURLToPath } from 'node:url';

chdir(fileURLToPath(new URL('..', import.meta.url)));
const { name, version } = JSON.parse(readFileSync('package.json', 'utf8'));
const node = (script, ...args) => [process.execPath, script, ...args];

const steps = {
  build: [node('scripts/build.mjs')],
  format: [node('node_modules/prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.')],
  lint: [node('node_modules/eslint/bin/eslint.js', '--max-warnings', '0', '.')],
  types: [node('node_modules/typescript/bin/tsc', '--noEmit')],
  'import rule': [node('node_modules/vitest/vitest.mjs', 'run', 'tests/architecture')],
  'dead code': [node('node_modules/knip/bin/knip.js', '--no-config-hints')],
  package: [
    ['npm', 'pack', '--ignore-scripts', '--silent', '--pack-destination', 'build'],
    node('node_modules/publint/src/cli.js', '--strict', `build/${name}-${version}.tgz`),
  ],
};

const failed = Object.keys(steps).filter((step) => {
  const start = performance.now();
  const results = steps[step].map(([command, ...args]) => spawnSync(command, args, { encoding: 'utf8' }));
  const passed = results.every(({ status }) => status === 0);
  console.log(`${passed ? 'pass' : 'FAIL'} ${step} (${((performance.now() - start) / 1000).toFixed(1)} s)`);
  if (!passed) for (const { stdout, stderr, error } of results) console.log(stdout, stderr, error ?? '');
  return !passed;
});

console.log(failed.length === 0 ? 'check: all passed' : `check: FAILED: ${failed.join(', ')}`);
process.exitCode = failed.length === 0 ? 0 : 1;
