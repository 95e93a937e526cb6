import { describe, expect, test } from 'vitest';
import * as scores from '../../src/data/scores.js';
import { ValueError } from '../../src/errors.js';
import { expectNear, type Matrix, readGolden, table } from './goldens.js';

type Values = number[] | string[] | boolean[] | Matrix;

interface Data {
  readonly yTrue: Values;
  readonly yPred?: Values;
  readonly yScore?: Values;
  readonly sampleWeight?: number[];
}

interface Recorded {
  readonly metric: string;
  readonly scored: string;
  readonly options: Record<string, unknown>;
  readonly weighted?: boolean;
  readonly value?: number | number[] | string | Matrix;
  readonly error?: object;
}

const { metrics, scored } = readGolden<{ metrics: Recorded[]; scored: Record<string, Data> }>(
  'sklearn_split',
);
const functions = scores as unknown as Record<string, (...args: unknown[]) => unknown>;

function input(values: Values): unknown {
  return Array.isArray(values) ? values : table(values);
}

/** What the function makes of a recorded case. */
function measured({ metric, scored: name, options, weighted }: Recorded): unknown {
  const { yTrue, yPred, yScore, sampleWeight } = scored[name];
  const given = { ...options, ...(weighted ? { sampleWeight } : {}) };
  return functions[metric](input(yTrue), input((yPred ?? yScore)!), given);
}

const byMetric = new Map<string, Recorded[]>();
for (const each of metrics) byMetric.set(each.metric, [...(byMetric.get(each.metric) ?? []), each]);

describe('scores equal scikit-learn', () => {
  test.each([...byMetric])('%s', (_metric, cases) => {
    for (const recorded of cases) {
      const what = `${recorded.scored} ${JSON.stringify(recorded.options)}${recorded.weighted ? ' weighted' : ''}`;
      if (recorded.error) {
        expect(() => measured(recorded), what).toThrow(ValueError);
        continue;
      }
      const value = measured(recorded);
      const expected = recorded.value!;
      if (typeof expected === 'string') expect(value, what).toBe(expected);
      else if (typeof expected === 'number') expectNear([value as number], [expected], what);
      else if (Array.isArray(expected)) expectNear(value as number[], expected, what);
      else {
        expect((value as Matrix).shape).toEqual(expected.shape);
        expectNear((value as Matrix).data, expected.data, what);
      }
    }
  });
});
