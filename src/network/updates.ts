// Plans what updates need in the arena, and emits their calls: gradients of parameters, preparation (L1, L2,
// clipping, weight decay), update rules, constraints. A parameter's record tells kernels its rule and slots
// (assembly/update.ts); the trainer writes the scalars of records before every step.
import { RecordWord, UpdateFlag } from '../engine/generated/abi.js';
import { call, type Call } from '../engine/kernels.js';
import type { Layout, Matrix } from './layout.js';
import { NARROW_UNITS, PANEL, paddedUnits, UPDATE_SCRATCH_FLOATS } from './layout.js';
import type { OptimizerSpec, UpdateRule } from './optimizers.js';
import { updateRule } from './optimizers.js';
import type { Parameter } from './parameters.js';
import { depthOf } from './parameters.js';
import { hasAdaptiveRows } from './sparse/choose.js';
import type { CsrPlan, MatrixOperand, Operand } from './sparse/format.js';
import { sizeOf } from './spec.js';

export interface UpdatesPlan {
  readonly rule: UpdateRule;
  readonly optimizer: OptimizerSpec;
  /** One block per slot, laid out like the parameters. */
  readonly slots: readonly number[];
  /** Byte offset of every parameter's record (assembly/update.ts); by position in the list of parameters. */
  readonly records: readonly number[];
  /** Gradients, laid out like the parameters, where all of them are needed at once; else 0. */
  readonly gradients: number;
  readonly vectorGradient: number;
  readonly updateScratch: number;
  /**
   * By units, 1 to 3: a panel of whose columns only so many are ever written, so that its padding stays 0.
   */
  readonly narrowGradients: readonly number[];
  readonly transposed: number;
  /** float64 sums of squares, one per parameter, for clipping by norm. */
  readonly norms: number;
}

/** What a plan must set aside so that parameters can be updated. */
export function planUpdates(
  layout: Layout,
  optimizer: OptimizerSpec,
  parameters: readonly Parameter[],
  sizes: { block: number; length: number; transposed: number; accumulate: boolean },
): UpdatesPlan {
  const rule = updateRule(optimizer);
  const whole = sizes.accumulate || clipsByNorm(optimizer);
  const narrow = Array.from({ length: NARROW_UNITS + 1 }, (_, units) =>
    parameters.filter(({ shape }) => shape.length === 2 && shape[1] === units),
  );
  const widest = Math.max(...parameters.map(({ shape }) => shape[shape.length - 1]), 1);
  const slots = Array.from({ length: rule.slots }, () => layout.floats(sizes.length));
  return {
    rule,
    optimizer,
    slots,
    records: parameters.map((parameter) =>
      layout.table(RecordWord.end, (to) => {
        to[RecordWord.rule] = rule.code;
        to[RecordWord.prepare] = Number(isPrepared(optimizer, parameter, whole));
        slots.forEach((slot, i) => (to[RecordWord.slot0 + i] = slot - sizes.block));
      }),
    ),
    gradients: whole ? layout.floats(sizes.length) : 0,
    vectorGradient: layout.floats(paddedUnits(widest)),
    updateScratch: layout.floats(UPDATE_SCRATCH_FLOATS),
    narrowGradients: narrow.map((alike) => layout.floats(Math.max(0, ...alike.map(({ length }) => length)))),
    transposed: layout.floats(sizes.transposed),
    norms: layout.take(8 * Math.max(1, parameters.length)),
  };
}

function clipsByNorm({ clipNorm, globalClipNorm }: OptimizerSpec): boolean {
  return clipNorm !== undefined || globalClipNorm !== undefined;
}

/** True if a parameter's gradient is changed (L1, clipping, weight decay) before the rule sees it. */
function isPrepared(
  { clipValue, weightDecay }: OptimizerSpec,
  { rules }: Parameter,
  whole: boolean,
): boolean {
  const { l1 = 0 } = rules.regularizer ?? {};
  return whole || l1 > 0 || clipValue !== undefined || (weightDecay ?? 0) > 0;
}

/** Emits the calls that turn a layer's deltas into updates of its parameters. */
export class Updates {
  readonly transposed: number;

  constructor(
    readonly plan: UpdatesPlan,
    readonly parameters: readonly Parameter[],
    readonly block: number,
    /** False adds to the gradients that are there: later parts of a batch. */
    readonly fresh: boolean,
  ) {
    this.transposed = plan.transposed;
  }

  /** The parameter's gradient is xᵀ · delta. */
  product(parameter: Parameter, x: Operand, delta: MatrixOperand, rows: number): Call[] {
    if (!parameter.trainable) return [];
    if (!('matrix' in x)) return this.#csrProduct(parameter, x, delta.matrix);
    const { gradients, updateScratch } = this.plan;
    const [depth, units] = parameter.shape;
    if (units <= NARROW_UNITS) return this.#narrowProduct(parameter, x.matrix, delta.matrix, rows);
    const panels = parameter.length / (PANEL * depth);
    const products = [x.matrix, delta.matrix, rows, depth, 0, panels] as const;
    if (gradients !== 0) {
      return [call('denseGradient', this.#gradient(parameter), ...products, this.fresh)];
    }
    const target = this.#target(parameter);
    const scratch = x.scratch ?? delta.scratch;
    if (scratch === undefined || !hasAdaptiveRows(rows)) {
      return [call('denseGradientUpdate', ...target, updateScratch, ...products)];
    }
    const flags = (x.scratch ? UpdateFlag.adaptiveInput : 0) | (delta.scratch ? UpdateFlag.adaptiveDelta : 0);
    return [call('adaptiveGradientUpdate', ...target, scratch, ...products, flags)];
  }

  /** The gradient of a kernel of few units, in one piece. */
  #narrowProduct(parameter: Parameter, x: Matrix, delta: Matrix, rows: number): Call[] {
    const { gradients, narrowGradients } = this.plan;
    const [depth, units] = parameter.shape;
    const whole = gradients !== 0;
    const to = whole ? this.#gradient(parameter) : narrowGradients[units];
    const product = call('narrowGradient', to, x, delta, rows, units, 0, depth, !whole || this.fresh);
    return whole ? [product] : [product, ...this.#update(parameter, to)];
  }

  /** The gradient of a kernel from CSC. */
  #csrProduct(parameter: Parameter, { columnOffsets }: CsrPlan, delta: Matrix): Call[] {
    const { gradients, updateScratch } = this.plan;
    const [depth, units] = parameter.shape;
    const panels = parameter.length / (PANEL * depth);
    const product = [columnOffsets, delta.offset, depth, 0, panels, units] as const;
    if (gradients !== 0) {
      return [call('sparseGradient', this.#gradient(parameter), ...product, this.fresh)];
    }
    return [call('sparseGradientUpdate', ...this.#target(parameter), updateScratch, ...product)];
  }

  /** The parameter's gradient is the column sums of delta. */
  columnSums(parameter: Parameter, delta: Matrix, rows: number): Call[] {
    if (!parameter.trainable) return [];
    const gradient = this.#gradient(parameter);
    const panels = parameter.length / PANEL;
    const fresh = this.fresh || this.plan.gradients === 0;
    return [
      call('columnSums', gradient, delta, rows, panels, fresh),
      ...(this.plan.gradients === 0 ? this.#update(parameter, gradient) : []),
    ];
  }

  /** Updates from the gradient at a byte offset, laid out like the parameter. */
  fromGradient(parameter: Parameter, gradient: number): Call[] {
    if (!parameter.trainable) return [];
    if (this.plan.gradients === 0) return this.#update(parameter, gradient);
    const row = { offset: gradient, stride: 0 };
    return [call('columnSums', this.#gradient(parameter), row, 1, parameter.length / PANEL, this.fresh)];
  }

  /** Once all gradients are there (plans that keep them): norms, then every update. */
  apply(): Call[] {
    if (this.plan.gradients === 0) return [];
    const trainable = this.parameters.filter(({ trainable }) => trainable);
    return [
      ...trainable.map((parameter) => this.#regularize(parameter, this.#gradient(parameter))),
      ...this.#normCalls(trainable),
      ...trainable.flatMap((parameter) => this.#adjustAndUpdate(parameter, this.#gradient(parameter))),
    ];
  }

  /** What follows every update: constraints. */
  constrain(): Call[] {
    return this.parameters.flatMap((parameter) => (parameter.trainable ? this.#constraint(parameter) : []));
  }

  #normCalls(trainable: readonly Parameter[]): Call[] {
    const { norms, optimizer } = this.plan;
    if (!clipsByNorm(optimizer)) return [];
    const limit = optimizer.clipNorm ?? optimizer.globalClipNorm ?? Infinity;
    const single = optimizer.clipNorm !== undefined;
    const squares = trainable.map((parameter, i): Call => {
      return call('sumSquares', norms + 8 * i, this.#gradient(parameter), parameter.length);
    });
    const factors = trainable.map((parameter, i): Call => {
      const [sums, count] = single ? [norms + 8 * i, 1] : [norms, trainable.length];
      return call('normFactor', this.#record(parameter) + 4 * RecordWord.gradientFactor, sums, count, limit);
    });
    return [...squares, ...factors];
  }

  /** Updates a parameter from its whole gradient. */
  #update(parameter: Parameter, gradient: number): Call[] {
    if (isPrepared(this.plan.optimizer, parameter, this.plan.gradients !== 0)) {
      return [this.#regularize(parameter, gradient), ...this.#adjustAndUpdate(parameter, gradient)];
    }
    return [call('update', ...this.#target(parameter), gradient, parameter.length)];
  }

  #regularize(parameter: Parameter, gradient: number): Call {
    const [weight, record] = this.#target(parameter);
    return call('regularize', gradient, weight, parameter.length, record);
  }

  /** Clips the gradient, decays the weight, updates it. */
  #adjustAndUpdate(parameter: Parameter, gradient: number): Call[] {
    const [weight, record] = this.#target(parameter);
    const { length } = parameter;
    return [
      call('adjust', gradient, weight, length, record),
      call('update', weight, record, gradient, length),
    ];
  }

  #constraint(parameter: Parameter): Call[] {
    const constraint = parameter.rules.constraint;
    if (!constraint) return [];
    const [weight] = this.#target(parameter);
    if (constraint.kind === 'nonNeg') return [call('nonNegative', weight, parameter.length)];
    const { min, max, rate, axis } = constraint;
    const { shape } = parameter;
    const [depth, units] = [depthOf(parameter), shape[shape.length - 1]];
    if (shape.length === 1) return [call('vectorNorm', weight, units, min, max, rate)];
    if (axis === 1) return [call('rowNorms', weight, depth, units, min, max, rate)];
    const panels = parameter.length / (PANEL * depth);
    // Norms over the first axes of a filter: what is left of its depth is in steps.
    const step = depth / sizeOf(shape.slice(0, axis === 0 ? 1 : axis.length));
    if (step === 1) return [call('columnNorms', weight, depth, panels, min, max, rate)];
    return Array.from({ length: panels }, (_, panel) =>
      call('stepNorms', weight + 4 * PANEL * depth * panel, depth, step, min, max, rate),
    );
  }

  #gradient(parameter: Parameter): number {
    const { gradients, vectorGradient } = this.plan;
    return gradients === 0 ? vectorGradient : gradients + 4 * parameter.position;
  }

  #record({ index }: Parameter): number {
    return this.plan.records[index];
  }

  /** What an update changes and by what: byte offsets of the weights and of their record. */
  #target(parameter: Parameter): [weights: number, record: number] {
    return [this.block + 4 * parameter.position, this.#record(parameter)];
  }
}
