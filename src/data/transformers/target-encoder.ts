/**
 * TargetEncoder: categories as the mean target of their rows, drawn towards the mean of all. Not for encoding
 * targets, nor for the parts that fitTransform fits across (fold-parts.ts).
 */
import type { AsyncOptions } from '../../check.js';
import {
  anyOf,
  boolean,
  checkOptions,
  describe,
  integer,
  listOf,
  nullable,
  number,
  oneOf,
  runAsync,
} from '../../check.js';
import { FormatError, ShapeError, ValueError } from '../../errors.js';
import type { NdArray } from '../../ndarray.js';
import type { RandomState } from '../../random.js';
import { ascending, toRandomState } from '../../random.js';
import type { Pieces } from '../../yielding.js';
import { ranges } from '../../yielding.js';
import { CategoryTransformer } from '../encoders/category-transformer.js';
import type { LabelColumns } from '../encoders/cells.js';
import { categoryLists, chosenCategories, codesOf } from '../encoders/cells.js';
import { sortedClasses } from '../encoders/label-encoder.js';
import type { LabelTable } from '../encoders/cells.js';
import { byFirstAppearance, equalParts, stratifiedParts } from '../fold-parts.js';
import type { Category, Label } from '../labels.js';
import { encodeLabelsInPieces } from '../labels.js';
import type { LabelRows } from '../scores/labels.js';
import { labelListInPieces } from '../scores/labels.js';
import { readFitted } from '../stored.js';
import { randomStateRule } from './quantile-transformer.js';
import type { Encoding } from './target-means.js';
import { encodeRow, encodingBy } from './target-means.js';

/** What targets are. */
export type TargetType = 'binary' | 'multiclass' | 'continuous';

/** Options of TargetEncoder. */
export interface TargetEncoderParams {
  /** The categories of every column; null stands for missing values. Default 'auto': those of fit. */
  readonly categories: 'auto' | readonly (readonly Category[])[];
  /**
   * What targets are. Default 'auto': 'continuous' if a number is not whole, else 'binary' up to two
   * different targets, else 'multiclass'.
   */
  readonly targetType: 'auto' | TargetType;
  /**
   * How strongly rare categories are drawn to the mean of all: as that many rows with this mean, or by the
   * variances within and between categories ('auto', default).
   */
  readonly smooth: 'auto' | number;
  /** Number of parts that fitTransform fits across, at least 2. Default 5. */
  readonly cv: number;
  /** Draw the rows of the parts. Default true. */
  readonly shuffle: boolean;
  /** Seed, or generator to continue, for drawing them. Default null: a fresh seed. */
  readonly randomState: number | RandomState | null;
}

interface Fitted {
  readonly categories: readonly (readonly Category[])[];
  readonly targetType: TargetType;
  /** Sorted labels; null for numbers. */
  readonly classes: readonly Label[] | null;
  readonly encoding: Encoding;
}

/** Targets as columns of numbers: one, or one of 0 and 1 for every class. */
interface Targets {
  readonly type: TargetType;
  readonly classes: readonly Label[] | null;
  readonly indices: Int32Array;
  readonly columns: readonly Float64Array[];
}

const targetTypes: readonly TargetType[] = ['binary', 'multiclass', 'continuous'];
const schema = {
  categories: anyOf(oneOf<'auto'>(['auto']), categoryLists),
  targetType: oneOf<'auto' | TargetType>(['auto', ...targetTypes]),
  smooth: anyOf(oneOf<'auto'>(['auto']), number({ min: 0 })),
  cv: integer({ min: 2 }),
  shuffle: boolean,
  randomState: randomStateRule,
};
const numbers = listOf(number(), 1);
const fittedSchema = {
  categories: categoryLists,
  targetType: oneOf<TargetType>(targetTypes),
  classes: nullable(sortedClasses),
  targetMean: numbers,
  encodings: listOf(numbers, 1),
};
const defaults: TargetEncoderParams = {
  categories: 'auto',
  targetType: 'auto',
  smooth: 'auto',
  cv: 5,
  shuffle: true,
  randomState: null,
};

/**
 * Categories as numbers: the mean target of the rows of a category, drawn towards the mean of all rows where
 * a category has few. With more than two classes, a feature for each. Unknown categories become the mean of
 * all rows; missing values are a category. scikit-learn's TargetEncoder.
 *
 * `fitTransform` is not `fit` and `transform`: it encodes each of `cv` parts of the rows by the targets of
 * the others, so that no row sees its own target. Use it for the rows that train a model, as a pipeline does.
 *
 * With 'auto': λ mean + (1 − λ) mean of all, λ = n v / (n v + w), where n rows of a category have the
 * variance w and all rows v. D. Micci-Barreca, "A preprocessing scheme for high-cardinality categorical
 * attributes", SIGKDD Explorations 3 (2001).
 */
export class TargetEncoder extends CategoryTransformer<TargetEncoderParams, Fitted> {
  /** Class name, which minifiers leave as it is. */
  static override readonly name: string = 'TargetEncoder';
  readonly name = 'TargetEncoder';
  protected readonly schema = schema;

  constructor(options: Partial<TargetEncoderParams> = {}) {
    super({ ...defaults, ...checkOptions('TargetEncoder', options, schema) });
  }

  /** An encoder from the output of toJSON. @throws FormatError for anything else */
  static fromJSON(json: unknown): TargetEncoder {
    return new TargetEncoder().restore(json, (given) => {
      const fitted = readFitted('TargetEncoder', given, fittedSchema);
      const { categories, targetType, classes, targetMean, encodings } = fitted;
      const count = targetType === 'multiclass' ? (classes?.length ?? 0) : 1;
      const sound =
        (classes === null) === (targetType === 'continuous') &&
        targetMean.length === count &&
        encodings.length === count * categories.length &&
        encodings.every((each, i) => each.length === categories[Math.floor(i / count)].length);
      if (sound)
        return { categories, targetType, classes, encoding: { means: targetMean, values: encodings } };
      throw new FormatError(
        'TargetEncoder.fromJSON: fitted must hold a mean for every class, and encodings of all categories for each, but received others.',
      );
    });
  }

  /** What the targets of fit were. */
  get targetType(): TargetType {
    return this.fitted('targetType').targetType;
  }

  /** Sorted labels; null for continuous targets. */
  get classes(): Label[] | null {
    const { classes } = this.fitted('classes');
    return classes && [...classes];
  }

  /** Mean of the targets; of binary ones the share of the second class, of several classes of each. */
  get targetMean(): number[] {
    return [...this.fitted('targetMean').encoding.means];
  }

  /** Values of the categories: an array for every column, with several classes one for each of these. */
  get encodings(): number[][] {
    return this.fitted('encodings').encoding.values.map((each) => [...each]);
  }

  /**
   * Learn from rows X (rows, columns) of labels and their targets.
   *
   * @param y a label or number for every row
   * @returns this encoder
   * @throws ShapeError if X and y differ in rows, ValueError for targets that are none; what was learned
   *   before stays
   */
  override fit(x: LabelTable, y?: LabelRows): this {
    return this.fitTo(x, y);
  }

  /** Fit to the rows, and encode each part of them by the targets of the others. */
  override fitTransform(x: LabelTable, y?: LabelRows): NdArray<Float64Array> {
    return this.fitTransformTo(x, y);
  }

  /**
   * `fitTransform` in slices of about 25 ms, between which other work of the program runs.
   *
   * @param options `signal`: aborts
   */
  override async fitTransformAsync(
    x: LabelTable,
    y?: unknown,
    options?: AsyncOptions,
  ): Promise<NdArray<Float64Array>> {
    return runAsync('TargetEncoder.fitTransformAsync', options, {}, () => this.fitTransformed(x, y));
  }

  protected *learn(table: LabelColumns, y: unknown): Pieces<Fitted> {
    const targets = yield* this.#targets(y, table.rows);
    const { categories } = yield* chosenCategories(this.name, table, this.params.categories, false);
    const codes = yield* allCodes(table, categories);
    const encoding = this.#encoding(codes, categories, targets, ascending(table.rows));
    return { categories, targetType: targets.type, classes: targets.classes, encoding };
  }

  *#targets(y: unknown, rows: number): Pieces<Targets> {
    if (y === undefined) {
      throw new ValueError('TargetEncoder: y must hold a target for every row, but received none.');
    }
    const list = yield* labelListInPieces(this.name, y, 'y');
    if (list.length !== rows) {
      throw new ShapeError(
        `TargetEncoder: y must hold a target for each of the ${rows} rows of X, but received ${list.length}.`,
      );
    }
    const { classes, indices } = yield* encodeLabelsInPieces(list, 'TargetEncoder: y');
    const whole = classes.every((each) => typeof each !== 'number' || Number.isInteger(each));
    const found = !whole ? 'continuous' : classes.length <= 2 ? 'binary' : 'multiclass';
    const type = this.params.targetType === 'auto' ? found : this.params.targetType;
    if (type === 'continuous') {
      if (typeof classes[0] === 'number') {
        return { type, classes: null, indices, columns: [Float64Array.from(list as ArrayLike<number>)] };
      }
      throw new ValueError(
        `TargetEncoder: y must hold numbers with targetType 'continuous', but received ${describe(list[0])} at index 0.`,
      );
    }
    if (type === 'binary' && classes.length > 2) {
      throw new ValueError(
        `TargetEncoder: y must hold at most two classes with targetType 'binary', but received ${classes.length}.`,
      );
    }
    const chosen = type === 'binary' ? [1] : classes.map((_, i) => i);
    const columns = chosen.map((code) => Float64Array.from(indices, (index) => (index === code ? 1 : 0)));
    return { type, classes, indices, columns };
  }

  /** The encoding that some rows give. */
  #encoding(
    codes: readonly Int32Array[],
    categories: Fitted['categories'],
    { columns }: Targets,
    rows: Int32Array,
  ): Encoding {
    const counts = categories.map(({ length }) => length);
    return encodingBy(codes, counts, columns, rows, this.params.smooth);
  }

  protected *apply(table: LabelColumns, { categories, encoding }: Fitted): Pieces<NdArray<Float64Array>> {
    const codes = yield* allCodes(table, categories);
    const width = encoding.values.length;
    const data = new Float64Array(table.rows * width);
    yield* ranges(table.rows, 2 * width, (begin, end) => {
      for (let row = begin; row < end; row++) encodeRow(codes, encoding, row, data);
    });
    return { data, shape: [table.rows, width] };
  }

  protected override *applyAfterFit(
    table: LabelColumns,
    { categories, encoding }: Fitted,
    y: unknown,
  ): Pieces<NdArray<Float64Array>> {
    const { cv } = this.params;
    const targets = yield* this.#targets(y, table.rows);
    const codes = yield* allCodes(table, categories);
    const partOf = yield* this.#parts(targets);
    const width = encoding.values.length;
    const data = new Float64Array(table.rows * width);
    const rows = ascending(table.rows);
    for (let part = 0; part < cv; part++) {
      const others = rows.filter((row) => partOf[row] !== part);
      const crossed = this.#encoding(codes, categories, targets, others);
      yield* ranges(table.rows, 2 * width, (begin, end) => {
        for (let row = begin; row < end; row++)
          if (partOf[row] === part) encodeRow(codes, crossed, row, data);
      });
    }
    return { data, shape: [table.rows, width] };
  }

  /** The part of every row: as KFold has them, or StratifiedKFold for classes. */
  *#parts({ type, indices }: Targets): Pieces<Int32Array> {
    const { cv, shuffle, randomState } = this.params;
    const random = shuffle ? toRandomState(randomState) : undefined;
    const codes = byFirstAppearance(indices);
    const counts: number[] = [];
    for (const code of codes) counts[code] = (counts[code] ?? 0) + 1;
    const largest = type === 'continuous' ? codes.length : counts.reduce((a, b) => Math.max(a, b), 0);
    if (cv > largest) {
      const what = type === 'continuous' ? 'rows' : 'rows of the largest class';
      throw new ValueError(
        `TargetEncoder: cv must be at most the number of ${what}, ${largest}, but received ${cv}.`,
      );
    }
    if (type !== 'continuous') return yield* stratifiedParts(codes, counts, cv, random);
    return equalParts(random ? random.permutation(codes.length) : ascending(codes.length), cv);
  }

  protected override outputNames(names: readonly string[], { targetType, classes }: Fitted): string[] {
    if (targetType !== 'multiclass') return [...names];
    return names.flatMap((name) => classes!.map((each) => `${name}_${each}`));
  }

  protected override storedParams(): object {
    const { randomState, ...params } = this.params;
    return { ...params, randomState: typeof randomState === 'number' ? randomState : null };
  }

  protected override stored({ categories, targetType, classes, encoding }: Fitted): object {
    return { categories, targetType, classes, targetMean: encoding.means, encodings: encoding.values };
  }
}

function* allCodes(
  { columns }: LabelColumns,
  categories: readonly (readonly Category[])[],
): Pieces<Int32Array[]> {
  const codes: Int32Array[] = [];
  for (const [j, column] of columns.entries()) codes.push(yield* codesOf(column, categories[j]));
  return codes;
}
