// A network with its parameters, in an arena of its own once it has predicted. It predicts, whole or in
// pieces, also while training holds the parameters. Not for training (src/train/session.ts), which has an
// arena with a plan of its own and gives the parameters back at its end.
import { newFloats } from '../budget.js';
import { Arena } from '../engine/arena.js';
import type { Engine } from '../engine/engines.js';
import type { Program } from '../engine/kernels.js';
import { run } from '../engine/kernels.js';
import type { Places, Rows } from '../ndarray.js';
import { sliceInPieces } from '../ndarray/values.js';
import type { Pieces } from '../yielding.js';
import { runAtOnce } from '../yielding.js';
import type { Parameter } from './parameters.js';
import { flopsPerRow, packInPieces, unpack } from './parameters.js';
import type { Plan } from './plan.js';
import { shapesOf } from './plan.js';
import type { PredictionMemo } from './prediction-memo.js';
import { isWarmable, newPredictions, planPredictions } from './prediction.js';
import { loadRows, readNested, sampleRows, takeRows } from './row-copies.js';
import type { KernelRows } from './scale.js';
import { toKernelRows, kernelRowsInPieces } from './scale.js';
import type { PredictionInputForm } from './sparse/choose.js';
import { predictionInputForm } from './sparse/choose.js';
import type { CsrPlan } from './sparse/format.js';
import { writeNextCsr } from './sparse/write.js';
import type { NetworkSpec, Shape } from './spec.js';
import { sizeOf } from './spec.js';
import { predictCalls } from './steps.js';

/** Floating-point operations of a piece of a prediction, unless a single row takes more: about 10 ms. */
const PIECE_FLOPS = 2e8;

type SparseRows = Rows & { readonly sparse: Places };

/** A network's parameters, and its predictions. Training borrows the parameters and returns them. */
export class Network {
  readonly spec: NetworkSpec;
  readonly engine: Engine;
  /**
   * The last prediction of a single row into a given array; kept by the methods that predict, not by the
   * network.
   */
  memo: PredictionMemo | undefined;
  readonly #plan: Plan;
  /** Rows of the input matrix. */
  readonly #inputRows: number;
  readonly #programs: Readonly<Record<PredictionInputForm, Map<number, Program>>> = {
    dense: new Map(),
    toCsr: new Map(),
    csr: new Map(),
  };
  #scale: number | undefined;
  #arena: Arena | undefined;
  #packed: Float32Array | undefined;
  #training: (() => Float32Array) | undefined;
  /**
   * Predictions under way in pieces, each with the parameters that it began with once the network has others.
   */
  readonly #underWay = new Set<{ parameters?: Float32Array }>();

  constructor(spec: NetworkSpec, engine: Engine) {
    this.spec = spec;
    this.engine = engine;
    const { plan, inputRows } = planPredictions(spec);
    this.#plan = plan;
    this.#inputRows = inputRows;
    this.#packed = newFloats(plan.blockLength, 'The weights of a network', 'use fewer units');
  }

  /** All parameters, layer by layer. */
  get parameters(): readonly Parameter[] {
    return this.#plan.parameters;
  }

  /** The shape of one row of predictions. */
  get outputShape(): Shape {
    return this.#plan.outputShape;
  }

  /** Floating-point operations of predicting a row. */
  get flopsPerRow(): number {
    return flopsPerRow(this.spec, this.parameters, shapesOf(this.spec).shapes);
  }

  /**
   * Floating-point operations of a training step, per row: about six for every weight, at every pixel that a
   * filter meets.
   */
  get trainingFlopsPerRow(): number {
    return 3 * this.flopsPerRow;
  }

  /**
   * The block of all parameters, as training works on it. A view where there is one; copy it before the next
   * call.
   */
  get packed(): Float32Array {
    if (this.#training) return this.#training();
    if (this.#packed) return this.#packed;
    const arena = this.#arena as Arena;
    return arena.floats(this.#plan.block, this.#plan.blockLength);
  }

  /** Replace the block of all parameters. */
  setPacked(source: Float32Array): void {
    this.#keepParameters();
    if (this.#arena) this.#arena.f32.set(source, this.#plan.block >>> 2);
    else this.#packed = new Float32Array(source);
  }

  /** A network with the same parameters and their values, planned from another spec of them. */
  replanned(spec: NetworkSpec): Network {
    const network = new Network(spec, this.engine);
    network.setPacked(this.packed);
    return network;
  }

  /** While training runs, predictions see what `source` returns. Call with undefined when it is over. */
  borrow(source: (() => Float32Array) | undefined): void {
    if (source) this.#keepParameters();
    this.#training = source;
  }

  /**
   * When training is over: the parameters that were borrowed become the network's own. They must not change
   * meanwhile.
   */
  *takeBack(parameters: Float32Array): Pieces<void> {
    const own = this.#arena ? undefined : yield* sliceInPieces(parameters);
    this.#training = undefined;
    this.#keepParameters();
    // A prediction in between may have made the arena.
    if (this.#arena) this.#arena.f32.set(parameters, this.#plan.block >>> 2);
    else this.#packed = own;
  }

  get training(): boolean {
    return this.#training !== undefined;
  }

  /** Replace all parameters, given row-major in the order of `parameters`. */
  setParameters(values: readonly ArrayLike<number>[]): void {
    runAtOnce(this.setParametersInPieces(values));
  }

  *setParametersInPieces(values: readonly ArrayLike<number>[]): Pieces<void> {
    const fresh = this.#underWay.size === 0 ? this.#packed : undefined;
    const block = fresh ?? new Float32Array(this.#plan.blockLength);
    for (const [i, parameter] of this.parameters.entries()) yield* packInPieces(block, values[i], parameter);
    if (!fresh) this.setPacked(block);
  }

  /** Copies of the parameters from `begin` to before `end`, row-major; default: of all. */
  getParameters(begin = 0, end = this.parameters.length): Float32Array<ArrayBuffer>[] {
    const block = this.packed;
    return this.parameters.slice(begin, end).map((parameter) => unpack(block, parameter));
  }

  /** Predictions, row-major, into `out` or a new array. */
  forward(given: Rows, out?: Float32Array): Float32Array {
    const rows = toKernelRows(given);
    const result = out ?? newPredictions(rows.rows, this.#plan.output.columns);
    const arena = this.#ready();
    const form = this.#formOf(rows);
    for (let begin = 0; begin < rows.rows;) {
      const count = this.#predict(arena, rows, begin, form, this.#plan.rows, result);
      if (count === 0) return this.forward(runAtOnce(readNested(rows)), result);
      begin += count;
    }
    return result;
  }

  /** `forward` in pieces. All rows are predicted by the parameters that the network has when it begins. */
  *forwardInPieces(given: Rows, out?: Float32Array): Pieces<Float32Array> {
    const rows = yield* kernelRowsInPieces(given);
    const result = out ?? newPredictions(rows.rows, this.#plan.output.columns);
    const flops = this.flopsPerRow;
    const maxRows = Math.max(1, Math.min(this.#plan.rows, Math.floor(PIECE_FLOPS / flops)));
    const form = this.#formOf(rows);
    const prediction: { parameters?: Float32Array } = {};
    this.#underWay.add(prediction);
    try {
      if (this.#training) this.#keepParameters();
      for (let begin = 0; begin < rows.rows;) {
        const step = (): number => this.#predict(this.#ready(), rows, begin, form, maxRows, result);
        const { parameters } = prediction;
        const count = parameters ? this.#withParameters(parameters, step) : step();
        if (count === 0) return yield* this.forwardInPieces(yield* readNested(rows), result);
        begin += count;
        if (begin < rows.rows) yield flops * count;
      }
      return result;
    } finally {
      this.#underWay.delete(prediction);
    }
  }

  /** Before the parameters change: keep them for the predictions that began with them. */
  #keepParameters(): void {
    if (this.#underWay.size === 0) return;
    const parameters = this.packed.slice();
    for (const prediction of this.#underWay) prediction.parameters ??= parameters;
  }

  /** What `work` returns if the network has other parameters meanwhile. */
  #withParameters<T>(parameters: Float32Array, work: () => T): T {
    const source = this.#training;
    const present = source ? undefined : this.packed.slice();
    this.#training = () => parameters;
    try {
      return work();
    } finally {
      this.#training = source;
      if (present) this.#arena?.f32.set(present, this.#plan.block >>> 2);
    }
  }

  /**
   * Predict up to `maxRows` rows from `begin` on. Returns their number; 0 if nested rows are not what they
   * seemed to be.
   */
  #predict(
    arena: Arena,
    rows: KernelRows,
    begin: number,
    form: PredictionInputForm,
    maxRows: number,
    result: Float32Array,
  ): number {
    const { output } = this.#plan;
    const units = output.columns;
    const count =
      form === 'csr'
        ? writeNextCsr(arena, this.#plan.input.csr as CsrPlan, rows as SparseRows, begin, maxRows)
        : loadRows(arena, this.#plan.input, rows, begin, Math.min(maxRows, this.#inputRows));
    if (count === 0) return 0;
    run(this.#program(arena, rows, count, form));
    takeRows(result, begin * units, units, count, arena.f32, output);
    return count;
  }

  /**
   * Predicts a row of zeros, so that the first real one finds memory, calls and compiled kernels. Large
   * networks wait.
   */
  warmUp(): void {
    const { inputShape } = this.spec;
    const features = sizeOf(inputShape);
    if (!isWarmable(this.#plan)) return;
    this.forward({
      data: new Float32Array(features),
      rows: 1,
      features,
      scale: 1,
      shape: [1, ...inputShape],
    });
  }

  #ready(): Arena {
    let arena = this.#arena;
    if (!arena) {
      arena = new Arena(this.engine, this.#plan.bytes);
      arena.write(this.#plan.constants);
      for (let row = 0; row < this.#plan.rows; row++) arena.i32[(this.#plan.input.indices >>> 2) + row] = row;
      if (this.#packed) arena.f32.set(this.#packed, this.#plan.block >>> 2);
      this.#packed = undefined;
      this.#arena = arena;
    }
    if (this.#training) arena.f32.set(this.#training(), this.#plan.block >>> 2);
    return arena;
  }

  #formOf(rows: KernelRows): PredictionInputForm {
    return this.#plan.input.csr ? predictionInputForm(rows, sampleRows) : 'dense';
  }

  #program(arena: Arena, { scale, parts }: KernelRows, count: number, form: PredictionInputForm): Program {
    if (this.#scale !== (parts && scale)) {
      this.#programs.dense.clear();
      this.#programs.toCsr.clear();
      this.#scale = parts && scale;
    }
    const programs = this.#programs[form];
    let program = programs.get(count);
    if (!program) {
      program = arena.bind(predictCalls(this.#plan, count, form, parts));
      programs.set(count, program);
    }
    return program;
  }
}
