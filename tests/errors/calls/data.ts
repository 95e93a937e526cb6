import * as lamella from 'lamella';
import * as datasets from 'lamella/datasets';
import type { Call } from '../attempt.js';
import { func, method } from '../attempt.js';
import { zipOf } from '../../helpers/zip.js';

const x = (): number[][] => [
  [0, 1],
  [1, 0],
  [1, 1],
  [0.5, 0],
];
const labels = (): string[] => ['a', 'b', 'a', 'b'];
const numbers = (): number[] => [0, 1, 2, 4];
const weights = (): number[] => [1, 2, 1, 1];
/** What all asynchronous methods take. */
const inSlices = (): object => ({ signal: new AbortController().signal, threads: 1 });
const csr = (): object => ({ data: [1, 2], indices: [0, 1], indptr: [0, 1, 2], shape: [2, 2] });
const strided = (): object => ({ data: [1, 2, 3, 4], shape: [2, 2], stride: [1, 2], offset: 0 });
const grid = (): object => ({ data: Float64Array.of(1, 2, 3, 4, 5, 6), shape: [2, 3], scale: 2 });
/** A file of two bytes as numpy.save writes it. */
const npy = (): Uint8Array =>
  Uint8Array.from([
    ...[0x93, ...Buffer.from('NUMPY'), 1, 0, 58, 0],
    ...Buffer.from(`{'descr': '|u1', 'fortran_order': False, 'shape': (2,)}`.padEnd(57) + '\n'),
    ...[5, 6],
  ]);
const onWarning = (): void => {};

const arrays: Call[] = [
  func('ndarray', lamella.ndarray, () => [
    [
      [1, 2],
      [3, 4],
    ],
    [4],
  ]),
  func('ndarray of an NdArray', lamella.ndarray, () => [
    { data: Float32Array.of(1, 2), shape: [2], scale: 2 },
    [1, 2],
  ]),
  func('ndarray of CSR rows', lamella.ndarray, () => [csr(), [4]]),
  func('ndarray of strides', lamella.ndarray, () => [strided()]),
  func('toNested', lamella.toNested, () => [{ data: Float32Array.of(1, 2), shape: [2, 1], scale: 2 }]),
  func('row', lamella.row, () => [grid(), 1]),
  func(
    'rows',
    (...args: [any]) => [...lamella.rows(...args)],
    () => [grid()],
  ),
  func('reshape', lamella.reshape, () => [grid(), [3, -1]]),
  func('column', lamella.column, () => [grid(), 2]),
  func('take', lamella.take, () => [grid(), [1, 0, 1]]),
  func('transpose', lamella.transpose, () => [grid(), [1, 0]]),
  func('concatenate', lamella.concatenate, () => [[grid(), grid()], 1]),
  func('concatenate of two types', lamella.concatenate, () => [
    [grid(), { data: Float32Array.of(1, 2, 3), shape: [1, 3] }],
  ]),
  func('argMax', lamella.argMax, () => [grid(), 0]),
  func('toCategorical', lamella.toCategorical, () => [[0, 1, 2], 4]),
  func('parseIdx', lamella.parseIdx, () => [Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 2, 5, 6)]),
  func('parseNpy', lamella.parseNpy, () => [npy(), { maxBytes: 1000 }]),
  func('parseNpz', lamella.parseNpz, () => [zipOf([{ name: 'x.npy', content: npy() }]), { maxBytes: 1000 }]),
  func('trainTestSplit', lamella.trainTestSplit, () => [
    x(),
    labels(),
    { testSize: 0.5, trainSize: 2, randomState: 1, shuffle: true, stratify: labels() },
  ]),
];

const ofLabels = (): unknown[] => [labels(), ['a', 'a', 'a', 'b']];
const averaged = (): object => ({
  ...{ labels: ['a', 'b'], posLabel: 'a', average: 'macro', sampleWeight: weights(), zeroDivision: 0 },
});
const regression = (): unknown[] => [
  [
    [1, 2],
    [2, 3],
    [3, 5],
    [0, 1],
  ],
  [
    [1, 2],
    [2, 2],
    [2, 5],
    [0, 1],
  ],
];

const scores: Call[] = [
  func('accuracyScore', lamella.accuracyScore, () => [
    ...ofLabels(),
    { normalize: true, sampleWeight: weights() },
  ]),
  func('balancedAccuracyScore', lamella.balancedAccuracyScore, () => [
    ...ofLabels(),
    { adjusted: true, sampleWeight: weights() },
  ]),
  func('confusionMatrix', lamella.confusionMatrix, () => [
    ...ofLabels(),
    { labels: ['a', 'b'], normalize: 'all', sampleWeight: weights() },
  ]),
  func('precisionScore', lamella.precisionScore, () => [...ofLabels(), { ...averaged(), onWarning }]),
  func('recallScore', lamella.recallScore, () => [...ofLabels(), { ...averaged(), onWarning }]),
  func('f1Score', lamella.f1Score, () => [...ofLabels(), { ...averaged(), onWarning }]),
  func('classificationReport', lamella.classificationReport, () => [
    ...ofLabels(),
    {
      ...{ labels: ['a', 'b'], targetNames: ['A', 'B'], sampleWeight: weights(), digits: 2 },
      ...{ outputDict: false, zeroDivision: 0 },
    },
  ]),
  func('logLoss', lamella.logLoss, () => [
    labels(),
    [
      [0.6, 0.4],
      [0.3, 0.7],
      [0.5, 0.5],
      [0.1, 0.9],
    ],
    { labels: ['a', 'b'], normalize: true, sampleWeight: weights(), onWarning },
  ]),
  func('rocAucScore', lamella.rocAucScore, () => [labels(), [0.1, 0.8, 0.3, 0.9]]),
  func('rocAucScore of three', lamella.rocAucScore, () => [
    ['a', 'b', 'c', 'a'],
    [
      [0.6, 0.3, 0.1],
      [0.3, 0.6, 0.1],
      [0.2, 0.2, 0.6],
      [0.4, 0.3, 0.3],
    ],
    { multiClass: 'ovr', average: 'macro', labels: ['a', 'b', 'c'], sampleWeight: weights() },
  ]),
  func('meanSquaredError', lamella.meanSquaredError, () => [
    ...regression(),
    { sampleWeight: weights(), multioutput: [1, 2], squared: true },
  ]),
  func('meanAbsoluteError', lamella.meanAbsoluteError, () => [
    ...regression(),
    { sampleWeight: weights(), multioutput: 'rawValues' },
  ]),
  func('r2Score', lamella.r2Score, () => [
    ...regression(),
    { sampleWeight: weights(), multioutput: [1, 2], forceFinite: true },
  ]),
];

/** What all transformers have. */
function transformer(
  name:
    'StandardScaler' | 'MinMaxScaler' | 'RobustScaler' | 'LabelEncoder' | 'LabelBinarizer' | 'OneHotEncoder',
  options: () => object | undefined,
  given: () => unknown[],
  transformed: () => unknown,
): Call[] {
  const Class = lamella[name] as any;
  const fitted = (): any => new Class(options()).fit(given());
  return [
    func(
      name,
      (...args) => new Class(...args).fit(given()),
      () => [options()],
    ),
    method(`${name}#setParams`, fitted, () => [options() ?? {}]),
    method(
      `${name}#fit`,
      () => new Class(options()),
      () => [given()],
    ),
    method(
      `${name}#fitTransform`,
      () => new Class(options()),
      () => [given()],
    ),
    method(`${name}#transform`, fitted, () => [given()]),
    method(`${name}#transformAsync`, fitted, () => [given(), inSlices()]),
    method(
      `${name}#fitTransformAsync`,
      () => new Class(options()),
      () => [given(), inSlices()],
    ),
    method(`${name}#inverseTransform`, fitted, () => [transformed()]),
    func(
      `${name}.fromJSON`,
      (json: unknown) => Class.fromJSON(json).transform(given()),
      () => [JSON.parse(JSON.stringify(fitted())) as unknown],
    ),
    ...['getParams', 'toJSON'].map((member) => method(`${name}#${member}`, fitted, () => [])),
  ];
}

const cells = (): unknown[] => [
  ['a', 1],
  ['b', 2],
  ['a', 2],
];

const transformers: Call[] = [
  ...transformer('StandardScaler', () => ({ withMean: true, withStd: true }), x, x),
  ...transformer('MinMaxScaler', () => ({ featureRange: [0, 1], clip: true }), x, x),
  ...transformer(
    'RobustScaler',
    () => ({ withCentering: true, withScaling: true, quantileRange: [25, 75], unitVariance: true }),
    x,
    x,
  ),
  ...transformer(
    'LabelEncoder',
    () => undefined,
    labels,
    () => [0, 1, 1],
  ),
  ...transformer(
    'LabelBinarizer',
    () => ({ negLabel: 0, posLabel: 1 }),
    () => ['a', 'b', 'c'],
    () => [
      [1, 0, 0],
      [0, 0, 1],
    ],
  ),
  ...transformer(
    'OneHotEncoder',
    () => ({
      categories: [
        ['a', 'b'],
        [1, 2],
      ],
      drop: ['a', 1],
      handleUnknown: 'error',
    }),
    cells,
    () => [
      [0, 1],
      [1, 0],
    ],
  ),
];

const generator = (): object => ({ samples: 8, noise: 0.1, randomState: 1, shuffle: true });

const generators: Call[] = [
  func('makeMoons', datasets.makeMoons, () => [generator()]),
  func('makeCircles', datasets.makeCircles, () => [{ ...generator(), factor: 0.5 }]),
  func('makeXor', datasets.makeXor, () => [generator()]),
  func('makeSpirals', datasets.makeSpirals, () => [{ ...generator(), arms: 2, turns: 1 }]),
  func('makeBlobs', datasets.makeBlobs, () => [
    {
      ...{
        samples: 8,
        randomState: 1,
        shuffle: true,
        centers: [
          [0, 1],
          [2, 3],
        ],
        features: 2,
      },
      ...{ clusterStd: [1, 2], centerBox: [-1, 1] },
    },
  ]),
  func('makeBlobs of drawn centers', datasets.makeBlobs, () => [{ centers: 2, features: 3, clusterStd: 1 }]),
  func('loadIris', datasets.loadIris, () => []),
  func('loadDigits', datasets.loadDigits, () => []),
];

export const dataCalls: readonly Call[] = [
  ...arrays,
  ...scores,
  ...transformers,
  ...generators,
  ...numbersOnly(),
];

/** Numbers as labels. */
function numbersOnly(): Call[] {
  return [
    func('accuracyScore of numbers', lamella.accuracyScore, () => [Int32Array.from(numbers()), numbers()]),
    func('f1Score of numbers', lamella.f1Score, () => [
      [0, 1, 1, 0],
      { data: Uint8Array.of(0, 1, 0, 0), shape: [4, 1] },
    ]),
  ];
}
