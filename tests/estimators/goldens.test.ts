import { init, MLPClassifier } from 'lamella';
import { loadDigits, loadIris } from 'lamella/datasets';
import { beforeAll, describe, expect, test } from 'vitest';
import type { NdArray } from '../../src/index.js';
import { everyThird } from '../helpers/combinations.js';
import type { Matrix, RecordedParams } from './goldens.js';
import { optionsOf, readGolden, relativeDifference } from './goldens.js';

/** tests/goldens/sklearn_mlp_small.py says what the members are. */
interface Sample {
  readonly shape: number[];
  readonly first: number[];
  readonly last: number[];
  readonly sum: number;
}

interface Case {
  readonly name: string;
  readonly dataset: 'iris' | 'digits';
  readonly params: RecordedParams;
  readonly initial: { readonly coefs: (Matrix | Sample)[]; readonly intercepts: (number[] | Sample)[] };
  readonly lossCurve: number[];
  readonly agree: number;
  readonly agreeFloat32: number;
  readonly scoreRange: [number, number];
  readonly labels?: number[];
  readonly unsure?: number[];
}

interface DatasetNote {
  readonly rows: number;
  readonly sum: number;
  readonly weightedSum: number;
  readonly weightedLabelSum: number;
}

const { cases, datasets } = readGolden<{
  cases: Case[];
  datasets: Record<'iris' | 'digits', DatasetNote>;
}>('sklearn_mlp_small');

function load(name: 'iris' | 'digits'): { x: NdArray; y: Int32Array } {
  const { x, y } = name === 'iris' ? loadIris() : loadDigits();
  const size = name === 'iris' ? 1 : 16;
  return { x: { data: Float32Array.from(x.data, (value) => value / size), shape: x.shape }, y };
}

/** An exact sum: these values are multiples of 2^-26 at most 2^7. */
function sum(values: ArrayLike<number>, weight = (_i: number) => 1): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i] * weight(i);
  return total;
}

describe.each(['iris', 'digits'] as const)('%s', (name) => {
  test('are the rows that scikit-learn was given', () => {
    const { x, y } = load(name);
    const weight = (i: number): number => (i % 97) + 1;
    const note = datasets[name];
    expect(x.shape[0]).toBe(note.rows);
    expect(sum(x.data)).toBeCloseTo(note.sum, 9);
    expect(sum(x.data, weight)).toBeCloseTo(note.weightedSum, 6);
    expect(sum(y, weight)).toBe(note.weightedLabelSum);
  });
});

/** Compare an array bit by bit with one that was recorded whole, or by its ends and its sum. */
function expectRecorded(
  { data, shape }: { data: Float32Array; shape: readonly number[] },
  recorded: Matrix | Sample | number[],
): void {
  const fround = (values: number[]): number[] => values.map(Math.fround);
  if (Array.isArray(recorded)) {
    expect([...data]).toEqual(fround(recorded));
  } else if ('data' in recorded) {
    expect(shape).toEqual(recorded.shape);
    expect([...data]).toEqual(fround(recorded.data));
  } else {
    expect(shape).toEqual(recorded.shape);
    expect([...data.slice(0, 8)]).toEqual(fround(recorded.first));
    expect([...data.slice(-8)]).toEqual(fround(recorded.last));
    expect(sum(data)).toBeCloseTo(recorded.sum, 9);
  }
}

describe.each(['base', 'relaxed'] as const)('%s', (variant) => {
  const data = { iris: load('iris'), digits: load('digits') };

  beforeAll(() => init({ variant }));

  describe.each(variant === 'base' ? cases : everyThird(cases))(
    '$name',
    ({ params, dataset, initial, ...recorded }) => {
      const { x, y } = data[dataset];

      // They are drawn before the engine computes.
      test.runIf(variant === 'base')('starts from the same weights', async () => {
        const classifier = new MLPClassifier({
          ...optionsOf(params),
          ...{ learningRateInit: 1e-30, solver: 'sgd', maxIter: 1, alpha: 0, onWarning: () => {} },
        });
        await classifier.fit(x, y);
        classifier.coefs.forEach((coef, i) => expectRecorded(coef, initial.coefs[i]));
        classifier.intercepts.forEach((bias, i) => {
          expectRecorded({ data: bias, shape: [bias.length] }, initial.intercepts[i]);
        });
      });

      test('follows the same loss curve to the same predictions', async () => {
        const classifier = new MLPClassifier({ ...optionsOf(params), onWarning: () => {} });
        await classifier.fit(x, y);
        const { lossCurve } = classifier;
        expect(lossCurve).toHaveLength(recorded.lossCurve.length);
        const agreed = Math.max(recorded.agree, recorded.agreeFloat32);
        expect(relativeDifference(lossCurve, recorded.lossCurve, agreed)).toBeLessThan(3e-4);
        if (agreed < lossCurve.length) return;
        if (recorded.labels) {
          const labels = classifier.predict(x);
          const wrong = labels.flatMap((label, row) => (label === recorded.labels![row] ? [] : [row]));
          expect(wrong.filter((row) => !recorded.unsure!.includes(row))).toEqual([]);
        }
        const [lowest, highest] = recorded.scoreRange;
        const row = 1.5 / y.length;
        expect(classifier.score(x, y)).toBeGreaterThan(lowest - row);
        expect(classifier.score(x, y)).toBeLessThan(highest + row);
      });
    },
  );
});
