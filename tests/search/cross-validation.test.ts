import { describe, expect, test } from 'vitest';
import { crossValPredict, crossValScore } from '../../src/search/model-selection.js';
import { dataOf, estimatorOf, runs } from './goldens.js';

describe('cross-validation equals scikit-learn', () => {
  test.each(
    runs('crossValScore').map(
      (run) => [run.estimator, JSON.stringify(run.params), JSON.stringify(run.cv), run] as const,
    ),
  )('%s %s, cv %s', async (estimator, _params, _cv, run) => {
    const { cv, scoring } = run;
    const { x, y } = dataOf(run);
    const scores = await crossValScore(estimatorOf(run), x, y, { cv, scoring });
    // Shares of rows are exact; R² carries what float32 training rounds differently.
    const tolerance = estimator === 'MLPRegressor' ? 1e-4 : 1e-12;
    expect(scores).toHaveLength(run.scores.length);
    scores.forEach((score, i) => expect(Math.abs(score - run.scores[i])).toBeLessThan(tolerance));
    if (run.predicted) expect(await crossValPredict(estimatorOf(run), x, y, { cv })).toEqual(run.predicted);
  });

  test('predictions of a regressor come as its predict gives them, in the order of the rows', async () => {
    const run = runs('crossValScore').find(({ estimator }) => estimator === 'MLPRegressor')!;
    const { x, y } = dataOf(run);
    const predicted: unknown = await crossValPredict(estimatorOf(run), x, y, { cv: 2 });
    expect(predicted).toBeInstanceOf(Float32Array);
    expect(predicted).toHaveLength(y.length);
  });
});
