import type { Schema } from '../../check.js';
import type { LayerSpec } from '../../network/spec.js';

/** A layer's options, canonical; those that were not given are missing. */
export type Options = Readonly<Record<string, any>>;

/** A kind of layer as people write it. */
export interface LayerKind<S extends LayerSpec = any> {
  /** Keras's class: 'Dense'. In summaries; automatic names are its snake_case. */
  readonly className: string;
  /** The options besides `name`, `inputShape` and `trainable`. */
  readonly schema: Schema;
  /** Options that have no default. */
  readonly required: readonly string[];
  /** What a network is planned from. @throws ValueError */
  readonly spec: (options: Options, owner: string) => S;
  /** Options from which `spec` makes the same again: plain data, fit for JSON. */
  readonly config: (spec: S) => Record<string, unknown>;
}
