import type { AugmentationSpec } from '../../src/layers/augmentation.js';
import type { Span } from '../../src/layers/window.js';
import { rowShare } from './random.js';
import type { AffineMap, Image } from './reference.js';

/** The maps that a layer draws for the rows of a batch, in float64: Keras 3's matrices. */
export function mapsOf(
  spec: AugmentationSpec,
  [height, width]: Image,
  key: number,
  rows: number,
  firstRow = 0,
): AffineMap[] {
  return Array.from({ length: rows }, (_, row) => {
    const draw = ([low, high]: Span, counter: number): number =>
      low + rowShare(key, firstRow + row, counter) * (high - low);
    const [x, y] = [(width - 1) / 2, (height - 1) / 2];
    if (spec.type === 'randomRotation') {
      const angle = 2 * Math.PI * draw(spec.factor, 0);
      const [sin, cos] = [Math.sin(angle), Math.cos(angle)];
      return [cos, -sin, x - cos * x + sin * y, sin, cos, y - sin * x - cos * y];
    }
    const tall = draw(spec.height, 0);
    const wide = spec.width ? draw(spec.width, 1) : tall;
    if (spec.type === 'randomTranslation') return [1, 0, -wide * width, 0, 1, -tall * height];
    return [1 + wide, 0, -x * wide, 0, 1 + tall, -y * tall];
  });
}
