/**
 * PolynomialFeatures: products of columns up to a degree. Terms are listed once, at fit; a row then takes one
 * multiplication per feature.
 */
import { newTable } from '../../budget.js';
import type { Rule } from '../../check.js';
import { anyOf, boolean, checkOptions, integer, listOf, positiveInteger, refused } from '../../check.js';
import { ValueError } from '../../errors.js';
import type { NdArray } from '../../ndarray.js';
import type { Pieces } from '../../yielding.js';
import { ranges } from '../../yielding.js';
import type { TransformerInput } from '../columns.js';
import type { Matrix } from '../matrix.js';
import { matrixInPieces } from '../matrix.js';
import { formatErrors, readFitted } from '../stored.js';
import type { Learned } from '../transformer.js';
import { Transformer } from '../transformer.js';

/** Options of PolynomialFeatures. */
export interface PolynomialFeaturesParams {
  /** The highest degree of a term, or [lowest, highest]; integers >= 0. Default 2. */
  readonly degree: number | readonly [number, number];
  /** Only products of different columns: x0 x1, but not x0². Default false. */
  readonly interactionOnly: boolean;
  /** Begin with a column of ones. Default true. */
  readonly includeBias: boolean;
}

/** A term: `column` times the term of index `rest`, which has one degree less; the term 1 is its own rest. */
interface Term {
  /** Columns of the product, in ascending order. */
  readonly factors: readonly number[];
  readonly rest: number;
}

interface Fitted {
  readonly nFeaturesIn: number;
  /** The term 1, and behind it all terms up to the highest degree. */
  readonly terms: readonly Term[];
  /** Indices of the terms that are features. */
  readonly kept: readonly number[];
}

const degrees = listOf(integer({ min: 0 }), 2, 2);
const pairOfDegrees: Rule<[number, number]> = {
  expected: '[lowest, highest] with 0 <= lowest <= highest',
  accept: (value) => {
    const list = degrees.accept(value);
    return list === refused || list[0] > list[1] ? refused : [list[0], list[1]];
  },
};
const schema = {
  degree: anyOf(integer({ min: 0 }), pairOfDegrees),
  interactionOnly: boolean,
  includeBias: boolean,
};

/** The most factors of all terms. */
const MAX_FACTORS = 4000000;

/**
 * All products of columns up to a degree: 1, a, b, a², ab, b² for columns a and b and degree 2; by degree,
 * then in the order of the columns. scikit-learn's PolynomialFeatures.
 */
export class PolynomialFeatures extends Transformer<PolynomialFeaturesParams, Fitted, Matrix> {
  /** Class name, which minifiers leave as it is. */
  static override readonly name: string = 'PolynomialFeatures';
  readonly name = 'PolynomialFeatures';
  protected readonly schema = schema;

  constructor(options: Partial<PolynomialFeaturesParams> = {}) {
    super({
      ...{ degree: 2, interactionOnly: false, includeBias: true },
      ...checkOptions('PolynomialFeatures', options, schema),
    });
    this.check(this.params);
  }

  /** A transformer from the output of toJSON. @throws FormatError for anything else */
  static fromJSON(json: unknown): PolynomialFeatures {
    const polynomial = new PolynomialFeatures();
    return polynomial.restore(json, (fitted) => {
      const { nFeaturesIn } = readFitted('PolynomialFeatures', fitted, { nFeaturesIn: positiveInteger });
      return formatErrors(() => polynomial.#expanded(nFeaturesIn));
    });
  }

  protected override check(params: PolynomialFeaturesParams): PolynomialFeaturesParams {
    const [, highest] = bounds(params);
    if (highest > 0 || params.includeBias) return params;
    throw new ValueError(
      `PolynomialFeatures: degree must be at least 1 without includeBias, but received ${highest}.`,
    );
  }

  /** Number of features that transform gives. */
  get nOutputFeatures(): number {
    return this.fitted('nOutputFeatures').kept.length;
  }

  /** Exponent of every column in every feature: one array per feature. */
  get powers(): number[][] {
    const { kept, terms, nFeaturesIn } = this.fitted('powers');
    return kept.map((index) => exponents(terms[index].factors, nFeaturesIn));
  }

  protected columns({ nFeaturesIn }: Fitted): number {
    return nFeaturesIn;
  }

  protected read(x: TransformerInput, learned?: Learned<Fitted>): Pieces<Matrix> {
    return matrixInPieces(this.name, x, learned?.fitted.nFeaturesIn, { seen: learned?.names });
  }

  protected *learn({ columns }: Matrix): Pieces<Fitted> {
    yield* [];
    return this.#expanded(columns);
  }

  #expanded(columns: number): Fitted {
    const { interactionOnly, includeBias } = this.params;
    const [lowest, highest] = bounds(this.params);
    const terms: Term[] = [{ factors: [], rest: 0 }];
    if (columns > MAX_FACTORS) throw tooMany(columns, highest);
    // Terms of one degree less, by their first factor: where those of each column begin.
    let begins = Array.from({ length: columns }, () => 0);
    for (let degree = 1, end = 1; degree <= highest && end > 0; degree++) {
      const next: number[] = [];
      for (let column = 0; column < columns; column++) {
        next.push(terms.length);
        const from = degree === 1 ? 0 : interactionOnly ? (begins[column + 1] ?? end) : begins[column];
        for (let rest = from; rest < end; rest++) {
          terms.push({ factors: [column, ...terms[rest].factors], rest });
          if (terms.length * degree > MAX_FACTORS) throw tooMany(columns, highest);
        }
      }
      if (terms.length === next[0]) break;
      [begins, end] = [next, terms.length];
    }
    const kept = terms.flatMap(({ factors: { length } }, i) =>
      (length === 0 ? includeBias : length >= lowest) ? [i] : [],
    );
    return { nFeaturesIn: columns, terms, kept };
  }

  protected *apply(
    { data, scale, rows, columns }: Matrix,
    { terms, kept }: Fitted,
  ): Pieces<NdArray<Float64Array>> {
    const width = kept.length;
    const what = `PolynomialFeatures: a table of ${rows} rows and ${width} features`;
    const result = newTable([rows, width], what, 'transform fewer rows at a time');
    const values = new Float64Array(terms.length).fill(1);
    const first = Int32Array.from(terms, ({ factors }) => factors[0] ?? -1);
    const rests = Int32Array.from(terms, ({ rest }) => rest);
    yield* ranges(rows, 3 * terms.length, (begin, end) => {
      for (let row = begin; row < end; row++) {
        for (let i = 1; i < values.length; i++) {
          values[i] = data[row * columns + first[i]] * scale * values[rests[i]];
        }
        for (let j = 0; j < width; j++) result[row * width + j] = values[kept[j]];
      }
    });
    return { data: result, shape: [rows, width] };
  }

  protected override outputNames(names: readonly string[], { terms, kept }: Fitted): string[] {
    return kept.map((index) => {
      const powers = exponents(terms[index].factors, names.length);
      const factors = names.flatMap((name, j) =>
        powers[j] === 0 ? [] : [powers[j] === 1 ? name : `${name}^${powers[j]}`],
      );
      return factors.join(' ') || '1';
    });
  }

  protected override stored({ nFeaturesIn }: Fitted): object {
    return { nFeaturesIn };
  }
}

function bounds({ degree }: PolynomialFeaturesParams): readonly [number, number] {
  return typeof degree === 'number' ? [0, degree] : degree;
}

function exponents(factors: readonly number[], columns: number): number[] {
  const powers = new Array<number>(columns).fill(0);
  for (const column of factors) powers[column]++;
  return powers;
}

function tooMany(columns: number, degree: number): ValueError {
  return new ValueError(
    `PolynomialFeatures: the terms may have at most ${MAX_FACTORS} factors together, but those of ${columns} columns have more up to degree ${degree}; take a lower degree or fewer columns.`,
  );
}
