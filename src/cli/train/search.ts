/**
 * Several trainings of the command `train`: random settings of the network judged on the rows held out, and
 * cross-validation. Not for a single training, which fit.ts does.
 */
import type { Label } from '../../data/labels.js';
import { RandomState } from '../../random.js';
import type { MLPOptions } from '../../estimators/options.js';
import type { Fold } from '../../search/folds.js';
import { kFold, stratifiedKFold } from '../../search/folds.js';
import { drawn } from '../../search/grid.js';
import { distributions } from '../../search/model-selection.js';
import type { ClassifierEvaluation, RegressorEvaluation } from '../../table/evaluate.js';
import { labelTargets, numberTargets } from '../../table/target.js';
import { dataError } from '../errors.js';
import { shortNumber } from '../output.js';
import type { FitResult, Training } from './fit.js';
import { fitModel } from './fit.js';

/** Scores of rows that a model was not trained on. */
export type Evaluation = ClassifierEvaluation | RegressorEvaluation;

/** The score that decides: accuracy or R². */
function mainScore(evaluation: Evaluation): number {
  return 'accuracy' in evaluation ? evaluation.accuracy : evaluation.r2;
}

/** Name of the score that decides. */
export const scoreName = (evaluation: Evaluation): string => ('accuracy' in evaluation ? 'accuracy' : 'R²');

/** A setting of the network, and how it did. */
export interface Setting {
  readonly network: MLPOptions;
  readonly score: number;
}

/** What a search has found. */
export interface Found extends FitResult {
  /** The options of the network that differ from those chosen by rows and columns. */
  readonly network: MLPOptions;
  /** All settings that were tried, in order; the first has the options of the flags only. */
  readonly tried: readonly Setting[];
}

/** Units of hidden layers that are tried. */
const LAYERS: readonly (readonly number[])[] = [
  ...[[16], [32], [64], [128], [256]],
  ...[
    [32, 16],
    [64, 32],
    [128, 64],
    [256, 128],
    [64, 64, 32],
  ],
];

/** The settings of a search: the flags alone, then random ones for what the flags leave open. */
function settings(flags: MLPOptions, searches: number, seed: number): MLPOptions[] {
  if (searches === 0) return [flags];
  const space = {
    hiddenLayerSizes: LAYERS,
    alpha: distributions.logUniform(1e-5, 1e-1),
    learningRateInit: distributions.logUniform(3e-4, 1e-2),
  };
  const open = Object.fromEntries(Object.entries(space).filter(([name]) => !(name in flags)));
  if (Object.keys(open).length === 0) return [flags];
  const random = drawn('search', open, searches, new RandomState(seed));
  return [flags, ...random.map((setting) => ({ ...rounded(setting), ...flags }))];
}

/** Options whose numbers have two digits, which say as much. */
function rounded(setting: Readonly<Record<string, unknown>>): MLPOptions {
  const entries = Object.entries(setting).map(([name, value]) => [
    name,
    typeof value === 'number' ? Number(value.toPrecision(2)) : value,
  ]);
  return Object.fromEntries(entries) as MLPOptions;
}

/** A setting in a line of progress. */
function settingText({ hiddenLayerSizes, alpha, learningRateInit }: MLPOptions): string {
  const parts = [
    hiddenLayerSizes === undefined ? '' : `hidden ${String(hiddenLayerSizes)}`,
    alpha === undefined ? '' : `alpha ${alpha.toPrecision(2)}`,
    learningRateInit === undefined ? '' : `learning rate ${learningRateInit.toPrecision(2)}`,
  ];
  return parts.filter((part) => part !== '').join(', ') || 'chosen by rows and columns';
}

/** True if an evaluation is better than another; of equal accuracies the one with less loss. */
function isBetter(evaluation: Evaluation, best: Evaluation): boolean {
  const difference = mainScore(evaluation) - mainScore(best);
  if (difference !== 0 || !('logLoss' in evaluation) || !('logLoss' in best)) return difference > 0;
  return (evaluation.logLoss ?? Infinity) < (best.logLoss ?? Infinity);
}

/**
 * Trains with the options of the flags, and with random settings for the others; the model with the best
 * score of the rows held out is kept. An interruption keeps the best so far.
 */
export async function searchModel(
  training: Training,
  flags: MLPOptions,
  searches: number,
  seed: number,
): Promise<Found> {
  const { terminal, interruption } = training;
  const networks = settings(flags, searches, seed);
  const tried: Setting[] = [];
  let best: Found | undefined;
  for (const [i, network] of networks.entries()) {
    const label = networks.length > 1 ? `setting ${i}/${networks.length - 1}  ` : '';
    if (best && interruption.requested) return { ...best, complete: false, tried };
    const fitted = await fitModel(training, network, label);
    if (networks.length === 1) return { ...fitted, network, tried };
    const { heldOut } = fitted.model;
    if (heldOut === null) {
      throw dataError(
        '--search needs rows to hold out, but the file has too few: at least 20 with a target.',
      );
    }
    tried.push({ network, score: mainScore(heldOut) });
    terminal.tell(
      `${label}${settingText(network)}: ${scoreName(heldOut)} ${shortNumber(mainScore(heldOut))}\n`,
    );
    const better = best === undefined || isBetter(heldOut, best.model.heldOut!);
    if (better) best = { ...fitted, network, tried };
  }
  return { ...best!, complete: best!.complete && !interruption.requested, tried };
}

/** Scores of the folds of a cross-validation. */
export interface CrossValidation {
  readonly scores: readonly number[];
  readonly mean: number;
  readonly sd: number;
}

/**
 * The rows of each fold; rows of classes that have one row only are in no test.
 *
 * @throws CliError for fewer rows than folds
 */
export function foldsOf({ table, task, options: { target } }: Training, cv: number, seed: number): Fold[] {
  const options = { nSplits: cv, shuffle: true, randomState: seed, onWarning: () => {} };
  if (task === 'regression') {
    const { rows } = numberTargets('--cv', table, target);
    if (rows.length < cv)
      throw dataError(`--cv must be at most the number of rows, ${rows.length}, but is ${cv}.`);
    return kFold(rows.length, options).map(({ train, test }) => ({
      train: train.map((i) => rows[i]),
      test: test.map((i) => rows[i]),
    }));
  }
  const { values, rows } = labelTargets('--cv', table, target);
  const counts = new Map<Label, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const largest = Math.max(0, ...counts.values());
  if (largest < cv) {
    throw dataError(
      `--cv must be at most the number of rows of the largest class, ${largest}, but is ${cv}.`,
    );
  }
  return stratifiedKFold(values, options).map(({ train, test }) => ({
    train: train.map((i) => rows[i]),
    test: test.filter((i) => counts.get(values[i])! > 1).map((i) => rows[i]),
  }));
}

/** Scores of models trained on all folds but one, each on the fold left out; undefined if interrupted. */
export async function crossValidate(
  training: Training,
  network: MLPOptions,
  folds: readonly Fold[],
): Promise<CrossValidation | undefined> {
  const { table, interruption } = training;
  const scores: number[] = [];
  for (const [i, { train, test }] of folds.entries()) {
    if (interruption.requested) return undefined;
    const part = { ...training, table: table.take(train) };
    const { model, complete } = await fitModel(part, network, `fold ${i + 1}/${folds.length}  `);
    if (!complete) return undefined;
    scores.push(model.score(table.take(test)));
  }
  const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
  const variance = scores.reduce((sum, score) => sum + (score - mean) * (score - mean), 0) / scores.length;
  return { scores, mean, sd: Math.sqrt(variance) };
}
