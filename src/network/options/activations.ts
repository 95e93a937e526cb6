import type { Schema } from '../../check.js';
import { describe } from '../../check.js';
import { ValueError } from '../../errors.js';
import type { Activation } from '../activations.js';
import { ACTIVATIONS, ACTIVATION_ALIASES } from '../activations.js';
import { nameIn } from './named.js';

const TABLE = {
  kind: 'activation',
  group: 'activations',
  schemas: Object.fromEntries(ACTIVATIONS.map((name) => [name, {}])) as Record<Activation, Schema>,
  aliases: ACTIVATION_ALIASES,
};

/**
 * The activation that a name stands for, in camelCase or snake_case; `swish`, `identity` and `logistic` are known too.
 * null and undefined are `linear`.
 *
 * @throws ValueError for anything else, with the nearest name
 */
export function resolveActivation(given: unknown, owner: string): Activation {
  if (given === undefined || given === null) return 'linear';
  if (typeof given === 'string') return nameIn(TABLE, given, owner);
  throw new ValueError(`${owner}: an activation must be a name, but received ${describe(given)}.`);
}
