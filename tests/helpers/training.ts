import { Arena } from '../../src/engine/arena.js';
import type { Program } from '../../src/engine/kernels.js';
import { run } from '../../src/engine/kernels.js';
import type { Plan, TrainingPlan, TrainingSpec } from '../../src/model/plan.js';
import { plan, stepCalls } from '../../src/model/plan.js';
import type { NetworkSpec, OptimizerSpec } from '../../src/model/spec.js';
import { CONTROL, fixedControl, newOptimizerState, nextStep } from '../../src/train/optimizer.js';
import { fromPanels, padded, toPanels } from './panels.js';
import type { ReferenceLayer, ReferenceOptimizer } from './reference.js';
import { activation, adam, dense, momentum, sgd } from './reference.js';
import { Seeded } from './seeded.js';
import type { KernelVariant } from './wasm.js';
import { engineOf } from './wasm.js';

export interface Parameters {
  /** (inputs, units) row-major. */
  readonly weight: Float32Array;
  readonly bias: Float32Array;
}

/** Weights of unit gain, and small biases. */
export function startingParameters(spec: NetworkSpec, seed: number): Parameters[] {
  const seeded = new Seeded(seed);
  return spec.layers.map(({ units }, i) => {
    const inputs = i === 0 ? spec.inputs : spec.layers[i - 1].units;
    const weight = seeded.floats(inputs * units, 1.5 / Math.sqrt(inputs));
    return { weight, bias: seeded.floats(units, 0.2) };
  });
}

/** The layers in float64. The last activation is left to the loss. */
export function referenceLayers(spec: NetworkSpec, parameters: readonly Parameters[]): ReferenceLayer[] {
  return spec.layers.flatMap(({ units, activation: name }, i) => {
    const layer = dense(parameters[i].weight, parameters[i].bias);
    return i === spec.layers.length - 1 ? [layer] : [layer, activation(name, units)];
  });
}

export function referenceOptimizer(optimizer: OptimizerSpec, rate: number): ReferenceOptimizer {
  if (optimizer.kind === 'adam') return adam({ rate, ...optimizer });
  return optimizer.momentum === 0 ? sgd({ rate }) : momentum({ rate, ...optimizer });
}

export interface Step {
  /** (rows, inputs) */
  readonly x: Float32Array;
  readonly targets: Float32Array | Int32Array;
  readonly rate: number;
  readonly alpha?: number;
}

/** A plan on an arena, fed and stepped without the training loop. */
export class PlannedTraining {
  readonly plan: Plan;
  readonly training: TrainingPlan;
  readonly arena: Arena;
  readonly #state = newOptimizerState();
  readonly #programs = new Map<number, Program>();

  constructor(variant: KernelVariant, spec: NetworkSpec, rows: number, training: TrainingSpec) {
    this.plan = plan(spec, rows, training);
    this.training = this.plan.training as TrainingPlan;
    this.arena = new Arena(engineOf(variant), this.plan.bytes);
    for (const control of [this.training.weightControl, this.training.biasControl]) {
      this.arena.f32.set(fixedControl(training.optimizer), control >> 2);
    }
  }

  setParameters(parameters: readonly Parameters[]): void {
    this.plan.layers.forEach(({ inputs, units, weight, bias }, i) => {
      const start = this.plan.parameters >> 2;
      this.arena.f32.set(toPanels(parameters[i].weight, inputs, units), start + weight);
      this.arena.f32.set(parameters[i].bias, start + bias);
    });
  }

  getParameters(): Parameters[] {
    return this.plan.layers.map(({ inputs, units, weight, bias }) => {
      const floats = this.arena.floats(this.plan.parameters, this.plan.parameterLength);
      const panels = floats.slice(weight, weight + inputs * padded(units));
      return { weight: fromPanels(panels, inputs, units), bias: floats.slice(bias, bias + units) };
    });
  }

  /** One update; the mean loss before it, penalty included. */
  step({ x, targets, rate, alpha = 0 }: Step): number {
    const { plan: planned, training, arena } = this;
    const { inputs } = planned.spec;
    const rows = x.length / inputs;
    this.#put(x, inputs, planned.input.offset, planned.input.stride);
    this.#put(targets, targets.length / rows, training.targets.offset, training.targets.stride);
    const weightControl = arena.floats(training.weightControl, 16);
    nextStep(weightControl, training.optimizer, this.#state, rate);
    weightControl[CONTROL.decay] = alpha / rows;
    const biasControl = arena.floats(training.biasControl, 16);
    biasControl.set(weightControl);
    biasControl[CONTROL.decay] = 0;
    const program = this.#programs.get(rows) ?? arena.bind(stepCalls(planned, rows));
    this.#programs.set(rows, program);
    run(program);
    const sums = arena.f64.subarray(training.sums >> 3, (training.sums >> 3) + 1 + planned.layers.length);
    const squares = training.penalty ? sums.slice(1).reduce((a, b) => a + b, 0) : 0;
    return (sums[0] + 0.5 * alpha * squares) / rows;
  }

  /** Rows at a stride: values as float32, labels as int32. */
  #put(source: Float32Array | Int32Array, columns: number, offset: number, stride: number): void {
    const target = source instanceof Int32Array ? this.arena.i32 : this.arena.f32;
    for (let i = 0; i < source.length; i++) {
      target[((offset + Math.floor(i / columns) * stride) >> 2) + (i % columns)] = source[i];
    }
  }
}
