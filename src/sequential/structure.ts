/**
 * The structure of a model whose input shape is known: shapes between layers, parameters, the memory they
 * need, and checks that rows and weights fit. Pure functions of the layers; not for owning weights.
 */
import { MAX_ARENA_BYTES, mebibytes } from '../budget.js';
import { describe } from '../check.js';
import { ShapeError, UnsupportedError, ValueError } from '../errors.js';
import { LAYERS } from '../layers/index.js';
import type { LayerRule } from '../layers/rule.js';
import { drawInitial } from '../network/initializers.js';
import type { Block, Parameter } from '../network/parameters.js';
import { append } from '../network/parameters.js';
import type { LayerSpec, NetworkSpec, Shape } from '../network/spec.js';
import { sizeOf } from '../network/spec.js';
import type { ArrayInput, Rows } from '../ndarray.js';
import { formatShape, ndarray, rowsInPieces, toRows } from '../ndarray.js';
import { RandomState } from '../random.js';
import type { Pieces } from '../yielding.js';
import type { Layer } from '../layers/layer.js';

/** A model whose shapes are known. */
export interface Structure {
  readonly spec: NetworkSpec;
  /** The shape of one row before every layer, and after the last. */
  readonly shapes: readonly Shape[];
  /** All parameters, layer by layer. */
  readonly parameters: readonly Parameter[];
  /** Index of the first parameter of every layer, then the number of parameters. */
  readonly firsts: readonly number[];
}

/** Works out shapes and parameters layer by layer: a layer costs the same however many are below it. */
export class StructureBuilder {
  readonly #inputShape: Shape;
  readonly #specs: LayerSpec[] = [];
  readonly #shapes: Shape[];
  readonly #block: Block = { parameters: [], length: 0 };
  readonly #firsts = [0];
  #structure: Structure | undefined;

  /** @throws UnsupportedError if no memory can hold a row */
  constructor(owner: string, inputShape: Shape) {
    checkRow(`${owner}: the input`, inputShape);
    this.#inputShape = inputShape;
    this.#shapes = [inputShape];
  }

  /**
   * Puts a layer on top; where that is refused, nothing has changed.
   *
   * @throws ShapeError naming the layer that does not fit; UnsupportedError if no memory can hold the
   *   weights, or a row
   */
  add(owner: string, layer: Layer): void {
    const what = `${owner}, layer ${describe(layer.name)}`;
    const spec = layer.spec as LayerSpec;
    const rule: LayerRule = LAYERS[spec.type];
    const [input, block] = [this.#shapes[this.#specs.length], this.#block];
    const shape = named(what, () => rule.outputShape(spec, input));
    const { length } = block;
    append(block, this.#specs.length, rule.parameters(spec, input));
    try {
      checkMemory(owner, block);
      checkRow(`${what}: the output`, shape);
    } catch (error) {
      block.parameters.length = this.#firsts[this.#specs.length];
      block.length = length;
      throw error;
    }
    this.#specs.push(spec);
    this.#shapes.push(shape);
    this.#firsts.push(block.parameters.length);
    this.#structure = undefined;
  }

  /** The structure of the layers so far. */
  get structure(): Structure {
    this.#structure ??= {
      spec: { inputShape: this.#inputShape, layers: [...this.#specs], rules: LAYERS },
      shapes: [...this.#shapes],
      parameters: [...this.#block.parameters],
      firsts: [...this.#firsts],
    };
    return this.#structure;
  }
}

/**
 * Shapes and parameters of layers for rows of one shape.
 *
 * @throws as StructureBuilder does, and ValueError without layers
 */
export function structureOf(owner: string, inputShape: Shape, layers: readonly Layer[]): Structure {
  if (layers.length === 0) {
    throw new ValueError(`${owner}: a model needs at least one layer besides its input, but has none.`);
  }
  const builder = new StructureBuilder(owner, inputShape);
  for (const layer of layers) builder.add(owner, layer);
  return builder.structure;
}

/** The parameters of layer `i`. */
export function parametersOf({ parameters, firsts }: Structure, i: number): readonly Parameter[] {
  return parameters.slice(firsts[i], firsts[i + 1]);
}

/** @throws UnsupportedError for a shape of which WebAssembly's memory cannot hold one row */
function checkRow(what: string, shape: Shape): void {
  const bytes = 4 * sizeOf(shape);
  if (bytes <= MAX_ARENA_BYTES) return;
  throw new UnsupportedError(
    `${what} of shape ${formatShape(shape)} needs ${mebibytes(bytes)} a row, but a model has at most ${mebibytes(MAX_ARENA_BYTES)}; use smaller shapes.`,
  );
}

function named(what: string, work: () => Shape): Shape {
  try {
    return work();
  } catch (error) {
    throw error instanceof ShapeError ? new ShapeError(`${what}: ${error.message}`) : error;
  }
}

/** Initial values of all parameters, drawn layer by layer from one generator. */
export function initialWeights({ parameters }: Structure, seed: number): Float32Array[] {
  const random = new RandomState(seed);
  return parameters.map(({ rules, shape }) => drawInitial(rules.initializer, shape, random));
}

/** The number of values in some parameters. */
export function countValues(parameters: readonly Parameter[]): number {
  return parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}

/**
 * Checks that WebAssembly's memory can hold the weights, before any are drawn.
 *
 * @param copies 1 for the weights alone, one more for every slot of an optimizer
 * @throws UnsupportedError
 */
export function checkMemory(owner: string, { parameters }: Pick<Structure, 'parameters'>, copies = 1): void {
  const last = parameters.at(-1);
  const bytes = last ? 4 * copies * (last.position + last.length) : 0;
  if (bytes <= MAX_ARENA_BYTES) return;
  throw new UnsupportedError(
    `${owner}: ${countValues(parameters)} weights${copies > 1 ? ' and what the optimizer keeps of them' : ''} need ${mebibytes(bytes)}, but a model has at most ${mebibytes(MAX_ARENA_BYTES)}; use ${remedy(parameters)}.`,
  );
}

/** Advice that makes the largest of the parameters smaller. */
function remedy(parameters: readonly Parameter[]): string {
  const { shape } = parameters.reduce((a, b) => (sizeOf(b.shape) > sizeOf(a.shape) ? b : a));
  if (shape.length < 4) return 'fewer units';
  const [height, width] = shape;
  return `fewer filters or a smaller kernelSize than [${height}, ${width}]`;
}

/**
 * 'BatchNormalization' → 'batch_normalization', 'MaxPooling2D' → 'max_pooling2d', 'movingMean' →
 * 'moving_mean'.
 */
export function snakeCase(className: string): string {
  return className.replace(/(?<=[a-z])([A-Z])/g, '_$1').toLowerCase();
}

/** The values of a weight that the caller gave. @throws ShapeError, and ValueError for what is not finite */
export function weightValues(
  owner: string,
  given: ArrayInput,
  { name, shape }: Parameter,
  i: number,
): Float32Array {
  const array = ndarray(given);
  if (array.shape.length !== shape.length || array.shape.some((size, axis) => size !== shape[axis])) {
    throw new ShapeError(
      `${owner} expected the shape ${formatShape(shape)} for array ${i}, ${name}, but received ${formatShape(array.shape)}.`,
    );
  }
  const scale = array.scale ?? 1;
  const values = Float32Array.from(array.data as ArrayLike<number>, (value) => value * scale);
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad < 0) return values;
  throw new ValueError(
    `${owner} expected finite numbers, but received ${array.data[bad]} at position ${bad} of array ${i}, ${name}.`,
  );
}

const CHECKED = { name: 'x' };
const UNCHECKED = { name: 'x', unchecked: true };

/**
 * Reads rows of the shape that a model was built for; `unchecked` as in RowsOptions.
 *
 * @throws ShapeError, ValueError
 */
export function readRows(owner: string, x: unknown, inputShape: Shape, name = 'x', unchecked = false): Rows {
  const rows = toRows(x, name !== 'x' ? { name, unchecked } : unchecked ? UNCHECKED : CHECKED);
  checkShape(owner, rows, inputShape, name);
  return rows;
}

/** `readRows` in pieces. */
export function* readRowsInPieces(
  owner: string,
  x: unknown,
  inputShape: Shape,
  name = 'x',
  unchecked = false,
): Pieces<Rows> {
  const rows = yield* rowsInPieces(x, { name, unchecked });
  checkShape(owner, rows, inputShape, name);
  return rows;
}

function checkShape(owner: string, rows: Rows, inputShape: Shape, name: string): void {
  if (isShape(rows.shape, inputShape)) return;
  const received = rows.shape.slice(1);
  // Images of one channel may leave it out, or have it where none is expected:
  // keras/src/models/functional.py.
  const bare = (shape: Shape): Shape => (shape.length > 1 && shape.at(-1) === 1 ? shape.slice(0, -1) : shape);
  if (received.length === inputShape.length) checkSameShape(owner, name, received, inputShape);
  else if (bare(received).length !== bare(inputShape).length) {
    checkSameShape(owner, name, received, inputShape);
  } else checkSameShape(owner, name, bare(received), bare(inputShape));
}

/** True for the shape of rows of shape `each`. */
function isShape(shape: readonly number[], each: Shape): boolean {
  if (shape.length !== each.length + 1) return false;
  for (let axis = 0; axis < each.length; axis++) if (shape[axis + 1] !== each[axis]) return false;
  return true;
}

/** @throws ShapeError unless two shapes of a row are the same */
function checkSameShape(owner: string, name: string, received: Shape, expected: Shape): void {
  if (received.length === expected.length && received.every((size, i) => size === expected[i])) return;
  const rows = (shape: Shape): string => `(${['rows', ...shape].join(', ')})`;
  const hint =
    sizeOf(received) === sizeOf(expected) && expected.length === 1
      ? '; give the model inputShape ' + `[${received.join(', ')}] and begin it with layers.flatten()`
      : '';
  throw new ShapeError(
    `${owner}: ${name} must have the shape ${rows(expected)}, as the model was built for, but received ${rows(received)}${hint}.`,
  );
}

/**
 * The shape of the predictions of some rows.
 *
 * @throws ShapeError if `out` does not have room for just these
 */
export function shapeOfPredictions(
  owner: string,
  { shapes }: Structure,
  rows: number,
  out: Float32Array | undefined,
): number[] {
  const each = shapes[shapes.length - 1];
  // Spreading costs more than all else that a single row needs.
  const shape = each.length === 1 ? [rows, each[0]] : [rows, ...each];
  if (out && out.length !== sizeOf(shape)) {
    throw new ShapeError(
      `${owner}: out must have ${sizeOf(shape)} elements for the shape ${formatShape(shape)}, but received ${out.length}.`,
    );
  }
  return shape;
}
