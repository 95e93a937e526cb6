import { callbacks, layers, ndarray, sequential, ShapeError, UnsupportedError, ValueError } from 'lamella';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Engines } from '../../src/engine/engines.js';

afterEach(() => vi.unstubAllGlobals());

// Names and texts come from files and requests too: none of them may draw on a terminal, or fill a log.

const HOSTILE = '\x1b[2J\r\n\u202e';

const message = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    return (error as Error).message;
  }
  return '';
};

describe('messages', () => {
  test.each([
    ['of a name', () => sequential({ name: HOSTILE })],
    ['of an option', () => sequential({ [HOSTILE]: 1 } as never)],
    ['of a value', () => layers.dense({ units: HOSTILE as never })],
    ['of a string among rows', () => ndarray([[HOSTILE, 1]] as never)],
    [
      "of an error of the caller's",
      () => {
        throw new ValueError(HOSTILE);
      },
    ],
  ])('%s hold no control characters', (_what, work) => {
    expect(message(work)).toMatch(/\\x1b/);
    expect(message(work)).not.toMatch(/[\p{Cc}\u202e]/u);
  });

  test('end where nobody reads on', () => {
    const model = sequential({ name: 'a', layers: [layers.dense({ units: 1, inputShape: [2] })] });
    const rank = Array.from({ length: 1e5 }, () => 1);
    const long = 'b'.repeat(1e6);
    expect(message(() => layers.dense({ [long]: 1 } as never)).length).toBeLessThan(1000);
    expect(message(() => layers.dense({ units: 1, name: long })).length).toBeLessThan(200);
    expect(message(() => model.predict({ data: new Float32Array(1), shape: rank })).length).toBeLessThan(200);
    expect(message(() => callbacks.modelCheckpoint({ write: () => {}, monitor: long })).length).toBeLessThan(
      200,
    );
    expect(new ValueError(long).message.length).toBeLessThan(5000);
  });

  test('of errors made elsewhere are kept whole', () => {
    expect(new ValueError('x must be 1, but received 2.').message).toBe('x must be 1, but received 2.');
    expect(new ShapeError('größer als 3 → 4').message).toBe('größer als 3 → 4');
  });
});

test('a runtime without WebAssembly is told by an UnsupportedError', async () => {
  vi.stubGlobal('WebAssembly', undefined);
  const missing = (): never => {
    throw new Error('not reached');
  };
  const engines = new Engines({ binarySync: missing, loadBinary: missing }, 'some kernels');
  await expect(engines.choose('wide')).rejects.toThrow(UnsupportedError);
  await expect(engines.choose('wide')).rejects.toThrow(/this runtime has none/);
});
