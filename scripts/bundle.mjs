/** src/ → dist/ (binaries embedded), dist/workerd/ (binaries imported as modules) and dist/types/. */
import { existsSync } from 'node:fs';
import { copyFile, readdir, readFile, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { build } from 'esbuild';
import { run, upToDate } from './tasks.mjs';

const common = {
  bundle: true,
  splitting: true,
  format: 'esm',
  target: 'es2022',
  legalComments: 'none',
  chunkNames: 'chunk-[hash]',
  // fflate comes along, without what is not used.
  platform: 'neutral',
  mainFields: ['module', 'main'],
  conditions: ['browser', 'import'],
  external: ['node:*'],
  minify: true,
  // Node.js shows the line of an uncaught error: it must not be the whole file.
  lineLimit: 1000,
  metafile: true,
  logLevel: 'warning',
};

/** What src/fflate.ts takes from fflate, as a function that is called, and compiled, when it is first needed. */
const lazyFflate = {
  name: 'lazy-fflate',
  setup(bundle) {
    bundle.onLoad({ filter: /[\\/]src[\\/]fflate\.ts$/ }, async () => {
      const { outputFiles } = await build({
        ...common,
        ...{
          splitting: false,
          format: 'iife',
          globalName: 'fflate',
          write: false,
          metafile: false,
          lineLimit: 0,
        },
        stdin: { contents: "export { Gunzip } from 'fflate';", resolveDir: '.' },
      });
      const code = outputFiles[0].text;
      return {
        contents: `const evaluate = () => { ${code}\nreturn fflate; }; let made; export const fflate = () => (made ??= evaluate());`,
      };
    });
  },
};

/** `later(() => import('./x.js'))` in src/, but for binaries and threads: one chunk for all, which share most of their modules. */
const LATER = /later\(\(\) => import\('(\.[^']+)\.js'\)\)/g;
const APART = /[\\/](generated|threads)[\\/]/;

const oneLaterChunk = {
  name: 'one-later-chunk',
  async setup(bundle) {
    const files = new Map();
    for (const file of await readdir('src', { recursive: true })) {
      if (!file.endsWith('.ts') || APART.test(file)) continue;
      const code = await readFile(join('src', file), 'utf8');
      for (const [, path] of code.matchAll(LATER)) {
        const target = resolve('src', dirname(file), `${path}.ts`);
        if (!APART.test(target)) files.set(target, await readFile(target, 'utf8'));
      }
    }
    checkDistinct(files);
    bundle.onResolve({ filter: /^\./ }, ({ path, kind, resolveDir }) => {
      if (kind !== 'dynamic-import') return undefined;
      const target = resolve(resolveDir, path.replace(/\.js$/, '.ts'));
      return files.has(target) ? { path: 'later', namespace: 'later' } : undefined;
    });
    bundle.onLoad({ filter: /^later$/, namespace: 'later' }, () => ({
      contents: [...files.keys()].map((file) => `export * from ${JSON.stringify(file)};`).join('\n'),
      resolveDir: '.',
    }));
  },
};

/** `export *` leaves out names that two files export, without a word. */
function checkDistinct(files) {
  const owners = new Map();
  for (const [file, code] of files) {
    for (const [, name] of code.matchAll(/^export (?:async )?(?:function\*?|class|const) (\w+)/gm)) {
      if (owners.has(name)) throw new Error(`${owners.get(name)} and ${file} export ${name} both`);
      owners.set(name, file);
    }
  }
}

/** binaries.ts gives way to binaries.workerd.ts, predict-binaries.ts to its like, and the imports of ../wasm/*.wasm stay as they are written. */
const importedBinaries = {
  name: 'imported-binaries',
  setup(bundle) {
    bundle.onResolve({ filter: /[/-]binaries\.js$/ }, ({ path }) => ({
      path: resolve('src/engine', `${basename(path, '.js')}.workerd.ts`),
    }));
    bundle.onResolve({ filter: /\.wasm$/ }, ({ path }) => ({ path, external: true }));
  },
};

/** The names under `exports` whose target under the condition lies in the folder: './dist/index.js' → 'index'. */
async function entries(condition, folder) {
  const { exports } = JSON.parse(await readFile('package.json', 'utf8'));
  const files = Object.values(exports).map((target) => target[condition]);
  return files
    .filter((file) => file !== undefined && file.startsWith(`./${folder}/`))
    .map((file) => `src/${basename(file, '.js')}.ts`);
}

async function bundle(folder, options) {
  const present = options.entryPoints.filter((entry) => {
    if (!existsSync(entry)) console.warn(`build: package.json exports ${entry}, which does not exist`);
    return existsSync(entry);
  });
  const { metafile } = await build({
    ...common,
    ...options,
    plugins: [lazyFflate, oneLaterChunk, ...(options.plugins ?? [])],
    entryPoints: present,
    outdir: folder,
  });
  for (const file of existsSync(folder) ? await readdir(folder) : []) {
    const path = join(folder, file);
    if (path.endsWith('.js') && !(path in metafile.outputs)) await rm(path);
  }
}

async function declare() {
  const inputs = ['src', 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json'];
  await upToDate('types', inputs, ['dist/types/index.d.ts'], async () => {
    await rm('dist/types', { recursive: true, force: true });
    await run('node_modules/typescript/bin/tsc', ['-p', 'tsconfig.build.json']);
  });
}

export async function buildJavaScript() {
  const types = declare();
  types.catch(() => {});
  await bundle('dist', { entryPoints: await entries('default', 'dist') });
  const entryPoints = await entries('workerd', 'dist/workerd');
  await bundle('dist/workerd', { entryPoints, plugins: [importedBinaries] });
  await copyFile('node_modules/fflate/LICENSE', 'dist/LICENSE-fflate.txt');
  await types;
}
