import { number } from '../check.js';
import type { RegularizerSpec } from './spec.js';
import type { Config } from '../check/named.js';
import { makeConfig, resolveConfig } from '../check/named.js';

/** A regularizer as data: what the factories of `regularizers` return. */
export type RegularizerConfig = Config<RegularizerName> & { readonly l1?: number; readonly l2?: number };

type RegularizerName = 'l1' | 'l2' | 'l1l2';

const factor = number({ min: 0 });
const TABLE = {
  kind: 'regularizer',
  group: 'regularizers',
  schemas: { l1: { l1: factor }, l2: { l2: factor }, l1l2: { l1: factor, l2: factor } },
} as const;

/** Default factor of `l1` and of `l2`. */
const DEFAULT = 0.01;

/**
 * Penalties that are added to the loss, neither halved nor divided by the rows
 * (keras/src/regularizers/regularizers.py). A name may stand for a regularizer with default options: 'l2'.
 */
export const regularizers = {
  /** L1 penalty: l1 · Σ |x|. @param options.l1 >= 0, default .01 */
  l1: (options: { l1?: number } = {}): RegularizerConfig => makeConfig(TABLE, 'l1', options),

  /** L2 penalty: l2 · Σ x². @param options.l2 >= 0, default .01 */
  l2: (options: { l2?: number } = {}): RegularizerConfig => makeConfig(TABLE, 'l2', options),

  /**
   * Both penalties: l1 · Σ |x| + l2 · Σ x².
   *
   * @param options.l1 >= 0, default 0
   * @param options.l2 >= 0, default 0
   */
  l1l2: (options: { l1?: number; l2?: number } = {}): RegularizerConfig => makeConfig(TABLE, 'l1l2', options),
};

/**
 * The penalty that a name or a config stands for; undefined for null and undefined. As JSON it is
 * `{ name: 'l1l2', ...spec }`.
 *
 * @throws ValueError for unknown names, unknown options and bad values
 */
export function resolveRegularizer(given: unknown, owner: string): RegularizerSpec | undefined {
  if (given === undefined || given === null) return undefined;
  const { name, l1, l2 } = resolveConfig(TABLE, given, owner) as RegularizerConfig;
  if (name === 'l1') return { l1: l1 ?? DEFAULT, l2: 0 };
  if (name === 'l2') return { l1: 0, l2: l2 ?? DEFAULT };
  return { l1: l1 ?? 0, l2: l2 ?? 0 };
}
