// A network with its parameters, in an arena of its own once it has predicted. It predicts, whole or in
// pieces, also while training holds the parameters. Not for training (src/train/session.ts), which has an
// arena with a plan of its own and gives the parameters back at its end.
import { MAX_ARENA_BYTES, mebibytes, newFloats } from '../budget.js';
import { Arena } from '../engine/arena.js';
import type { Engine } from '../engine/engines.js';
import type { Program } from '../engine/kernels.js';
import { run } from '../engine/kernels.js';
import { UnsupportedError } from '../errors.js';
import type { Places, Rows } from '../ndarray.js';
import type { Pieces } from '../yielding.js';
import { runAtOnce } from '../yielding.js';
import type { Parameter } from './parameters.js';
import { flopsPerRow } from './parameters.js';
import type { Plan } from './plan.js';
import { plan, shapesOf } from './plan.js';
import type { PredictionMemo } from './prediction-memo.js';
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
import { Weights } from './weights.js';

/** Rows of a prediction step: whole tiles of every variant, activations that stay in L2. */
const PREDICT_ROWS = 120;

/** Values of the input matrix at most, unless a single row has more. */
const MAX_INPUTS = 1048576;

/**
 * Memory of a prediction step beside the weights: where a step of 120 rows needs more, it takes fewer rows.
 */
const MAX_STEP_BYTES = 1073741824;

/** Networks that need no more memory and time for a row predict one as soon as they are loaded. */
const MAX_WARM_BYTES = 67108864;
const MAX_WARM_FLOPS = 2e8;

/** Floating-point operations of a piece of a prediction, unless a single row takes more: about 10 ms. */
const PIECE_FLOPS = 2e8;

type SparseRows = Rows & { readonly sparse: Places };

/** A network's parameters, and its predictions. Training has its own and gives them back. */
export class Network {
  readonly spec: NetworkSpec;
  readonly engine: Engine;
  /** All parameters; a training lends its own meanwhile. */
  readonly weights: Weights;
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

  constructor(spec: NetworkSpec, engine: Engine) {
    this.spec = spec;
    this.engine = engine;
    const planned = planPredictions(spec);
    this.#plan = planned.plan;
    this.#inputRows = planned.inputRows;
    this.weights = new Weights(
      this.#plan,
      newFloats(this.#plan.blockLength, 'The weights of a network', 'use fewer units'),
    );
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

  /** A network with the same parameters and their values, planned from another spec of them. */
  replanned(spec: NetworkSpec): Network {
    const network = new Network(spec, this.engine);
    network.weights.set(this.weights.view());
    return network;
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
    const reader = this.weights.beginReading();
    try {
      for (let begin = 0; begin < rows.rows;) {
        const step = (): number => this.#predict(this.#ready(), rows, begin, form, maxRows, result);
        const count = this.weights.read(reader, step);
        if (count === 0) return yield* this.forwardInPieces(yield* readNested(rows), result);
        begin += count;
        if (begin < rows.rows) yield flops * count;
      }
      return result;
    } finally {
      this.weights.endReading(reader);
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
      this.weights.attach(arena);
      this.#arena = arena;
    }
    this.weights.load();
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

/** How a network predicts. */
interface PredictionPlan {
  readonly plan: Plan;
  /** Rows that come into the input matrix at once; as lists they may be up to `plan.rows`. */
  readonly inputRows: number;
}

/**
 * The plan of a network's predictions. It takes memory by the number of layers, whatever their sizes are.
 *
 * @throws UnsupportedError if no memory holds what the prediction of one row needs
 */
function planPredictions(spec: NetworkSpec): PredictionPlan {
  let rows = PREDICT_ROWS;
  let made = planRows(spec, rows);
  while (
    rows > 1 &&
    made.plan.bytes > Math.min(4 * made.plan.blockLength + MAX_STEP_BYTES, MAX_ARENA_BYTES)
  ) {
    rows = Math.floor(rows / 2);
    made = planRows(spec, rows);
  }
  if (made.plan.bytes <= MAX_ARENA_BYTES) return made;
  throw new UnsupportedError(
    `The network needs ${mebibytes(made.plan.bytes)} of WebAssembly memory to predict a single row, but a memory has at most ${mebibytes(MAX_ARENA_BYTES)}; use smaller inputs, fewer units or fewer filters.`,
  );
}

function planRows(spec: NetworkSpec, rows: number): PredictionPlan {
  const inputRows = Math.max(1, Math.min(rows, Math.floor(MAX_INPUTS / sizeOf(spec.inputShape))));
  return { plan: plan(spec, rows, { csr: true, inputRows }), inputRows };
}

/** Room for the predictions of some rows. @throws UnsupportedError if there is none */
export function newPredictions(rows: number, units: number): Float32Array<ArrayBuffer> {
  return newFloats(rows * units, `Predictions of shape (${rows}, ${units})`, 'predict fewer rows at a time');
}

/** True if a network is small enough for a row to be predicted ahead of time. */
function isWarmable({ spec, bytes, parameters }: Plan): boolean {
  return bytes <= MAX_WARM_BYTES && flopsPerRow(spec, parameters, shapesOf(spec).shapes) <= MAX_WARM_FLOPS;
}
