/**
 * The rule that no size may be a cliff: with at least 6 rows, 16 inputs and 16 units, a size reaches at least
 * 60 % of the useful rate of the best size within ±8; below that, it takes no longer than the next multiple
 * of the tile.
 */
import type { Product, Shape, Workbench } from './operands.js';
import { type Dimension, gflops, type Line, measureAgain, type Point } from './sweep.js';

const MIN_SIZES = { rows: 6, inputs: 16, units: 16 } as const;
const SHARE = 0.6;
const REACH = 8;
/** Factor over the time of the next multiple that the inaccuracy of the clock explains. */
const TOLERANCE = 1.05;

export interface Violation {
  readonly line: Line;
  readonly point: Point;
  /** The size that it is compared with. */
  readonly against: Point;
  /**
   * Rate divided by the neighbour's, or the next multiple's time divided by its own: below 1 (or 0.6) is too
   * little.
   */
  readonly share: number;
  readonly rule: 'neighbour' | 'multiple';
}

/** Rows (inputs for the gradients) and units of the largest tile. */
export interface Tile {
  readonly height: number;
  readonly width: number;
}

/** Sizes that a tile covers at once, or a panel where the product runs along the dimension. */
function covered(product: Product, dimension: Dimension, { height, width }: Tile): number {
  const tall = product === 'forward' ? 'rows' : 'inputs';
  if (dimension === tall) return height;
  return dimension === 'units' && product !== 'inputGradient' ? width : 8;
}

export function isLarge({ rows, inputs, units }: Shape): boolean {
  return rows >= MIN_SIZES.rows && inputs >= MIN_SIZES.inputs && units >= MIN_SIZES.units;
}

/** The rule at one point of a line. */
function violationAt(line: Line, points: readonly Point[], point: Point, tile: Tile): Violation | undefined {
  if (isLarge(point.shape)) {
    const near = points.filter((other) => isLarge(other.shape) && Math.abs(other.size - point.size) <= REACH);
    const against = near.reduce((best, other) => (gflops(other) > gflops(best) ? other : best));
    const share = gflops(point) / gflops(against);
    return share < SHARE ? { line, point, against, share, rule: 'neighbour' } : undefined;
  }
  const step = covered(line.product, line.dimension, tile);
  const multiple = Math.ceil(point.size / step) * step;
  const against = points.find(({ size }) => size === multiple);
  if (against === undefined) return undefined;
  const share = against.seconds / point.seconds;
  return share * TOLERANCE < 1 ? { line, point, against, share, rule: 'multiple' } : undefined;
}

/** Measures both sizes again in turn, and returns the violations that remain. */
export function violationsOf(
  bench: Workbench,
  line: Line,
  points: readonly Point[],
  tile: Tile,
): Violation[] {
  const suspects = points.flatMap((point) => violationAt(line, points, point, tile) ?? []);
  for (const { point, against } of suspects) measureAgain(bench, line, [point, against], 3);
  return suspects.flatMap(({ point }) => violationAt(line, points, point, tile) ?? []);
}
