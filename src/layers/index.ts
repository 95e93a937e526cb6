import type { LayerSpec } from '../network/spec.js';
import { augmentation } from './augmentation.js';
import { conv2d } from './convolution.js';
import { dense } from './dense.js';
import { globalPooling, pooling, spatialDropout2d, zeroPadding2d } from './images.js';
import { batchNormalization, layerNormalization } from './normalization.js';
import type { LayerRule } from './rule.js';
import { activation, dropout, gaussianNoise, rescaling, reshape } from './simple.js';

const rules = {
  dense,
  conv2d,
  maxPooling2d: pooling,
  averagePooling2d: pooling,
  activation,
  dropout,
  gaussianNoise,
  rescaling,
  reshape,
  flatten: reshape,
  batchNormalization,
  layerNormalization,
  zeroPadding2d,
  globalAveragePooling2d: globalPooling,
  globalMaxPooling2d: globalPooling,
  spatialDropout2d,
  randomTranslation: augmentation,
  randomRotation: augmentation,
  randomZoom: augmentation,
};

/** The rule of a kind of layer. */
export function layerRule(spec: LayerSpec): LayerRule {
  return rules[spec.type] as unknown as LayerRule;
}
