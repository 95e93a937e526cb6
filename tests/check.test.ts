import { describe, expect, test } from 'vitest';
import {
  anyOf,
  boolean,
  canonicalName,
  checkOptions,
  checkValue,
  closestName,
  describe as inWords,
  func,
  instance,
  integer,
  listOf,
  nullable,
  number,
  oneOf,
  positiveInteger,
  text,
} from '../src/check.js';
import { ValueError } from '../src/errors.js';
import { RandomState } from '../src/random.js';

const schema = {
  learningRateInit: number({ above: 0 }),
  momentum: number({ min: 0, max: 1 }),
  maxIter: positiveInteger,
  shuffle: boolean,
  solver: oneOf(['sgd', 'adam', 'lbfgs']),
  activation: oneOf(['linear', 'relu', 'leakyRelu', 'sigmoid'], { identity: 'linear', logistic: 'sigmoid' }),
  loss: oneOf(['categoricalCrossentropy', 'l1l2'], { mean_sq: 'l1l2' }),
  batchSize: anyOf(oneOf(['auto']), positiveInteger),
  randomState: nullable(anyOf(integer({ min: 0, max: 4294967295 }), instance(RandomState))),
  hiddenLayerSizes: listOf(positiveInteger),
  onWarning: func<(warning: string) => void>(),
  name: text,
};
const check = (given: unknown) => checkOptions('MLPClassifier', given, schema);

describe('checkOptions', () => {
  test('returns the given options in a fresh object', () => {
    const given = { learningRateInit: 0.1, shuffle: false, hiddenLayerSizes: Int32Array.of(5, 2) };
    const checked = check(given);
    expect(checked).toEqual({ learningRateInit: 0.1, shuffle: false, hiddenLayerSizes: [5, 2] });
    expect(checked).not.toBe(given);
  });

  test('counts undefined options as not given', () => {
    expect(check({ maxIter: undefined })).toEqual({});
    expect(check(undefined)).toEqual({});
  });

  test('gives names their canonical spelling', () => {
    expect(check({ loss: 'categorical_crossentropy' }).loss).toBe('categoricalCrossentropy');
    expect(check({ loss: 'l1_l2' }).loss).toBe('l1l2');
    expect(check({ activation: 'leaky_relu' }).activation).toBe('leakyRelu');
    expect(check({ activation: 'logistic' }).activation).toBe('sigmoid');
  });

  test('takes null only where it is allowed', () => {
    expect(check({ randomState: null })).toEqual({ randomState: null });
    expect(() => check({ maxIter: null })).toThrow('maxIter must be an integer >= 1, but received null.');
    expect(() => check({ maxIter: 5n })).toThrow('maxIter must be an integer >= 1, but received 5n.');
  });

  test.each([
    [{ learningRateInit: -1 }, 'learningRateInit must be a number > 0, but received -1.'],
    [{ learningRateInit: NaN }, 'learningRateInit must be a number > 0, but received NaN.'],
    [{ learningRateInit: Infinity }, 'learningRateInit must be a number > 0, but received Infinity.'],
    [{ learningRateInit: '0.1' }, "learningRateInit must be a number > 0, but received '0.1'."],
    [{ momentum: 1.5 }, 'momentum must be a number >= 0 and <= 1, but received 1.5.'],
    [{ maxIter: 0 }, 'maxIter must be an integer >= 1, but received 0.'],
    [{ maxIter: 2.5 }, 'maxIter must be an integer >= 1, but received 2.5.'],
    [{ shuffle: 1 }, 'shuffle must be a boolean, but received 1.'],
    [{ solver: 'adma' }, "solver must be one of 'sgd', 'adam', 'lbfgs', but received 'adma'."],
    [{ solver: 'ADAM' }, "solver must be one of 'sgd', 'adam', 'lbfgs', but received 'ADAM'."],
    [{ activation: '__proto__' }, "but received '__proto__'."],
    [{ activation: 'constructor' }, "but received 'constructor'."],
    [{ batchSize: 0 }, "batchSize must be 'auto' or an integer >= 1, but received 0."],
    [
      { randomState: new Date(0) },
      'randomState must be an integer >= 0 and <= 4294967295 or a RandomState or null, but received a Date.',
    ],
    [
      { hiddenLayerSizes: [5, 0] },
      'hiddenLayerSizes must be an array whose every value is an integer >= 1, but received [5, 0].',
    ],
    [{ onWarning: 'log' }, "onWarning must be a function, but received 'log'."],
    [{ name: '' }, "name must be a non-empty string, but received ''."],
  ])('refuses %j in one sentence', (given, sentence) => {
    expect(() => check(given)).toThrow(ValueError);
    expect(() => check(given)).toThrow(`MLPClassifier: `);
    expect(() => check(given)).toThrow(sentence);
  });

  test.each([
    ['learning_rate_init', 'learningRateInit'],
    ['learnigRateInit', 'learningRateInit'],
    ['maxiter', 'maxIter'],
    ['max_iters', 'maxIter'],
    ['sovler', 'solver'],
  ])('offers the nearest known name for %s', (name, offer) => {
    expect(() => check({ [name]: 1 })).toThrow(
      `MLPClassifier: '${name}' is not an option; did you mean '${offer}'?`,
    );
  });

  test('lists all names when none is near', () => {
    expect(() => checkOptions('relu', { zzz: 1 }, { maxValue: boolean, slope: boolean })).toThrow(
      "relu: 'zzz' is not an option; the options are maxValue, slope.",
    );
    expect(() => checkOptions('flatten', { zzz: 1 }, {})).toThrow(
      "flatten: 'zzz' is not an option; it takes none.",
    );
  });

  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('refuses the option %s', (name) => {
    const given = JSON.parse(`{ "${name}": { "polluted": true } }`) as unknown;
    expect(() => check(given)).toThrow(`'${name}' is not an option`);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  test.each([
    [5, '5'],
    [null, 'null'],
    [[1], '[1]'],
    [new Map([['alpha', 1]]), 'a Map'],
    [new Date(0), 'a Date'],
    [Promise.resolve({}), 'a Promise (await it)'],
    [new AbortController().signal, 'an AbortSignal'],
    [new Float32Array(2), 'a Float32Array'],
    ['sgd', "'sgd'"],
  ])('refuses %j in place of options', (given, received) => {
    expect(() => check(given)).toThrow(`MLPClassifier: options must be an object, but received ${received}.`);
  });
});

describe('checkValue', () => {
  test('checks one value', () => {
    expect(checkValue('dropout', 'rate', 0.5, number({ min: 0, below: 1 }))).toBe(0.5);
    expect(() => checkValue('dropout', 'rate', 1, number({ min: 0, below: 1 }))).toThrow(
      'dropout: rate must be a number >= 0 and < 1, but received 1.',
    );
  });
});

describe('names', () => {
  test('only true snake_case is converted', () => {
    expect(canonicalName('glorot_uniform', ['glorotUniform'])).toBe('glorotUniform');
    for (const name of [
      'GlorotUniform',
      'glorotuniform',
      '_glorot_uniform',
      'glorot__uniform',
      'glorot_Uniform',
    ]) {
      expect(canonicalName(name, ['glorotUniform'])).toBeUndefined();
    }
  });

  test('a name that is far from all is not matched', () => {
    expect(closestName('xyz', ['adam', 'sgd'])).toBeUndefined();
    expect(closestName('amad', ['adam', 'sgd'])).toBeUndefined();
    expect(closestName('adma', ['adam', 'sgd'])).toBe('adam');
  });
});

describe('values in words', () => {
  test.each([
    [-0, '-0'],
    ['a'.repeat(50), `'${'a'.repeat(40)}...'`],
    [[1, 'x', [2], null, {}, 6], "[1, 'x', [...], null, an object, ... (6 values)]"],
    [Object.create(null), 'an object'],
    [new Int8Array(2), 'an Int8Array'],
    [() => 1, 'a function'],
    [Math.abs, 'the function abs'],
    [undefined, 'undefined'],
    ['\u001b[31mred\n\u2028\u202e', "'\\x1b[31mred\\n\\u2028\\u202e'"],
    [{ constructor: { name: '\u001b[31m' } }, 'an object'],
    [10n ** 50n, 'a bigint beyond 2^128'],
  ])('%o', (value, words) => {
    expect(inWords(value)).toBe(words);
  });
});

describe('a foreign name', () => {
  const long = `${'_'.repeat(100_000)}!`;
  const names = [
    long,
    'a_'.repeat(500_000),
    'x'.repeat(1_000_000),
    '_'.repeat(64),
    '',
    '_',
    '__',
    'a__',
    '\n',
  ];

  test.each(names.map((name, i) => [i, name] as const))(
    '%i is refused at once, and cut in the message',
    (_i, name) => {
      const before = process.cpuUsage();
      const refusal = expect(() => check({ [name]: 1 }));
      refusal.toThrow(ValueError);
      refusal.toThrow(/^MLPClassifier: '.{0,50}' is not an option/s);
      expect(() => check({ loss: name })).toThrow(ValueError);
      expect(process.cpuUsage(before).user).toBeLessThan(200_000);
    },
  );

  test('in snake_case is told by its name here, underscores before and behind it or not', () => {
    for (const name of ['max_iter', 'max__iter', 'max_iter_']) {
      expect(() => check({ [name]: 1 })).toThrow(`'${name}' is not an option; did you mean 'maxIter'?`);
    }
  });

  test('is compared with known names of any length', () => {
    const known = ['x'.repeat(1_000_000), 'momentum'];
    expect(closestName('momentun', known)).toBe('momentum');
    expect(closestName('x'.repeat(64), known)).toBeUndefined();
    expect(canonicalName('x'.repeat(1_000_000), known)).toBe(known[0]);
  });
});
