import { anything, checkOptions, describe, listOf, rule, type Checked, type Schema } from '../check.js';
import { FormatError, LamellaError, ValueError } from '../errors.js';

/** A transformer as plain data, fit for JSON. */
export interface StoredTransformer {
  /** Class of the transformer: 'StandardScaler'. */
  readonly kind: string;
  /** Options of the transformer. */
  readonly params: object;
  /** Values that fit has learned; null before fit. */
  readonly fitted: object | null;
  /** Names of the columns of the Table that fit has seen, if it was one. */
  readonly featureNames?: readonly string[];
}

const names = listOf(rule('a string', (value): value is string => typeof value === 'string'));

/**
 * Options and learned values of a stored transformer, from untrusted data.
 *
 * @throws FormatError unless it is an object of `kind` with params and fitted
 */
export function readStored(
  kind: string,
  json: unknown,
): { params: unknown; fitted: unknown; featureNames: string[] | undefined } {
  return formatErrors(() => {
    const any = anything<unknown>();
    const schema = { kind: any, params: any, fitted: any, featureNames: names };
    const {
      kind: given,
      params,
      fitted = null,
      featureNames,
    } = checkOptions(`${kind}.fromJSON`, json, schema);
    if (given === kind) return { params, fitted, featureNames };
    throw new FormatError(`${kind}.fromJSON: kind must be '${kind}', but received ${describe(given)}.`);
  });
}

/**
 * Learned values of a stored transformer, each checked by its rule.
 *
 * @throws FormatError for missing, unknown and unfit parts
 */
export function readFitted<S extends Schema>(kind: string, fitted: unknown, schema: S): Required<Checked<S>> {
  return formatErrors(() => {
    const checked = checkOptions(`${kind}.fromJSON`, fitted, schema);
    const missing = Object.keys(schema).find((name) => !Object.hasOwn(checked, name));
    if (missing === undefined) return checked as Required<Checked<S>>;
    throw new FormatError(`${kind}.fromJSON: fitted must hold ${missing}, but received none.`);
  });
}

/** Classes whose transformers can be stored; table/stored-transformers.ts reads them. */
const STORED_KINDS = [
  ...['StandardScaler', 'MinMaxScaler', 'RobustScaler', 'MaxAbsScaler', 'Normalizer', 'QuantileTransformer'],
  ...['OneHotEncoder', 'OrdinalEncoder', 'TargetEncoder', 'LabelEncoder', 'LabelBinarizer', 'SimpleImputer'],
  'PolynomialFeatures',
];

/**
 * A transformer as plain data.
 *
 * @param owner what it belongs to, for errors: "ColumnTransformer: step 'scale'"
 * @param more other classes that its reader knows
 * @throws ValueError unless it is of one of the classes themselves: no code is stored
 */
export function storeTransformer(
  owner: string,
  transformer: unknown,
  more: readonly string[] = [],
): StoredTransformer {
  const { toJSON, constructor } = (transformer ?? {}) as { toJSON?: unknown; constructor?: { name: string } };
  const kinds = [...STORED_KINDS, ...more];
  const name = constructor?.name;
  if (kinds.includes(name!) && typeof toJSON === 'function') {
    return (transformer as { toJSON(): StoredTransformer }).toJSON();
  }
  throw new ValueError(
    `${owner} must be one of ${kinds.join(', ')} to be stored, but is ${name ?? describe(transformer)}.`,
  );
}

/** The result of `work`, whose errors of this package become FormatErrors. */
export function formatErrors<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof FormatError || !(error instanceof LamellaError)) throw error;
    throw new FormatError(error.message, { cause: error });
  }
}
