/**
 * Reads the options of estimators: rules, schemas, defaults and checks of what callers give to constructors.
 * Their types are in options.ts; options that Perceptron alone has are in perceptron/options.ts, the reading
 * of options of fit is in fit-inputs.ts.
 */
import type { Rule, Schema } from '../check.js';
import {
  anyOf,
  anything,
  boolean,
  checkOptions,
  describe,
  func,
  integer,
  knownFor,
  listOf,
  nullable,
  number,
  oneOf,
  positiveInteger,
  refused,
  rule,
} from '../check.js';
import type { Label } from '../data/labels.js';
import { classWeightEntries, describeBadWeight } from '../data/weights.js';
import { ValueError } from '../errors.js';
import { isTrainable, resolveActivation } from '../network/activations.js';
import type { OptimizerConfig } from '../network/optimizer-options.js';
import { resolveOptimizer } from '../network/optimizer-options.js';
import { RandomState } from '../random.js';
import type { OnWarning } from '../warnings.js';
import type {
  ClassWeight,
  HiddenActivation,
  MLPClassifierParams,
  MLPParams,
  MLPRegressorParams,
  Solver,
} from './options.js';

const wholeSeed = integer({ min: 0, max: 4294967295 });

/** A seed; the generators of this package pass too. */
export const seedRule: Rule<number | RandomState | null> = {
  expected: `${wholeSeed.expected} or null`,
  accept: (value) => (value === null || value instanceof RandomState ? value : wholeSeed.accept(value)),
};

/** A number of epochs without improvement that may be tolerated. */
export const patienceRule: Rule<number> = anyOf(
  positiveInteger,
  rule('Infinity', (value): value is number => value === Infinity),
);

/** The activation of all hidden layers, or of each, in canonical spelling. @throws ValueError */
function readActivations(owner: string, given: unknown): HiddenActivation | readonly HiddenActivation[] {
  if (Array.isArray(given)) return Object.freeze(given.map((name: unknown) => readActivation(owner, name)));
  return readActivation(owner, given);
}

function readActivation(owner: string, given: unknown): HiddenActivation {
  if (typeof given !== 'string') {
    throw new ValueError(
      `${owner}: activation must be a name, or an array of one name per hidden layer, but received ${describe(given)}.`,
    );
  }
  const activation = resolveActivation(given, owner);
  if (isTrainable(activation)) return activation as HiddenActivation;
  throw new ValueError(
    `${owner}: activation must have a slope to train by, but received '${activation}', which has none.`,
  );
}

const named = oneOf<'adam' | 'sgd' | 'lbfgs'>(['adam', 'sgd', 'lbfgs']);

/** A solver: its name, or a copy of an optimizer's options. @throws ValueError */
function readSolver(owner: string, given: unknown): Solver {
  if (typeof given === 'object' && given !== null) {
    const { config } = resolveOptimizer(given, owner);
    return Object.freeze(config ?? { ...(given as OptimizerConfig) });
  }
  return readNamedSolver(owner, given);
}

/** As `readSolver`, for models that are not trained: the options of an optimizer are taken as they are. */
function readUnusedSolver(owner: string, given: unknown): Solver {
  if (typeof given === 'object' && given !== null) return given as OptimizerConfig;
  return readNamedSolver(owner, given);
}

function readNamedSolver(owner: string, given: unknown): Solver {
  const solver = named.accept(given);
  if (solver !== refused) return solver;
  throw new ValueError(
    `${owner}: solver must be ${named.expected} or an object that optimizers makes, but received ${describe(given)}.`,
  );
}

/** A copy of a Map or an object of weights, so that later changes of the caller's do not count. */
export const classWeightRule: Rule<ClassWeight> = {
  expected: "'balanced', a Map or an object from labels to weights >= 0",
  received: describeBadWeight,
  accept(value) {
    if (value === 'balanced') return value;
    const given = classWeightEntries(value);
    if (!given) return refused;
    if (given.exact) return new Map(given.entries as [Label, number][]);
    return Object.freeze(Object.fromEntries(given.entries)) as Readonly<Record<string, number>>;
  },
};

const decay = number({ min: 0, below: 1 });

const schedule: Rule<MLPParams['learningRate']> = {
  ...oneOf(['constant', 'invscaling', 'adaptive']),
  expected: "one of 'constant', 'invscaling', 'adaptive' (learningRateInit is the number)",
};

const schema = {
  hiddenLayerSizes: anyOf(positiveInteger, listOf(positiveInteger)),
  activation: anything<unknown>(),
  solver: anything<unknown>(),
  alpha: number({ min: 0 }),
  batchSize: anyOf(oneOf<'auto'>(['auto']), positiveInteger),
  learningRate: schedule,
  learningRateInit: number({ above: 0 }),
  powerT: number({ min: 0 }),
  maxIter: positiveInteger,
  shuffle: boolean,
  randomState: seedRule,
  tol: number({ min: 0 }),
  verbose: anyOf(boolean, integer({ min: 0 })),
  warmStart: boolean,
  momentum: number({ min: 0, max: 1 }),
  nesterovsMomentum: boolean,
  earlyStopping: boolean,
  validationFraction: number({ above: 0, below: 1 }),
  beta1: decay,
  beta2: decay,
  epsilon: number({ above: 0 }),
  nIterNoChange: patienceRule,
  maxFun: positiveInteger,
  dropout: anyOf(decay, listOf(decay)),
  onWarning: nullable(func<OnWarning>()),
};

const defaults: MLPParams = {
  hiddenLayerSizes: Object.freeze([100]),
  activation: 'relu',
  solver: 'adam',
  alpha: 1e-4,
  batchSize: 'auto',
  learningRate: 'constant',
  learningRateInit: 1e-3,
  powerT: 0.5,
  maxIter: 200,
  shuffle: true,
  randomState: null,
  tol: 1e-4,
  verbose: false,
  warmStart: false,
  momentum: 0.9,
  nesterovsMomentum: true,
  earlyStopping: false,
  validationFraction: 0.1,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  nIterNoChange: 10,
  maxFun: 15000,
  dropout: 0,
  onWarning: null,
};

/** What each estimator takes, and what it takes where nothing is given. */
const kinds: Readonly<Record<string, { readonly schema: Schema; readonly defaults: MLPParams }>> = {
  MLPClassifier: {
    schema: { ...schema, classWeight: nullable(classWeightRule) },
    defaults: { ...defaults, classWeight: null } as MLPClassifierParams,
  },
  MLPRegressor: {
    schema: { ...schema, loss: oneOf(['squaredError', 'poisson']) },
    defaults: { ...defaults, loss: 'squaredError' } as MLPRegressorParams,
  },
};

/**
 * Check the options of an estimator and lay them over `base` (default: the defaults).
 *
 * @param owner 'MLPClassifier' or 'MLPRegressor'
 * @throws ValueError for unknown names, bad values, and values that do not go together
 */
export function readOptions<P extends MLPParams>(owner: string, given: unknown, base?: P): P {
  return read(owner, given, base, readSolver);
}

/** The options of a saved estimator that only predicts: an optimizer that is its solver is not looked at. */
export function readOptionsToPredict(owner: string, given: unknown): MLPParams {
  return read<MLPParams>(owner, given, undefined, readUnusedSolver);
}

function read<P extends MLPParams>(
  owner: string,
  given: unknown,
  base: P | undefined,
  solverOf: typeof readSolver,
): P {
  const kind = kinds[owner];
  const { hiddenLayerSizes, activation, solver, dropout, ...rest } = checkOptions(
    owner,
    given,
    kind.schema as typeof schema,
  );
  const params: Record<string, unknown> = { ...(base ?? kind.defaults), ...rest };
  if (hiddenLayerSizes !== undefined) params.hiddenLayerSizes = readSizes(owner, hiddenLayerSizes);
  if (activation !== undefined) params.activation = readActivations(owner, activation);
  if (solver !== undefined) params.solver = solverOf(owner, solver);
  if (dropout !== undefined) params.dropout = typeof dropout === 'number' ? dropout : Object.freeze(dropout);
  checkLayers(owner, params as unknown as P);
  return Object.freeze(params) as unknown as P;
}

/** Checks that options of the hidden layers fit their number, and each other. @throws ValueError */
function checkLayers(owner: string, { hiddenLayerSizes, activation, dropout, solver }: MLPParams): void {
  const layers = hiddenLayerSizes.length;
  for (const [name, value] of Object.entries({ activation, dropout })) {
    if (!Array.isArray(value) || value.length === layers) continue;
    throw new ValueError(
      `${owner}: ${name} must hold one value for each of the ${layers} hidden layers, but received ${describe(value)}.`,
    );
  }
  if (solver === 'lbfgs' && layers > 0 && [dropout].flat().some((rate) => rate > 0)) {
    throw new ValueError(
      `${owner}: solver 'lbfgs' needs a loss that does not change, expected dropout 0, but received ${describe(dropout)}.`,
    );
  }
}

function readSizes(owner: string, given: number | number[]): readonly number[] {
  const sizes = typeof given === 'number' ? [given] : given;
  if (sizes.some((units) => units > 65536)) {
    throw new ValueError(
      `${owner}: hiddenLayerSizes must be at most 65536 units each, but received ${Math.max(...sizes)}.`,
    );
  }
  return Object.freeze(sizes);
}

/** The option of an estimator's constructor that a name stands for, here, in scikit-learn or elsewhere. */
export function constructorOption(owner: string, name: string): string | undefined {
  return knownFor(name, Object.keys(kinds[owner].schema));
}
