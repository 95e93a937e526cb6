import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import ts from 'typescript';
import { beforeAll, describe, expect, test } from 'vitest';
import { installed, root, type Installed } from './packing.js';

const PAGES = [
  'README.md',
  ...readdirSync(`${root}docs`)
    .filter(isPage)
    .map((name) => `docs/${name}`),
];
const TEXTS = new Map(PAGES.map((page) => [page, readFileSync(root + page, 'utf8')]));

function isPage(name: string): boolean {
  return name.endsWith('.md');
}

/** The programs of a page in a language, in order. */
function blocks(page: string, language: string): string[] {
  const found = TEXTS.get(page)!.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'));
  return Array.from(found, ([, code]) => code);
}

const [iris, digits, serve, worker] = blocks('README.md', 'js');

/** What every model has that was loaded, whatever its kind. */
const LOADING = `import { loadModel, MLPClassifier } from 'lamella';
  import { loadModel as loadPredictor } from 'lamella/predict';
  const model = await loadModel(new Uint8Array());
  const predictor = await loadPredictor(model.toBytes());
  for (const some of [model, predictor]) {
    some.predict([[1]]);
    (await some.predictAsync([[1]], { signal: AbortSignal.timeout(1) })) satisfies object;
  }
  if ('predictProba' in predictor) predictor.predictProba([[1]]).data satisfies Float32Array;
  if (model instanceof MLPClassifier) {
    const stop = new AbortController();
    await model.fit([[1]], [1], { onEpoch: ({ loss }) => loss < 1 && stop.abort() });
  }`;

/** What the programs of the other pages print, in order. */
const PRINTED: Readonly<Record<string, readonly RegExp[]>> = {
  'docs/api.md': [
    /^Model: "sequential"[^]*\n0\.(8[5-9]|9[0-5])\d*$/,
    /^5\n2$/,
    /^\[ 32, 32, 3 \] \[ 3, 32, 32, 3 \] \[ 4, 32, 32, 3 \]\nInt32Array\(2\) \[ 1, 0 \]$/,
  ],
  'docs/errors.md': [/^CONVERGENCE$/],
  'docs/saving.md': [/^true$/],
  'docs/tables.md': [
    /^\{ island: 'string', mass: 'number', sex: 'string' \}\n\[ 3, 6 \] island_Biscoe island_Dream mass sex_f sex_m sex_missing$/,
    /^\[ 'yes', 'no' \]\nisland_Biscoe island_Dream island_missing mass\ntrue$/,
    /^scale__mass scale__bill kind__island_Biscoe kind__island_Dream\n\[ 'Adelie' \]$/,
    /^Float64Array\(1\) \[ 0\.4 \]$/,
  ],
  'docs/threads-and-variants.md': [/^base\n(true|false)$/, /^2$/],
  'docs/training.md': [
    /^1797 true$/,
    /^1 [\d.]+\n(.*\n){18}20 [\d.]+\nStochastic Optimizer: Maximum iterations/,
    /^AbortError\n1797$/,
  ],
};

describe('in an installed package', () => {
  let place: Installed;

  beforeAll(() => {
    place = installed();
    return () => place.remove();
  }, 300_000);

  /** What a program prints if it ends well. */
  function run(code: string): string {
    writeFileSync(join(place.folder, 'program.mjs'), code);
    return runFile('program.mjs');
  }

  function runFile(file: string): string {
    const { stdout, stderr, status } = spawnSync(process.execPath, [file], {
      cwd: place.folder,
      encoding: 'utf8',
    });
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    return stdout.trim();
  }

  test('the classifier of README learns, is saved, and is served', async () => {
    expect(run(iris)).toMatch(/^(1|0\.97\d*)\n\[ 'setosa' \]$/);
    writeFileSync(join(place.folder, 'serve.mjs'), serve.replace("'node:http'", "'./http.mjs'"));
    // The port is chosen by the system, and printed.
    const http = `import { createServer as create } from 'node:http';
      export const createServer = (handle) => {
        const server = create(handle);
        return { listen: () => server.listen(0, '127.0.0.1', () => console.log(server.address().port)) };
      };`;
    writeFileSync(join(place.folder, 'http.mjs'), http);
    const server = spawn(process.execPath, ['serve.mjs'], { cwd: place.folder });
    try {
      const [port] = (await once(server.stdout, 'data')) as [Buffer];
      const ask = (body: string): Promise<Response> =>
        fetch(`http://127.0.0.1:${port.toString().trim()}`, { method: 'POST', body });
      expect(await (await ask('[[5.1, 3.5, 1.4, 0.2]]')).text()).toBe('["setosa"]');
      const refused = await ask('[[5.1, null, 1.4, 0.2]]');
      expect(refused.status).toBe(400);
      expect((await ask('{')).status).toBe(400);
    } finally {
      server.kill();
    }
  });

  test('the Keras-style program of README learns', () => {
    expect(run(digits)).toMatch(/{ loss: 0\.1[5-9]\d*, accuracy: 0\.9[6-9]\d* }$/);
  });

  test('the page of README trains, and its import map holds', () => {
    const [html] = blocks('README.md', 'html');
    const [, map] = /<script type="importmap">(.*?)<\/script>/s.exec(html)!;
    for (const path of Object.values<string>(JSON.parse(map).imports)) {
      expect(existsSync(join(place.folder, path))).toBe(true);
    }
    const [, module] = /<script type="module">(.*?)<\/script>/s.exec(html)!;
    const body = 'globalThis.document = { body: { append: (text) => console.log(text) } };';
    expect(run(`${body}\n${module}`)).toBe('0 1 1 0');
  });

  test('the Worker of README answers', () => {
    writeFileSync(join(place.folder, 'worker.mjs'), worker);
    const ask = `import worker from './worker.mjs';
      const request = new Request('http://localhost', { method: 'POST', body: '[[5.1, 3.5, 1.4, 0.2]]' });
      console.log(await (await worker.fetch(request)).text());`;
    expect(run(ask)).toBe('[0]');
  });

  test.each(PAGES.slice(1))('the programs of %s print what they say', (page) => {
    const programs = blocks(page, 'js');
    const expected = PRINTED[page] ?? [];
    expect(programs).toHaveLength(expected.length);
    programs.forEach((code, i) => expect(run(code)).toMatch(expected[i]));
  });

  test('examples run from node_modules', async () => {
    const examples = join('node_modules', 'lamella', 'examples');
    expect(runFile(join(examples, 'threshold-unit.mjs'))).toMatch(/^AND/);
    const server = spawn(process.execPath, [join(examples, 'playground', 'serve.mjs'), '0'], {
      cwd: place.folder,
    });
    try {
      const [printed] = (await once(server.stdout, 'data')) as [Buffer];
      const url = printed.toString().trim();
      const html = await (await fetch(url)).text();
      const [, map] = /<script type="importmap">(.*?)<\/script>/s.exec(html)!;
      for (const path of Object.values<string>(JSON.parse(map).imports)) {
        expect((await fetch(new URL(path, url))).status).toBe(200);
      }
    } finally {
      server.kill();
    }
  });

  test('the programs of README, and models of any kind, compile under the defaults of tsc --init', () => {
    const programs = { 'iris.ts': iris, 'digits.ts': digits, 'server.ts': serve, 'loading.ts': LOADING };
    for (const [name, code] of Object.entries(programs)) writeFileSync(join(place.folder, name), code);
    const program = ts.createProgram(
      Object.keys(programs).map((name) => join(place.folder, name)),
      {
        noEmit: true,
        module: ts.ModuleKind.NodeNext,
        target: ts.ScriptTarget.ESNext,
        types: ['node'],
        typeRoots: [`${root}node_modules/@types`],
        noUncheckedIndexedAccess: true,
        exactOptionalPropertyTypes: true,
        strict: true,
        verbatimModuleSyntax: true,
        isolatedModules: true,
        noUncheckedSideEffectImports: true,
        moduleDetection: ts.ModuleDetectionKind.Force,
        skipLibCheck: true,
      },
    );
    const messages = ts.getPreEmitDiagnostics(program).map(({ messageText }) => messageText);
    expect(messages).toEqual([]);
  });

  test('every link leads to a file of the package, or to the web', () => {
    const packed = join(place.folder, 'node_modules', 'lamella');
    for (const page of [...PAGES, 'examples/README.md', 'CHANGELOG.md']) {
      const text = readFileSync(join(packed, page), 'utf8');
      const links = Array.from(text.matchAll(/\]\(([^)\s]+)\)/g), ([, link]) => link);
      const missing = links
        .filter((link) => !link.startsWith('https://'))
        .filter((link) => !existsSync(join(packed, normalize(join(dirname(page), link.replace(/#.*/, ''))))));
      expect(missing, page).toEqual([]);
    }
  });
});

test('README has at most 150 lines, and names every page', () => {
  const readme = TEXTS.get('README.md')!;
  expect(readme.trimEnd().split('\n').length).toBeLessThanOrEqual(150);
  for (const page of PAGES.slice(1)) expect(readme).toContain(`](${page})`);
});
