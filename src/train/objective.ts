// What L-BFGS minimizes: the loss of a whole data set and its gradient as a function of one float64 vector.
// Not for solvers that go step by step (trainer.ts), nor for the minimization itself (lbfgs/minimize.ts).
import type { LossSpec } from '../network/losses.js';
import type { Network } from '../network/network.js';
import type { Parameter } from '../network/parameters.js';
import { depthOf, panelIndex } from '../network/parameters.js';
import { acceptsCsr } from '../network/sparse/choose.js';
import { ascending } from '../random.js';
import type { Dataset } from '../network/feed.js';
import { SlicedSession } from './sliced-session.js';
import { maxRows } from '../network/plan.js';
import type { Pieces } from '../yielding.js';
import { runInSlices, Yielder } from '../yielding.js';

/** Rows that are computed at once, at most: gradients of parts are added up in float64. */
const MAX_ROWS = 960;

export interface ObjectiveOptions {
  readonly network: Network;
  readonly loss: LossSpec;
  readonly dataset: Dataset;
  readonly signal?: AbortSignal;
}

/** A parameter among all of them in one vector. */
interface Slice {
  readonly parameter: Parameter;
  readonly begin: number;
  readonly positions: Int32Array;
}

/**
 * The mean loss of a data set as a function of all parameters in one float64 vector: all weights, then all
 * biases. The network computes in float32; sums over rows and penalties are float64.
 */
export class Objective {
  /** Numbers in the vector. */
  readonly length: number;
  readonly #slices: Slice[] = [];
  readonly #session: SlicedSession;
  readonly #dataset: Dataset;
  readonly #all: Int32Array;
  readonly #total: number;
  readonly #sums: Float64Array;
  readonly #yielder: Yielder;

  /** An objective with its data set in its arena. */
  static *open(options: ObjectiveOptions): Pieces<Objective> {
    const { network, loss, dataset } = options;
    const inputIsCsr = dataset.rows.sparse !== undefined && acceptsCsr(network.spec);
    const session = yield* SlicedSession.open({
      network,
      loss,
      dataset,
      optimizer: { kind: 'sgd', momentum: 0, nesterov: false },
      rows: Math.min(dataset.rows.rows, MAX_ROWS, maxRows(network, inputIsCsr)),
      predictions: false,
      penaltyPerRow: true,
    });
    return new Objective(options, session);
  }

  private constructor({ network, dataset, signal }: ObjectiveOptions, session: SlicedSession) {
    const { rows } = dataset.rows;
    this.#session = session;
    this.#yielder = new Yielder(signal);
    this.#dataset = dataset;
    this.#all = ascending(rows);
    this.#total = dataset.weights?.reduce((sum, weight) => sum + weight, 0) ?? rows;
    this.#sums = new Float64Array(this.#session.plan.blockLength);
    let length = 0;
    for (const rank of [2, 1]) {
      for (const parameter of network.parameters) {
        if (parameter.shape.length !== rank) continue;
        const slice = { parameter, begin: length, positions: positions(parameter) };
        this.#slices.push(slice);
        length += slice.positions.length;
      }
    }
    this.length = length;
  }

  /** The vector of a block of parameters. */
  vector(block: Float32Array): Float64Array {
    const x = new Float64Array(this.length);
    for (const { begin, positions } of this.#slices) {
      for (let i = 0; i < positions.length; i++) x[begin + i] = block[positions[i]];
    }
    return x;
  }

  /** Write a vector into a block of parameters. */
  write(x: Float64Array, block: Float32Array): void {
    for (const { begin, positions } of this.#slices) {
      for (let i = 0; i < positions.length; i++) block[positions[i]] = x[begin + i];
    }
  }

  /** The loss at x, penalties included, and its gradient. Gives way to the host between parts. */
  async evaluate(x: Float64Array, gradient: Float64Array): Promise<number> {
    this.write(x, this.#session.weights.view());
    this.#sums.fill(0);
    let loss = 0;
    const { rows } = this.#session.plan;
    const end = this.#dataset.rows.rows;
    for (let begin = 0; begin < end; begin += rows) {
      const count = Math.min(rows, end - begin);
      loss += await runInSlices(this.#part(this.#all.subarray(begin, begin + count)), this.#yielder);
      await this.#yielder.pause();
    }
    for (const { begin, positions } of this.#slices) {
      for (let i = 0; i < positions.length; i++) gradient[begin + i] = this.#sums[positions[i]] / this.#total;
    }
    return (loss + this.#penalise(x, gradient)) / this.#total;
  }

  *#part(part: Int32Array): Pieces<number> {
    const loss = yield* this.#session.differentiate(this.#dataset, part);
    const gradients = this.#session.gradients();
    for (let i = 0; i < gradients.length; i++) this.#sums[i] += gradients[i];
    return loss;
  }

  /** Adds l2 · Σ weight², per row of the data set as in scikit-learn, and its gradient. */
  #penalise(x: Float64Array, gradient: Float64Array): number {
    let penalty = 0;
    for (const { parameter, begin, positions } of this.#slices) {
      const { l2 = 0 } = parameter.rules.regularizer ?? {};
      if (l2 === 0) continue;
      let squares = 0;
      for (let i = begin; i < begin + positions.length; i++) {
        squares += x[i] * x[i];
        gradient[i] += (2 * l2 * x[i]) / this.#total;
      }
      penalty += l2 * squares;
    }
    return penalty;
  }
}

/** Where the values of a parameter, row-major, lie in the block. */
export function positions({ shape, position }: Parameter): Int32Array {
  const [inputs, units] = [depthOf({ shape }), shape[shape.length - 1]];
  const list = new Int32Array(inputs * units);
  for (let k = 0; k < inputs; k++) {
    for (let n = 0; n < units; n++) list[k * units + n] = position + panelIndex(inputs, k, n);
  }
  return list;
}
