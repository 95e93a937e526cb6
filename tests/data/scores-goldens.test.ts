import { describe, expect, test } from 'vitest';
import * as scores from '../../src/data/scores.js';
import { LamellaError } from '../../src/errors.js';
import type { LamellaWarning } from '../../src/warnings.js';
import { expectNear, type Matrix, readGolden, table } from './goldens.js';

type Values = number[] | string[] | boolean[] | Matrix;
type Value = number | string | (number | string)[];

interface Data {
  readonly yTrue: Values;
  readonly yPred?: Values;
  readonly yScore?: Values;
  readonly sampleWeight?: number[];
}

interface Recorded {
  readonly score: string;
  readonly scored: string;
  readonly options: Record<string, unknown>;
  readonly weighted?: boolean;
  readonly value?: Value | Record<string, (number | string)[]>;
  readonly warns?: boolean;
  readonly error?: object;
}

const { cases, scored } = readGolden<{ cases: Recorded[]; scored: Record<string, Data> }>('sklearn_scores');
const functions = scores as unknown as Record<string, (...args: unknown[]) => unknown>;

/** Scores that take onWarning, though scikit-learn warns in others too. */
const WARNING = new Set([
  'rocCurve',
  'precisionRecallCurve',
  'averagePrecisionScore',
  'topKAccuracyScore',
  'precisionScore',
  'recallScore',
  'f1Score',
  'fbetaScore',
  'jaccardScore',
]);

function input(values: Values): unknown {
  return Array.isArray(values) ? values : table(values);
}

/** Numbers of a golden; text stands for what is not finite. */
function numbers(value: Value): number[] {
  const names: Record<string, number> = { inf: Infinity, '-inf': -Infinity, nan: NaN };
  return [value].flat().map((each) => (typeof each === 'string' ? names[each] : each));
}

function measured({ score, scored: name, options, weighted }: Recorded, warnings: LamellaWarning[]): unknown {
  const { yTrue, yPred, yScore, sampleWeight } = scored[name];
  const onWarning = WARNING.has(score) && { onWarning: (each: LamellaWarning) => warnings.push(each) };
  const beta = 'beta' in options && { beta: numbers(options.beta as Value)[0] };
  const given = { ...options, ...beta, ...onWarning, ...(weighted ? { sampleWeight } : {}) };
  return functions[score](input(yTrue), input((yPred ?? yScore)!), given);
}

function expectEqual(actual: unknown, expected: Value, what: string): void {
  const list = typeof actual === 'number' ? [actual] : (actual as number[]);
  expectNear(list, numbers(expected), what);
}

const byScore = new Map<string, Recorded[]>();
for (const each of cases) byScore.set(each.score, [...(byScore.get(each.score) ?? []), each]);

describe('curves, ranks and errors equal scikit-learn', () => {
  test.each([...byScore])('%s', (score, recordings) => {
    for (const recorded of recordings) {
      const weighted = recorded.weighted ? ' weighted' : '';
      const what = `${recorded.scored} ${JSON.stringify(recorded.options)}${weighted}`;
      const warnings: LamellaWarning[] = [];
      if (recorded.error) {
        expect(() => measured(recorded, warnings), what).toThrow(LamellaError);
        continue;
      }
      const value = measured(recorded, warnings);
      const expected = recorded.value!;
      if (typeof expected !== 'object' || Array.isArray(expected)) expectEqual(value, expected, what);
      else {
        expect(Object.keys(value as object).sort()).toEqual(Object.keys(expected).sort());
        for (const [key, list] of Object.entries(expected)) {
          expectEqual((value as Record<string, number[]>)[key], list, `${what} ${key}`);
        }
      }
      if (!WARNING.has(score)) continue;
      expect(
        warnings.map(({ code }) => code),
        what,
      ).toEqual(recorded.warns ? expect.arrayContaining(['UNDEFINED_SCORE']) : []);
    }
  });
});
