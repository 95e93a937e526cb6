import { build } from 'esbuild';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { findBrowser, ISOLATION, visit } from '../../bench/browser.js';
import { installed, print, type Installed } from './packing.js';

const policy = (...more: string[]) => ({
  'Content-Security-Policy': ["default-src 'self'; script-src 'self'", ...more].join(' '),
});

const PAGES = {
  plain: { path: 'plain.html' },
  isolated: { path: 'plain.html?isolated', headers: ISOLATION },
  strict: { path: 'bundled.html', headers: { ...ISOLATION, ...policy("'wasm-unsafe-eval'") } },
  withWorkers: {
    path: 'bundled.html?workers',
    headers: { ...ISOLATION, ...policy("'wasm-unsafe-eval'", '; worker-src blob:') },
  },
  withoutWasm: { path: 'bundled.html?without', headers: policy() },
};

const BROWSERS = ['chromium', 'firefox'] as const;

describe.skipIf(!BROWSERS.some(findBrowser))('the packed package in a page', () => {
  let place: Installed;
  let inNode: object;

  beforeAll(async () => {
    place = installed('train.js', 'page');
    await build({
      absWorkingDir: place.folder,
      entryPoints: ['page.js'],
      outdir: join(place.folder, 'bundle'),
      bundle: true,
      splitting: true,
      format: 'esm',
    });
    const script = `import { train, trainOnTwoThreads } from './train.js';
      process.stdout.write(JSON.stringify({ ...(await train()), ...(await trainOnTwoThreads()) }));`;
    inNode = JSON.parse(print(place.folder, process.execPath, '--input-type=module', '--eval', script));
    return () => place.remove();
  });

  test.for(BROWSERS)(
    'trains in %s to the same bits as in Node, on two threads where the page may share memory and start workers',
    async (name, { skip }) => {
      skip(findBrowser(name) === undefined, `${name} is not installed`);
      expect(inNode).toMatchObject({ variant: 'base', threads: 2 });
      const answers = await visit(name, { folder: place.folder, pages: Object.values(PAGES), seconds: 280 });
      expect(answers).toEqual([
        { ...inNode, threads: 1, isolated: false },
        { ...inNode, threads: 2, isolated: true },
        { ...inNode, threads: 1, isolated: true },
        { ...inNode, threads: 2, isolated: true },
        {
          error: {
            name: 'UnsupportedError',
            code: 'UNSUPPORTED',
            message: expect.stringContaining(
              "in a browser, let script-src of the Content-Security-Policy have 'wasm-unsafe-eval'",
            ),
          },
        },
      ]);
    },
  );
});
