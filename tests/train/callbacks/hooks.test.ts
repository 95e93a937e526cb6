import { describe, expect, test } from 'vitest';
import { callbacks, ValueError } from 'lamella';
import { line, quiet } from '../../sequential/data.js';

const HOOKS =
  'setParams, onTrainBegin, onEpochBegin, onBatchEnd, onEpochEnd, onEpochSettled, onTrainEnd, getState, setState';

const model = line();
const fit = (given: any): Promise<unknown> => model.fit([[1]], [1], { ...quiet, callbacks: given });
const nothing = (): void => {};

/** The spellings of a hook that is called on_epoch_end in Keras and onEpochEnd here. */
function spellings(keras: string): string[] {
  const words = keras.split('_');
  const capital = (word: string): string => word[0].toUpperCase() + word.slice(1);
  const camel = [words[0], ...words.slice(1).map(capital)].join('');
  const bare = words[0] === 'on' ? words.slice(1) : words;
  const bareCamel = [bare[0], ...bare.slice(1).map(capital)].join('');
  const joined = [camel, words.map(capital).join(''), bareCamel, bare.join('_'), bare.map(capital).join('')];
  return [keras, keras.toUpperCase(), ...joined, camel.toLowerCase(), bareCamel.toLowerCase()];
}

describe('a member that fit would never call is refused', () => {
  const own = HOOKS.split(', ').map((name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
  const foreign = ['set_model', 'on_batch_begin', 'on_yield'].concat(
    ['train', 'test', 'predict'].flatMap((stage) =>
      ['begin', 'end', 'batch_begin', 'batch_end'].map((moment) => `on_${stage}_${moment}`),
    ),
  );
  const invented = ['onEarlyStop', 'onEpochFinish', 'onX', 'on_x', 'on_', 'onEvaluate'];
  const names = new Set([...own.concat(foreign).flatMap(spellings), ...invented]);
  for (const hook of HOOKS.split(', ')) names.delete(hook);

  class Parent {}
  const carriers: Record<string, (name: string) => unknown> = {
    'alone, as a function': (name) => ({ [name]: nothing }),
    'alone, as another callback': (name) => ({ [name]: callbacks.earlyStopping() }),
    'beside a hook': (name) => ({ onEpochEnd: nothing, [name]: nothing }),
    'in an array': (name) => [callbacks.terminateOnNaN(), { onEpochEnd: nothing, [name]: nothing }],
    'without being enumerable': (name) =>
      Object.defineProperty({ onEpochEnd: nothing }, name, { value: nothing }),
    'on a prototype': (name) => {
      class Child extends Parent {
        onEpochEnd(): void {}
      }
      Object.defineProperty(Parent.prototype, name, { value: nothing, configurable: true });
      return new Child();
    },
    'on an object without a prototype': (name) =>
      Object.assign(Object.create(null), { onEpochEnd: nothing, [name]: nothing }),
  };

  test.each(Object.entries(carriers))('%s', async (_where, carrier) => {
    expect(names.size).toBeGreaterThan(100);
    for (const name of names) {
      const error: any = await fit(carrier(name)).then(
        () => `${name} was accepted`,
        (reason: unknown) => reason,
      );
      delete (Parent.prototype as any)[name];
      expect(error).toBeInstanceOf(ValueError);
      expect(error.message).toBe(
        `sequential.fit: '${name}' of a callback is never called; expected any of ${HOOKS}.`,
      );
    }
  });
});

describe('a callback without any hook is refused', () => {
  test.each([
    ['an empty object', {}, 'but received an object with no members.'],
    [
      'a record of callbacks',
      { stop: callbacks.earlyStopping() },
      "but received an object with the members ['stop'].",
    ],
    [
      'an instance',
      new (class Watch {
        look(): void {}
      })(),
      "but received a Watch with the members ['look'].",
    ],
    ['a Map', new Map(), 'but received a Map with the members'],
    [
      'options',
      { monitor: 'loss', patience: 3 },
      "but received an object with the members ['monitor', 'patience'].",
    ],
  ])('%s', async (_name, callback, received) => {
    for (const given of [callback, [callback], [{ onEpochEnd: nothing }, callback]]) {
      const error: any = await fit(given).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(ValueError);
      expect(error.message).toContain(`sequential.fit: a callback must have any of ${HOOKS}, ${received}`);
    }
  });

  test.each([
    ['earlyStopping'],
    [5],
    [true],
    [nothing],
    [[[]]],
    [[[{ onEpochEnd: nothing }]]],
    [[null]],
    [[undefined]],
  ])('%o', async (given) => {
    await expect(fit(given)).rejects.toThrow(
      `sequential.fit: a callback must be an object with any of ${HOOKS}, but received`,
    );
  });

  test('nor is one whose hook is no function', async () => {
    for (const hook of HOOKS.split(', ')) {
      for (const value of [null, 0, 'a', {}, callbacks.earlyStopping()]) {
        await expect(fit({ [hook]: value })).rejects.toThrow(
          `sequential.fit: ${hook} of a callback must be a function, but received`,
        );
      }
    }
  });
});

describe('a callback is accepted', () => {
  class Base {
    epochs = 0;
    onEpochEnd(): void {
      this.epochs += 1;
    }
  }
  class Derived extends Base {
    once = true;
    online = 1;
    on(): void {}
    only(): void {}
    get state(): number {
      return 0;
    }
  }

  test('with members of its own, and with hooks of its classes', async () => {
    const derived = new Derived();
    await fit(derived);
    await fit([derived]);
    expect(derived.epochs).toBe(2);
  });

  test.each(HOOKS.split(', '))('with nothing but %s', async (hook) => {
    await fit({ [hook]: nothing });
    await fit({ [hook]: undefined });
  });

  test.each([[undefined], [null], [[]]])('or none at all: %o', async (given) => {
    await fit(given);
  });
});
