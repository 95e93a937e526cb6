import * as node from 'lamella/node';
import type { Call } from '../attempt.js';
import { func, method, refusing } from '../attempt.js';

const x = (): number[][] => [
  [0, 1],
  [1, 3],
  [2, 1],
  [0.5, 4],
];
const gaps = (): number[][] => [
  [NaN, 1],
  [1, 3],
  [2, NaN],
  [2, 4],
];
const cells = (): unknown[][] => [
  ['a', 1],
  ['b', 2],
  ['a', 2],
  ['b', 1],
];
const y = (): number[] => [0.5, 1, 2, 4];
const table = (): node.Table => node.fromColumns({ color: ['r', 'g', 'r', null], size: [1, 2, NaN, 4] });
const inSlices = (): object => ({ signal: new AbortController().signal, threads: 1 });

interface Kind {
  readonly options: () => object;
  readonly rows?: () => unknown;
  readonly targets?: () => unknown[];
  /** What it transforms back, if it does. */
  readonly transformed?: () => unknown;
  /** True for those that hold code of the caller's. */
  readonly unstorable?: boolean;
}

const KINDS: Record<string, Kind> = {
  MaxAbsScaler: { options: () => ({}), transformed: x },
  Normalizer: { options: () => ({ norm: 'l1' }) },
  SimpleImputer: {
    options: () => ({ strategy: 'constant', fillValue: 3, addIndicator: true }),
    ...{ rows: gaps, transformed: () => [[3, 1, 1, 0]] },
  },
  OrdinalEncoder: {
    options: () => ({
      ...{
        categories: [
          ['a', 'b'],
          [1, 2],
        ],
      },
      ...{ handleUnknown: 'useEncodedValue', unknownValue: -1, encodedMissingValue: NaN },
    }),
    ...{ rows: cells, transformed: () => [[0, 1]] },
  },
  FunctionTransformer: {
    options: () => ({
      func: (rows: unknown) => rows,
      inverseFunc: (rows: unknown) => rows,
      featureNames: ['a', 'b'],
    }),
    ...{ transformed: x, unstorable: true },
  },
  QuantileTransformer: {
    options: () => ({ nQuantiles: 4, outputDistribution: 'normal', subsample: 100, randomState: 1 }),
    transformed: x,
  },
  PolynomialFeatures: { options: () => ({ degree: 2, interactionOnly: true, includeBias: false }) },
  TargetEncoder: {
    options: () => ({ smooth: 2, cv: 2, shuffle: true, randomState: 1 }),
    ...{ rows: cells, targets: y },
  },
  ColumnTransformer: {
    options: () => ({ remainder: 'passthrough', verboseFeatureNamesOut: true }),
    rows: gaps,
  },
};

/** A transformer with its options; ColumnTransformer has its steps before them. */
function args(name: string, { options }: Kind): unknown[] {
  if (name !== 'ColumnTransformer') return [options()];
  const steps = [
    ['fill', new node.SimpleImputer({ strategy: 'mean' }), [0]],
    ['scale', new node.MaxAbsScaler(), 0],
    ['none', 'drop', [0]],
  ];
  return [steps, options()];
}

function ofKind(name: string, kind: Kind): Call[] {
  const { rows = x, targets, transformed, unstorable, options } = kind;
  const Class = (node as unknown as Record<string, any>)[name];
  const data = (): unknown[] => [rows(), ...(targets ? [targets()] : [])];
  const made = (): any => new Class(...args(name, kind));
  const fitted = (): any => made().fit(...data());
  const own = `node.${name}`;
  const named = name !== 'ColumnTransformer';
  return [
    func(
      own,
      (...given) => new Class(...given).fit(...data()).transform(rows()),
      () => args(name, kind),
    ),
    method(`${own}#setParams`, fitted, () => [options()]),
    method(`${own}#fit`, made, data),
    method(`${own}#fitTransform`, made, data),
    method(`${own}#fitTransformAsync`, made, () => [rows(), ...(targets ? [targets()] : []), inSlices()]),
    method(`${own}#transform`, fitted, () => [rows()]),
    method(`${own}#transformAsync`, fitted, () => [rows(), inSlices()]),
    method(`${own}#featureNames`, fitted, () => [['p', 'q']]),
    method(`${own}#getParams`, fitted, () => []),
    ...(transformed ? [method(`${own}#inverseTransform`, fitted, () => [transformed()])] : []),
    ...(unstorable
      ? [refusing(method(`${own}#toJSON`, fitted, () => []))]
      : [
          method(`${own}#toJSON`, fitted, () => []),
          func(
            `${own}.fromJSON`,
            (json: unknown) => {
              const back = Class.fromJSON(json);
              back.transform(rows());
              back.featureNames();
            },
            () => [
              {
                ...(JSON.parse(JSON.stringify(fitted())) as object),
                ...(named ? { featureNames: ['p', 'q'] } : {}),
              },
            ],
          ),
        ]),
  ];
}

/** What the tables of other calls have all else of. */
const names: Call[] = ['StandardScaler', 'MinMaxScaler', 'RobustScaler'].map((name) =>
  method(
    `${name}#featureNames`,
    () => new (node as unknown as Record<string, any>)[name]().fit(x()),
    () => [['p', 'q']],
  ),
);

const columns = (): node.ColumnTransformer =>
  new node.ColumnTransformer([
    ['words', new node.OneHotEncoder(), ['color']],
    ['numbers', new node.SimpleImputer(), ['size']],
  ]).fit(table());

export const transformerCalls: readonly Call[] = [
  ...Object.entries(KINDS).flatMap(([name, kind]) => ofKind(name, kind)),
  ...names,
  method(
    'OneHotEncoder#featureNames',
    () => new node.OneHotEncoder().fit(cells() as never),
    () => [['p', 'q']],
  ),
  method(
    'Pipeline#featureNames',
    () =>
      node
        .pipeline([new node.StandardScaler(), new node.MLPRegressor({ maxIter: 1, onWarning() {} })])
        .fit(x(), y()),
    () => [['p', 'q']],
  ),
  method('node.ColumnTransformer#clone', columns, () => []),
  method('node.ColumnTransformer#transform of a table', columns, () => [table()]),
  func(
    'node.ColumnTransformer of a table',
    (...given: [any]) => new node.ColumnTransformer(...given).fit(table()).transform(table()),
    () => [
      [
        ['words', new node.OneHotEncoder({ minFrequency: 1, maxCategories: 3 }), ['color']],
        ['numbers', 'passthrough', 'size'],
      ],
    ],
  ),
  func(
    'node.transformerFromJSON',
    (json: unknown) => node.transformerFromJSON(json as never).transform(x()),
    () => [JSON.parse(JSON.stringify(new node.StandardScaler().fit(x()))) as unknown],
  ),
];
