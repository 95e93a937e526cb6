/**
 * Evaluations of models of tables from files, which are not trusted. They are computed by evaluate.ts, and
 * written as they are.
 */
import { anything, integer, listOf, nullable, number } from '../check.js';
import type { Label } from '../data/labels.js';
import { FormatError } from '../errors.js';
import { anyNumber, readMembers } from '../io/read-model-file.js';
import type { ClassifierEvaluation, RegressorEvaluation } from './evaluate.js';

const OWNER = 'The evaluation of held-out rows';
const share = number({ min: 0, max: 1 });
const error = number({ min: 0 });
const loose = anything<unknown>();
const counts = listOf(integer({ min: 0 }));

const classifierSchema = {
  accuracy: share,
  balancedAccuracy: share,
  logLoss: nullable(error),
  rocAuc: nullable(share),
  confusionMatrix: listOf(counts),
  classes: listOf(loose),
  baseline: loose,
};
const regressorSchema = {
  r2: anyNumber,
  meanAbsoluteError: error,
  rootMeanSquaredError: error,
  baseline: loose,
};

/**
 * The evaluation of held-out rows.
 *
 * @param classes labels of the classifier; undefined for a regressor
 * @throws FormatError for missing, unknown and unfit members, and for other labels
 */
export function readEvaluation(
  stored: unknown,
  classes: readonly Label[] | undefined,
): ClassifierEvaluation | RegressorEvaluation {
  if (classes === undefined) {
    const { baseline, ...scores } = readMembers(OWNER, stored, regressorSchema);
    const schema = { meanAbsoluteError: error, rootMeanSquaredError: error };
    return { ...scores, baseline: readMembers(`${OWNER}: baseline`, baseline, schema) };
  }
  const { baseline, ...scores } = readMembers(OWNER, stored, classifierSchema);
  const { confusionMatrix, classes: labels } = scores;
  const same = (length: number): boolean => length === classes.length;
  const square = same(confusionMatrix.length) && confusionMatrix.every((row) => same(row.length));
  if (!square || !same(labels.length) || labels.some((label, i) => label !== classes[i])) {
    throw new FormatError(
      `${OWNER} must have the ${classes.length} labels of its classifier and a row of counts for each, but has others.`,
    );
  }
  return {
    ...{ ...scores, classes: [...classes] },
    baseline: readMembers(`${OWNER}: baseline`, baseline, { accuracy: share }),
  };
}
