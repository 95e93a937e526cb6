/**
 * A model without its weights as JSON: written for `toJSON` and model files, read back from text or data of
 * which nothing is trusted. Used by lamella/predict too, so it knows neither of the two model classes.
 */
import { describe } from '../check.js';
import { FormatError, LamellaError, UnsupportedError, ValueError } from '../errors.js';
import type { Shape } from '../network/spec.js';
import type { NestedNumbers } from '../ndarray.js';
import type { Layer } from '../layers/layer.js';
import type { LayerType } from '../layers/index.js';
import { LAYER_TYPES, makeLayer } from '../layers/index.js';
import type { SequentialOptions } from './predictor.js';

/** The name of the kind in model files. */
export const SEQUENTIAL = 'Sequential';

/** A model as data, without its weights unless these were asked for. */
export interface ModelJson {
  readonly format: 'lamella';
  readonly version: 1;
  readonly kind: 'sequential';
  readonly name: string;
  readonly seed?: number;
  readonly inputShape?: readonly number[];
  readonly layers: readonly Readonly<Record<string, unknown>>[];
  /** Nested arrays of numbers, in the order of `getWeights`. */
  readonly weights?: readonly NestedNumbers[];
}

/** Models of more weights are left to `toBytes`. */
const MAX_WEIGHTS = 1_000_000;

/** @throws ValueError for more weights than JSON should hold */
export function checkJsonWeights(owner: string, count: number): void {
  if (count <= MAX_WEIGHTS) return;
  throw new ValueError(
    `${owner}: toJSON takes at most ${MAX_WEIGHTS} weights, but the model has ${count}; use toBytes().`,
  );
}

interface Described {
  readonly name: string;
  readonly seed: number | undefined;
  readonly layers: readonly Layer[];
}

export function modelJson({ name, seed, layers }: Described, inputShape: Shape | undefined): ModelJson {
  return {
    ...({ format: 'lamella', version: 1, kind: 'sequential', name } as const),
    ...(seed !== undefined && { seed }),
    ...(inputShape && { inputShape: [...inputShape] }),
    layers: layers.map((layer) => layer.config),
  };
}

const KEYS = ['format', 'version', 'kind', 'name', 'seed', 'inputShape', 'layers'];
const MAX_LAYERS = 10000;

/**
 * Limits of a text, above what a million weights take, even in layers of one unit. An empty object takes 56
 * bytes of memory.
 */
const MAX_LENGTH = 67_108_864;
const MAX_CONTAINERS = 2_097_152;

/** The entries of what `toJSON` gave, as text or as data. @throws FormatError if it has none */
export function readJson(json: unknown): Record<string, unknown> {
  return plain(typeof json === 'string' ? parse(json) : json, 'a model');
}

/**
 * The model that `make` returns for the options in a description by `toJSON` without weights, which is not
 * trusted.
 *
 * @throws FormatError for anything else than such a description
 */
export function readDescribed<T>(description: unknown, make: (options: SequentialOptions) => T): T {
  const record = plain(description, 'a model');
  const unknown = Object.keys(record).find((key) => !KEYS.includes(key));
  if (unknown !== undefined) refuse(`the entries ${KEYS.join(', ')}`, describe(unknown));
  if (record.format !== 'lamella') refuse("format 'lamella'", describe(record.format));
  if (record.version !== 1) refuse('version 1', describe(record.version));
  if (record.kind !== 'sequential') refuse("kind 'sequential'", describe(record.kind));
  const { layers } = record;
  if (!Array.isArray(layers)) refuse('an array of layers', describe(layers));
  if ((layers as unknown[]).length > MAX_LAYERS) refuse(`at most ${MAX_LAYERS} layers`, describe(layers));
  try {
    const { name, seed, inputShape } = record as { name?: string; seed?: number; inputShape?: number[] };
    const input = inputShape === undefined ? [] : [makeLayer('input', { shape: inputShape })];
    return make({ name, seed, layers: [...input, ...(layers as unknown[]).map(layerFrom)] });
  } catch (error) {
    throw asFormatError(error);
  }
}

/**
 * Gives a model weights of JSON.
 *
 * @throws FormatError if they do not fit; UnsupportedError without an engine
 */
export function setGivenWeights(model: { setWeights(weights: never): void }, weights: unknown): void {
  try {
    model.setWeights(weights as never);
  } catch (error) {
    throw error instanceof UnsupportedError ? error : asFormatError(error);
  }
}

/** An error about JSON as a FormatError; one that is not of this package as it is. */
function asFormatError(error: unknown): unknown {
  if (error instanceof FormatError || !(error instanceof LamellaError)) return error;
  return new FormatError(`modelFromJSON: ${error.message}`, { cause: error });
}

function parse(text: string): unknown {
  if (text.length > MAX_LENGTH) refuse(`text of at most ${MAX_LENGTH} characters`, `${text.length}`);
  if (!hasAtMost(text, '{', MAX_CONTAINERS) || !hasAtMost(text, '[', MAX_CONTAINERS)) {
    refuse(`at most ${MAX_CONTAINERS} objects and as many arrays`, 'more');
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new FormatError(
      `modelFromJSON: expected JSON, but received text that is none (${String(cause)}).`,
      {
        cause,
      },
    );
  }
}

/** True if a letter occurs at most `max` times. */
function hasAtMost(text: string, letter: string, max: number): boolean {
  let at = -1;
  for (let count = 0; count <= max; count++) {
    at = text.indexOf(letter, at + 1);
    if (at < 0) return true;
  }
  return false;
}

function layerFrom(given: unknown, i: number): Layer {
  const { type, ...options } = plain(given, `layer ${i}`);
  const known = LAYER_TYPES.find((each) => each === type && each !== 'input') as LayerType | undefined;
  if (known === undefined) {
    refuse(`layer ${i} to have one of the types ${LAYER_TYPES.join(', ')}`, describe(type));
  }
  return makeLayer(known, options);
}

/** The own entries of an object. */
function plain(value: unknown, what: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    refuse(`${what} to be an object`, describe(value));
  }
  return Object.fromEntries(Object.entries(value));
}

function refuse(expected: string, received: string): never {
  throw new FormatError(`modelFromJSON: expected ${expected}, but received ${received}.`);
}
