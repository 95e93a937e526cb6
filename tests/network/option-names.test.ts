import { describe, expect, test } from 'vitest';
import { constraints, initializers, losses, optimizers, regularizers, schedules } from '../../src/index.js';
import { ValueError } from '../../src/errors.js';
import { resolveActivation } from '../../src/network/activations.js';
import { resolveConstraint } from '../../src/network/constraints.js';
import { resolveInitializer } from '../../src/network/initializers.js';
import { resolveLoss } from '../../src/network/loss-options.js';
import { resolveOptimizer } from '../../src/network/optimizer-options.js';
import { resolveRegularizer } from '../../src/network/regularizers.js';
import { resolveSchedule } from '../../src/network/schedules.js';

type Factories = Record<string, (options?: any) => { name: string }>;

/** Options without which a factory does not know what to do. */
const NEEDED: Record<string, object> = {
  exponentialDecay: { initialLearningRate: 0.1, decaySteps: 10, decayRate: 0.5 },
  inverseTimeDecay: { initialLearningRate: 0.1, decaySteps: 10, decayRate: 0.5 },
  cosineDecay: { initialLearningRate: 0.1, decaySteps: 10 },
  piecewiseConstant: { boundaries: [2, 4], values: [1, 2, 3] },
  polynomialDecay: { initialLearningRate: 0.1, decaySteps: 10 },
  oneCycle: { maxLearningRate: 0.1, totalSteps: 10 },
};

/** Without the factories that are other names of others. */
const { xavierNormal, xavierUniform, ...ownInitializers } = initializers;

const groups: [string, Factories, (given: unknown, owner: string) => unknown, number][] = [
  ['losses', losses, resolveLoss, 14],
  ['optimizers', optimizers, resolveOptimizer, 9],
  ['schedules', schedules, resolveSchedule, 6],
  ['initializers', ownInitializers, resolveInitializer, 15],
  ['regularizers', regularizers, resolveRegularizer, 3],
  ['constraints', constraints, resolveConstraint, 4],
];

const snake = (name: string): string => name.replace(/[A-Z]|(?<=l1)l2/g, (part) => `_${part.toLowerCase()}`);
/** What can be compared: functions differ each time. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
const message = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    expect(error).toBeInstanceOf(ValueError);
    return (error as Error).message;
  }
  return expect.fail('nothing was refused');
};

describe.each(groups)('%s', (group, factories, resolve, count) => {
  const configs = Object.entries(factories).map(([name, factory]) => [name, factory(NEEDED[name])] as const);

  test('make plain data that name what they are', () => {
    expect(configs).toHaveLength(count);
    for (const [name, config] of configs) {
      expect(config).toEqual({ name, ...NEEDED[name] });
      expect(plain(config)).toEqual(config);
    }
  });

  test('are known by their name in camelCase and in snake_case, and by what came out of JSON', () => {
    for (const [name, config] of configs) {
      const resolved = plain(resolve(config, 'model'));
      expect(plain(resolve({ ...config, name: snake(name) }, 'model'))).toEqual(resolved);
      expect(plain(resolve(plain(config), 'model'))).toEqual(resolved);
      if (!NEEDED[name]) expect(plain(resolve(snake(name), 'model'))).toEqual(resolved);
    }
  });

  test('refuse what they do not know, offering what is near', () => {
    const [name] = configs[0];
    const wrong = `${name.slice(0, -1)}x`;
    const kind = message(() => resolve(wrong, 'model')).replace(/^model: '\w+' is not (an? \w+); .*$/, '$1');
    expect(message(() => resolve(wrong, 'model'))).toBe(
      `model: '${wrong}' is not ${kind}; did you mean '${name}'?`,
    );
    const names = configs.map(([each]) => each).join(', ');
    expect(message(() => resolve('qqqqqqqq', 'model'))).toBe(
      `model: 'qqqqqqqq' is not ${kind}; expected one of ${names}.`,
    );
    expect(message(() => resolve(7, 'model'))).toBe(
      `model: ${kind} must be a name or an object with a name, but received 7.`,
    );
    expect(message(() => resolve({ name: 3 }, 'model'))).toContain('but received an object.');
    for (const inherited of ['constructor', '__proto__', 'toString']) {
      expect(message(() => resolve(inherited, 'model'))).toContain(`'${inherited}' is not ${kind}`);
      expect(message(() => resolve(Object.create({ name }), 'model'))).toContain('an object with a name');
    }
  });

  test('refuse unknown options, in the factory and in what comes from a file', () => {
    for (const [name, config] of configs) {
      const expected = `${group}.${name}: 'speeed' is not an option`;
      expect(message(() => factories[name]({ ...NEEDED[name], speeed: 1 }))).toContain(expected);
      expect(message(() => resolve({ ...config, speeed: 1 }, 'model'))).toContain(expected);
    }
  });
});

describe('other names', () => {
  test.each([
    ['mse', 'meanSquaredError'],
    ['mae', 'meanAbsoluteError'],
    ['mape', 'meanAbsolutePercentageError'],
    ['msle', 'meanSquaredLogarithmicError'],
    ['kld', 'kullbackLeiblerDivergence'],
    ['kl_divergence', 'kullbackLeiblerDivergence'],
    ['bce', 'binaryCrossentropy'],
  ])('%s is the loss %s', (alias, name) => {
    expect(resolveLoss(alias, 'model').name).toBe(name);
  });

  test('xavier is glorot', () => {
    expect(resolveInitializer('xavier_uniform', 'model').name).toBe('glorotUniform');
    expect(xavierNormal({ seed: 3 })).toEqual(initializers.glorotNormal({ seed: 3 }));
    expect(xavierUniform()).toEqual(initializers.glorotUniform());
    expect(resolveInitializer({ name: 'xavierNormal', seed: 3 }, 'model')).toEqual({
      name: 'glorotNormal',
      seed: 3,
    });
  });

  test('activations are known by both spellings, and by the names of scikit-learn', () => {
    const names = [
      'hard_sigmoid',
      'leaky_relu',
      'log_softmax',
      'swish',
      'identity',
      'logistic',
      'relu6',
      null,
    ];
    const known = 'hardSigmoid leakyRelu logSoftmax silu linear sigmoid relu6 linear'.split(' ');
    expect(names.map((name) => resolveActivation(name, 'dense'))).toEqual(known);
    expect(message(() => resolveActivation('rleu', 'dense'))).toBe(
      "dense: 'rleu' is not an activation; did you mean 'relu'?",
    );
    expect(message(() => resolveActivation(() => 1, 'dense'))).toBe(
      'dense: an activation must be a name, but received a function.',
    );
  });
});
