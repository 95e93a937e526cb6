import * as lamella from 'lamella';
import { loadModel as loadPredictor } from 'lamella/predict';
import type { Call } from '../attempt.js';
import { func, method, refusing } from '../attempt.js';

const onWarning = (): void => {};
const x = (): number[][] => [
  [0, 1],
  [1, 0],
  [1, 1],
  [0, 0],
];
const labels = (): string[] => ['a', 'b', 'a', 'b'];
const values = (): number[] => [0, 1, 2, 3];
const weights = (): number[] => [1, 2, 1, 1];

const mlp = (): object => ({
  ...{ hiddenLayerSizes: [2, 2], activation: ['relu', 'tanh'], solver: { name: 'sgd', learningRate: 0.1 } },
  ...{ alpha: 1e-4, batchSize: 2, learningRate: 'constant', learningRateInit: 0.1, powerT: 0.5, maxIter: 1 },
  ...{ shuffle: true, randomState: 1, tol: 1e-4, verbose: false, warmStart: false, momentum: 0.9 },
  ...{ nesterovsMomentum: true, earlyStopping: false, validationFraction: 0.5, beta1: 0.9, beta2: 0.99 },
  ...{ epsilon: 1e-8, nIterNoChange: 10, maxFun: 10, dropout: [0.1, 0.1], onWarning },
});

const perceptron = (): object => ({
  ...{
    penalty: 'elasticnet',
    alpha: 1e-4,
    l1Ratio: 0.2,
    fitIntercept: true,
    maxIter: 2,
    tol: 1e-3,
    shuffle: true,
  },
  ...{ verbose: 0, eta0: 1, randomState: 1, earlyStopping: false, validationFraction: 0.5, nIterNoChange: 5 },
  ...{ classWeight: { a: 1, b: 2 }, warmStart: false, onWarning },
});

const fitOptions = (): object => ({ signal: new AbortController().signal, onEpoch: () => {} });

/** What all asynchronous methods take. */
const inSlices = (): object => ({ signal: new AbortController().signal, threads: 1 });

type Name = 'MLPClassifier' | 'MLPRegressor' | 'Perceptron';

interface Kind {
  readonly name: Name;
  readonly options: () => object;
  /** The least that the options must be. */
  readonly few: object;
  readonly y: () => unknown;
  readonly fit: () => object;
  readonly partial: () => object;
  readonly predicts: readonly string[];
  readonly out: () => unknown;
}

const kinds: readonly Kind[] = [
  {
    name: 'MLPClassifier',
    options: () => ({ ...mlp(), classWeight: { a: 1, b: 2 } }),
    few: { hiddenLayerSizes: [2], maxIter: 1, randomState: 1, onWarning },
    y: labels,
    fit: () => ({
      ...fitOptions(),
      sampleWeight: weights(),
      validationData: [x(), labels()],
      stopBy: 'loss',
      threads: 1,
    }),
    partial: () => ({
      ...fitOptions(),
      sampleWeight: weights(),
      validationData: [x(), labels()],
      stopBy: 'loss',
      classes: ['a', 'b'],
      threads: 1,
    }),
    predicts: ['predict', 'predictProba', 'predictLogProba'],
    out: () => new Float32Array(8),
  },
  {
    name: 'MLPRegressor',
    options: () => ({ ...mlp(), loss: 'squaredError' }),
    few: { hiddenLayerSizes: [2], maxIter: 1, randomState: 1, onWarning },
    y: values,
    fit: () => ({
      ...fitOptions(),
      sampleWeight: weights(),
      validationData: [x(), values()],
      stopBy: 'loss',
      threads: 1,
    }),
    partial: () => ({
      ...fitOptions(),
      sampleWeight: weights(),
      validationData: [x(), values()],
      stopBy: 'loss',
      threads: 1,
    }),
    predicts: ['predict'],
    out: () => new Float32Array(4),
  },
  {
    name: 'Perceptron',
    options: perceptron,
    few: { maxIter: 1, onWarning },
    y: labels,
    fit: () => ({ ...fitOptions(), sampleWeight: weights() }),
    partial: () => ({ ...fitOptions(), sampleWeight: weights(), classes: ['a', 'b'] }),
    predicts: ['predict', 'decisionFunction'],
    out: () => [null, null, null, null],
  },
];

const fittedOnce = new Map<string, Promise<any>>();

function once(key: string, make: () => Promise<any>): Promise<any> {
  const known = fittedOnce.get(key) ?? make();
  fittedOnce.set(key, known);
  return known;
}

function callsOf({ name, options, few, y, fit, partial, predicts, out }: Kind): Call[] {
  const Class = lamella[name] as any;
  const fresh = (): any => new Class(few);
  const fitted = (): Promise<any> => once(name, () => fresh().fit(x(), y()));
  const bytes = (): Promise<Uint8Array> => once(`${name} bytes`, async () => (await fitted()).toBytes());
  const predictor = (): Promise<any> => once(`${name} predictor`, async () => loadPredictor(await bytes()));
  return [
    func(
      name,
      (...args) => new Class(...args).fit(x(), y()),
      () => [options()],
    ),
    func(
      `${name}#setParams`,
      (...args) =>
        fresh()
          .setParams(...args)
          .fit(x(), y()),
      () => [options()],
    ),
    method(`${name}#fit`, fresh, () => [x(), y(), fit()]),
    method(`${name}#partialFit`, fresh, () => [x(), y(), partial()]),
    method(`${name}#partialFit again`, fitted, () => [x(), y()]),
    method(`${name}#score`, fitted, () => [x(), y(), { sampleWeight: weights() }]),
    method(`${name}#getParams`, fitted, () => []),
    method(`${name}#toBytes`, fitted, () => []),
    refusing(
      func(
        `${name}.fromBytes`,
        (...args) => Class.fromBytes(...args),
        () => [new Uint8Array(9)],
      ),
    ),
    refusing(method(`${name}#toJSON`, fitted, () => [])),
    refusing(method(`${name}Predictor#toJSON`, predictor, () => [])),
    method(`${name}#scoreAsync`, fitted, () => [x(), y(), { sampleWeight: weights(), ...inSlices() }]),
    ...predicts.flatMap((member) => [
      method(`${name}#${member}`, fitted, () => [
        x(),
        { out: member === 'predict' ? labelsOut(name, out) : out(), threads: 1 },
      ]),
      ...asynchronous(name, member, fitted, predictor, out),
      method(`${name}#${member} of a row`, fitted, () => [[[0, 1]], {}]),
      method(`${name}Predictor#${member}`, predictor, () => [
        x(),
        { out: member === 'predict' ? labelsOut(name, out) : out(), threads: 1 },
      ]),
    ]),
  ];
}

/** The asynchronous kin of a method that predicts, where there is one. */
function asynchronous(
  name: Name,
  member: string,
  fitted: () => Promise<any>,
  predictor: () => Promise<any>,
  out: () => unknown,
): Call[] {
  if (member !== 'predict' && member !== 'predictProba') return [];
  const args = (): unknown[] => [
    x(),
    { out: member === 'predict' ? labelsOut(name, out) : out(), ...inSlices() },
  ];
  return [
    method(`${name}#${member}Async`, fitted, args),
    method(`${name}Predictor#${member}Async`, predictor, args),
  ];
}

const labelsOut = (name: Name, out: () => unknown): unknown =>
  name === 'MLPClassifier' ? [null, null, null, null] : out();

/** Several labels per row, other solvers and stops. */
const variants: Call[] = [
  func(
    'MLPClassifier#fit of several labels',
    (...args: [any, any, any]) => new lamella.MLPClassifier(kinds[0].few).fit(...args),
    () => [
      x(),
      [
        [0, 1],
        [1, 1],
        [0, 0],
        [1, 0],
      ],
      { sampleWeight: weights() },
    ],
  ),
  ...(['adam', 'sgd', 'lbfgs'] as const).map((solver) =>
    func(
      `MLPRegressor#fit by ${solver}`,
      (...args: [any, any, any]) =>
        new lamella.MLPRegressor({ ...kinds[1].few, solver, earlyStopping: solver !== 'lbfgs' }).fit(...args),
      () => [[...x(), ...x(), ...x()], [...values(), ...values(), ...values()], fitOptions()],
    ),
  ),
];

export const estimatorCalls: readonly Call[] = [...kinds.flatMap(callsOf), ...variants];
