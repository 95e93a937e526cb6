/** Times the products along lines of shapes: one size varies, the other two are fixed. */
import { flopsOf, Operands, type Product, type Shape, type Workbench } from './operands.js';

export type Dimension = keyof Shape;
export const DIMENSIONS: readonly Dimension[] = ['rows', 'inputs', 'units'];

/** Shapes that differ in one size. */
export interface Line {
  readonly product: Product;
  readonly dimension: Dimension;
  readonly others: Partial<Shape>;
}

export interface Point {
  readonly size: number;
  readonly shape: Shape;
  /** The shortest time of a call, in seconds. */
  seconds: number;
}

/**
 * The fixed sizes while one varies: those of layers of W1 and W2, small and odd ones, single rows and single
 * units.
 */
const ANCHORS: Readonly<Record<Dimension, readonly Partial<Shape>[]>> = {
  rows: [
    { inputs: 784, units: 50 },
    { inputs: 392, units: 392 },
    { inputs: 64, units: 32 },
    { inputs: 17, units: 23 },
    { inputs: 100, units: 1 },
  ],
  inputs: [
    { rows: 32, units: 392 },
    { rows: 200, units: 50 },
    { rows: 33, units: 61 },
    { rows: 7, units: 17 },
    { rows: 1, units: 50 },
    { rows: 32, units: 1 },
  ],
  units: [
    { rows: 32, inputs: 784 },
    { rows: 200, inputs: 50 },
    { rows: 33, inputs: 97 },
    { rows: 7, inputs: 17 },
    { rows: 1, inputs: 784 },
  ],
};

/** Every size up to 80, then all within 8 of some larger ones: 97, 127, 251 and 509 are prime. */
const SIZES: readonly number[] = [
  ...new Set([
    ...Array.from({ length: 80 }, (_, i) => i + 1),
    ...[97, 127, 251, 256, 392, 509, 512, 1016].flatMap((middle) =>
      Array.from({ length: 17 }, (_, i) => middle - 8 + i),
    ),
  ]),
].sort((a, b) => a - b);

export function linesOf(products: readonly Product[], dimensions: readonly Dimension[]): Line[] {
  return products.flatMap((product) =>
    dimensions.flatMap((dimension) =>
      ANCHORS[dimension].map((others): Line => ({ product, dimension, others })),
    ),
  );
}

export function shapeAt({ dimension, others }: Line, size: number): Shape {
  return { rows: 0, inputs: 0, units: 0, ...others, [dimension]: size };
}

/** '32 x n x 392' */
export function inWords(line: Line): string {
  const { rows, inputs, units } = shapeAt(line, NaN);
  return [rows, inputs, units].map((size) => (Number.isNaN(size) ? 'n' : size)).join(' x ');
}

/**
 * Measures in two passes and keeps the better one, so that a temporary disturbance does not look like a
 * cliff.
 */
export function measureLine(bench: Workbench, line: Line, passes = 2): Point[] {
  const points = SIZES.map((size): Point => ({ size, shape: shapeAt(line, size), seconds: Infinity }));
  for (let pass = 0; pass < passes; pass++) {
    for (const point of points) {
      const operands = new Operands(bench, point.shape);
      if (pass === 0) operands.check(line.product);
      point.seconds = Math.min(point.seconds, shortest(operands.calls[line.product]));
    }
  }
  return points;
}

/** Measures some points again, in turn. */
export function measureAgain(
  bench: Workbench,
  { product }: Line,
  points: readonly Point[],
  turns: number,
): void {
  for (let turn = 0; turn < turns; turn++) {
    for (const point of points) {
      const operands = new Operands(bench, point.shape);
      point.seconds = Math.min(point.seconds, shortest(operands.calls[product]));
    }
  }
}

/** Runs every micro-kernel until the runtime has optimised it. */
export function warmUp(bench: Workbench, products: readonly Product[]): void {
  const end = performance.now() + 1500;
  while (performance.now() < end) {
    for (let size = 1; size <= 40; size++) {
      const operands = new Operands(bench, { rows: size, inputs: 41 - size + 48, units: size });
      for (const product of products) for (let i = 0; i < 20; i++) operands.calls[product]();
    }
  }
}

/** GFLOP/s of the useful operations. */
export function gflops({ shape, seconds }: Point): number {
  return flopsOf(shape) / seconds / 1e9;
}

/** Returns the shortest of at least 7 samples within 4 ms, each of at least 30 µs. */
function shortest(call: () => void): number {
  call();
  let calls = 1;
  let best = Infinity;
  for (;;) {
    const start = performance.now();
    for (let i = 0; i < calls; i++) call();
    const elapsed = performance.now() - start;
    if (elapsed >= 0.03) break;
    calls = Math.min(8 * calls, Math.ceil((0.04 * calls) / elapsed) || 8 * calls);
  }
  const begin = performance.now();
  for (let samples = 0; samples < 7 || performance.now() - begin < 4; samples++) {
    const start = performance.now();
    for (let i = 0; i < calls; i++) call();
    best = Math.min(best, performance.now() - start);
  }
  return best / calls / 1000;
}
