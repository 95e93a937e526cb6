/**
 * src/ → dist/ (minified, binaries embedded), dist/node/ (the same, not minified: Node.js prints the line of
 * an uncaught error), dist/workerd/ (minified, binaries imported as modules) and dist/types/.
 */
import { copyFile, readdir, readFile, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { build } from 'esbuild';
import { run, timed, upToDate } from './tasks.mjs';

/** Bundled packages, with their licences. */
const BUNDLED = ['fflate', 'csv-parse', 'commander', 'fast-png', 'iobuffer'];

const common = {
  bundle: true,
  splitting: true,
  format: 'esm',
  target: 'es2022',
  legalComments: 'none',
  chunkNames: 'chunk-[hash]',
  // Packages are bundled, without their unused parts.
  platform: 'neutral',
  mainFields: ['module', 'main'],
  conditions: ['browser', 'import'],
  external: ['node:*', 'jpeg-js'],
  minify: true,
  metafile: true,
  logLevel: 'warning',
};

/**
 * The part of fflate that src/fflate.ts uses, as a function that is called, and compiled, when it is first
 * needed.
 */
const lazyFflate = {
  name: 'lazy-fflate',
  setup(bundle) {
    bundle.onLoad({ filter: /[\\/]src[\\/]fflate\.ts$/ }, async () => {
      const { outputFiles } = await build({
        ...common,
        ...{ splitting: false, format: 'iife', globalName: 'fflate', write: false, metafile: false },
        stdin: { contents: "export { Gunzip, Inflate } from 'fflate';", resolveDir: '.' },
      });
      const code = outputFiles[0].text;
      return {
        contents: `const evaluate = () => { ${code}\nreturn fflate; }; let made; export const fflate = () => (made ??= evaluate());`,
      };
    });
  },
};

/**
 * `lazyImport(() => import('./x.js'))` in src/: all go into one chunk, since they share most of their
 * modules. Binaries, threads, what only lamella/node loads and what lamella/predict loads have
 * chunks of their own.
 */
const LAZY_IMPORT = /lazyImport\(\s*\(\) =>\s*import\('(\.[^']+)\.js'\),?\s*\)/g;
const APART = /[\\/](generated|threads)[\\/]|^node[\\/]/;
/** The module whose lazy imports stay apart: none of them loads the others. */
const PREDICT = resolve('src/model-files/predict.ts');

const oneLazyChunk = {
  name: 'one-lazy-chunk',
  async setup(bundle) {
    const files = new Map();
    for (const file of await readdir('src', { recursive: true })) {
      if (!file.endsWith('.ts') || APART.test(file)) continue;
      const code = await readFile(join('src', file), 'utf8');
      for (const [, path] of code.matchAll(LAZY_IMPORT)) {
        const target = join(dirname(file), `${path}.ts`);
        if (!APART.test(target))
          files.set(resolve('src', target), await readFile(join('src', target), 'utf8'));
      }
    }
    checkDistinct(files);
    bundle.onResolve({ filter: /^\./ }, ({ path, kind, importer, resolveDir }) => {
      if (kind !== 'dynamic-import' || importer === PREDICT) return undefined;
      const target = resolve(resolveDir, path.replace(/\.js$/, '.ts'));
      return files.has(target) ? { path: 'lazy', namespace: 'lazy' } : undefined;
    });
    bundle.onLoad({ filter: /^lazy$/, namespace: 'lazy' }, () => ({
      contents: [...files.keys()].map((file) => `export * from ${JSON.stringify(file)};`).join('\n'),
      resolveDir: '.',
    }));
  },
};

/** `export *` silently drops names that two files export. */
function checkDistinct(files) {
  const owners = new Map();
  for (const [file, code] of files) {
    for (const [, name] of code.matchAll(/^export (?:async )?(?:function\*?|class|const) (\w+)/gm)) {
      if (owners.has(name)) throw new Error(`${owners.get(name)} and ${file} export ${name} both`);
      owners.set(name, file);
    }
  }
}

/**
 * Replaces binaries.ts by binaries.workerd.ts, and predict-binaries.ts likewise; keeps the imports of
 * ../wasm/*.wasm as they are written.
 */
const importedBinaries = {
  name: 'imported-binaries',
  setup(bundle) {
    bundle.onResolve({ filter: /[/-]binaries\.js$/ }, ({ path }) => ({
      path: resolve('src/engine', `${basename(path, '.js')}.workerd.ts`),
    }));
    bundle.onResolve({ filter: /\.wasm$/ }, ({ path }) => ({ path, external: true }));
  },
};

/** Modules that runtimes other than Node.js, and Node.js itself, need in another form. */
const FOR_NODE = { alias: { stream: 'node:stream' } };
/** csv-parse for browsers is the same code with a polyfill of Node's Buffer, of which it uses little. */
const FOR_BROWSERS = {
  alias: { 'csv-parse/sync': resolve('node_modules/csv-parse/lib/sync.js') },
  inject: ['src/table/csv/buffer.ts'],
};

/** `require('node:…')` in CommonJS, which ES modules of Node.js have as imports. */
const requiredOfNode = {
  name: 'required-of-node',
  setup(bundle) {
    bundle.onResolve({ filter: /^node:/ }, ({ path, kind }) =>
      kind === 'require-call' ? { path, namespace: 'required' } : undefined,
    );
    bundle.onLoad({ filter: /.*/, namespace: 'required' }, ({ path }) => ({
      contents: `module.exports = require('default of ${path}').default;`,
    }));
    bundle.onResolve({ filter: /^default of / }, ({ path }) => ({ path, namespace: 'default' }));
    bundle.onLoad({ filter: /.*/, namespace: 'default' }, ({ path }) => ({
      contents: `export { default } from '${path.replace('default of ', '')}';`,
    }));
  },
};

/** The command line, which is no export: './dist/node/cli.js' in `bin`. */
const CLI = { in: 'src/cli/main.ts', out: 'cli' };

/** The sources of what package.json exports from a folder: './dist/node/index.js' → 'src/index.ts'. */
async function entries(folder) {
  const { exports } = JSON.parse(await readFile('package.json', 'utf8'));
  const targets = Object.values(exports).flatMap((target) =>
    typeof target === 'string' ? [] : Object.values(target),
  );
  const files = targets.filter((file) => file.endsWith('.js') && dirname(file) === `./${folder}`);
  const names = [...new Set(files)].map((file) => basename(file, '.js'));
  return names.map((name) => ({ in: `src/${name}.ts`, out: name }));
}

/** Bundles the exports of a folder into it, and removes chunks of earlier builds. */
async function bundle(folder, options = {}) {
  const { metafile } = await build({
    ...common,
    entryPoints: [...(await entries(folder)), ...(options.alias === FOR_NODE.alias ? [CLI] : [])],
    outdir: folder,
    ...options,
    plugins: [lazyFflate, oneLazyChunk, requiredOfNode, ...(options.plugins ?? [])],
  });
  for (const file of await readdir(folder)) {
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
  await timed('bundles', async () => {
    await bundle('dist', FOR_BROWSERS);
    await bundle('dist/node', { minify: false, ...FOR_NODE });
    await bundle('dist/workerd', { ...FOR_BROWSERS, plugins: [importedBinaries] });
    for (const name of BUNDLED) {
      await copyFile(`node_modules/${name}/LICENSE`, `dist/LICENSE-${name}.txt`);
    }
  });
  await types;
}

/** Replaces src/engine/generated/wide.ts, which has not been built. */
const withoutWide = {
  name: 'without-wide',
  setup(bundle) {
    bundle.onResolve({ filter: /generated\/wide\.js$/ }, () => ({ path: 'wide', namespace: 'missing' }));
    bundle.onLoad({ filter: /^wide$/, namespace: 'missing' }, () => ({
      contents:
        "throw new Error('this build is for npm run bench and has no wide binary; use npm run build');",
    }));
  },
};

/** Bundles only what Node.js imports as `lamella` and `lamella/node`, to train with `base` and `relaxed`. */
export async function buildTrainingJavaScript() {
  const entryPoints = ['src/index.ts', 'src/node.ts'];
  await timed('bundle', () =>
    bundle('dist/node', { minify: false, ...FOR_NODE, entryPoints, plugins: [withoutWide] }),
  );
}
