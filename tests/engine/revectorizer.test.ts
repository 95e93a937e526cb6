import { describe, expect, test } from 'vitest';
import { ensureRevectorizer, REVECTORIZE_FLAG } from '../../src/engine/revectorizer.js';

const node24 = {
  arch: 'x64',
  execArgv: [] as string[],
  versions: { node: '24.21.0' },
  config: { variables: { v8_enable_wasm_simd256_revec: 1 } },
};

const started = (...execArgv: string[]) => ({ ...node24, execArgv });

describe('the variant wide', () => {
  test.each([
    [[REVECTORIZE_FLAG]],
    [['--experimental_wasm_revectorize']],
    [['--no-experimental-wasm-revectorize', '--stack-size=2000', REVECTORIZE_FLAG]],
  ])('needs nothing more in a process started with %j', (words) => {
    expect(() => ensureRevectorizer(undefined, started(...words))).not.toThrow();
  });

  test.each([[[]], [['--stack-size=2000']], [[REVECTORIZE_FLAG, '--no-experimental-wasm-revectorize']]])(
    'is refused in a process started with %j, unless something may set the flag',
    (words) => {
      expect(() => ensureRevectorizer(undefined, started(...words))).toThrow(
        "init: variant 'wide' needs V8's flag --experimental-wasm-revectorize, but this process was started without it; start it as node --experimental-wasm-revectorize, or import init from lamella/node, which sets it.",
      );
    },
  );

  test.each([
    [{}, 'this is another runtime'],
    [{ versions: { node: '24.2.0' }, execArgv: [REVECTORIZE_FLAG] }, 'this is another runtime'],
    [{ ...node24, versions: { node: '22.23.1' } }, 'this is Node.js 22.23.1'],
    [{ ...node24, versions: { node: '26.3.0', deno: '2.9.6' } }, 'this is Deno 2.9.6'],
    [{ ...node24, versions: { node: '26.3.0', bun: '1.4.5' } }, 'this is Bun 1.4.5'],
    [{ ...node24, arch: 'arm64' }, 'this is a processor of type arm64'],
    [{ ...node24, config: { variables: {} } }, 'this Node.js is built without it'],
  ])('is refused, and no flag set, in %j', (runtime, reason) => {
    const flags: string[] = [];
    expect(() => ensureRevectorizer((flag) => flags.push(flag), runtime)).toThrow(
      `init: variant 'wide' needs Node.js 24 or newer on x64 with --experimental-wasm-revectorize, but ${reason}; use 'relaxed' or 'auto'.`,
    );
    expect(flags).toEqual([]);
  });

  test('has the flag set once where only the flag is missing', () => {
    const flags: string[] = [];
    for (let i = 0; i < 2; i++) ensureRevectorizer((flag) => flags.push(flag), started());
    expect(flags).toEqual([REVECTORIZE_FLAG]);
    expect(() => ensureRevectorizer(undefined, started())).not.toThrow();
  });
});
