import { init, MLPClassifier } from 'lamella';
import type { MLPRegressor, NdArray } from 'lamella';
import { beforeAll, describe, expect, test } from 'vitest';
import { everyThird } from '../helpers/combinations.js';
import { relativeDifference } from './goldens.js';
import type { Call, Case, Data, Estimator } from './recorded-calls.js';
import { cases, dataOf, estimatorOf, play, singleRows, slice } from './recorded-calls.js';

/** What verbose prints besides the lines of every epoch, with the epoch in which it does. */
function messagesOf(lines: string[]): [number, string][] {
  let epoch = 0;
  return lines.flatMap((line): [number, string][] => {
    const match = /^Iteration (\d+), /.exec(line);
    if (match) epoch = Number(match[1]);
    return match || line.startsWith('Validation score: ') ? [] : [[epoch, line]];
  });
}

/** A printed line but for the digits of a loss, which is compared elsewhere. */
function withoutLoss(line: string): string {
  return line.replace(/(?<=loss = \d)\.\d{8}$/, '.########');
}

/** Our warnings under scikit-learn's words. */
function inTheirWords(warning: string): string {
  return warning.replace('`batchSize`', '`batch_size`').replace(/ clipped: .*/, ' clipped');
}

function compareCall(estimator: Estimator, call: Call, agree: number): void {
  expect(estimator.nIter).toBe(call.nIter);
  expect(estimator.t).toBe(call.t);
  expect(estimator.lossCurve).toHaveLength(call.epochs!);
  expect(estimator.loss).toBe(estimator.lossCurve.at(-1));
  if (call.epochs! <= agree) expect(estimator.loss / call.loss).toBeCloseTo(1, 3);
  if (call.bestLoss === null) expect(estimator.bestLoss).toBeNull();
  else expect(estimator.bestLoss! / call.bestLoss!).toBeCloseTo(1, 2);
}

function compareAttributes(estimator: Estimator, recorded: Case): void {
  const { outActivation, nLayers, nOutputs } = estimator;
  expect([outActivation, nLayers, nOutputs]).toEqual([
    recorded.outActivation,
    recorded.nLayers,
    recorded.nOutputs,
  ]);
  if (estimator instanceof MLPClassifier) expect(estimator.classes).toEqual(recorded.classes);
}

/** Validation scores are shares of rows, exactly; R² is as exact as float32. */
function compareValidation(estimator: Estimator, recorded: Case): void {
  const { validationScores = null, bestValidationScore = null } = recorded;
  if (estimator instanceof MLPClassifier) {
    expect(estimator.validationScores).toEqual(validationScores);
    expect(estimator.bestValidationScore).toBe(bestValidationScore);
  } else if (validationScores === null) {
    expect(estimator.validationScores).toBeNull();
  } else {
    expect(estimator.validationScores).toHaveLength(validationScores.length);
    estimator.validationScores!.forEach((score, i) => expect(score).toBeCloseTo(validationScores[i], 4));
    expect(estimator.bestValidationScore).toBeCloseTo(bestValidationScore!, 4);
  }
}

function comparePredictions(estimator: Estimator, recorded: Case, data: Data): void {
  const tolerance = 2e-5 + 20 * recorded.spread.prediction;
  if (estimator instanceof MLPClassifier) compareLabels(estimator, recorded, data, tolerance);
  else compareValues(estimator, recorded, data, tolerance);
  const [lowest, highest] = recorded.spread.score;
  const unsure = estimator instanceof MLPClassifier ? 1.5 / data.x.shape[0] : 1e-4;
  const score = estimator.score(data.x, data.y as never);
  expect(score).toBeGreaterThan(lowest - unsure);
  expect(score).toBeLessThan(highest + unsure);
}

function compareLabels(
  classifier: MLPClassifier,
  { proba, top, labels, classes }: Case,
  data: Data,
  tolerance: number,
): void {
  const probabilities = classifier.predictProba(slice(data, [0, proba!.shape[0]]).x);
  expect(probabilities.shape).toEqual(proba!.shape);
  expect(furthest(probabilities.data, proba!.data)).toBeLessThan(tolerance);
  if (top) {
    const predicted = classifier.predict(slice(data, [0, top.length]).x);
    const wrong = top.filter(
      ([best, first, second], row) => first - second > 2 * tolerance && predicted[row] !== classes![best],
    );
    expect(wrong).toEqual([]);
  } else {
    const { x } = slice(data, [0, labels!.shape[0]]);
    const predicted = classifier.predict<NdArray<Uint8Array>>(x);
    const sure = Array.from(classifier.predictProba(x).data, (p) => Math.abs(p - 0.5) > tolerance);
    expect(predicted.shape).toEqual(labels!.shape);
    expect([...predicted.data].filter((_, i) => sure[i])).toEqual(labels!.data.filter((_, i) => sure[i]));
  }
}

function compareValues(regressor: MLPRegressor, { values }: Case, data: Data, tolerance: number): void {
  const { x } = slice(data, [0, 20]);
  if (Array.isArray(values)) {
    const predicted = regressor.predict(x);
    expect(predicted).toHaveLength(values.length);
    expect(furthest(predicted, values)).toBeLessThan(tolerance);
  } else {
    const predicted = regressor.predict<NdArray>(x);
    expect(predicted.shape).toEqual(values!.shape);
    expect(furthest(predicted.data, values!.data)).toBeLessThan(tolerance);
  }
}

function furthest(a: ArrayLike<number>, b: readonly number[]): number {
  return b.reduce((most, value, i) => Math.max(most, Math.abs(value - a[i])), 0);
}

const [stochastic, lbfgs] = [false, true].map((whole) =>
  cases.filter(({ params }) => (params.solver === 'lbfgs') === whole),
);
const weighted = cases.filter(({ repeat }) => repeat);

describe.each(['base', 'relaxed'] as const)('%s', (variant) => {
  beforeAll(() => init({ variant }));

  const whole = variant === 'base';

  test.each(whole ? stochastic : everyThird(stochastic))('$name', async (recorded) => {
    const data = dataOf(recorded);
    const estimator = estimatorOf(recorded);
    for (const call of recorded.calls) {
      const { lines, warnings } = await play(estimator, call, data);
      compareCall(estimator, call, recorded.agree);
      expect(messagesOf(lines)).toEqual(call.messages);
      expect(warnings.map(inTheirWords)).toEqual(call.warnings);
      if (call.printed) expect(lines.map(withoutLoss)).toEqual(call.printed.map(withoutLoss));
    }
    expect(relativeDifference(estimator.lossCurve, recorded.lossCurve!, recorded.agree)).toBeLessThan(3e-4);
    compareValidation(estimator, recorded);
    compareAttributes(estimator, recorded);
    comparePredictions(estimator, recorded, data);
  });

  test.each(whole ? lbfgs : everyThird(lbfgs))('$name by lbfgs', async (recorded) => {
    const data = dataOf(recorded);
    const estimator = estimatorOf(recorded);
    const { nIter, loss } = recorded.spread;
    for (const [i, call] of recorded.calls.entries()) {
      const { warnings, losses } = await play(estimator, call, data);
      if (i === 0) {
        const known = recorded.lossByIteration!.slice(0, recorded.agree);
        expect(relativeDifference(losses, known, known.length)).toBeLessThan(1e-3);
      }
      const last = i === recorded.calls.length - 1;
      // Where float32 runs of scikit-learn end in several ways, so may ours.
      if (nIter[0] === nIter[1]) expect(estimator.nIter).toBe(call.nIter);
      const ends = (text: string): string => text.slice(0, 60).replace(/:\s/g, ': ');
      if (nIter[0] === nIter[1]) expect(warnings.map(ends)).toEqual(call.warnings.map(ends));
      if (last) expect(estimator.loss).toBeLessThan((loss[1] < 1.01 * loss[0] ? 1.01 : 2) * loss[1]);
      if (last) expect(estimator.loss).toBeGreaterThan((loss[1] < 1.01 * loss[0] ? 0.99 : 0.2) * loss[0]);
      expect([estimator.t, estimator.bestLoss, estimator.lossCurve]).toEqual([0, null, []]);
    }
    compareAttributes(estimator, recorded);
    if (recorded.spread.prediction < 0.05) comparePredictions(estimator, recorded, data);
    expect(estimator.score(data.x, data.y as never)).toBeGreaterThan(recorded.spread.score[0] - 0.02);
  });

  test.each(weighted)('$name: rows weighted instead of repeated', async (recorded) => {
    const data = singleRows(recorded);
    const estimator = estimatorOf(recorded);
    const [call] = recorded.calls;
    const { losses } = await play(estimator, call, data, { sampleWeight: recorded.repeat });
    const known = recorded.lossCurve ?? recorded.lossByIteration!;
    expect(estimator.nIter).toBe(call.nIter);
    expect(relativeDifference(losses, known, recorded.agree)).toBeLessThan(3e-4);
    const score = estimator.score(data.x, data.y as never, { sampleWeight: recorded.repeat });
    expect(score).toBeCloseTo(recorded.score, 2);
  });
});
