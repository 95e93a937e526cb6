import type { LayerSpec } from '../spec.js';
import { dense } from './dense.js';
import { batchNormalization, layerNormalization } from './normalization.js';
import type { LayerRule } from './rule.js';
import { activation, dropout, gaussianNoise, rescaling, reshape } from './simple.js';

const rules = {
  dense,
  activation,
  dropout,
  gaussianNoise,
  rescaling,
  reshape,
  flatten: reshape,
  batchNormalization,
  layerNormalization,
};

/** The rule of a kind of layer. */
export function layerRule(spec: LayerSpec): LayerRule {
  return rules[spec.type] as unknown as LayerRule;
}
