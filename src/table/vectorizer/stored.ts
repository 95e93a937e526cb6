/**
 * What a TableVectorizer has learned as plain data for JSON, and back from data that is not trusted. Not for
 * files, which table/model-file.ts writes.
 */
import { anything, boolean, checkOptions, integer, listOf, number, oneOf, rule } from '../../check.js';
import { formatErrors, storeTransformer } from '../../data/stored.js';
import type { ColumnType } from '../../data/table/table.js';
import { FormatError } from '../../errors.js';
import type { Decision } from './decide.js';
import { readTransformer } from '../stored-transformers.js';
import type { ColumnEncoder, Scale, Treatment, UserTransformer } from './encoders.js';
import {
  BooleanEncoder,
  CategoryEncoder,
  DateEncoder,
  NumberEncoder,
  TransformerEncoder,
} from './encoders.js';
import type { ColumnChoice, FittedColumn, FittedVectorizer } from './fit.js';
import { fittedOf } from './fit.js';
import { DATE_PARTS } from './learners.js';

/** A column as plain data. */
interface StoredColumn {
  readonly name: string;
  readonly type: ColumnType;
  readonly treatment: Treatment;
  readonly reason: string;
  readonly missing: number;
  readonly categories?: number;
  readonly encoder: object | null;
}

/** What was learned, fit for JSON. @throws ValueError for a transformer that cannot be stored. */
export function toStored({ columns }: FittedVectorizer): { readonly columns: readonly StoredColumn[] } {
  return {
    columns: columns.map(({ name, type, decision: { encoder, ...decision } }) => ({
      ...{ name, type },
      ...decision,
      encoder: encoder ? encoderToStored(name, encoder) : null,
    })),
  };
}

function encoderToStored(name: string, encoder: ColumnEncoder): object {
  if (encoder instanceof NumberEncoder) return { scale: encoder.scale, indicator: encoder.indicator };
  if (encoder instanceof BooleanEncoder) return { indicator: encoder.indicator };
  if (encoder instanceof DateEncoder) return { scales: encoder.scales, indicator: encoder.indicator };
  if (encoder instanceof CategoryEncoder) return encoder.categories;
  const { names, transformer } = encoder as TransformerEncoder;
  return {
    names,
    transformer: storeTransformer(`TableVectorizer: the transformer of column '${name}'`, transformer),
  };
}

/** The option `columns`, its transformers as plain data. @throws ValueError for one that cannot be stored */
export function storeChoices(columns: Readonly<Record<string, ColumnChoice>>): Record<string, unknown> {
  const stored = Object.entries(columns).map(([name, choice]) => [
    name,
    typeof choice === 'string'
      ? choice
      : storeTransformer(`TableVectorizer: the transformer of column '${name}'`, choice),
  ]);
  return Object.fromEntries(stored) as Record<string, unknown>;
}

/** Options before `storeChoices`, its result read back. @throws FormatError for unknown transformers */
export function readChoices(params: unknown): unknown {
  const { columns } = (params ?? {}) as { columns?: unknown };
  if (typeof columns !== 'object' || columns === null || Array.isArray(columns)) return params;
  const read = Object.entries(columns).map(([name, choice]: [string, unknown]) => [
    name,
    typeof choice === 'object' ? readTransformer('TableVectorizer.fromJSON', choice) : choice,
  ]);
  return { ...(params as object), columns: Object.fromEntries(read) as object };
}

const string = rule('a string', (value): value is string => typeof value === 'string');
const strings = listOf(string);
const columnSchema = {
  name: string,
  type: oneOf<ColumnType>(['number', 'string', 'boolean', 'date']),
  treatment: oneOf<Treatment>(['number', 'category', 'boolean', 'date', 'drop', 'transformer']),
  reason: string,
  missing: integer({ min: 0 }),
  categories: integer({ min: 0 }),
  encoder: anything<unknown>(),
};
const scaleSchema = { fill: number(), mean: number(), scale: number({ above: 0 }) };

/** Fills in what must be there. @throws FormatError for missing parts */
function whole<T extends object>(what: string, given: T, names: readonly (keyof T & string)[]): Required<T> {
  const missing = names.find((name) => given[name] === undefined);
  if (missing === undefined) return given as Required<T>;
  throw new FormatError(`TableVectorizer.fromJSON: ${what} must hold ${missing}, but received none.`);
}

/**
 * What a vectorizer has learned, from untrusted data.
 *
 * @throws FormatError for missing, unknown and unfit parts
 */
export function fromStored(stored: unknown): FittedVectorizer {
  return formatErrors(() => {
    const owner = 'TableVectorizer.fromJSON';
    const { columns } = whole(
      'fitted',
      checkOptions(owner, stored, { columns: listOf(anything<unknown>(), 1) }),
      ['columns'],
    );
    const names = new Set<string>();
    return fittedOf(
      columns.map((each) => {
        const column = readColumn(owner, each);
        if (names.has(column.name)) {
          throw new FormatError(`${owner}: each column must occur once, but '${column.name}' occurs twice.`);
        }
        names.add(column.name);
        return column;
      }),
    );
  });
}

function readColumn(owner: string, stored: unknown): FittedColumn {
  const column = whole('a column', checkOptions(owner, stored, columnSchema), [
    ...(['name', 'type', 'treatment', 'reason', 'missing'] as const),
  ]);
  const { name, type, treatment, reason, missing, categories, encoder } = column;
  const decision: Decision = {
    encoder: treatment === 'drop' ? undefined : readEncoder(owner, name, type, treatment, encoder),
    ...{ treatment, reason, missing },
    ...(categories !== undefined && { categories }),
  };
  return { name, type, decision };
}

function readEncoder(
  owner: string,
  name: string,
  type: ColumnType,
  treatment: Treatment,
  stored: unknown,
): ColumnEncoder {
  const given = stored ?? {};
  switch (treatment) {
    case 'number': {
      const schema = { scale: anything<unknown>(), indicator: boolean };
      const { scale, indicator } = whole('an encoder', checkOptions(owner, given, schema), [
        'scale',
        'indicator',
      ]);
      return new NumberEncoder(name, readScale(owner, scale), indicator);
    }
    case 'boolean': {
      const { indicator } = whole('an encoder', checkOptions(owner, given, { indicator: boolean }), [
        'indicator',
      ]);
      return new BooleanEncoder(name, indicator);
    }
    case 'category': {
      const schema = { kept: strings, infrequent: strings, missing: boolean };
      const parts = ['kept', 'infrequent', 'missing'] as const;
      return new CategoryEncoder(name, whole('an encoder', checkOptions(owner, given, schema), parts));
    }
    case 'date': {
      const schema = {
        scales: listOf(anything<unknown>(), DATE_PARTS.length, DATE_PARTS.length),
        indicator: boolean,
      };
      const { scales, indicator } = whole('an encoder', checkOptions(owner, given, schema), [
        'scales',
        'indicator',
      ]);
      return new DateEncoder(
        name,
        scales.map((scale) => readScale(owner, scale)),
        indicator,
      );
    }
    case 'transformer': {
      const schema = { names: listOf(string, 1), transformer: anything<unknown>() };
      const parts = ['names', 'transformer'] as const;
      const { names, transformer } = whole('an encoder', checkOptions(owner, given, schema), parts);
      return new TransformerEncoder(
        name,
        type,
        readTransformer(owner, transformer) as UserTransformer,
        names,
      );
    }
    default:
      throw new FormatError(
        `${owner}: column '${name}' must have a treatment that files hold, but has ${treatment}.`,
      );
  }
}

function readScale(owner: string, stored: unknown): Scale {
  return whole('a scale', checkOptions(owner, stored, scaleSchema), ['fill', 'mean', 'scale']);
}
