import { afterEach, describe, expect, test, vi } from 'vitest';
import { Arena } from '../../src/engine/arena.js';
import { UnsupportedError } from '../../src/errors.js';
import type { Kernels } from '../../src/engine/kernels.js';
import { bind, run } from '../../src/engine/kernels.js';
import { plan } from '../../src/network/plan.js';
import { denseNetwork } from '../helpers/networks.js';
import { engineOf } from '../helpers/wasm.js';

const engine = engineOf('base');
const PAGE = 65536;
const GIB = 2 ** 30;

afterEach(() => {
  vi.restoreAllMocks();
});

describe('an arena', () => {
  test('is as large as asked for, in whole pages', () => {
    for (const [bytes, pages] of [
      [0, 1],
      [1, 1],
      [PAGE, 1],
      [PAGE + 1, 2],
      [10 * PAGE, 10],
    ]) {
      expect(new Arena(engine, bytes).u8.length).toBe(pages * PAGE);
    }
  });

  test('has views of the same bytes', () => {
    const { f32, f64, i32, u8 } = new Arena(engine, PAGE);
    f64[1] = -0;
    f32[4] = 1;
    i32[5] = -1;
    expect([u8[15], i32[3], i32[4], u8[20]]).toEqual([128, -(2 ** 31), 0x3f800000, 255]);
    expect(new Set([f32, f64, i32, u8].map(({ buffer }) => buffer)).size).toBe(1);
  });

  test('gives views of floats by byte offset, beyond 2 GiB too', () => {
    const arena = new Arena(engine, 2 * GIB + PAGE);
    for (const offset of [0, 64, GIB, 2 * GIB, 2 * GIB + PAGE - 64]) {
      const floats = arena.floats(offset, 16);
      expect([floats.byteOffset, floats.length]).toEqual([offset, 16]);
    }
  });

  test('runs kernels on its memory', () => {
    const arena = new Arena(engine, PAGE);
    arena.floats(64, 4).set([1, 2, 3, 4]);
    run(arena.bind([{ kernel: 'sumSquares', args: [128, 64, 4] }]));
    expect(arena.f64[128 / 8]).toBe(30);
  });

  test('refuses more than 4 GiB in one sentence', () => {
    const message =
      'The network and its batch need 5120 MiB of WebAssembly memory, but this runtime gives less; use fewer units or a smaller batchSize.';
    expect(() => new Arena(engine, 5 * GIB)).toThrow(
      expect.objectContaining({ name: 'UnsupportedError', code: 'UNSUPPORTED', message }),
    );
  });

  test('refuses a plan whose network is too large for any memory', () => {
    const { bytes } = plan(denseNetwork(65536, [[65536, 'relu']]), 1);
    expect(() => new Arena(engine, bytes)).toThrow(/^The network and its batch need 1638\d MiB/);
  });

  test.each([
    [
      'a large memory',
      1024,
      'The network and its batch need 1024 MiB of WebAssembly memory, but this runtime gives less; use fewer units or a smaller batchSize.',
    ],
    [
      'one more small memory',
      3,
      'The network and its batch need 3 MiB of WebAssembly memory, but this runtime gives no more; drop models that are no longer used, since every model that has predicted or is being trained has a memory, and a process has addresses for about 10,000.',
    ],
  ])('says why the runtime does not give %s', (_name, size, message) => {
    const cause = new RangeError('could not allocate memory');
    vi.spyOn(WebAssembly, 'Memory').mockImplementation(function () {
      throw cause;
    } as never);
    expect(() => new Arena(engine, size * 2 ** 20)).toThrow(expect.objectContaining({ cause, message }));
  });
});

describe('bind', () => {
  const received: number[][] = [];
  /** Kernels of so many parameters, which note what they receive. */
  const kernelsOf = (parameters: number): Kernels => {
    const made = {
      update: (...args: number[]) => void received.push(args),
      sumRows: (...args: number[]) => void received.push(args.map((value) => -value)),
    };
    for (const kernel of Object.values(made)) Object.defineProperty(kernel, 'length', { value: parameters });
    return made as unknown as Kernels;
  };

  test.each(Array.from({ length: 17 }, (_, count) => count))('hands over %i arguments in order', (count) => {
    received.length = 0;
    const args = Array.from({ length: count }, (_, i) => i + 0.5);
    run(bind(kernelsOf(count), [{ kernel: 'update', args }]));
    expect(received).toHaveLength(1);
    expect(received[0].slice(0, count)).toEqual(args);
    expect(received[0].slice(count).every((value) => value === undefined)).toBe(true);
  });

  test('refuses more arguments than it knows', () => {
    const args = new Array<number>(17).fill(0);
    expect(() => bind(kernelsOf(17), [{ kernel: 'update', args }])).toThrow(
      'update has 17 arguments, but bind knows 16.',
    );
  });

  test('refuses kernels of another release', () => {
    const call = { kernel: 'update', args: [1, 2] } as const;
    const sentence = (found: string): string =>
      `The binary in use must have the kernel update of 2 arguments, but ${found}; use the binaries of this release of lamella.`;
    for (const [kernels, found] of [
      [kernelsOf(3), 'its kernel has 3'],
      [{} as Kernels, 'has none'],
    ] as const) {
      expect(() => bind(kernels, [call])).toThrow(new UnsupportedError(sentence(found)));
    }
  });

  test('keeps the order of the calls, and runs them as often as asked', () => {
    received.length = 0;
    const program = bind(kernelsOf(1), [
      { kernel: 'update', args: [1] },
      { kernel: 'sumRows', args: [2] },
    ]);
    run(program);
    run(program);
    expect(received.map(([first]) => first)).toEqual([1, -2, 1, -2]);
  });
});
