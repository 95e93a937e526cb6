import { Perceptron } from 'lamella';
import type { NdArray, PerceptronOptions } from 'lamella';
import { describe, expect, test } from 'vitest';
import type { Label, Matrix } from '../goldens.js';
import { readGolden } from '../goldens.js';

/** tests/goldens/sklearn_perceptron.py says what the members are. */
interface RecordedData {
  readonly x: Matrix;
  readonly y: Label[];
  readonly divideBy?: number;
}

interface RecordedCall {
  readonly method: 'fit' | 'partialFit';
  readonly rows?: [number, number];
  readonly set?: PerceptronOptions;
  readonly classes?: Label[];
  readonly sampleWeight?: number[];
  readonly coef: Matrix;
  readonly intercept: number[];
  readonly nIter: number;
  readonly t: number;
  readonly warnings: string[];
}

interface Case {
  readonly name: string;
  readonly data: string;
  readonly params: Omit<PerceptronOptions, 'classWeight'> & {
    readonly classWeight: 'balanced' | [Label, number][] | null;
    readonly nJobs: null;
  };
  readonly calls: RecordedCall[];
  readonly classes: Label[];
  readonly decision: number[] | Matrix;
  readonly labels: Label[];
  readonly score: number;
}

const { data, cases } = readGolden<{ data: Record<string, RecordedData>; cases: Case[] }>(
  'sklearn_perceptron',
);

function load(name: string): { x: NdArray<Float64Array>; y: Label[] } {
  const { x, y, divideBy = 1 } = data[name];
  return { x: { data: Float64Array.from(x.data, (value) => value / divideBy), shape: x.shape }, y };
}

function rowsOf({ x, y }: ReturnType<typeof load>, [from, end]: [number, number]): ReturnType<typeof load> {
  const features = x.shape[1];
  return {
    x: { data: x.data.subarray(from * features, end * features), shape: [end - from, features] },
    y: y.slice(from, end),
  };
}

describe.each(cases)('$name', ({ data: name, params, calls, ...recorded }) => {
  const all = load(name);
  const { classWeight, nJobs: _nJobs, ...rest } = params;
  const weights = Array.isArray(classWeight) ? new Map(classWeight) : classWeight;

  test('has the weights of scikit-learn, bit for bit, after every call', async () => {
    const warnings: string[] = [];
    const onWarning = ({ message }: Error): void => void warnings.push(message);
    const perceptron = new Perceptron({ ...rest, classWeight: weights, onWarning });
    for (const { method, rows, set, classes, sampleWeight, ...after } of calls) {
      const { x, y } = rowsOf(all, rows ?? [0, all.y.length]);
      warnings.length = 0;
      if (set) perceptron.setParams(set);
      if (method === 'fit') await perceptron.fit(x, y, { sampleWeight });
      else await perceptron.partialFit(x, y, { classes, sampleWeight });
      expect(perceptron.coef.shape).toEqual(after.coef.shape);
      expect([...perceptron.coef.data].map(plain)).toEqual(after.coef.data);
      expect([...perceptron.intercept].map(plain)).toEqual(after.intercept);
      expect(perceptron.nIter).toBe(after.nIter);
      expect(perceptron.t).toBe(after.t);
      expect(warnings).toEqual(after.warnings.map((message) => message.replace('max_iter', 'maxIter')));
    }
    expect(perceptron.classes).toEqual(recorded.classes);
    expect(perceptron.nFeaturesIn).toBe(all.x.shape[1]);
    expect(perceptron.predict(all.x)).toEqual(recorded.labels);
    expect(perceptron.score(all.x, all.y)).toBeCloseTo(recorded.score, 12);
    expectDecision(perceptron.decisionFunction(rowsOf(all, [0, 5]).x), recorded.decision);
  });
});

/** JSON has no negative zero. */
function plain(value: number): number {
  return value === 0 ? 0 : value;
}

function expectDecision(decided: NdArray<Float64Array>, recorded: number[] | Matrix): void {
  const { shape, data: values } = Array.isArray(recorded)
    ? { shape: [recorded.length], data: recorded }
    : recorded;
  expect(decided.shape).toEqual(shape);
  const size = Math.max(1, ...values.map(Math.abs));
  decided.data.forEach((value, i) => expect(Math.abs(value - values[i])).toBeLessThan(1e-9 * size));
}
