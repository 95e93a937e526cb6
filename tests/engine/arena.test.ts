import { afterEach, describe, expect, test, vi } from 'vitest';
import { Arena } from '../../src/engine/arena.js';
import type { Kernels } from '../../src/engine/kernels.js';
import { bind, run } from '../../src/engine/kernels.js';
import { plan } from '../../src/model/plan.js';
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

  test('refuses with the same sentence, and the reason, what the runtime does not give', () => {
    const reason = new RangeError('could not allocate memory');
    vi.spyOn(WebAssembly, 'Memory').mockImplementation(function () {
      throw reason;
    } as never);
    expect(() => new Arena(engine, 3 * 2 ** 20)).toThrow(
      expect.objectContaining({
        cause: reason,
        message: expect.stringMatching(/^The network and its batch need 3 MiB of WebAssembly memory/),
      }),
    );
  });
});

describe('bind', () => {
  const received: number[][] = [];
  const kernels = {
    update: (...args: number[]) => void received.push(args),
    sumRows: (...args: number[]) => void received.push(args.map((value) => -value)),
  } as unknown as Kernels;

  test.each(Array.from({ length: 17 }, (_, count) => count))('hands over %i arguments in order', (count) => {
    received.length = 0;
    const args = Array.from({ length: count }, (_, i) => i + 0.5);
    run(bind(kernels, [{ kernel: 'update', args }]));
    expect(received).toHaveLength(1);
    expect(received[0].slice(0, count)).toEqual(args);
    expect(received[0].slice(count).every((value) => value === undefined)).toBe(true);
  });

  test('refuses more arguments than it knows', () => {
    const args = new Array<number>(17).fill(0);
    expect(() => bind(kernels, [{ kernel: 'update', args }])).toThrow(
      'update has 17 arguments, but bind knows 16.',
    );
  });

  test('keeps the order of the calls, and runs them as often as asked', () => {
    received.length = 0;
    const program = bind(kernels, [
      { kernel: 'update', args: [1] },
      { kernel: 'sumRows', args: [2] },
    ]);
    run(program);
    run(program);
    expect(received.map(([first]) => first)).toEqual([1, -2, 1, -2]);
  });
});
