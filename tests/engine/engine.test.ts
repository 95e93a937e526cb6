import { availableParallelism } from 'node:os';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type * as EngineModule from '../../src/engine/engine.js';
import { kernelModule } from '../helpers/wasm.js';

/** The engine as it is before anyone has asked for it. */
let fresh: typeof EngineModule;

beforeEach(async () => {
  vi.resetModules();
  fresh = await import('../../src/engine/engine.js');
});

afterEach(() => {
  vi.unstubAllGlobals();
});

/** A runtime that lacks something: the real WebAssembly but for what is given. */
function stubWebAssembly(changes: Partial<Record<keyof typeof WebAssembly, unknown>>): void {
  const real = WebAssembly;
  vi.stubGlobal(
    'WebAssembly',
    new Proxy(real, { get: (target, name) => Reflect.get(name in changes ? changes : target, name) }),
  );
}

function sizeOf(variant: string): number {
  return readFileSync(new URL(`../../build/wasm/${variant}.wasm`, import.meta.url)).length;
}

/** A binary as it ships. */
function shipped(name: string): WebAssembly.Module {
  return new WebAssembly.Module(readFileSync(new URL(`../../build/wasm/${name}.wasm`, import.meta.url)));
}

/** A module of some sections. */
function foreign(...sections: readonly number[][]): WebAssembly.Module {
  return new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, ...sections.flat()));
}

describe('engine()', () => {
  test('names the variant that will be used before anything is compiled', () => {
    expect(fresh.engine()).toEqual({
      variant: 'relaxed',
      threads: 1,
      relaxedSimd: true,
      sharedMemory: true,
      wasmBytes: undefined,
    });
  });

  test('tells what the runtime lacks', () => {
    stubWebAssembly({ validate: () => false });
    vi.stubGlobal('SharedArrayBuffer', undefined);
    expect(fresh.engine()).toMatchObject({ variant: 'base', relaxedSimd: false, sharedMemory: false });
  });
});

describe('init()', () => {
  test.each(['base', 'relaxed'] as const)('compiles %s when asked for it', async (variant) => {
    await fresh.init({ variant });
    expect(fresh.engine()).toMatchObject({ variant, wasmBytes: sizeOf(variant) });
    expect(fresh.currentEngine().variant).toBe(variant);
  });

  test('chooses relaxed where the runtime accepts it, else base', async () => {
    await fresh.init();
    expect(fresh.engine().variant).toBe('relaxed');
    vi.resetModules();
    fresh = await import('../../src/engine/engine.js');
    stubWebAssembly({ validate: () => false });
    await fresh.init({ variant: 'auto' });
    expect(fresh.engine().variant).toBe('base');
  });

  test('may be called again, and gives each variant one engine', async () => {
    await fresh.init({ variant: 'base' });
    const base = fresh.currentEngine();
    await fresh.init({ variant: 'relaxed' });
    const relaxed = fresh.currentEngine();
    await fresh.init({ variant: 'base' });
    expect(relaxed.variant).toBe('relaxed');
    expect(fresh.currentEngine()).toBe(base);
  });

  test('takes a compiled module', async () => {
    const module = kernelModule('base');
    await fresh.init({ variant: 'base', module });
    expect(fresh.currentEngine().module).toBe(module);
    expect(fresh.engine()).toMatchObject({ variant: 'base', wasmBytes: undefined });
  });

  test('takes the variant of a module, where none is asked for', async () => {
    for (const variant of ['base', 'relaxed'] as const) {
      await fresh.init({ module: kernelModule(variant) });
      expect(fresh.engine().variant).toBe(variant);
      await fresh.init({ variant: 'auto', module: kernelModule(variant) });
      expect(fresh.engine().variant).toBe(variant);
    }
  });

  test.each<[string, () => WebAssembly.Module, object, string]>([
    [
      'another variant',
      () => kernelModule('relaxed'),
      { variant: 'base' },
      "init: variant must be that of module, 'relaxed', but received 'base'.",
    ],
    [
      'wide without asking for it',
      () => kernelModule('wide'),
      {},
      "init: variant must be that of module, 'wide', but received undefined.",
    ],
    [
      'a binary without training',
      () => shipped('predict-relaxed'),
      {},
      'init: module must be one of the binaries in lamella/wasm, with all kernels, but received predict-relaxed.wasm, which has not all kernels.',
    ],
    [
      'an empty module',
      () => foreign(),
      {},
      'init: module must be one of the binaries in lamella/wasm, with all kernels, but received one that imports nothing.',
    ],
    [
      'a module that imports a function',
      // (import "env" "memory" (func))
      () =>
        foreign([1, 4, 1, 0x60, 0, 0], [2, 14, 1, 3, 101, 110, 118, 6, 109, 101, 109, 111, 114, 121, 0, 0]),
      {},
      'init: module must be one of the binaries in lamella/wasm, with all kernels, but received one that imports something else than a memory.',
    ],
    [
      'a module that imports a memory and has no kernels',
      // (import "env" "memory" (memory 1))
      () => foreign([2, 15, 1, 3, 101, 110, 118, 6, 109, 101, 109, 111, 114, 121, 2, 0, 1]),
      {},
      'init: module must be one of the binaries in lamella/wasm, with all kernels, but received one without the kernel activationForward.',
    ],
  ])('refuses %s, and works afterwards', async (_name, module, options, message) => {
    await fresh.init({ variant: 'base' });
    await expect(fresh.init({ ...options, module: module() })).rejects.toMatchObject({
      name: 'ValueError',
      message,
    });
    expect(fresh.engine().variant).toBe('base');
    await fresh.init({ variant: 'relaxed' });
    const { module: used } = fresh.currentEngine();
    expect(WebAssembly.Module.exports(used).length).toBeGreaterThan(100);
  });

  test('of lamella/predict takes binaries with all kernels or those of predictions, and no others', async () => {
    const predicting = await import('../../src/engine/predict-engine.js');
    for (const variant of ['base', 'relaxed'] as const) {
      for (const module of [shipped(`predict-${variant}`), kernelModule(variant)]) {
        await predicting.init({ module });
        expect(predicting.engine().variant).toBe(variant);
        expect((await predicting.ready()).module).toBe(module);
      }
    }
    await expect(predicting.init({ module: foreign() })).rejects.toMatchObject({
      name: 'ValueError',
      message:
        'init: module must be one of the binaries in lamella/wasm, but received one that imports nothing.',
    });
    expect(predicting.engine().variant).toBe('relaxed');
  });

  test('takes a number of threads, or as many as there are processors; one where memory cannot be shared', async () => {
    await fresh.init({ threads: 4 });
    expect(fresh.engine().threads).toBe(4);
    await fresh.init({ threads: 'auto' });
    expect(fresh.engine().threads).toBe(Math.min(availableParallelism(), 16));
    vi.stubGlobal('SharedArrayBuffer', undefined);
    await fresh.init({ threads: 4 });
    expect(fresh.engine().threads).toBe(1);
    vi.unstubAllGlobals();
    await fresh.init({ threads: 1 });
    expect(fresh.engine().threads).toBe(1);
  });

  test.each([
    [
      { variant: 'wide' },
      'UnsupportedError',
      expect.stringMatching(/^init: variant 'wide' needs .*--experimental-wasm-revectorize.*, but .*; .*\.$/),
    ],
    [
      { variant: 'fast' },
      'ValueError',
      "init: variant must be one of 'auto', 'base', 'relaxed', 'wide', but received 'fast'.",
    ],
    [{ threads: 0 }, 'ValueError', "init: threads must be 'auto' or an integer >= 1, but received 0."],
    [{ threads: 1.5 }, 'ValueError', "init: threads must be 'auto' or an integer >= 1, but received 1.5."],
    ...(
      [
        [new Uint8Array(8), 'a Uint8Array'],
        [Promise.resolve(), 'a Promise (await it)'],
        [new Response(), 'a Response'],
        ['base.wasm', "'base.wasm'"],
        [{}, 'an object'],
        [null, 'null'],
      ] as const
    ).map(([module, received]): [object, string, string] => [
      { module },
      'ValueError',
      `init: module must be a WebAssembly.Module, such as await WebAssembly.compile(bytes) gives, but received ${received}.`,
    ]),
    [{ varient: 'base' }, 'ValueError', "init: 'varient' is not an option; did you mean 'variant'?"],
  ])('refuses %j', async (options, name, message) => {
    await expect(fresh.init(options as object)).rejects.toMatchObject({ name, message });
  });

  test('leaves the engine in use as it is when it refuses', async () => {
    await fresh.init({ variant: 'base' });
    await expect(fresh.init({ variant: 'wide' })).rejects.toThrow();
    expect(fresh.engine().variant).toBe('base');
  });

  test('refuses relaxed where the runtime does', async () => {
    stubWebAssembly({ validate: () => false });
    await expect(fresh.init({ variant: 'relaxed' })).rejects.toMatchObject({
      code: 'UNSUPPORTED',
      message:
        "init: variant 'relaxed' needs a runtime with relaxed SIMD, but this one refuses it; use 'base' or 'auto'.",
    });
  });

  test('says what to do where bytes may not be compiled', async () => {
    const cause = new WebAssembly.CompileError('not allowed by embedder');
    stubWebAssembly({ compile: () => Promise.reject(cause) });
    await expect(fresh.init()).rejects.toMatchObject({
      code: 'UNSUPPORTED',
      cause,
      message:
        "init: this runtime does not allow WebAssembly to be compiled from bytes; pass init({ module }) a WebAssembly.Module imported from lamella/wasm/base.wasm, or, in a browser, let script-src of the Content-Security-Policy have 'wasm-unsafe-eval'.",
    });
  });
});

describe('without init(),', () => {
  test('the first model compiles the engine on the spot', () => {
    const { variant, module, wasmBytes } = fresh.currentEngine();
    expect([variant, wasmBytes]).toEqual(['relaxed', sizeOf('relaxed')]);
    expect(module).toBeInstanceOf(WebAssembly.Module);
    expect(fresh.engine().wasmBytes).toBe(wasmBytes);
  });

  test('ready() compiles it, and changes nothing afterwards', async () => {
    await fresh.ready();
    expect(fresh.engine().wasmBytes).toBe(sizeOf('relaxed'));
    await fresh.init({ variant: 'base' });
    await fresh.ready();
    expect(fresh.engine().variant).toBe('base');
  });

  test('a runtime that compiles nothing synchronously is told to await init()', () => {
    const refusal = new RangeError('too large to compile on the main thread');
    class Refusing {
      constructor() {
        throw refusal;
      }
    }
    stubWebAssembly({ Module: Refusing });
    const message =
      'This runtime does not allow WebAssembly to be compiled synchronously; call await init() first.';
    expect(() => fresh.currentEngine()).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED', cause: refusal, message }),
    );
  });
});
