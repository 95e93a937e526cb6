/**
 * The rule that no size may be a cliff. With at least 6 rows, 16 inputs and 16 units: at least 60 % of the
 * useful rate of the best size within ±8. Below that: no slower, in time, than the next multiple of the tile.
 */
import type { Product, Shape, Workbench } from './operands.js';
import { type Dimension, gflops, type Line, measureAgain, type Point } from './sweep.js';

const LEAST = { rows: 6, inputs: 16, units: 16 } as const;
const SHARE = 0.6;
const REACH = 8;
/** How much slower than the next multiple is still the clock's inaccuracy. */
const TOLERANCE = 1.05;

export interface Violation {
  readonly line: Line;
  readonly point: Point;
  /** The size it is held against. */
  readonly against: Point;
  /**
   * Rate over the neighbour's, or the next multiple's time over its own: what is below 1 (or 0.6) is too
   * little.
   */
  readonly share: number;
  readonly rule: 'neighbour' | 'multiple';
}

/** Rows (of the gradients: inputs) and units of the largest tile. */
export interface Tile {
  readonly height: number;
  readonly width: number;
}

/** Sizes that a tile covers at once; a panel's where the product runs along the dimension. */
function covered(product: Product, dimension: Dimension, { height, width }: Tile): number {
  const tall = product === 'forward' ? 'rows' : 'inputs';
  if (dimension === tall) return height;
  return dimension === 'units' && product !== 'inputGradient' ? width : 8;
}

export function isLarge({ rows, inputs, units }: Shape): boolean {
  return rows >= LEAST.rows && inputs >= LEAST.inputs && units >= LEAST.units;
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

/** The violations that are still there when both sizes are measured again in turn. */
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
