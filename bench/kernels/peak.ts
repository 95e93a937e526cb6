/** The peak rate of multiply-adds of this machine without memory access: shares of peak refer to it. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type Spread, time } from '../harness.js';

/** Seconds per call, and rates in GFLOP/s of the useful operations. */
export interface Rate {
  readonly seconds: Spread;
  readonly best: number;
  readonly median: number;
}

export function rateOf(seconds: Spread, flops: number): Rate {
  return { seconds, best: flops / seconds.min / 1e9, median: flops / seconds.median / 1e9 };
}

/**
 * Measures the GFLOP/s of the vector units: the best of many short runs, since the processor changes its
 * clock rate.
 */
export class Peak {
  readonly #run: () => void;
  readonly #flops: number;
  #best = 0;

  private constructor(module: WebAssembly.Module) {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 65536 });
    new Float32Array(memory.buffer).set([0.75, 0.5]);
    const { exports } = new WebAssembly.Instance(module, { env: { memory } });
    const { peak, FLOPS_PER_ROUND } = exports as unknown as {
      peak: (rounds: number, factors: number) => number;
      FLOPS_PER_ROUND: WebAssembly.Global<'i32'>;
    };
    const rounds = 20_000;
    this.#flops = rounds * FLOPS_PER_ROUND.value;
    this.#run = () => peak(rounds, 0);
  }

  /** The peak of `wide` is that of `relaxed`, in 128-bit multiply-adds. */
  static async of(variant: string): Promise<Peak> {
    const units = variant === 'base' ? 'base' : 'relaxed';
    const file = new URL(`../../build/wasm/peak-${units}.wasm`, import.meta.url);
    const peak = new Peak(await WebAssembly.compile(await readFile(fileURLToPath(file))));
    peak.measure(0.2);
    return peak;
  }

  measure(seconds = 0.02): void {
    this.#best = Math.max(this.#best, rateOf(time(this.#run, seconds), this.#flops).best);
  }

  /** The best rate so far. */
  get gflops(): number {
    return this.#best;
  }
}
