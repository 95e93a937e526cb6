import { expect, test, describe } from 'vitest';
import { crossValPredict, crossValScore } from '../../src/search/cross-validation.js';
import { expectNear } from '../data/goldens.js';
import { estimatorOf, iris, runs } from './goldens.js';

const { x, y } = iris();

describe('cross-validation equals scikit-learn', () => {
  const cases = [...runs('crossValScore', 'MLPClassifier'), ...runs('crossValScore', 'Perceptron')];
  test.each(
    cases.map((run) => [run.estimator, JSON.stringify(run.params), JSON.stringify(run.cv), run] as const),
  )('%s %s, cv %s', async (_estimator, _params, _cv, run) => {
    const { cv, scoring } = run;
    const scores = await crossValScore(estimatorOf(run), x, y, { cv, scoring });
    expectNear(scores, run.scores, 'scores');
    if (run.predicted) expect(await crossValPredict(estimatorOf(run), x, y, { cv })).toEqual(run.predicted);
  });
});
