import type { Shape } from '../network/spec.js';
import type { NestedNumbers } from '../ndarray.js';
import type { Layer } from './layer.js';

/** A model as data, without its weights unless these were asked for. */
export interface ModelJson {
  readonly format: 'lamella';
  readonly version: 1;
  readonly kind: 'sequential';
  readonly name: string;
  readonly seed?: number;
  readonly inputShape?: readonly number[];
  readonly layers: readonly Readonly<Record<string, unknown>>[];
  /** As nested arrays of numbers, in the order of `getWeights`. */
  readonly weights?: readonly NestedNumbers[];
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
