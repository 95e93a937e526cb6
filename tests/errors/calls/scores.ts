import * as lamella from 'lamella';
import type { Call } from '../attempt.js';
import { func } from '../attempt.js';

const labels = (): string[] => ['a', 'b', 'a', 'b'];
const weights = (): number[] => [1, 2, 1, 1];
const onWarning = (): void => {};
const ofLabels = (): unknown[] => [labels(), ['a', 'a', 'a', 'b']];
const ofProbabilities = (): unknown[] => [labels(), [0.1, 0.8, 0.3, 0.9]];
const averaged = (): object => ({
  ...{ labels: ['a', 'b'], posLabel: 'a', average: 'macro', sampleWeight: weights(), zeroDivision: 0 },
  onWarning,
});
const twoOutputs = (): unknown[] => [
  [
    [1, 2],
    [2, 3],
    [3, 5],
    [1, 1],
  ],
  [
    [1, 2],
    [2, 2],
    [2, 5],
    [1, 1],
  ],
];
const threeClasses = (): number[][] => [
  [0.6, 0.3, 0.1],
  [0.3, 0.6, 0.1],
  [0.2, 0.2, 0.6],
  [0.4, 0.3, 0.3],
];

const OUTPUTS = [
  'rootMeanSquaredError',
  'medianAbsoluteError',
  'meanAbsolutePercentageError',
  'explainedVarianceScore',
] as const;

const scores: Call[] = [
  ...OUTPUTS.map((name) =>
    func(name, lamella[name] as (...args: unknown[]) => unknown, () => [
      ...twoOutputs(),
      {
        ...{ sampleWeight: weights(), multioutput: [1, 2] },
        ...(name === 'explainedVarianceScore' ? { forceFinite: true } : {}),
      },
    ]),
  ),
  func('meanPoissonDeviance', lamella.meanPoissonDeviance, () => [
    [1, 2, 3, 4],
    [1, 1, 3, 5],
    { sampleWeight: weights() },
  ]),
  func('matthewsCorrcoef', lamella.matthewsCorrcoef, () => [...ofLabels(), { sampleWeight: weights() }]),
  func('cohenKappaScore', lamella.cohenKappaScore, () => [
    ...ofLabels(),
    { labels: ['a', 'b'], weights: 'linear', sampleWeight: weights(), onWarning },
  ]),
  func('hammingLoss', lamella.hammingLoss, () => [...ofLabels(), { sampleWeight: weights() }]),
  func('jaccardScore', lamella.jaccardScore, () => [...ofLabels(), averaged()]),
  func('fbetaScore', lamella.fbetaScore, () => [...ofLabels(), { ...averaged(), beta: 0.5 }]),
  func('brierScoreLoss', lamella.brierScoreLoss, () => [
    ...ofProbabilities(),
    { posLabel: 'b', labels: ['a', 'b'], scaleByHalf: true, sampleWeight: weights(), onWarning },
  ]),
  func('rocCurve', lamella.rocCurve, () => [
    ...ofProbabilities(),
    { posLabel: 'b', sampleWeight: weights(), dropIntermediate: true, onWarning },
  ]),
  func('precisionRecallCurve', lamella.precisionRecallCurve, () => [
    ...ofProbabilities(),
    { posLabel: 'b', sampleWeight: weights(), dropIntermediate: true, onWarning },
  ]),
  func('calibrationCurve', lamella.calibrationCurve, () => [
    ...ofProbabilities(),
    { posLabel: 'b', nBins: 2, strategy: 'quantile' },
  ]),
  func('averagePrecisionScore', lamella.averagePrecisionScore, () => [
    ...ofProbabilities(),
    { posLabel: 'b', average: 'macro', sampleWeight: weights(), onWarning },
  ]),
  func('topKAccuracyScore', lamella.topKAccuracyScore, () => [
    ['a', 'b', 'c', 'a'],
    threeClasses(),
    { k: 2, labels: ['a', 'b', 'c'], normalize: true, sampleWeight: weights(), onWarning },
  ]),
];

const rows = (): number[][] => [[0], [1], [2], [3], [4], [5]];
const classes = (): string[] => ['a', 'b', 'a', 'b', 'a', 'b'];
const groups = (): unknown[] => [0, 0, 1, 1, 2, 2];

const splits: Call[] = [
  func('timeSeriesSplit', lamella.timeSeriesSplit, () => [
    rows(),
    { nSplits: 2, maxTrainSize: 3, testSize: 1, gap: 1 },
  ]),
  func('groupKFold', lamella.groupKFold, () => [
    groups(),
    { nSplits: 2, shuffle: true, randomState: 1, onWarning },
  ]),
  func('stratifiedGroupKFold', lamella.stratifiedGroupKFold, () => [
    classes(),
    groups(),
    { nSplits: 2, shuffle: true, randomState: 1, onWarning },
  ]),
  func('repeatedKFold', lamella.repeatedKFold, () => [
    rows(),
    { nSplits: 2, nRepeats: 2, randomState: 1, onWarning },
  ]),
  func('repeatedStratifiedKFold', lamella.repeatedStratifiedKFold, () => [
    classes(),
    { nSplits: 2, nRepeats: 2, randomState: 1, onWarning },
  ]),
  func('shuffleSplit', lamella.shuffleSplit, () => [
    rows(),
    { nSplits: 2, testSize: 0.5, trainSize: 2, randomState: 1 },
  ]),
  func('stratifiedShuffleSplit', lamella.stratifiedShuffleSplit, () => [
    classes(),
    { nSplits: 2, testSize: 0.5, trainSize: 2, randomState: 1 },
  ]),
  func('leaveOneOut', lamella.leaveOneOut, () => [3]),
  func('leaveOneOut of rows', lamella.leaveOneOut, () => [rows()]),
];

export const scoreCalls: readonly Call[] = [...scores, ...splits];
