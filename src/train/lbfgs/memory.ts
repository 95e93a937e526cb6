/** Pairs of steps and changes of the gradient that are remembered. */
const PAIRS = 10;

interface Pair {
  readonly step: Float64Array;
  readonly change: Float64Array;
  /** 1 / (step · change) */
  inverse: number;
}

export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** y += factor · x */
function add(y: Float64Array, factor: number, x: Float64Array): void {
  for (let i = 0; i < y.length; i++) y[i] += factor * x[i];
}

/** Curvature of a function: an inverse Hessian in the form of the last steps and changes of the gradient. */
export class Memory {
  #pairs: Pair[] = [];
  #spare: Pair[];
  /** step · change / change · change of the last pair. */
  #scale = 1;

  /** Takes all the memory that it will need: 20 vectors. */
  constructor(size: number) {
    this.#spare = Array.from({ length: PAIRS }, () => ({
      step: new Float64Array(size),
      change: new Float64Array(size),
      inverse: 0,
    }));
  }

  get empty(): boolean {
    return this.#pairs.length === 0;
  }

  clear(): void {
    this.#spare.push(...this.#pairs);
    this.#pairs = [];
    this.#scale = 1;
  }

  /** Remember a step and the change of the gradient that it made; step · change > 0. */
  remember(step: Float64Array, change: Float64Array, product: number): void {
    const pair = this.#spare.pop() ?? (this.#pairs.shift() as Pair);
    pair.step.set(step);
    pair.change.set(change);
    pair.inverse = 1 / product;
    this.#pairs.push(pair);
    this.#scale = product / dot(change, change);
  }

  /** direction ← −(inverse Hessian) · gradient, by the two-loop recursion (Nocedal, 1980). */
  direction(direction: Float64Array, gradient: Float64Array): void {
    for (let i = 0; i < gradient.length; i++) direction[i] = -gradient[i];
    const factors: number[] = [];
    for (let k = this.#pairs.length - 1; k >= 0; k--) {
      const { step, change, inverse } = this.#pairs[k];
      factors[k] = inverse * dot(step, direction);
      add(direction, -factors[k], change);
    }
    for (let i = 0; i < direction.length; i++) direction[i] *= this.#scale;
    this.#pairs.forEach(({ step, change, inverse }, k) => {
      add(direction, factors[k] - inverse * dot(change, direction), step);
    });
  }
}
