/**
 * Floating-point operations of training for an epoch: forward, weight gradients, and input gradients except
 * for the first layer.
 */
import type { WorkData } from './data.js';
import type { Work } from './table.js';

export interface Flops {
  /** Operations without the multiplications of the first layer by zeros. */
  readonly useful: number;
  /** Operations as if the input had no zeros. */
  readonly dense: number;
}

export function flopsOf(work: Work, { x, y, density }: Pick<WorkData, 'x' | 'y' | 'density'>): Flops {
  const [first, ...others] = work.layers
    ? productsOf(work)
    : denseProductsOf(work, x.data.length / y.length, y);
  const above = 3 * others.reduce((sum, product) => sum + product, 0);
  const perRow = (share: number): number => 2 * (2 * share * first + above);
  const share = work.layers ? 1 : density; // no contestant skips zeros in a convolution
  return { useful: y.length * perRow(share), dense: y.length * perRow(1) };
}

/** Multiply-adds of the forward product of each dense layer, per row. */
function denseProductsOf({ estimator, options }: Work, features: number, y: WorkData['y']): number[] {
  const classes = estimator === 'MLPRegressor' ? 1 : new Set(y).size;
  const widths = [features, ...(options.hiddenLayerSizes as number[]), classes === 2 ? 1 : classes];
  return widths.slice(1).map((units, i) => widths[i] * units);
}

/** Multiply-adds of the forward product of each layer, per image of 28x28 pixels with one channel. */
function productsOf({ layers }: Work): number[] {
  let [side, channels] = [28, 1];
  let features = 0;
  return layers!.flatMap(({ type, filters = 0, kernelSize = 0, poolSize = 1, units = 0 }) => {
    let product: number | undefined;
    if (type === 'conv2d') {
      side -= kernelSize - 1;
      product = side * side * kernelSize * kernelSize * channels * filters;
      channels = filters;
    } else if (type === 'maxPooling2d') {
      side = Math.floor(side / poolSize);
    } else if (type === 'flatten') {
      features = side * side * channels;
    } else if (type === 'dense') {
      product = features * units;
      features = units;
    }
    return product ?? [];
  });
}
