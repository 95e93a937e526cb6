import { Sweep } from '../engine/generated/abi.js';
import { call, type Call } from '../engine/kernels.js';
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

  /** The parameter's gradient is xᵀ · delta. `seeks`: which of them may be mostly zeros (Sweep); `scratch`: room for lists. */
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
    const products = [x, delta, rows, depth, 0, panels] as const;
    if (gradients !== 0) {
      return [call('denseGradient', this.#gradient(parameter), ...products, this.fresh)];
    }
    const prepared = isPrepared(this.plan, parameter);
    const places = [rule.code, ...this.#places(parameter)] as const;
    const control = this.#control(parameter);
    if (seeks === 0 || rows <= 2) {
      return [call('denseGradientSweep', ...places, sweepScratch, ...products, control, prepared)];
    }
    const flags = (prepared ? Sweep.prepare : 0) | seeks;
    return [call('activeGradientSweep', ...places, scratch, ...products, control, flags)];
  }

  /** The same of few units: in one piece. */
  #narrowProduct(parameter: Parameter, x: Matrix, delta: Matrix, rows: number): Call[] {
    const { gradients, narrowGradients } = this.plan;
    const [depth, units] = parameter.shape;
    const whole = gradients !== 0;
    const to = whole ? this.#gradient(parameter) : narrowGradients[units];
    const product = call('narrowGradient', to, x, delta, rows, units, 0, depth, !whole || this.fresh);
    return whole ? [product] : [product, ...this.#sweep(parameter, to)];
  }

  /** The same from column lists. */
  #listProduct(parameter: Parameter, { columnBounds }: ListsPlan, delta: Matrix): Call[] {
    const { rule, gradients, sweepScratch } = this.plan;
    const [depth, units] = parameter.shape;
    const panels = parameter.length / (PANEL * depth);
    const product = [columnBounds, delta.offset, depth, 0, panels, units] as const;
    if (gradients !== 0) {
      return [call('sparseGradient', this.#gradient(parameter), ...product, this.fresh)];
    }
    const places = [rule.code, ...this.#places(parameter), sweepScratch] as const;
    const rest = [this.#control(parameter), isPrepared(this.plan, parameter)] as const;
    return [call('sparseGradientSweep', ...places, ...product, ...rest)];
  }

  /** The parameter's gradient is the column sums of delta. */
  columnSums(parameter: Parameter, delta: Matrix, rows: number): Call[] {
    if (!parameter.trainable) return [];
    const gradient = this.#gradient(parameter);
    const panels = parameter.length / PANEL;
    const fresh = this.fresh || this.plan.gradients === 0;
    return [
      call('columnSums', gradient, delta, rows, panels, fresh),
      ...(this.plan.gradients === 0 ? this.#sweep(parameter, gradient) : []),
    ];
  }

  /** The parameter's gradient lies at an offset already. */
  given(parameter: Parameter, gradient: number): Call[] {
    if (!parameter.trainable) return [];
    if (this.plan.gradients === 0) return this.#sweep(parameter, gradient);
    const row = { offset: gradient, stride: 0 };
    return [call('columnSums', this.#gradient(parameter), row, 1, parameter.length / PANEL, this.fresh)];
  }

  /** Once all gradients are there (plans that keep them): norms, then every update. */
  apply(): Call[] {
    if (this.plan.gradients === 0) return [];
    const trainable = this.parameters.filter(({ trainable }) => trainable);
    return [
      ...trainable.map((parameter): Call => {
        const [weight] = this.#places(parameter);
        return call(
          'regularize',
          this.#gradient(parameter),
          weight,
          parameter.length,
          this.#control(parameter),
        );
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
      return call('sumSquares', norms + 8 * i, this.#gradient(parameter), parameter.length);
    });
    const factors = trainable.map((parameter, i): Call => {
      const [sums, count] = single ? [norms + 8 * i, 1] : [norms, trainable.length];
      return call('normFactor', this.#control(parameter) + 4 * 12, sums, count, limit);
    });
    return [...squares, ...factors];
  }

  #sweep(parameter: Parameter, gradient: number): Call[] {
    const places = this.#places(parameter);
    const control = this.#control(parameter);
    if (!isPrepared(this.plan, parameter)) {
      return [call('update', this.plan.rule.code, ...places, gradient, parameter.length, control)];
    }
    const prepare = call('regularize', gradient, places[0], parameter.length, control);
    return [prepare, ...this.#rest(parameter, gradient)];
  }

  /** Clip, decay the weight, update. */
  #rest(parameter: Parameter, gradient: number): Call[] {
    const places = this.#places(parameter);
    const control = this.#control(parameter);
    const { length } = parameter;
    return [
      call('adjust', gradient, places[0], length, control),
      call('update', this.plan.rule.code, ...places, gradient, length, control + 4 * PREPARED),
    ];
  }

  #constraint(parameter: Parameter): Call[] {
    const constraint = parameter.rules.constraint;
    if (!constraint) return [];
    const [weight] = this.#places(parameter);
    if (constraint.kind === 'nonNeg') return [call('nonNegative', weight, parameter.length)];
    const { least, most, rate, axis } = constraint;
    const { shape } = parameter;
    const [depth, units] = [depthOf(parameter), shape[shape.length - 1]];
    if (shape.length === 1) return [call('vectorNorm', weight, units, least, most, rate)];
    if (axis === 1) return [call('rowNorms', weight, depth, units, least, most, rate)];
    const panels = parameter.length / (PANEL * depth);
    // Norms over the first axes of a filter: what is left of its depth is in steps.
    const step = depth / sizeOf(shape.slice(0, axis === 0 ? 1 : axis.length));
    if (step === 1) return [call('columnNorms', weight, depth, panels, least, most, rate)];
    return Array.from({ length: panels }, (_, panel) =>
      call('stepNorms', weight + 4 * PANEL * depth * panel, depth, step, least, most, rate),
    );
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
