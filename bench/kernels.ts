/**
 * The three matrix products of training, straight from the binary that ships, against the rate of multiply-adds that
 * this machine reaches when no memory is touched. Dense data; results are checked before anything is timed.
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Layout, PANEL, paddedUnits, rowStride } from '../src/model/layout.js';
import type { Kernel } from '../src/engine/kernels.js';
import { type Spread, time } from './harness.js';

/** A layer with a batch: x (rows, inputs) · W (inputs, units). */
export interface Shape {
  readonly name: string;
  readonly rows: number;
  readonly inputs: number;
  readonly units: number;
}

export const SHAPES: readonly Shape[] = [
  { name: 'W1, layer 1', rows: 200, inputs: 784, units: 50 },
  { name: 'W1, layer 2', rows: 200, inputs: 50, units: 20 },
  { name: 'W2, layer 1', rows: 32, inputs: 784, units: 392 },
  { name: 'W2, layer 2', rows: 32, inputs: 392, units: 392 },
  { name: 'odd', rows: 33, inputs: 97, units: 61 },
];

export const PRODUCTS = ['forward', 'weightGradient', 'inputGradient'] as const;
export type Product = (typeof PRODUCTS)[number];

/** Seconds per call, and rates in GFLOP/s of the useful operations: 2 · rows · inputs · units. */
export interface Rate {
  readonly seconds: Spread;
  readonly best: number;
  readonly median: number;
}

export interface KernelRates {
  /** GFLOP/s of the vector units. */
  readonly peak: number;
  readonly rates: readonly (Shape & Readonly<Record<Product, Rate>>)[];
}

export async function measureKernels(variant: string): Promise<KernelRates> {
  const binary = await compile(new URL(import.meta.resolve(`lamella/wasm/${variant}.wasm`)));
  const units = await compile(new URL(`../build/wasm/peak-${variant}.wasm`, import.meta.url));
  let peak = measurePeak(units);
  const rates = SHAPES.map((shape) => {
    const operands = new Operands(binary, shape);
    const [forward, weightGradient, inputGradient] = PRODUCTS.map((product) => {
      operands.check(product);
      const rate = rateOf(time(operands.calls[product]), 2 * shape.rows * shape.inputs * shape.units);
      peak = Math.max(peak, measurePeak(units, 0.02));
      return rate;
    });
    return { ...shape, forward, weightGradient, inputGradient };
  });
  return { peak, rates };
}

async function compile(file: URL): Promise<WebAssembly.Module> {
  return WebAssembly.compile(await readFile(fileURLToPath(file)));
}

function rateOf(seconds: Spread, flops: number): Rate {
  return { seconds, best: flops / seconds.min / 1e9, median: flops / seconds.median / 1e9 };
}

/** The best of many short runs: the clock of the processor drifts while the kernels are measured. */
function measurePeak(module: WebAssembly.Module, seconds = 0.2): number {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 65536 });
  new Float32Array(memory.buffer).set([0.75, 0.5]);
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const { peak, FLOPS_PER_ROUND } = exports as unknown as {
    peak: (rounds: number, factors: number) => number;
    FLOPS_PER_ROUND: WebAssembly.Global<'i32'>;
  };
  const rounds = 20_000;
  return rateOf(
    time(() => peak(rounds, 0), seconds),
    rounds * FLOPS_PER_ROUND.value,
  ).best;
}

/** The matrices of one layer in a memory of their own, filled with reproducible noise. Offsets and strides in bytes. */
class Operands {
  readonly calls: Readonly<Record<Product, () => void>>;
  readonly #checks: Readonly<Record<Product, () => string | undefined>>;
  readonly #shape: Shape;

  constructor(module: WebAssembly.Module, shape: Shape) {
    this.#shape = shape;
    const { rows, inputs, units } = shape;
    const layout = new Layout();
    const padded = paddedUnits(units);
    const panels = padded / PANEL;
    const [inputStride, unitStride] = [4 * rowStride(inputs), 4 * rowStride(units)];
    const x = layout.take(rows * inputStride);
    const y = layout.take(rows * unitStride);
    const delta = layout.take(rows * unitStride);
    const dx = layout.take(rows * inputStride);
    const weight = layout.floats(inputs * padded);
    const gradient = layout.floats(inputs * padded);
    const bias = layout.floats(padded);
    const deltaT = layout.floats(paddedUnits(rows) * units);
    const scratch = layout.floats(24 * paddedUnits(rows));
    const memory = new WebAssembly.Memory({ initial: Math.ceil(layout.bytes / 65536), maximum: 65536 });
    const k = new WebAssembly.Instance(module, { env: { memory } }).exports as Record<string, Kernel>;
    const floats = new Float32Array(memory.buffer);

    const at = (start: number, stride: number) => (row: number, column: number) =>
      floats[(start + row * stride) / 4 + column];
    const inPanels = (start: number) => (input: number, unit: number) =>
      floats[start / 4 + (unit - (unit % PANEL)) * inputs + input * PANEL + (unit % PANEL)];
    const [X, Y, D, DX] = [at(x, inputStride), at(y, unitStride), at(delta, unitStride), at(dx, inputStride)];
    const [W, G, B] = [inPanels(weight), inPanels(gradient), at(bias, 0)];
    const noise = generator();
    for (let i = 0; i < floats.length; i++) floats[i] = noise();
    zeroPadding(floats, delta / 4, rows, units, unitStride / 4);

    this.calls = {
      forward: () =>
        k.denseForward(y, unitStride, x, inputStride, weight, bias, rows, inputs, 0, panels, -Infinity),
      weightGradient: () =>
        k.denseGradient(gradient, x, inputStride, delta, unitStride, rows, inputs, 0, panels, 1),
      inputGradient: () => {
        k.transposeDelta(deltaT, delta, unitStride, rows, units);
        k.denseInputGradient(dx, inputStride, weight, deltaT, scratch, rows, inputs, units, 0, inputs);
      },
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
    if (fault !== undefined) throw new Error(`${product} of ${this.#shape.name}: ${fault}`);
  }
}

type Element = (row: number, column: number) => number;

/** Compares some elements of a product of `depth` terms with their float64 values; says which one is wrong. */
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

/** Gradients keep their padding columns at 0. */
function zeroPadding(
  floats: Float32Array,
  start: number,
  rows: number,
  columns: number,
  stride: number,
): void {
  for (let row = 0; row < rows; row++)
    floats.fill(0, start + row * stride + columns, start + (row + 1) * stride);
}

/** Numbers in [-0.5, 0.5), always the same. */
function generator(): () => number {
  let state = 1;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296 - 0.5;
  };
}
