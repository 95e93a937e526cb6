/**
 * ColumnTransformer: a transformer for each group of columns, and their features side by side. Choosing
 * columns is in column-groups.ts, which transformers can be stored in stored-transformers.ts.
 */
import type { AsyncOptions } from '../check.js';
import { boolean, checkOptions, describe, listOf, positiveInteger, runAsync } from '../check.js';
import { inputNames, isTable } from '../data/columns.js';
import type { LabelTable } from '../data/encoders/cells.js';
import type { StoredTransformer } from '../data/stored.js';
import { formatErrors, readFitted, readStored, storeTransformer } from '../data/stored.js';
import { FormatError, NotFittedError, ShapeError, ValueError } from '../errors.js';
import type { NdArray } from '../ndarray.js';
import type { Pieces } from '../yielding.js';
import { ranges, runAtOnce } from '../yielding.js';
import type { ColumnStep, Group, StepTransformer } from './column-groups.js';
import {
  cloneStep,
  featuresOfStep,
  partOf,
  readChoices,
  readSteps,
  remainderRule,
  resolveGroups,
  widthOf,
} from './column-groups.js';
import { readTransformer } from './stored-transformers.js';

/** Options of ColumnTransformer. */
export interface ColumnTransformerOptions {
  /** What becomes of all other columns: 'drop' (default), 'passthrough', or a transformer. */
  readonly remainder?: StepTransformer | 'drop' | 'passthrough';
  /** Begin names of features with that of their step: 'scale__age'. Default true. */
  readonly verboseFeatureNamesOut?: boolean;
}

interface Fitted {
  readonly groups: readonly Group[];
  readonly nFeaturesIn: number;
  /** Names of the columns, if fit has seen a table. */
  readonly names?: readonly string[];
  /** Features of every group. */
  readonly widths: readonly number[];
}

const optionsSchema = { remainder: remainderRule, verboseFeatureNamesOut: boolean };
/** How deep one may hold others in JSON. */
const MAX_DEPTH = 8;

/**
 * Transforms groups of columns, each with a transformer of its own, and puts their features side by side, in
 * the order of the steps, those of `remainder` last. scikit-learn's ColumnTransformer, dense.
 *
 * Columns are names for a Table, numbers from 0 for arrays; −1 is the last one. The transformers are fitted
 * themselves, not copies of them.
 *
 * @example
 * new ColumnTransformer([
 *   ['scale', new StandardScaler(), ['age', 'mass']],
 *   ['kind', new OneHotEncoder(), 'island'],
 * ])
 */
export class ColumnTransformer {
  /** Class name, which minifiers leave as it is. */
  static readonly name: string = 'ColumnTransformer';
  /** Name of the class, which minifiers cannot change. */
  readonly name = 'ColumnTransformer';
  readonly #steps: readonly ColumnStep[];
  #options: Required<ColumnTransformerOptions>;
  #fitted: Fitted | undefined;

  /**
   * @param steps [name, transformer, columns] each, where 'drop' leaves columns out and 'passthrough' leaves
   *   them as they are
   * @throws ValueError for names that occur twice, and for steps that are none
   */
  constructor(steps: readonly ColumnStep[], options: ColumnTransformerOptions = {}) {
    this.#steps = readSteps(steps);
    this.#options = {
      ...{ remainder: 'drop', verboseFeatureNamesOut: true },
      ...checkOptions('ColumnTransformer', options, optionsSchema),
    };
  }

  /** The transformers by the names of their steps. */
  get namedTransformers(): Record<string, StepTransformer | 'drop' | 'passthrough'> {
    return Object.fromEntries(this.#steps.map(([name, step]) => [name, step]));
  }

  /** Number of columns that fit has seen. */
  get nFeaturesIn(): number {
    return this.#need('nFeaturesIn').nFeaturesIn;
  }

  /**
   * Fit all transformers, each to its columns.
   *
   * @param x a Table, or an array of any form
   * @param y targets, for transformers that need them
   * @throws ValueError for columns that there are not
   */
  fit(x: LabelTable, y?: unknown): this {
    runAtOnce(this.#fitTransformed(x, y));
    return this;
  }

  /**
   * The features of rows: an array (rows, features) of float64.
   *
   * @throws NotFittedError before fit; ValueError for an absent column; ShapeError for another width
   */
  transform(x: LabelTable): NdArray<Float64Array> {
    return runAtOnce(this.#transformed('transform', x));
  }

  /** Fit to the rows, then transform them. */
  fitTransform(x: LabelTable, y?: unknown): NdArray<Float64Array> {
    return runAtOnce(this.#fitTransformed(x, y));
  }

  /**
   * `transform`, with a pause between steps in which other work of the program runs.
   *
   * @param options `signal`: aborts
   */
  async transformAsync(x: LabelTable, options?: AsyncOptions): Promise<NdArray<Float64Array>> {
    return runAsync('ColumnTransformer.transformAsync', options, {}, () =>
      this.#transformed('transformAsync', x),
    );
  }

  /**
   * `fitTransform`, with a pause between steps in which other work of the program runs.
   *
   * @param options `signal`: aborts
   */
  async fitTransformAsync(
    x: LabelTable,
    y?: unknown,
    options?: AsyncOptions,
  ): Promise<NdArray<Float64Array>> {
    return runAsync('ColumnTransformer.fitTransformAsync', options, {}, () => this.#fitTransformed(x, y));
  }

  *#fitTransformed(x: LabelTable, y: unknown): Pieces<NdArray<Float64Array>> {
    const nFeaturesIn = widthOf(x);
    const names = isTable(x) ? x.columns : undefined;
    const groups = resolveGroups(this.#steps, this.#options.remainder, names, nFeaturesIn);
    const blocks: NdArray<Float64Array>[] = [];
    for (const { name, step, columns } of groups) {
      const part = partOf(x, columns, names);
      blocks.push(featuresOfStep(name, step, part, (each) => fitTransformStep(each, part, y)));
      yield undefined;
    }
    this.#fitted = { groups, nFeaturesIn, names, widths: blocks.map(({ shape }) => shape[1]) };
    return yield* sideBySide(blocks);
  }

  *#transformed(wanted: string, x: LabelTable): Pieces<NdArray<Float64Array>> {
    const { groups, nFeaturesIn, names, widths } = this.#need(wanted);
    if (!(isTable(x) && names) && widthOf(x) !== nFeaturesIn) {
      throw new ShapeError(
        `ColumnTransformer: X must have ${nFeaturesIn} columns, as in fit, but received ${widthOf(x)}.`,
      );
    }
    const blocks: NdArray<Float64Array>[] = [];
    for (const [i, { name, step, columns }] of groups.entries()) {
      const part = partOf(x, columns, names);
      const block = featuresOfStep(name, step, part, (each) => each.transform(part));
      if (block.shape[1] !== widths[i]) {
        throw new ValueError(
          `ColumnTransformer: step '${name}' must give ${widths[i]} features, as in fit, but gave ${block.shape[1]}.`,
        );
      }
      blocks.push(block);
      yield undefined;
    }
    return yield* sideBySide(blocks);
  }

  /**
   * Names of the features: 'scale__age', 'kind__island_Dream', or 'age', 'island_Dream' without
   * verboseFeatureNamesOut.
   *
   * @param input names of the columns; default: those of the Table that fit has seen, else x0, x1, …
   * @throws ValueError for a transformer without featureNames, and for names that occur twice
   */
  featureNames(input?: readonly string[]): string[] {
    const { groups, nFeaturesIn, names, widths } = this.#need('featureNames');
    const all = inputNames(this.name, input, names, nFeaturesIn);
    const { verboseFeatureNamesOut } = this.#options;
    const features = groups.flatMap(({ name, step, columns }, i) => {
      const own = columns.map((j) => all[j]);
      const given = typeof step === 'string' ? own : step.featureNames?.(own);
      if (given?.length !== widths[i]) {
        throw new ValueError(
          `ColumnTransformer: step '${name}' must name its ${widths[i]} features, but names ${given?.length ?? 'none'}.`,
        );
      }
      return verboseFeatureNamesOut ? given.map((each) => `${name}__${each}`) : given;
    });
    const twice = features.find((each, i) => features.indexOf(each) !== i);
    if (twice === undefined) return features;
    throw new ValueError(
      `ColumnTransformer: every feature must have a name of its own, but two are called ${describe(twice)}; use verboseFeatureNamesOut: true.`,
    );
  }

  /** The options, and those of every step by its name. */
  getParams(): Record<string, unknown> {
    const steps = this.#steps.map(([name, step]) => [
      name,
      typeof step === 'string' ? step : step.getParams(),
    ]);
    return { ...this.#options, ...(Object.fromEntries(steps) as object) };
  }

  /**
   * Change options: { remainder }, { step: { option: value } } or { 'step__option': value }. They apply from
   * the next call of fit.
   *
   * @throws ValueError for unknown steps and options
   */
  setParams(params: object): this {
    if (typeof params !== 'object' || params === null) {
      throw new ValueError(`ColumnTransformer: params must be an object, but received ${describe(params)}.`);
    }
    const own: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(params)) {
      const [name, ...option] = key.split('__');
      const step = this.#steps.find(([each]) => each === name)?.[1];
      if (step === undefined || typeof step === 'string') own[key] = value;
      else step.setParams(option.length > 0 ? { [option.join('__')]: value as unknown } : value);
    }
    this.#options = { ...this.#options, ...checkOptions('ColumnTransformer', own, optionsSchema) };
    return this;
  }

  /** An unfitted copy with unfitted copies of all transformers, with some options changed. */
  clone(params: object = {}): ColumnTransformer {
    const steps = this.#steps.map(([name, step, columns]): ColumnStep => [name, cloneStep(step), columns]);
    const { remainder, verboseFeatureNamesOut } = this.#options;
    return new ColumnTransformer(steps, {
      remainder: cloneStep(remainder),
      verboseFeatureNamesOut,
    }).setParams(params);
  }

  /**
   * Steps, options and learned values, as plain data for JSON; fromJSON reads them.
   *
   * @throws ValueError for a step that cannot be stored, by its name
   */
  toJSON(): StoredTransformer {
    const store = (name: string, step: StepTransformer | 'drop' | 'passthrough') =>
      typeof step === 'string'
        ? step
        : storeTransformer(`ColumnTransformer: step '${name}'`, step, ['ColumnTransformer']);
    const { remainder, verboseFeatureNamesOut } = this.#options;
    const { nFeaturesIn, widths, names } = this.#fitted ?? {};
    return {
      kind: this.name,
      params: {
        transformers: this.#steps.map(([name, step, columns]) => [name, store(name, step), columns]),
        remainder: store('remainder', remainder),
        verboseFeatureNamesOut,
      },
      fitted: widths ? { nFeaturesIn, widths: [...widths] } : null,
      ...(names && { featureNames: [...names] }),
    };
  }

  /** A transformer from the output of toJSON. @throws FormatError for anything else */
  static fromJSON(json: unknown): ColumnTransformer {
    return ColumnTransformer.#read(json, 0);
  }

  static #read(json: unknown, depth: number): ColumnTransformer {
    const owner = 'ColumnTransformer.fromJSON';
    if (depth > MAX_DEPTH) {
      throw new FormatError(`${owner}: steps may be nested ${MAX_DEPTH} deep, but received more.`);
    }
    const { params, fitted: given, featureNames: names } = readStored('ColumnTransformer', json);
    const nested = {
      name: 'ColumnTransformer',
      fromJSON: (each: unknown) => ColumnTransformer.#read(each, depth + 1),
    };
    return formatErrors(() => {
      const choices = readChoices(owner, params);
      const step = (each: unknown) =>
        each === 'drop' || each === 'passthrough'
          ? each
          : (readTransformer(owner, each, [nested]) as StepTransformer);
      const steps = choices.transformers.map(([name, each, columns]): ColumnStep => [
        name,
        step(each),
        columns,
      ]);
      const { verboseFeatureNamesOut } = choices;
      const remainder = step(choices.remainder);
      if (given === null) return new ColumnTransformer(steps, { remainder, verboseFeatureNamesOut });
      const { nFeaturesIn, widths } = readFitted('ColumnTransformer', given, {
        nFeaturesIn: positiveInteger,
        widths: listOf(positiveInteger),
      });
      if (nFeaturesIn > 1000000 || (names !== undefined && names.length !== nFeaturesIn)) {
        throw new FormatError(
          `${owner}: featureNames must hold the names of ${nFeaturesIn} columns, but received ${names?.length ?? 'none'}.`,
        );
      }
      const groups = resolveGroups(steps, remainder, names, nFeaturesIn);
      if (groups.length !== widths.length) {
        throw new FormatError(
          `${owner}: widths must hold the features of ${groups.length} steps, but received ${widths.length}.`,
        );
      }
      const transformer = new ColumnTransformer(steps, { remainder, verboseFeatureNamesOut });
      transformer.#fitted = { groups, nFeaturesIn, names, widths };
      return transformer;
    });
  }

  #need(wanted: string): Fitted {
    if (this.#fitted) return this.#fitted;
    throw new NotFittedError(
      `ColumnTransformer: ${wanted} needs a fitted transformer, but fit has not been called; call fit(X) first.`,
    );
  }
}

function fitTransformStep(step: StepTransformer, part: LabelTable, y: unknown): unknown {
  return step.fitTransform ? step.fitTransform(part, y) : (step.fit(part, y), step.transform(part));
}

function* sideBySide(blocks: readonly NdArray<Float64Array>[]): Pieces<NdArray<Float64Array>> {
  const width = blocks.reduce((sum, { shape }) => sum + shape[1], 0);
  const rows = blocks[0]?.shape[0] ?? 0;
  const result = new Float64Array(rows * width);
  let offset = 0;
  for (const { data, shape } of blocks) {
    const [, own] = shape;
    yield* ranges(rows, 2 * own, (begin, end) => {
      for (let row = begin; row < end; row++) {
        for (let j = 0; j < own; j++) result[row * width + offset + j] = data[row * own + j];
      }
    });
    offset += own;
  }
  return { data: result, shape: [rows, width] };
}
