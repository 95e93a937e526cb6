/** The three matrix products of training, called in the shipped binary, on matrices of one layer. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { bind, call, type Call, type Kernels, run } from '../../src/engine/kernels.js';
import { Layout, type Matrix, NARROW_UNITS, PANEL, paddedUnits } from '../../src/network/layout.js';
import { inputGradientCalls, productCalls, productScratch } from '../../src/layers/dense.js';

/** A layer with a batch: x (rows, inputs) · W (inputs, units). */
export interface Shape {
  readonly rows: number;
  readonly inputs: number;
  readonly units: number;
}

export const PRODUCTS = ['forward', 'weightGradient', 'inputGradient'] as const;
export type Product = (typeof PRODUCTS)[number];

/** Useful operations of one product; the two gradients have as many. */
export function flopsOf({ rows, inputs, units }: Shape): number {
  return 2 * rows * inputs * units;
}

/** The binary of a variant, as the package ships it. */
export async function moduleOf(variant: string): Promise<WebAssembly.Module> {
  const file = new URL(import.meta.resolve(`lamella/wasm/${variant}.wasm`));
  return WebAssembly.compile(await readFile(fileURLToPath(file)));
}

/** An instance of a binary with a memory for layers of any shape that fits. */
export class Workbench {
  readonly kernels: Kernels;
  readonly floats: Float32Array;
  readonly #noise: Float32Array;

  private constructor(module: WebAssembly.Module, bytes: number) {
    const memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / 65536), maximum: 65536 });
    this.kernels = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Kernels;
    this.floats = new Float32Array(memory.buffer);
    const next = generator();
    this.#noise = Float32Array.from({ length: this.floats.length }, next);
  }

  /** @param bytes of the largest layer */
  static async open(variant: string, bytes = 64 << 20): Promise<Workbench> {
    return new Workbench(await moduleOf(variant), bytes);
  }

  /** Reproducible noise in [-0.5, 0.5) up to a byte offset. */
  fill(bytes: number): void {
    this.floats.set(this.#noise.subarray(0, bytes / 4));
  }
}

/** The matrices of one layer. They overwrite those of the previous layer on the same bench. */
export class Operands {
  readonly calls: Readonly<Record<Product, () => void>>;
  readonly #checks: Readonly<Record<Product, () => string | undefined>>;
  readonly #shape: Shape;

  constructor(bench: Workbench, shape: Shape) {
    this.#shape = shape;
    const { rows, inputs, units } = shape;
    const { kernels, floats } = bench;
    const layout = new Layout();
    const padded = paddedUnits(units);
    const [x, y] = [layout.matrix(rows, inputs), layout.matrix(rows, units)];
    const [dx, delta] = [layout.matrix(rows, inputs), layout.matrix(rows, units)];
    const [kernel, gradient] = [layout.floats(inputs * padded), layout.floats(inputs * padded)];
    const bias = layout.floats(padded);
    const sizes = productScratch(rows, inputs, units);
    const [scratch, transposed] = [layout.floats(sizes.scratch), layout.floats(sizes.transposed)];
    const spare = { scratch, transposed };

    const at =
      ({ offset, stride }: Matrix) =>
      (row: number, column: number) =>
        floats[(offset + row * stride) / 4 + column];
    const inPanels = (start: number) => (input: number, unit: number) =>
      floats[start / 4 + (unit - (unit % PANEL)) * inputs + input * PANEL + (unit % PANEL)];
    const [X, Y, D, DX] = [at(x), at(y), at(delta), at(dx)];
    const [W, G] = [inPanels(kernel), inPanels(gradient)];
    const B: Element = (_, unit) => floats[bias / 4 + unit];
    bench.fill(layout.bytes);
    zeroPadding(floats, delta, rows);

    const weights = { kernel, bias, units };
    const bound = (calls: readonly Call[]): (() => void) => {
      const program = bind(kernels, calls);
      return program.length === 1 ? program[0] : () => run(program);
    };
    this.calls = {
      forward: bound(productCalls(y, { matrix: x }, weights, rows, -Infinity)),
      weightGradient: bound([gradientCall(gradient, x, delta, rows)]),
      inputGradient: bound(inputGradientCalls(dx, { matrix: delta }, weights, rows, spare)),
    };
    this.#checks = {
      forward: () => compare(rows, units, inputs, Y, (r, n, i) => X(r, i) * W(i, n), B),
      weightGradient: () => compare(inputs, units, rows, G, (i, n, r) => X(r, i) * D(r, n)),
      inputGradient: () => compare(rows, inputs, units, DX, (r, i, n) => D(r, n) * W(i, n)),
    };
  }

  /** Throws if a product is wrong. */
  check(product: Product): void {
    this.calls[product]();
    const fault = this.#checks[product]();
    const { rows, inputs, units } = this.#shape;
    if (fault !== undefined) throw new Error(`${product} of ${rows} x ${inputs} x ${units}: ${fault}`);
  }
}

type Element = (row: number, column: number) => number;

/**
 * Compares some elements of a product of `depth` terms with their float64 values; returns a message about the
 * first wrong one.
 */
function compare(
  rows: number,
  columns: number,
  depth: number,
  actual: Element,
  term: (row: number, column: number, k: number) => number,
  start: Element = () => 0,
): string | undefined {
  for (let i = 0; i < 200; i++) {
    const [row, column] = [(i * 7919) % rows, (i * 104729) % columns];
    let expected = start(0, column);
    for (let k = 0; k < depth; k++) expected += term(row, column, k);
    if (!(Math.abs(actual(row, column) - expected) <= 1e-5 * Math.sqrt(depth))) {
      return `element (${row}, ${column}) must be ${expected}, but is ${actual(row, column)}.`;
    }
  }
  return undefined;
}

/** The call for the whole gradient of a layer, as in plans that keep gradients. */
function gradientCall(gradient: number, x: Matrix, delta: Matrix, rows: number): Call {
  const { columns: units } = delta;
  if (units <= NARROW_UNITS)
    return call('narrowGradient', gradient, x, delta, rows, units, 0, x.columns, true);
  return call('denseGradient', gradient, x, delta, rows, x.columns, 0, paddedUnits(units) / PANEL, true);
}

/** Sets the padding columns of a delta to 0, where they always are. */
function zeroPadding(floats: Float32Array, { offset, stride, columns }: Matrix, rows: number): void {
  for (let row = 0; row < rows; row++) {
    floats.fill(0, (offset + row * stride) / 4 + columns, (offset + (row + 1) * stride) / 4);
  }
}

/** Returns a generator of numbers in [-0.5, 0.5), the same in every run. */
export function generator(): () => number {
  let state = 1;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296 - 0.5;
  };
}
