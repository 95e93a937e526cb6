import { describe } from '../check.js';
import { ShapeError, UnsupportedError, ValueError } from '../errors.js';
import { layerRule } from '../model/layers/index.js';
import { drawInitial } from '../model/options/initializers.js';
import type { Parameter } from '../model/parameters.js';
import { layOut } from '../model/parameters.js';
import type { LayerSpec, NetworkSpec, Shape } from '../model/spec.js';
import { sizeOf } from '../model/spec.js';
import { RandomState } from '../random.js';
import type { Layer } from './layer.js';

/** A model whose shapes are known. */
export interface Structure {
  readonly spec: NetworkSpec;
  /** The shape of one row before every layer, and after the last. */
  readonly shapes: readonly Shape[];
  readonly parameters: readonly Parameter[];
}

/**
 * Shapes and parameters of layers for rows of one shape.
 *
 * @throws ShapeError naming the layer that does not fit; UnsupportedError if no memory can hold the weights
 */
export function structureOf(owner: string, inputShape: Shape, layers: readonly Layer[]): Structure {
  if (layers.length === 0) {
    throw new ValueError(`${owner}: a model needs at least one layer besides its input, but has none.`);
  }
  const shapes: Shape[] = [inputShape];
  const specs = layers.map((layer) => {
    const spec = layer.spec as LayerSpec;
    shapes.push(
      named(`${owner}, layer ${describe(layer.name)}`, () =>
        layerRule(spec).outputShape(spec, shapes.at(-1)!),
      ),
    );
    return spec;
  });
  const spec = { inputShape, layers: specs };
  const { parameters } = layOut(spec, specs.map(layerRule), shapes);
  const structure = { spec, shapes, parameters };
  checkMemory(owner, structure);
  return structure;
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

const MOST_BYTES = 4294967296;

/**
 * Refuse weights that WebAssembly's memory cannot hold, before any are drawn.
 *
 * @param copies 1 for the weights alone, one more for every slot of an optimizer
 * @throws UnsupportedError
 */
export function checkMemory(owner: string, { parameters }: Structure, copies = 1): void {
  const values = countValues(parameters);
  // Units come in panels of eight.
  const bytes = 4 * copies * parameters.reduce((sum, { length }) => sum + length, 0);
  if (bytes <= MOST_BYTES) return;
  throw new UnsupportedError(
    `${owner}: ${values} weights${copies > 1 ? ' and what the optimizer keeps of them' : ''} need ${Math.ceil(bytes / 1048576)} MiB, but a model has at most 4096 MiB; use ${remedy(parameters)}.`,
  );
}

/** What makes the largest of the parameters smaller. */
function remedy(parameters: readonly Parameter[]): string {
  const { shape } = parameters.reduce((a, b) => (sizeOf(b.shape) > sizeOf(a.shape) ? b : a));
  if (shape.length < 4) return 'fewer units';
  const [height, width] = shape;
  return `fewer filters or a smaller kernelSize than [${height}, ${width}]`;
}

/** 'BatchNormalization' → 'batch_normalization', 'MaxPooling2D' → 'max_pooling2d', 'movingMean' → 'moving_mean'. */
export function snakeCase(className: string): string {
  return className.replace(/(?<=[a-z])([A-Z])/g, '_$1').toLowerCase();
}

/** The name of a new layer: its own, or its class with the number of those before it, 'dense', 'dense_1', … */
export function nameFor(owner: string, layer: Layer, taken: ReadonlySet<string>): string {
  const { givenName } = layer;
  if (givenName !== undefined) {
    if (!taken.has(givenName)) return givenName;
    throw new ValueError(
      `${owner}: layer names must differ, but two layers are called ${describe(givenName)}.`,
    );
  }
  const stem = snakeCase(layer.className);
  let name = stem;
  for (let number = 1; taken.has(name); number++) name = `${stem}_${number}`;
  return name;
}

/** ShapeError unless two shapes of a row are the same. */
export function checkSameShape(owner: string, name: string, received: Shape, expected: Shape): void {
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
