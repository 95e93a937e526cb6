import type { AsyncOptions } from '../check/async-options.js';
import { runAsync } from '../check/async-options.js';
import { anything, checkOptions } from '../check.js';
import { readWeights } from '../data/weights.js';
import type { ArrayInput } from '../ndarray.js';
import type { Pieces } from '../yielding.js';
import { runAtOnce } from '../yielding.js';
import { accuracy, checkLength, labelsInPieces, positionsInPieces } from './labels.js';
import { knownTargetsInPieces, subsetAccuracy } from './classifier-targets.js';
import { decide, decideEach, isMultilabel, outputsInPieces, outputsOf } from './outputs.js';
import type { LabelInput } from './labels.js';
import type { Model } from './model.js';
import type { Outputs } from './outputs.js';

const schema = { sampleWeight: anything<ArrayInput>() };

/** Options of MLPClassifier.score and MLPRegressor.score. */
export interface ScoreOptions {
  /** A weight >= 0 per row. */
  readonly sampleWeight?: ArrayInput;
}

/** MLPClassifier.score with a trained model. */
export function scoreLabels(
  model: Model,
  x: ArrayInput,
  y: LabelInput,
  options: ScoreOptions | undefined,
): number {
  const { sampleWeight } = checkOptions('MLPClassifier.score', options, schema);
  return runAtOnce(scored(model, y, outputsOf(model, x), sampleWeight));
}

/** MLPClassifier.scoreAsync with a trained model. */
export function scoreLabelsAsync(
  model: Model,
  x: ArrayInput,
  y: LabelInput,
  options: (ScoreOptions & AsyncOptions) | undefined,
): Promise<number> {
  return runAsync('MLPClassifier.scoreAsync', options, schema, function* ({ sampleWeight }) {
    return yield* scored(model, y, yield* outputsInPieces(model, x), sampleWeight);
  });
}

function* scored(
  model: Model,
  y: LabelInput,
  { values, rows }: Outputs,
  sampleWeight: ArrayInput | undefined,
): Pieces<number> {
  const weights = sampleWeight === undefined ? undefined : readWeights(sampleWeight, rows.rows);
  if (isMultilabel(model)) {
    const truth = yield* knownTargetsInPieces(y, rows.rows, { classes: model.classes, several: true });
    return subsetAccuracy(decideEach(values), truth.targets.data, model.outputs, weights);
  }
  const labels = yield* labelsInPieces(y);
  checkLength(labels.length, rows.rows);
  const decided = yield* decide(values, rows.rows);
  return accuracy(decided, yield* positionsInPieces(labels, model.classes), weights);
}
