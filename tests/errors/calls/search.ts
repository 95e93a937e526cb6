import * as lamella from 'lamella';
import type { Call } from '../attempt.js';
import { func, method, refusing } from '../attempt.js';

const x = (): number[][] => [
  [0, 1],
  [1, 0],
  [1, 1],
  [0, 0],
];
const labels = (): string[] => ['a', 'b', 'a', 'b'];
const onWarning = (): void => {};

const estimator = (): lamella.Perceptron => new lamella.Perceptron({ maxIter: 1, onWarning });
const trained = await estimator().fit(x(), labels());
const folds = (): object => ({ kind: 'kFold', nSplits: 2, shuffle: true, randomState: 1, onWarning });
const common = (): object => ({ cv: folds(), signal: new AbortController().signal, onTrial: (): void => {} });
const scored = (): object => ({ ...common(), scoring: 'accuracy', errorScore: NaN });
const data = (): unknown[] => [x(), labels()];

/** An estimator of the caller's own, of plain functions. */
const own = (): object => ({
  ...{
    fit: (): void => {},
    predict: (): string[] => ['a', 'b'],
    getParams: (): object => ({}),
    score: (): number => 1,
  },
  ...{ classes: ['a', 'b'], estimatorType: 'classifier', clone: (): object => own() },
});

const searches: Call[] = [
  func('kFold', lamella.kFold, () => [6, { nSplits: 2, shuffle: true, randomState: 1, onWarning }]),
  func('kFold of rows', lamella.kFold, () => [x(), { nSplits: 2 }]),
  func('stratifiedKFold', lamella.stratifiedKFold, () => [
    labels(),
    { nSplits: 2, shuffle: true, randomState: 1, onWarning },
  ]),
  func('crossValScore', lamella.crossValScore, () => [estimator(), ...data(), scored()]),
  func('crossValScore of folds', lamella.crossValScore, () => [
    estimator(),
    ...data(),
    { cv: [{ train: [0, 1], test: [2, 3] }], scoring: null, errorScore: 0 },
  ]),
  func('crossValScore of an own estimator', lamella.crossValScore, () => [own(), ...data(), { cv: 2 }]),
  func('crossValidate', lamella.crossValidate, () => [
    estimator(),
    ...data(),
    {
      ...{ ...common(), scoring: ['accuracy', 'f1Macro'], errorScore: NaN },
      ...{ returnTrainScore: true, returnEstimator: true },
    },
  ]),
  func('permutationImportance', lamella.permutationImportance, () => [
    trained,
    ...data(),
    {
      ...{ scoring: 'accuracy', nRepeats: 2, randomState: 1 },
      signal: new AbortController().signal,
    },
  ]),
  func('crossValPredict', lamella.crossValPredict, () => [
    estimator(),
    ...data(),
    { ...common(), method: 'predict' },
  ]),
  func('crossValPredict of an own estimator', lamella.crossValPredict, () => [own(), ...data(), { cv: 2 }]),
  func('learningCurve', lamella.learningCurve, () => [
    estimator(),
    ...data(),
    { ...scored(), trainSizes: [0.5, 1], shuffle: true, randomState: 1 },
  ]),
  func('validationCurve', lamella.validationCurve, () => [
    estimator(),
    ...data(),
    { ...scored(), paramName: 'alpha', paramRange: [0.1, 0.2] },
  ]),
  func('gridSearch', lamella.gridSearch, () => [
    estimator(),
    { alpha: [0.1, 0.2] },
    ...data(),
    { ...scored(), refit: true, returnTrainScore: true },
  ]),
  func('gridSearch of several grids', lamella.gridSearch, () => [
    estimator(),
    [{ alpha: [0.1] }, { penalty: ['l1'] }],
    ...data(),
    { cv: 2, refit: false },
  ]),
  func('randomizedSearch', lamella.randomizedSearch, () => [
    estimator(),
    { alpha: lamella.distributions.uniform(0, 1), penalty: ['l1', 'l2'] },
    ...data(),
    { ...scored(), refit: true, returnTrainScore: true, nIter: 2, randomState: 1 },
  ]),
];

/** A transformer of the caller's own. */
const transformer = (): object => ({
  ...{ fit: (): void => {}, transform: (rows: unknown): unknown => rows, getParams: (): object => ({}) },
  ...{
    setParams: (): void => {},
    fitTransform: (rows: unknown): unknown => rows,
    clone: (): object => transformer(),
  },
});

const steps = (): unknown[] => [
  ['scale', new lamella.StandardScaler()],
  ['own', transformer()],
  ['last', estimator()],
];
const piped = (): lamella.Pipeline => lamella.pipeline(steps() as never);
const fitted = (): Promise<lamella.Pipeline> => piped().fit(x(), labels());
const network = (): Promise<lamella.Pipeline> =>
  lamella
    .pipeline([new lamella.MLPClassifier({ hiddenLayerSizes: [2], maxIter: 1, onWarning })])
    .fit(x(), labels());
const inSlices = (): object => ({ signal: new AbortController().signal, threads: 1 });

const pipelines: Call[] = [
  func(
    'pipeline',
    async (...args: [any]) => {
      const made = await lamella.pipeline(...args).fit(x(), labels());
      made.predict(x());
    },
    () => [steps()],
  ),
  func(
    'Pipeline',
    (...args: [any]) => new (lamella.Pipeline as any)(...args),
    () => [steps()],
  ),
  method('Pipeline#fit', piped, () => [...data(), { sampleWeight: [1, 1, 1, 1] }]),
  method('Pipeline#partialFit', fitted, () => data()),
  ...['transform', 'predict', 'decisionFunction'].map((member) =>
    method(`Pipeline#${member}`, fitted, () => [x()]),
  ),
  ...['predictProba', 'predictLogProba'].map((member) => method(`Pipeline#${member}`, network, () => [x()])),
  ...['predictAsync', 'predictProbaAsync'].map((member) =>
    method(`Pipeline#${member}`, network, () => [x(), inSlices()]),
  ),
  method('Pipeline#scoreAsync', fitted, () => [...data(), inSlices()]),
  method('Pipeline#supports', piped, () => ['predictProba']),
  refusing(method('Pipeline#toJSON', piped, () => [])),
  method('Pipeline#toBytes', network, () => []),
  refusing(
    func(
      'Pipeline.fromBytes',
      async (bytes: never) => lamella.Pipeline.fromBytes(bytes),
      () => [new Uint8Array(9)],
    ),
  ),
  method('Pipeline#score', fitted, () => data()),
  method('Pipeline#getParams', piped, () => []),
  method('Pipeline#setParams', piped, () => [{ scale: { withMean: true }, last__alpha: 0.1 }]),
  method('Pipeline#clone', piped, () => [{ scale: { withMean: true }, last__alpha: 0.1 }]),
];

export const searchCalls: readonly Call[] = [...searches, ...pipelines];
