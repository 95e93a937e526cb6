import { describe, expect, test } from 'vitest';
import type { Sequential } from '../../src/index.js';
import { init, layers, losses, optimizers, sequential, ValueError } from '../../src/index.js';
import { Seeded } from '../helpers/seeded.js';

const ACTIVATIONS =
  'linear leakyRelu elu selu gelu silu mish tanh softsign relu relu6 softplus exponential sigmoid hardSigmoid softmax logSoftmax'.split(
    ' ',
  );

const ANY = '.................';

/** By activation, over one output and over three: '.' learns, 'w' is warned of, 'x' is refused. */
const TABLE: Record<string, readonly [one: string, three: string]> = {
  categoricalCrossentropy: ['xxxxxxxxxxxxxxxxx', 'wwwwwwwwwww...w.x'],
  sparseCategoricalCrossentropy: ['xxxxxxxxxxxxxxxxx', 'wwwwwwwwwww...w.x'],
  'categoricalCrossentropy fromLogits': ['xxxxxxxxxxxxxxxxx', '.......ww....www.'],
  'sparseCategoricalCrossentropy fromLogits': ['xxxxxxxxxxxxxxxxx', '.......ww....www.'],
  binaryCrossentropy: ['wwwwwwwwwwwww..ww', 'wwwwwwwwwwwww...x'],
  'binaryCrossentropy fromLogits': ['..wwwwwwwwwwwwwww', '..wwwwwwwwwwwwwww'],
  kullbackLeiblerDivergence: ['xxxxxxxxxxxxxxxxx', 'wwwwwwwwwwwwwww.x'],
  poisson: ['wwwwwwwwwww....ww', 'wwwwwwwwwww.....x'],
  meanSquaredLogarithmicError: ['wwwwwwwww......ww', 'wwwwwwwww.......x'],
  hinge: ['.........wwwwwwww', '.........wwwwwwww'],
  squaredHinge: ['.........wwwwwwww', '.........wwwwwwww'],
  categoricalHinge: ['.........wwwwwwww', ANY],
  meanSquaredError: ['...............ww', ANY],
  meanAbsoluteError: ['...............ww', ANY],
  meanAbsolutePercentageError: ['...............ww', ANY],
  huber: ['...............ww', ANY],
  logCosh: ['...............ww', ANY],
};

/** What a message must name as the way out. */
const REMEDIES: Record<string, RegExp> = {
  categoricalCrossentropy: /softmax|drop the activation/,
  sparseCategoricalCrossentropy: /softmax|drop the activation/,
  binaryCrossentropy: /sigmoid|drop the activation/,
  kullbackLeiblerDivergence: /softmax/,
  poisson: /'exponential' or 'softplus'/,
  meanSquaredLogarithmicError: /'softplus' or 'relu'/,
  hinge: /'tanh', or none/,
  squaredHinge: /'tanh', or none/,
  categoricalHinge: /'tanh', or none/,
};
const CONSTANT = /which is [01] for every row; use sigmoid/;

const ROWS = 30;
const x = { data: new Seeded(3).floats(ROWS * 3), shape: [ROWS, 3] };
const classes = Array.from({ length: ROWS }, (_, row) => {
  const values = [...x.data.subarray(3 * row, 3 * row + 3)];
  return values.indexOf(Math.max(...values));
});

interface Case {
  readonly key: string;
  readonly name: string;
  readonly activation: string;
  readonly units: number;
  readonly verdict: string;
}

const CASES: Case[] = Object.entries(TABLE).flatMap(([key, verdicts]) =>
  verdicts.flatMap((line, i) =>
    [...line].map((verdict, j) => ({
      ...{ key, name: key.split(' ')[0], units: i === 0 ? 1 : 3 },
      ...{ activation: ACTIVATIONS[j], verdict },
    })),
  ),
);

function compiled({ key, name, activation, units }: Case): Sequential {
  const last = layers.dense({ units, activation, inputShape: [3] } as never);
  const model = sequential({ seed: 1, layers: [last] });
  const make = losses[name as keyof typeof losses] as (options: object) => never;
  const loss = make(key.endsWith('fromLogits') ? { fromLogits: true } : {});
  model.compile({ optimizer: optimizers.adam({ learningRate: 0.1 }), loss });
  return model;
}

/** 0 and 1, or what the regressions can reach of it. */
function targetsOf({ name, units, activation }: Case): unknown {
  if (name.startsWith('sparse')) return classes;
  const one = activation === 'logSoftmax' && !(name in REMEDIES) ? -1 : 1;
  if (units === 1) return classes.map((label) => (label === 0 ? one : 0));
  return classes.map((label) => [0, 1, 2].map((i) => (i === label ? one : 0)));
}

/** Warnings and losses of a fit. */
async function fitted(one: Case, epochs: number): Promise<{ warnings: string[]; loss: readonly number[] }> {
  const warnings: string[] = [];
  const { history } = await compiled(one).fit(x, targetsOf(one) as never, {
    ...{ epochs, batchSize: ROWS, verbose: 0, shuffle: false },
    onWarning: ({ message }) => void warnings.push(message),
  });
  return { warnings, loss: history.loss };
}

const what = ({ key, units, activation }: Case): string => `${key}, ${activation}, ${units} units`;

describe('of every loss over every output', () => {
  test('those that cannot learn, whatever the data, are refused by compile', () => {
    for (const one of CASES.filter(({ verdict }) => verdict === 'x')) {
      let message = '';
      try {
        compiled(one);
      } catch (error) {
        expect(error, what(one)).toBeInstanceOf(ValueError);
        message = (error as Error).message;
      }
      expect(message, what(one)).toMatch(/^sequential\.compile: /);
      expect(message, what(one)).toMatch(REMEDIES[one.name]);
    }
  });

  test('those that learn badly warn at the first fit, and say what to use', async () => {
    for (const one of CASES.filter(({ verdict }) => verdict === 'w')) {
      const model = compiled(one);
      const warnings: string[] = [];
      const onWarning = ({ message }: Error): void => void warnings.push(message);
      await model.fit(x, targetsOf(one) as never, { verbose: 0, onWarning }).catch((error: Error) => {
        // The logarithm of what is below 0.
        expect(error.name, what(one)).toBe('DivergedError');
      });
      expect(warnings, what(one)).toHaveLength(1);
      const constant = one.units === 1 && /softmax/i.test(one.activation);
      expect(warnings[0], what(one)).toMatch(constant ? CONSTANT : REMEDIES[one.name]);
    }
  });

  test('all others learn, and say nothing', async () => {
    await init();
    for (const one of CASES.filter(({ verdict }) => verdict === '.')) {
      const { warnings, loss } = await fitted(one, one.name in REMEDIES ? 30 : 1);
      expect(warnings, what(one)).toEqual([]);
      if (one.name in REMEDIES) expect(loss.at(-1)! / loss[0], what(one)).toBeLessThan(0.85);
    }
  });
});

describe('the number of outputs', () => {
  const crossEntropy = { loss: 'categoricalCrossentropy' } as const;

  test('is known behind an activation of its own, dropout and reshaping', () => {
    const ends = [layers.dense({ units: 1 }), layers.activation({ activation: 'softmax' })];
    const model = sequential({ layers: [...ends, layers.dropout({ rate: 0.1 })] });
    expect(() => model.compile(crossEntropy)).toThrow(
      'sequential.compile: categoricalCrossentropy needs one output per class, but the model has 1; use binaryCrossentropy with one sigmoid unit, or one softmax unit per class.',
    );
  });

  test('is looked at when the model is built, where compile cannot know it', async () => {
    const model = sequential({ layers: [layers.conv2d({ filters: 1, kernelSize: 2 }), layers.flatten()] });
    model.compile(crossEntropy);
    const image = { data: new Float32Array(4), shape: [1, 2, 2, 1] };
    await expect(model.fit(image, [[1]], { verbose: 0 })).rejects.toThrow(
      'sequential.fit: categoricalCrossentropy needs one output per class, but the model has 1',
    );
    expect(() => model.trainOnBatch(image, [[1]])).toThrow('needs one output per class');
    expect(model.built).toBe(false);
  });
});

test('threshold units in frozen layers, which nothing trains through, say nothing', async () => {
  const sign = layers.dense({ units: 3, activation: 'sign', inputShape: [3], trainable: false });
  const model = sequential({ seed: 1, layers: [sign] });
  model.compile({ loss: 'binaryCrossentropy' });
  const warnings: string[] = [];
  await model.fit(x, targetsOf({ ...CASES[0], units: 3 }) as never, {
    ...{ verbose: 0, onWarning: ({ message }) => void warnings.push(message) },
  });
  expect(warnings).toEqual([]);
});
