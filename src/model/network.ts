import { Arena } from '../engine/arena.js';
import type { Engine } from '../engine/engines.js';
import type { Program } from '../engine/kernels.js';
import { run } from '../engine/kernels.js';
import type { Places, Rows } from '../ndarray.js';
import { refuseNonFinite } from '../ndarray.js';
import type { LastCall } from './last-call.js';
import type { Matrix } from './layout.js';
import type { ListsPlan } from './lists.js';
import { isSparse } from './lists.js';
import type { Parameter } from './parameters.js';
import { pack, unpack } from './parameters.js';
import type { Plan } from './plan.js';
import { plan } from './plan.js';
import type { GatherableRows } from './scale.js';
import { gatherable } from './scale.js';
import type { NetworkSpec, Shape } from './spec.js';
import { sizeOf } from './spec.js';
import { predictCalls, predictListedCalls } from './steps.js';
import { writeLists, writeRow } from './stored.js';

/** Rows of a prediction step: whole tiles of every variant, activations that stay in L2. */
const PREDICT_ROWS = 120;

/** Values of the input matrix at most, unless a single row has more. */
const MOST_INPUTS = 1048576;

/** Of arenas whose kernels are run ahead. */
const MOST_WARM_BYTES = 67108864;

/** Rows that decide whether a prediction goes by lists. A single row always does: no weight is read twice. */
const LOOKED_AT = 4;

/** How rows get to the first layer: as a matrix, as lists made of the matrix or of bytes, or as lists at once. */
type Form = 'dense' | 'sparse' | 'listed';

/** A network's parameters, and its predictions. Training borrows the parameters and returns them. */
export class Network {
  readonly spec: NetworkSpec;
  readonly engine: Engine;
  /** For whoever predicts by it. */
  lastCall: LastCall | undefined;
  readonly #plan: Plan;
  /** Rows of the input matrix. */
  readonly #inputRows: number;
  readonly #programs: Readonly<Record<Form, Map<number, Program>>> = {
    dense: new Map(),
    sparse: new Map(),
    listed: new Map(),
  };
  #scale: number | undefined;
  #arena: Arena | undefined;
  #packed: Float32Array | undefined;
  #training: (() => Float32Array) | undefined;

  constructor(spec: NetworkSpec, engine: Engine) {
    this.spec = spec;
    this.engine = engine;
    this.#inputRows = Math.max(1, Math.min(PREDICT_ROWS, Math.floor(MOST_INPUTS / sizeOf(spec.inputShape))));
    this.#plan = plan(spec, PREDICT_ROWS, { sparse: true, inputRows: this.#inputRows });
    this.#packed = new Float32Array(this.#plan.blockLength);
  }

  /** All parameters, layer by layer. */
  get parameters(): readonly Parameter[] {
    return this.#plan.parameters;
  }

  /** The shape of one row of predictions. */
  get outputShape(): Shape {
    return this.#plan.outputShape;
  }

  /** The block of all parameters, as training works on it. A view where there is one; copy it before the next call. */
  get packed(): Float32Array {
    if (this.#training) return this.#training();
    if (this.#packed) return this.#packed;
    const arena = this.#arena as Arena;
    return arena.floats(this.#plan.block, this.#plan.blockLength);
  }

  /** Replace the block of all parameters. */
  setPacked(source: Float32Array): void {
    if (this.#arena) this.#arena.f32.set(source, this.#plan.block >>> 2);
    else this.#packed = new Float32Array(source);
  }

  /** While training runs, predictions see what `source` returns. Call with undefined when it is over. */
  borrow(source: (() => Float32Array) | undefined): void {
    this.#training = source;
  }

  get training(): boolean {
    return this.#training !== undefined;
  }

  /** Replace all parameters, given row-major in the order of `parameters`. */
  setParameters(values: readonly ArrayLike<number>[]): void {
    const block = new Float32Array(this.#plan.blockLength);
    this.parameters.forEach((parameter, i) => pack(block, values[i], parameter));
    this.setPacked(block);
  }

  /** Copies of all parameters, row-major, in the order of `parameters`. */
  getParameters(): Float32Array<ArrayBuffer>[] {
    const block = this.packed;
    return this.parameters.map((parameter) => unpack(block, parameter));
  }

  /** Predictions, row-major, into `out` or a new array. */
  forward(given: Rows, out?: Float32Array): Float32Array {
    const rows = gatherable(given);
    const { output } = this.#plan;
    const units = output.columns;
    const result = out ?? new Float32Array(rows.rows * units);
    const arena = this.#ready();
    const form = this.#formOf(rows);
    for (let begin = 0; begin < rows.rows;) {
      const count = form === 'listed' ? this.#loadLists(arena, rows, begin) : this.#load(arena, rows, begin);
      run(this.#program(arena, rows, count, form));
      takeRows(result, begin * units, units, count, arena.f32, output);
      begin += count;
    }
    return result;
  }

  /** Predicts a row of zeros, so that the first real one finds memory, calls and compiled kernels. Large networks wait. */
  warmUp(): void {
    const { inputShape } = this.spec;
    const features = sizeOf(inputShape);
    if (this.#plan.bytes > MOST_WARM_BYTES) return;
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
      for (let row = 0; row < PREDICT_ROWS; row++) arena.i32[(this.#plan.indices >>> 2) + row] = row;
      if (this.#packed) arena.f32.set(this.#packed, this.#plan.block >>> 2);
      this.#packed = undefined;
      this.#arena = arena;
    }
    if (this.#training) arena.f32.set(this.#training(), this.#plan.block >>> 2);
    return arena;
  }

  #formOf(rows: GatherableRows): Form {
    if (!this.#plan.lists) return 'dense';
    if (rows.sparse) return 'listed';
    if (rows.rows === 1) return 'sparse';
    return isSparse({ ...rows, rows: Math.min(rows.rows, LOOKED_AT) }) ? 'sparse' : 'dense';
  }

  /** Copies rows into the arena: bytes as they are, others at the stride of the input matrix. Returns their number. */
  #load(arena: Arena, rows: Rows, begin: number): number {
    const { input, staging } = this.#plan;
    const { data, features } = rows;
    const end = Math.min(begin + this.#inputRows, rows.rows);
    const first = input.offset >>> 2;
    const stride = input.stride >>> 2;
    if (rows.sparse) {
      for (let row = begin; row < end; row++) writeRow(arena.f32, first + (row - begin) * stride, rows, row);
      return end - begin;
    }
    const all = end - begin === rows.rows;
    const source = all ? data : data.subarray(begin * features, end * features);
    if (source instanceof Uint8Array) {
      arena.u8.set(source, staging);
      return end - begin;
    }
    copyRows(arena.f32, first, stride, source, features);
    // Here they are in the cache, and whole vectors.
    const { unchecked } = rows;
    if (unchecked && !arena.allFinite(input.offset, (end - begin) * stride)) refuseNonFinite(unchecked);
    return end - begin;
  }

  /** Writes as many rows as there is room for as lists. Returns their number. */
  #loadLists(arena: Arena, rows: Rows, begin: number): number {
    const { most } = this.#plan.lists as ListsPlan;
    const { starts } = rows.sparse as Places;
    let end = begin + 1;
    while (end < rows.rows && end - begin < PREDICT_ROWS && starts[end + 1] - starts[begin] <= most) end++;
    const batch = Int32Array.from({ length: end - begin }, (_, i) => begin + i);
    writeLists(arena, this.#plan.lists as ListsPlan, rows, batch);
    return end - begin;
  }

  #program(arena: Arena, { scale, parts }: GatherableRows, count: number, form: Form): Program {
    if (this.#scale !== (parts && scale)) {
      this.#programs.dense.clear();
      this.#programs.sparse.clear();
      this.#scale = parts && scale;
    }
    const programs = this.#programs[form];
    let program = programs.get(count);
    if (!program) {
      const calls =
        form === 'listed'
          ? predictListedCalls(this.#plan, count)
          : predictCalls(this.#plan, count, form === 'sparse', parts);
      program = arena.bind(calls);
      programs.set(count, program);
    }
    return program;
  }
}

/** Rows at a stride: target[start + row · stride + column] = source[row · columns + column]. */
function copyRows(
  target: Float32Array,
  start: number,
  stride: number,
  source: Float32Array,
  columns: number,
): void {
  if (stride === columns) {
    target.set(source, start);
    return;
  }
  for (let from = 0; from < source.length; from += columns, start += stride) {
    for (let i = 0; i < columns; i++) target[start + i] = source[from + i];
  }
}

/** The first rows of a matrix: target[start + row · units + unit]. */
function takeRows(
  target: Float32Array,
  start: number,
  units: number,
  rows: number,
  source: Float32Array,
  { offset, stride }: Matrix,
): void {
  const skip = stride >>> 2;
  let from = offset >>> 2;
  for (let row = 0; row < rows; row++, from += skip, start += units) {
    for (let i = 0; i < units; i++) target[start + i] = source[from + i];
  }
}
