import { describe, expect, test } from 'vitest';
import { layers, MLPClassifier, MLPRegressor, optimizers, sequential } from '../../src/index.js';

const ROWS = 60;
const X = Array.from({ length: ROWS }, (_, i) => [Math.sin(i), Math.cos(3 * i), Math.sin(5 * i)]);
const signal = X.map(([a, b, c]) => a + b * b + 0.3 * c);

/** Least and greatest as given, spread as the signal is. */
function between(low: number, high: number): number[] {
  const [least, greatest] = [Math.min(...signal), Math.max(...signal)];
  return signal.map((value) => low + ((high - low) * (value - least)) / (greatest - least));
}

async function ofRegressor(y: readonly unknown[], options: object = {}): Promise<string[]> {
  const told: string[] = [];
  const common = { maxIter: 2, hiddenLayerSizes: [4], randomState: 0 };
  const onWarning = ({ name, message }: Error): void => {
    if (name === 'LamellaWarning') told.push(message);
  };
  await new MLPRegressor({ ...common, ...options, onWarning }).fit(X, y as never);
  return told;
}

async function ofSequential(y: readonly unknown[], loss = 'mse', activation = 'linear'): Promise<string[]> {
  const told: string[] = [];
  const units = Array.isArray(y[0]) ? y[0].length : 1;
  const last = layers.dense({ units, activation, inputShape: [3] } as never);
  const model = sequential({ seed: 1, layers: [last] });
  model.compile({ optimizer: optimizers.sgd({ learningRate: 0 }), loss });
  await model.fit(X, y as never, { verbose: 0, onWarning: ({ message }) => void told.push(message) });
  return told;
}

const ORDINARY: Record<string, number[]> = {
  'prices from 5 to 50': between(5, 50),
  'scores from 25 to 346': between(25, 346),
  'counts from 1 to 977': between(1, 977),
  'pH from 2.7 to 4': between(2.7, 4),
  'a few large values': signal.map((value, i) => (i === 7 ? 3000 : value)),
  'one value for all': signal.map(() => 7),
  'values of unit variance': signal,
};

const UNSCALED: Record<string, number[]> = {
  'dates in milliseconds': signal.map((_, i) => 1.7e12 + 86400000 * i),
  'values around 1e12': between(5e11, 2e12),
  '10000 and a little': signal.map((value) => 1e4 + value),
};
const ONLY_STEPS: Record<string, number[]> = {
  'prices of houses': between(35_000, 755_000),
  'years from 1922 to 2011': between(1922, 2011),
  '100 and a little': signal.map((value) => 100 + value),
};
const SMALL = { 'a deviation of .0001': signal.map((value) => 1e-4 * value) };

describe('targets', () => {
  test.each(Object.entries(ORDINARY))('of an ordinary scale pass: %s', async (_, y) => {
    expect([...(await ofRegressor(y)), ...(await ofRegressor(y, { solver: 'lbfgs' }))]).toEqual([]);
    expect(await ofSequential(y)).toEqual([]);
  });

  test.each(Object.entries({ ...UNSCALED, ...ONLY_STEPS, ...SMALL }))(
    'of a scale that steps do not learn are told of: %s',
    async (_, y) => {
      const told = [...(await ofRegressor(y)), ...(await ofSequential(y)), ...(await ofSequential(y, 'mae'))];
      expect(told).toHaveLength(3);
      for (const message of told)
        expect(message).toMatch(/^The targets look unscaled: y has a mean of .*StandardScaler/);
    },
  );

  test.each(Object.entries({ ...UNSCALED, ...SMALL }))(
    'of a scale that lbfgs does not learn are told of: %s',
    async (_, y) => {
      expect(await ofRegressor(y, { solver: 'lbfgs' })).toHaveLength(1);
    },
  );

  test.each(Object.entries(ONLY_STEPS))('that lbfgs learns pass: %s', async (_, y) => {
    expect(await ofRegressor(y, { solver: 'lbfgs' })).toEqual([]);
  });

  test('are told of by their column, mean and deviation', async () => {
    const y = signal.map((value, i) => [value, i % 2 === 0 ? 9000 : 11000]);
    expect(await ofRegressor(y)).toEqual([
      'The targets look unscaled: column 1 of y has a mean of 10000 and a standard deviation of 1000, where about 0 and 1 train best; scale y, as StandardScaler does, and predictions back by inverseTransform.',
    ]);
  });

  test('of exponential outputs may be counts of thousands, but not of billions', async () => {
    expect(await ofRegressor(between(1000, 9000), { loss: 'poisson' })).toEqual([]);
    expect(await ofRegressor(between(1e9, 9e9), { loss: 'poisson' })).toHaveLength(1);
    expect(await ofSequential(between(1000, 9000), 'poisson', 'exponential')).toEqual([]);
  });

  test('are told of once for a training that goes on', async () => {
    const told: string[] = [];
    const onWarning = ({ message }: Error): void => void told.push(message);
    const mlp = new MLPRegressor({ hiddenLayerSizes: [2], warmStart: true, maxIter: 1, onWarning });
    for (let i = 0; i < 3; i++) await mlp.fit(X, UNSCALED['10000 and a little']);
    expect(told.filter((message) => message.startsWith('The targets'))).toHaveLength(1);
  });

  test('beyond what the output activation gives are told of', async () => {
    expect(await ofSequential(signal, 'mse', 'sigmoid')).toEqual([
      expect.stringMatching(
        /^y has values from -\S+ to 1\.\d+, but those of activation 'sigmoid' in the output layer are from 0 to 1; use no activation there, or scale y\.$/,
      ),
    ]);
    expect(await ofSequential(signal, 'mae', 'relu')).toHaveLength(1);
    expect(await ofSequential(between(0, 1), 'mse', 'sigmoid')).toEqual([]);
    expect(await ofSequential(between(0, 1), 'mse', 'tanh')).toEqual([]);
  });

  test('behind a layer that rescales pass', async () => {
    const told: string[] = [];
    const ends = [layers.dense({ units: 1, inputShape: [3] }), layers.rescaling({ scale: 1e5, offset: 2e5 })];
    const model = sequential({ seed: 1, layers: ends });
    model.compile({ optimizer: optimizers.sgd({ learningRate: 0 }), loss: 'mse' });
    const y = ONLY_STEPS['prices of houses'];
    await model.fit(X, y, { verbose: 0, onWarning: ({ message }) => void told.push(message) });
    expect(told).toEqual([]);
  });
});

describe('rows that float32 cannot compute with', () => {
  const labels = signal.map((value) => (value > 0.5 ? 'yes' : 'no'));
  const wide = signal.map((_, i) => Array.from({ length: 40 }, (_, j) => Math.sin(i * j + j)));
  const huge = wide[7].map((value) => 3.4e38 * Math.sign(value));
  const outlier = wide.map((row, i) => (i === 7 ? huge : row));
  const place =
    /^X must hold values of a size that the network can compute with, but received -?3.4e\+38 at row 7, column \d+, where its outputs are not finite; remove the row, or scale the features\.$/;
  const quiet = { onWarning() {}, maxIter: 3, hiddenLayerSizes: [8, 8] };

  test('are named where predictions are asked for, and give no label', async () => {
    const classifier = await new MLPClassifier({ ...quiet, randomState: 1 }).fit(wide, labels);
    const regressor = await new MLPRegressor({ ...quiet, randomState: 1 }).fit(wide, signal);
    const calls = [
      () => classifier.predict(outlier),
      () => classifier.predictProba(outlier),
      () => classifier.predictLogProba(outlier),
      () => classifier.score(outlier, labels),
      () => regressor.predict(outlier),
      () => regressor.score(outlier, signal),
    ];
    for (const call of calls)
      expect(call).toThrow(expect.objectContaining({ code: 'VALUE', message: expect.stringMatching(place) }));
  });

  test('are named by a row that is predicted again and again into the same array', async () => {
    const three = signal.map((value) => (value > 1 ? 'c' : value > 0.5 ? 'b' : 'a'));
    for (const y of [labels, three]) {
      const classifier = await new MLPClassifier({ ...quiet, randomState: 1 }).fit(wide, y);
      const x = { data: Float32Array.from(wide[0]), shape: [1, 40] };
      const options = { out: new Float32Array(classifier.classes.length) };
      for (let i = 0; i < 2; i++) classifier.predictProba(x, options);
      x.data.set(huge);
      expect(() => classifier.predictProba(x, options)).toThrow('at row 0, column');
    }
  });

  test('are named by their number among all rows where early stopping holds them out', async () => {
    let refused = 0;
    for (let randomState = 0; randomState < 20; randomState++) {
      for (const fit of [
        () => new MLPRegressor({ ...quiet, earlyStopping: true, randomState }).fit(outlier, signal),
        () => new MLPClassifier({ ...quiet, earlyStopping: true, randomState }).fit(outlier, labels),
      ]) {
        await fit().catch((error: Error) => {
          if (error.name === 'DivergedError') return;
          refused += 1;
          expect(error.message).toMatch(place);
        });
      }
    }
    expect(refused).toBeGreaterThan(0);
  });

  test('are named where they validate', async () => {
    const mlp = new MLPRegressor({ ...quiet, randomState: 1 });
    await expect(mlp.fit(wide, signal, { validationData: [outlier, signal] })).rejects.toThrow(
      /^X of validationData must hold .* at row 7, column/,
    );
  });
});
