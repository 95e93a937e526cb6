/**
 * Measures the rates of the products at shapes of W1 and W2 and at an odd one, on dense data. Results are
 * checked before they are timed.
 */
import { time } from '../harness.js';
import { flopsOf, Operands, type Product, PRODUCTS, type Shape, Workbench } from './operands.js';
import { Peak, type Rate, rateOf } from './peak.js';

interface NamedShape extends Shape {
  readonly name: string;
}

const SHAPES: readonly NamedShape[] = [
  { name: 'W1, layer 1', rows: 200, inputs: 784, units: 50 },
  { name: 'W1, layer 2', rows: 200, inputs: 50, units: 20 },
  { name: 'W2, layer 1', rows: 32, inputs: 784, units: 392 },
  { name: 'W2, layer 2', rows: 32, inputs: 392, units: 392 },
  { name: 'odd', rows: 33, inputs: 97, units: 61 },
];

export interface KernelRates {
  /** GFLOP/s of the vector units. */
  readonly peak: number;
  readonly rates: readonly (NamedShape & Readonly<Record<Product, Rate>>)[];
}

export async function measureKernels(variant: string): Promise<KernelRates> {
  const bench = await Workbench.open(variant, 8 << 20);
  const peak = await Peak.of(variant);
  const rates = SHAPES.map((shape) => {
    const operands = new Operands(bench, shape);
    const [forward, weightGradient, inputGradient] = PRODUCTS.map((product) => {
      operands.check(product);
      const rate = rateOf(time(operands.calls[product], 0.1), flopsOf(shape));
      peak.measure();
      return rate;
    });
    return { ...shape, forward, weightGradient, inputGradient };
  });
  return { peak: peak.gflops, rates };
}
