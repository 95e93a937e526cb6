import { Arena } from '../engine/arena.js';
import type { Engine } from '../engine/engine.js';
import type { Program } from '../engine/kernels.js';
import { run } from '../engine/kernels.js';
import type { Rows } from '../ndarray.js';
import { packWeight, parameterLayout, unpackWeight } from './layout.js';
import type { Plan } from './plan.js';
import { plan, predictCalls } from './plan.js';
import type { GatherableRows } from './scale.js';
import { gatherable } from './scale.js';
import type { NetworkSpec } from './spec.js';

/** Rows of a prediction step: whole tiles of every variant, activations that stay in L2. */
const PREDICT_ROWS = 120;

/** Weight (inputs, units) row-major, and bias (units). */
export interface LayerParameters {
  readonly weight: ArrayLike<number>;
  readonly bias: ArrayLike<number>;
}

/** A network's parameters, and its predictions. Training borrows the parameters and returns them. */
export class Network {
  readonly spec: NetworkSpec;
  readonly engine: Engine;
  readonly #plan: Plan;
  readonly #programs = new Map<number, Program>();
  #scale: number | undefined;
  #arena: Arena | undefined;
  #packed: Float32Array | undefined;
  #training: (() => Float32Array) | undefined;

  constructor(spec: NetworkSpec, engine: Engine) {
    this.spec = spec;
    this.engine = engine;
    this.#plan = plan(spec, PREDICT_ROWS);
    this.#packed = new Float32Array(this.#plan.parameterLength);
  }

  /** Parameters as panels: what training works on. A view where there is one; copy it before the next call. */
  get packed(): Float32Array {
    if (this.#training) return this.#training();
    if (this.#packed) return this.#packed;
    const arena = this.#arena as Arena;
    return arena.floats(this.#plan.parameters, this.#plan.parameterLength);
  }

  /** Replace the parameters by a block in panel layout. */
  setPacked(source: Float32Array): void {
    if (this.#arena) this.#arena.f32.set(source, this.#plan.parameters >> 2);
    else this.#packed = new Float32Array(source);
  }

  /** While training runs, predictions see what `source` returns. Call with undefined when it is over. */
  borrow(source: (() => Float32Array) | undefined): void {
    this.#training = source;
  }

  get training(): boolean {
    return this.#training !== undefined;
  }

  setParameters(layers: readonly LayerParameters[]): void {
    const { layers: layouts, length } = parameterLayout(this.spec);
    const packed = new Float32Array(length);
    layouts.forEach((layout, i) => {
      packWeight(packed, layers[i].weight, layout);
      packed.set(layers[i].bias, layout.bias);
    });
    this.setPacked(packed);
  }

  /** Copies of all parameters, weights row-major. */
  getParameters(): { weight: Float32Array<ArrayBuffer>; bias: Float32Array<ArrayBuffer> }[] {
    const packed = this.packed;
    return parameterLayout(this.spec).layers.map((layout) => ({
      weight: unpackWeight(packed, layout),
      bias: packed.slice(layout.bias, layout.bias + layout.units),
    }));
  }

  /** Outputs of the last layer, (rows, units) row-major, into `out` or a new array. */
  forward(given: Rows, out?: Float32Array): Float32Array {
    const rows = gatherable(given);
    const output = this.#plan.outputs[this.#plan.outputs.length - 1];
    const units = output.columns;
    const result = out ?? new Float32Array(rows.rows * units);
    const arena = this.#ready();
    for (let begin = 0; begin < rows.rows; begin += PREDICT_ROWS) {
      const count = Math.min(PREDICT_ROWS, rows.rows - begin);
      this.#load(arena, rows, begin, count);
      run(this.#program(arena, rows, count));
      const source = arena.floats(output.offset, (count * output.stride) >> 2);
      takeRows(result, begin * units, source, output.stride >> 2, units);
    }
    return result;
  }

  #ready(): Arena {
    let arena = this.#arena;
    if (!arena) {
      arena = new Arena(this.engine, this.#plan.bytes);
      for (let row = 0; row < PREDICT_ROWS; row++) arena.i32[(this.#plan.indices >> 2) + row] = row;
      if (this.#packed) arena.f32.set(this.#packed, this.#plan.parameters >> 2);
      this.#packed = undefined;
      this.#arena = arena;
    }
    if (this.#training) arena.f32.set(this.#training(), this.#plan.parameters >> 2);
    return arena;
  }

  /** Copies rows into the arena: bytes as they are, floats at the stride of the input matrix. */
  #load(arena: Arena, { data, features }: Rows, begin: number, count: number): void {
    const { input, staging } = this.#plan;
    const source = data.subarray(begin * features, (begin + count) * features);
    if (source instanceof Uint8Array) {
      arena.u8.set(source, staging);
      return;
    }
    copyRows(arena.f32, input.offset >> 2, input.stride >> 2, source, features);
  }

  #program(arena: Arena, { scale, parts }: GatherableRows, count: number): Program {
    if (this.#scale !== (parts && scale)) {
      this.#programs.clear();
      this.#scale = parts && scale;
    }
    let program = this.#programs.get(count);
    if (!program) {
      program = arena.bind(predictCalls(this.#plan, count, parts));
      this.#programs.set(count, program);
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

/** The reverse: target[start + row · columns + column] = source[row · stride + column]. */
function takeRows(
  target: Float32Array,
  start: number,
  source: Float32Array,
  stride: number,
  columns: number,
): void {
  for (let from = 0; from < source.length; from += stride, start += columns) {
    for (let i = 0; i < columns; i++) target[start + i] = source[from + i];
  }
}
