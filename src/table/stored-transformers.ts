/**
 * Reads the transformers that files and JSON hold, by their kind. Each class checks its own JSON; here is
 * which there are, the same as in data/stored.ts, which stores them. Not for the steps inside a
 * ColumnTransformer, which it reads itself.
 */
import { describe } from '../check.js';
import { LabelBinarizer } from '../data/encoders/label-binarizer.js';
import { LabelEncoder } from '../data/encoders/label-encoder.js';
import { OneHotEncoder } from '../data/encoders/one-hot-encoder.js';
import { MaxAbsScaler } from '../data/scalers/max-abs.js';
import { MinMaxScaler } from '../data/scalers/min-max.js';
import { RobustScaler } from '../data/scalers/robust.js';
import { StandardScaler } from '../data/scalers/standard.js';
import { Normalizer } from '../data/transformers/normalizer.js';
import { OrdinalEncoder } from '../data/transformers/ordinal-encoder.js';
import { PolynomialFeatures } from '../data/transformers/polynomial-features.js';
import { QuantileTransformer } from '../data/transformers/quantile-transformer.js';
import { SimpleImputer } from '../data/transformers/simple-imputer.js';
import { TargetEncoder } from '../data/transformers/target-encoder.js';
import { FormatError } from '../errors.js';

/** A class whose transformers can be stored. */
interface StoredClass {
  readonly name: string;
  fromJSON(json: unknown): unknown;
}

/** The classes by kind. @param more classes of other files */
function classes(more: readonly StoredClass[]): ReadonlyMap<unknown, StoredClass> {
  const all: StoredClass[] = [
    ...[StandardScaler, MinMaxScaler, RobustScaler, MaxAbsScaler, Normalizer, QuantileTransformer],
    ...[OneHotEncoder, OrdinalEncoder, TargetEncoder, LabelEncoder, LabelBinarizer],
    ...[SimpleImputer, PolynomialFeatures, ...more],
  ];
  return new Map(all.map((each) => [each.name, each]));
}

/**
 * A transformer of any kind from the output of its toJSON; nothing in it is trusted.
 *
 * @throws FormatError for an unknown kind, and for what its class does not accept
 */
export function readTransformer(owner: string, json: unknown, more: readonly StoredClass[] = []): unknown {
  const object = typeof json === 'object' && json !== null ? json : {};
  const kind: unknown = Object.hasOwn(object, 'kind') ? (object as { kind: unknown }).kind : undefined;
  const known = classes(more);
  const found = known.get(kind);
  if (found) return found.fromJSON(json);
  throw new FormatError(
    `${owner}: a stored transformer must have a kind, one of ${[...known.keys()].join(', ')}, but has ${describe(kind)}.`,
  );
}
