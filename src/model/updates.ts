import type { Call } from '../engine/kernels.js';
import { SWEEP } from './active.js';
import type { Layout, Matrix } from './layout.js';
import { NARROW, PANEL, paddedUnits, SWEEP_FLOATS } from './layout.js';
import type { ListsPlan } from './lists.js';
import type { OptimizerSpec, UpdateRule } from './optimizers.js';
import { updateRule } from './optimizers.js';
import type { Parameter } from './parameters.js';
import { depthOf } from './parameters.js';
import { sizeOf } from './spec.js';

/** Floats of a parameter's control block: scalars for preparing its gradient, then for the rule (assembly/update.ts). */
const CONTROL_FLOATS = 32;
/** Where the rule's scalars lie when the gradient is prepared first. */
export const PREPARED = 16;

export interface UpdatesPlan {
  readonly rule: UpdateRule;
  readonly optimizer: OptimizerSpec;
  /** One block per slot, laid out like the parameters. */
  readonly slots: readonly number[];
  /** Byte offset of every parameter's control block; by position in the list of parameters. */
  readonly controls: readonly number[];
  /** Gradients, laid out like the parameters, where all of them are needed at once; else 0. */
  readonly gradients: number;
  readonly vectorGradient: number;
  readonly sweepScratch: number;
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
  sizes: { length: number; transposed: number; accumulate: boolean },
): UpdatesPlan {
  const rule = updateRule(optimizer);
  const whole = sizes.accumulate || clipsByNorm(optimizer);
  const narrow = Array.from({ length: NARROW + 1 }, (_, units) =>
    parameters.filter(({ shape }) => shape.length === 2 && shape[1] === units),
  );
  const widest = Math.max(...parameters.map(({ shape }) => shape[shape.length - 1]), 1);
  return {
    rule,
    optimizer,
    slots: Array.from({ length: rule.slots }, () => layout.floats(sizes.length)),
    controls: parameters.map(() => layout.floats(CONTROL_FLOATS)),
    gradients: whole ? layout.floats(sizes.length) : 0,
    vectorGradient: layout.floats(paddedUnits(widest)),
    sweepScratch: layout.floats(SWEEP_FLOATS),
    narrowGradients: narrow.map((alike) => layout.floats(Math.max(0, ...alike.map(({ length }) => length)))),
    transposed: layout.floats(sizes.transposed),
    norms: layout.take(8 * Math.max(1, parameters.length)),
  };
}

function clipsByNorm({ clipNorm, globalClipNorm }: OptimizerSpec): boolean {
  return clipNorm !== undefined || globalClipNorm !== undefined;
}

/** Whether a parameter's gradient is changed (L1, clipping, weight decay) before the rule sees it. */
export function isPrepared({ optimizer, gradients }: UpdatesPlan, { rules }: Parameter): boolean {
  const { clipValue, weightDecay } = optimizer;
  return (
    gradients !== 0 || (rules.regularizer?.l1 ?? 0) > 0 || clipValue !== undefined || (weightDecay ?? 0) > 0
  );
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

  /** The parameter's gradient is xᵀ · delta. `seeks`: which of them may be mostly zeros (SWEEP); `scratch`: room for lists. */
  product(
    parameter: Parameter,
    x: Matrix | ListsPlan,
    delta: Matrix,
    rows: number,
    { scratch, seeks }: { scratch: number; seeks: number },
  ): Call[] {
    if (!parameter.trainable) return [];
    if ('columnBounds' in x) return this.#listProduct(parameter, x, delta);
    const { rule, gradients, sweepScratch } = this.plan;
    const [depth, units] = parameter.shape;
    if (units <= NARROW) return this.#narrowProduct(parameter, x, delta, rows);
    const panels = parameter.length / (PANEL * depth);
    const products = [x.offset, x.stride, delta.offset, delta.stride, rows, depth, 0, panels];
    if (gradients !== 0) {
      return [
        { kernel: 'denseGradient', args: [this.#gradient(parameter), ...products, this.fresh ? 1 : 0] },
      ];
    }
    const lists = seeks !== 0 && rows > 2;
    const prepared = isPrepared(this.plan, parameter);
    const [weight, first, second, third] = this.#places(parameter);
    const control = this.#control(parameter);
    const args = [
      rule.code,
      weight,
      first,
      second,
      third,
      lists ? scratch : sweepScratch,
      ...products,
      control,
      (prepared ? SWEEP.prepare : 0) | (lists ? seeks : 0),
    ];
    return [{ kernel: lists ? 'activeGradientSweep' : 'denseGradientSweep', args }];
  }

  /** The same of few units: in one piece. */
  #narrowProduct(parameter: Parameter, x: Matrix, delta: Matrix, rows: number): Call[] {
    const { gradients, narrowGradients } = this.plan;
    const [depth, units] = parameter.shape;
    const whole = gradients !== 0;
    const to = whole ? this.#gradient(parameter) : narrowGradients[units];
    const product = [x.offset, x.stride, delta.offset, delta.stride, rows, units, 0, depth];
    const call: Call = { kernel: 'narrowGradient', args: [to, ...product, whole && !this.fresh ? 0 : 1] };
    return whole ? [call] : [call, ...this.#sweep(parameter, to)];
  }

  /** The same from column lists. */
  #listProduct(parameter: Parameter, { columnBounds }: ListsPlan, delta: Matrix): Call[] {
    const { rule, gradients, sweepScratch } = this.plan;
    const [depth, units] = parameter.shape;
    const product = [columnBounds, delta.offset, depth, 0, parameter.length / (PANEL * depth), units];
    if (gradients !== 0) {
      const args = [this.#gradient(parameter), ...product, this.fresh ? 1 : 0];
      return [{ kernel: 'sparseGradient', args }];
    }
    const places = [...this.#places(parameter), sweepScratch];
    const rest = [this.#control(parameter), isPrepared(this.plan, parameter) ? 1 : 0];
    return [{ kernel: 'sparseGradientSweep', args: [rule.code, ...places, ...product, ...rest] }];
  }

  /** The parameter's gradient is the column sums of delta. */
  columnSums(parameter: Parameter, delta: Matrix, rows: number): Call[] {
    if (!parameter.trainable) return [];
    const gradient = this.#gradient(parameter);
    const panels = parameter.length / PANEL;
    const fresh = this.fresh || this.plan.gradients === 0 ? 1 : 0;
    return [
      { kernel: 'columnSums', args: [gradient, delta.offset, delta.stride, rows, panels, fresh] },
      ...(this.plan.gradients === 0 ? this.#sweep(parameter, gradient) : []),
    ];
  }

  /** The parameter's gradient lies at an offset already. */
  given(parameter: Parameter, gradient: number): Call[] {
    if (!parameter.trainable) return [];
    if (this.plan.gradients === 0) return this.#sweep(parameter, gradient);
    const args = [this.#gradient(parameter), gradient, 0, 1, parameter.length / PANEL, this.fresh ? 1 : 0];
    return [{ kernel: 'columnSums', args }];
  }

  /** Once all gradients are there (plans that keep them): norms, then every update. */
  apply(): Call[] {
    if (this.plan.gradients === 0) return [];
    const trainable = this.parameters.filter(({ trainable }) => trainable);
    return [
      ...trainable.map((parameter): Call => {
        const args = [this.#gradient(parameter), ...this.#places(parameter).slice(0, 1)];
        return { kernel: 'regularize', args: [...args, parameter.length, this.#control(parameter)] };
      }),
      ...this.#normCalls(trainable),
      ...trainable.flatMap((parameter) => this.#rest(parameter, this.#gradient(parameter))),
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
      return { kernel: 'sumSquares', args: [norms + 8 * i, this.#gradient(parameter), parameter.length] };
    });
    const factors = trainable.map((parameter, i): Call => {
      const sums = single ? [norms + 8 * i, 1] : [norms, trainable.length];
      return { kernel: 'normFactor', args: [this.#control(parameter) + 4 * 12, ...sums, limit] };
    });
    return [...squares, ...factors];
  }

  #sweep(parameter: Parameter, gradient: number): Call[] {
    const [weight, first, second, third] = this.#places(parameter);
    const control = this.#control(parameter);
    if (!isPrepared(this.plan, parameter)) {
      const args = [this.plan.rule.code, weight, first, second, third, gradient, parameter.length, control];
      return [{ kernel: 'update', args }];
    }
    const prepare: Call = { kernel: 'regularize', args: [gradient, weight, parameter.length, control] };
    return [prepare, ...this.#rest(parameter, gradient)];
  }

  /** Clip, decay the weight, update. */
  #rest(parameter: Parameter, gradient: number): Call[] {
    const [weight, first, second, third] = this.#places(parameter);
    const control = this.#control(parameter);
    const args = [this.plan.rule.code, weight, first, second, third, gradient, parameter.length];
    return [
      { kernel: 'adjust', args: [gradient, weight, parameter.length, control] },
      { kernel: 'update', args: [...args, control + 4 * PREPARED] },
    ];
  }

  #constraint(parameter: Parameter): Call[] {
    const constraint = parameter.rules.constraint;
    if (!constraint) return [];
    const [weight] = this.#places(parameter);
    if (constraint.kind === 'nonNeg') return [{ kernel: 'nonNegative', args: [weight, parameter.length] }];
    const { least, most, rate, axis } = constraint;
    const { shape } = parameter;
    const [depth, units] = [depthOf(parameter), shape[shape.length - 1]];
    if (shape.length === 1) return [{ kernel: 'vectorNorm', args: [weight, units, least, most, rate] }];
    if (axis === 1) return [{ kernel: 'rowNorms', args: [weight, depth, units, least, most, rate] }];
    const panels = parameter.length / (PANEL * depth);
    // Norms over the first axes of a filter: what is left of its depth is in steps.
    const step = depth / sizeOf(shape.slice(0, axis === 0 ? 1 : axis.length));
    if (step === 1) return [{ kernel: 'columnNorms', args: [weight, depth, panels, least, most, rate] }];
    return Array.from({ length: panels }, (_, panel): Call => {
      const args = [weight + 4 * PANEL * depth * panel, depth, step, least, most, rate];
      return { kernel: 'stepNorms', args };
    });
  }

  #gradient(parameter: Parameter): number {
    const { gradients, vectorGradient } = this.plan;
    return gradients === 0 ? vectorGradient : gradients + 4 * parameter.position;
  }

  #control({ index }: Parameter): number {
    return this.plan.controls[index];
  }

  /** Byte offsets of the weight and of its three slots; 0 where the rule has none. */
  #places({ position }: Parameter): [number, number, number, number] {
    const slot = (i: number): number => {
      const block = this.plan.slots[i];
      return block === undefined ? 0 : block + 4 * position;
    };
    return [this.block + 4 * position, slot(0), slot(1), slot(2)];
  }
}
