import { describe, expect, test } from 'vitest';
import { losses, metrics } from '../../src/index.js';
import type { MetricConfig } from '../../src/index.js';
import { resolveMetric } from '../../src/train/metrics/index.js';
import { expectSameBits } from '../helpers/allclose.js';
import { firstPredictions, goldens } from '../network/torch.js';

type Given = string | MetricConfig | object | ((...args: any[]) => unknown);

interface Rows {
  readonly truth: readonly number[];
  readonly predicted: readonly number[];
  readonly columns: number;
  readonly weights?: readonly number[];
  readonly loss?: string;
}

/** A metric over some rows, given in batches of `batch` rows. */
function measure(
  given: Given,
  { truth, predicted, columns, weights, loss = 'any' }: Rows,
  batch = 5,
): number {
  const rows = predicted.length / columns;
  const perRow = truth.length / rows;
  const state = resolveMetric(given, { loss, outputShape: [columns] }, 'model').create();
  for (let begin = 0; begin < rows; begin += batch) {
    const end = Math.min(rows, begin + batch);
    const part = (values: readonly number[], width: number): Float32Array =>
      Float32Array.from(values.slice(begin * width, end * width));
    const weighted = weights && part(weights, 1);
    state.update(part(truth, perRow), part(predicted, columns), end - begin, columns, weighted);
  }
  return state.result();
}

// The results of scikit-learn 1.2.1 for these rows stand in the tests.
const binary: Rows = {
  truth: [1, 0, 1, 1, 0, 0, 0, 1, 0, 0, 1, 0, 1, 0, 0, 0, 1, 0, 1, 1, 1, 1, 0, 1],
  predicted: [4, 1, 7, 2, 3, 2, 5, 5, 5, 2, 2, 2, 3, 1, 1, 8, 8, 2, 0, 2, 6, 6, 0, 5].map((p) => p / 8),
  columns: 1,
};
const weights = [4, 4, 4, 1, 2, 4, 4, 4, 3, 4, 2, 2, 2, 2, 4, 1, 3, 3, 3, 4, 2, 3, 4, 1].map((w) => w / 2);

const labels = [2, 1, 3, 0, 2, 1, 3, 2, 0, 2];
const classes = {
  predicted: [
    [1, 4, 9, 2, 4, 1, 9, 2, 4, 1, 2, 9, 9, 2, 1, 4, 2, 4, 9, 1],
    [9, 2, 4, 1, 1, 2, 4, 9, 9, 1, 4, 2, 9, 4, 2, 1, 4, 9, 1, 2],
  ].flatMap((half) => half.map((p) => p / 16)),
  columns: 4,
};
const sparse: Rows = { ...classes, truth: labels };
const oneHot: Rows = {
  ...classes,
  truth: labels.flatMap((label) => [0, 1, 2, 3].map((j) => (j === label ? 1 : 0))),
};

const real: Rows = {
  truth: [
    [-35, -6, 5, 19, -16, -27, -9, -8, 36, 4, -35, -26],
    [7, -40, -33, -24, 24, -32, 4, -3, 35, -35, -18, 12],
  ].flatMap((half) => half.map((t) => t / 8)),
  predicted: [
    [-38, -12, 9, 22, -11, -27, -9, -15, 40, 11, -37, -31],
    [14, -44, -40, -17, 24, -40, -2, 2, 39, -32, -11, 6],
  ].flatMap((half) => half.map((p) => p / 8)),
  columns: 3,
};

describe('on rows of one output, with and without weights', () => {
  test.each([
    ['auc', 0.6979166666666666, 0.7514332514332513],
    ['precision', 0.6666666666666666, 0.68],
    ['recall', 0.5, 0.5151515151515151],
    ['f1_score', 0.5714285714285715, 0.5862068965517241],
  ])('%s is that of scikit-learn', (name, expected, weighted) => {
    expect(measure(name, binary)).toBeCloseTo(expected, 14);
    expect(measure(name, { ...binary, weights })).toBeCloseTo(weighted, 14);
  });

  test.each(['accuracy', 'binary_accuracy'])('%s is the share of the weights that are right', (name) => {
    const right = binary.truth.map((t, i) => t === (binary.predicted[i] > 0.5 ? 1 : 0));
    expect(measure(name, binary)).toBe(right.filter(Boolean).length / 24);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const share = weights.reduce((sum, weight, i) => sum + (right[i] ? weight : 0), 0);
    expect(measure(name, { ...binary, weights })).toBe(share / total);
    const strict = metrics.binaryAccuracy({ threshold: 0.625 });
    expect(measure(strict, { truth: [1, 0], predicted: [0.625, 0.625], columns: 1 })).toBe(0.5);
  });
});

describe('on classes, as numbers or one-hot', () => {
  test.each([
    ['accuracy', 0.6],
    ['acc', 0.6],
    ['categoricalAccuracy', 0.6],
    ['sparse_categorical_accuracy', 0.6],
    [metrics.topKCategoricalAccuracy({ k: 2 }), 0.7],
    ['topKCategoricalAccuracy', 1],
    ['precision', 0.6],
    ['recall', 0.6],
    ['f1Score', 0.5595238095238095],
    [metrics.f1Score({ threshold: 0.2 }), 0.46111111111111114],
  ] as const)('%j is %d', (given, expected) => {
    expect(measure(given, sparse)).toBeCloseTo(expected, 14);
    expect(measure(given, oneHot)).toBeCloseTo(expected, 14);
    expect(measure(given, oneHot, 1)).toBeCloseTo(expected, 14);
  });

  test('refuse thresholds that Keras refuses', () => {
    const accepted = {
      f1Score: [1e-9, 0.5, 1],
      precision: [0, 0.5, 1],
      recall: [0, 0.5, 1],
      binaryAccuracy: [0, 0.5, 0.999],
    };
    const refused = { f1Score: [0, 1.1], precision: [-0.1, 1.1], recall: [-1, 2], binaryAccuracy: [-0.1, 1] };
    for (const name of ['f1Score', 'precision', 'recall', 'binaryAccuracy'] as const) {
      for (const threshold of accepted[name])
        expect(metrics[name]({ threshold })).toEqual({ name, threshold });
      for (const threshold of refused[name]) {
        expect(() => metrics[name]({ threshold })).toThrow(`metrics.${name}: threshold must be a number`);
      }
    }
  });

  test('f1Score asks every output on its own where the loss does', () => {
    expect(measure('f1Score', { ...oneHot, loss: 'binaryCrossentropy' })).toBe(
      measure(metrics.f1Score({ threshold: 0.5 }), oneHot),
    );
  });
});

describe('on real targets', () => {
  test('r2Score is that of scikit-learn, with weights and far from 0 too', () => {
    expect(measure('r2Score', real)).toBeCloseTo(0.9397850828834513, 14);
    expect(measure('r2Score', { ...real, weights })).toBeCloseTo(0.9361803754424548, 14);
    const far = (values: readonly number[]) => values.map((value) => value + 8192);
    const moved = { ...real, truth: far(real.truth), predicted: far(real.predicted) };
    expect(measure('r2_score', moved)).toBeCloseTo(0.9397850828834513, 12);
    expect(measure('r2Score', { truth: [2, 2], predicted: [2, 2], columns: 1 })).toBe(1);
    expect(measure('r2Score', { truth: [2, 2], predicted: [2, 3], columns: 1 })).toBe(0);
  });

  test('errors are means of rows', () => {
    const rows = { truth: [1, 2, 3, 4], predicted: [1, 4, 3, 0], columns: 2, weights: [3, 1] };
    expect(measure('meanSquaredError', rows)).toBe((3 * 2 + 8) / 4);
    expect(measure('mean_absolute_error', rows)).toBe((3 * 1 + 2) / 4);
    expect(measure('rootMeanSquaredError', rows)).toBe(Math.sqrt(14 / 4));
    expect(measure('rmse', { ...rows, weights: undefined })).toBe(Math.sqrt(5));
  });

  test('cosineSimilarity is that of the directions, 0 without one', () => {
    const rows = { truth: [3, 4, 1, 0, 0, 0], predicted: [4, 3, -2, 0, 1, 1], columns: 2 };
    expect(measure('cosineSimilarity', rows)).toBeCloseTo((24 / 25 - 1 + 0) / 3, 14);
  });
});

describe('every loss is a metric', () => {
  const plain = goldens.cases.filter(
    ({ name, batchSize }) => /^loss /.test(name) && !/steep/.test(name) && batchSize === 11,
  );

  test.each(plain.map((golden) => [golden.name, golden] as const))('%s', (_, golden) => {
    const stored = goldens.targets[golden.y];
    const truth = Array.isArray(stored) ? stored : stored.data;
    const predicted = [...firstPredictions(golden)];
    const rows = { truth, predicted, columns: predicted.length / 11 };
    const given = { name: golden.loss, ...golden.lossOptions };
    expect(Math.abs(measure(given, rows, 11) / golden.losses[0] - 1)).toBeLessThan(2e-6);
  });

  test('with its aliases and its options', () => {
    expect(measure('mse', real)).toBe(measure('meanSquaredError', real));
    expect(measure(losses.huber({ delta: 0.25 }), real)).toBeLessThan(measure('huber', real));
  });
});

describe('a metric', () => {
  test('goes by the name that it was given, or by that of the function', () => {
    const place = { loss: 'mse', outputShape: [1] };
    const named = (given: Given) => resolveMetric(given, place, 'model').name;
    expect(['acc', 'f1_score', 'mse'].map(named)).toEqual(['acc', 'f1_score', 'mse']);
    expect(named(metrics.topKCategoricalAccuracy({ k: 3 }))).toBe('topKCategoricalAccuracy');
    expect(named(function bias() {})).toBe('bias');
    expect([() => 1].map((given) => resolveMetric(given, place, 'model').name)).toEqual(['metric']);
  });

  test('starts anew after reset, and is NaN without rows', () => {
    for (const name of [...Object.keys(metrics), ...Object.keys(losses)]) {
      const state = resolveMetric(name, { loss: 'any', outputShape: [2] }, 'model').create();
      expect(state.result(), name).toBeNaN();
      const once = (): number => {
        state.update(Float32Array.of(1, 0, 0, 1), Float32Array.of(0.75, 0.5, 0.5, 0.625), 2, 2);
        return state.result();
      };
      const first = once();
      expect(first, name).not.toBeNaN();
      state.reset();
      expect(once(), name).toBe(first);
      state.reset();
      expect(state.result(), name).toBeNaN();
    }
  });

  test('of the user is averaged over batches by their rows', () => {
    const shapes: number[][] = [];
    const rows = { truth: [0, 1, 2], predicted: [1, 1, 1, 1, 4, 4], columns: 2 };
    const largest = (yTrue: { shape: number[] }, yPred: { data: Float32Array; shape: number[] }) => {
      shapes.push(yTrue.shape, yPred.shape);
      return Math.max(...yPred.data);
    };
    expect(measure(largest, rows, 2)).toBe((1 * 2 + 4) / 3);
    expect(shapes).toEqual([
      [2, 1],
      [2, 2],
      [1, 1],
      [1, 2],
    ]);
    expect(() => measure(() => 'good', rows)).toThrow(
      "model: the metric metric must return a number, but received 'good'.",
    );
  });

  test('never changes what it is given', () => {
    for (const name of [...Object.keys(metrics), ...Object.keys(losses)]) {
      const [yTrue, yPred] = [Float32Array.of(1, 0, 0, 1), Float32Array.of(0.75, 0.5, 0.5, 0.625)];
      const state = resolveMetric(name, { loss: 'any', outputShape: [2] }, 'model').create();
      state.update(yTrue, yPred, 2, 2, Float32Array.of(1, 2));
      expectSameBits(yTrue, [1, 0, 0, 1], name);
      expectSameBits(yPred, [0.75, 0.5, 0.5, 0.625], name);
    }
  });

  test('is NaN where it means nothing: the area under no curve, and NaN predictions', () => {
    expect(measure('auc', { truth: [1, 1], predicted: [0.5, 0.25], columns: 1 })).toBeNaN();
    expect(measure('auc', { truth: [1, 0, 1], predicted: [0.5, NaN, 1], columns: 1 })).toBeNaN();
    expect(measure('auc', { truth: [0, 0], predicted: [0, -0], columns: 1, weights: [2, 3] })).toBeNaN();
    expect(measure('auc', { truth: [1, 0], predicted: [-0, 0], columns: 1 })).toBe(0.5);
    expect(measure('r2Score', { truth: [1, 0], predicted: [0.5, NaN], columns: 1 })).toBeNaN();
  });

  test('that is unknown is refused with the nearest name, among losses too', () => {
    const resolve = (given: unknown) => () =>
      resolveMetric(given, { loss: 'any', outputShape: [1] }, 'model');
    expect(resolve('acuracy')).toThrow("model: 'acuracy' is not a metric; did you mean 'accuracy'?");
    expect(resolve('hubber')).toThrow("model: 'hubber' is not a metric; did you mean 'huber'?");
    expect(resolve({ name: 'auc', k: 3 })).toThrow("metrics.auc: 'k' is not an option; it takes none.");
    expect(resolve(3)).toThrow('model: a metric must be a name or an object with a name, but received 3.');
    expect(() => metrics.topKCategoricalAccuracy({ k: 0 })).toThrow(
      'k must be an integer >= 1, but received 0.',
    );
  });

  test('of images sees every pixel as a row', () => {
    const state = resolveMetric('accuracy', { loss: 'any', outputShape: [1, 2, 2] }, 'model').create();
    state.update(Float32Array.of(1, 0, 0, 1), Float32Array.of(0.9, 0.1, 0.8, 0.2), 1, 4, Float32Array.of(2));
    expect(state.result()).toBe(0.5);
  });
});
