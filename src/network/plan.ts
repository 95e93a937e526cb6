import { isActive, isBehindRelu, isDeltaActive } from './active.js';
import type { Activation } from './activations.js';
import type { BoundLayer, LayerContext, LayerRule } from '../layers/rule.js';
import type { Constants, Matrix } from './layout.js';
import { Layout, paddedUnits } from './layout.js';
import type { ListsPlan } from './lists.js';
import { planLists } from './lists.js';
import type { LossSpec } from './losses.js';
import { isFused, takesLabels } from './losses.js';
import type { OptimizerSpec } from './optimizers.js';
import type { Parameter } from './parameters.js';
import { byLayer, layOut } from './parameters.js';
import type { Penalties } from './penalties.js';
import { planPenalties } from './penalties.js';
import type { ScaleParts } from './scale.js';
import { planSingle } from './single.js';
import type { NetworkSpec, Shape } from './spec.js';
import { sizeOf } from './spec.js';
import { storedBytes, takesLists } from './stored.js';
import type { UpdatesPlan } from './updates.js';
import { planUpdates } from './updates.js';

/** A data set that lives in the arena. */
export interface ResidentSpec {
  readonly rows: number;
  /** What 8-bit values are multiplied with, in two parts (scale.ts); undefined for float32. */
  readonly scale?: ScaleParts;
  /** The number of values, where the rows are stored as lists. */
  readonly entries?: number;
  /** Whether rows have weights of their own; else every weight is 1. */
  readonly weighted: boolean;
}

/** What a plan is made for. Nothing of it: predictions. */
export interface PlanOptions {
  readonly loss?: LossSpec;
  /** Updates; without it the loss is only evaluated. */
  readonly optimizer?: OptimizerSpec;
  /** Whether somebody reads the predictions that belong to the loss. */
  readonly predictions?: boolean;
  readonly resident?: ResidentSpec;
  /** The input is mostly zeros: the first layer reads lists. Predictions may choose anew for every call. */
  readonly sparse?: boolean;
  /** Rows come as lists of at most so many entries in all (stored.ts). */
  readonly entries?: number;
  /** Most rows in the input matrix at once. Default: those of a batch. */
  readonly inputRows?: number;
  /** Whether a batch may come in parts, whose gradients are added up. */
  readonly accumulate?: boolean;
}

/** Offsets of what the loss compares and reports. */
export interface LossPlan {
  readonly spec: LossSpec;
  readonly fused: boolean;
  readonly delta: Matrix;
  readonly targets: Matrix;
  readonly labels: boolean;
  readonly weights: number;
  readonly scale: number;
  readonly rowLoss: number;
  /** float64: Σ rowLoss, then what the penalties sum. */
  readonly sums: number;
  readonly penalties: Penalties;
  /** Finished predictions of the batch; undefined if nobody reads them. */
  readonly predictions?: Matrix;
  /** The data set: rows, targets (labels or values), weights. */
  readonly resident?: ResidentSpec & {
    readonly data: number;
    /** Address of every row's entries, and of their end; where rows are stored as lists. */
    readonly starts: number;
    readonly targets: number;
    readonly weights: number;
  };
}

/** Where everything lies, and which calls make a step: a pure function of the network, the batch and the options. */
export interface Plan {
  readonly spec: NetworkSpec;
  readonly rows: number;
  readonly bytes: number;
  /** What a call may need as scratch. */
  readonly scratchBytes: number;
  readonly parameters: readonly Parameter[];
  /** Byte offset and floats of the parameter block. */
  readonly block: number;
  readonly blockLength: number;
  readonly outputShape: Shape;
  readonly input: Matrix;
  readonly output: Matrix;
  /** 8-bit rows on their way in, for prediction. */
  readonly staging: number;
  /** int32 numbers of the rows to gather. */
  readonly indices: number;
  /** Lists of the non-zero inputs; undefined if the first layer cannot use them. */
  readonly lists?: ListsPlan;
  /** What the arena holds before the first step. */
  readonly constants: readonly Constants[];
  /** Byte offset of every layer's random key. */
  readonly keys: readonly number[];
  readonly loss?: LossPlan;
  readonly updates?: UpdatesPlan;
  readonly layers: readonly PlannedLayer[];
}

interface PlannedLayer {
  readonly bound: BoundLayer;
  /** Gradient with respect to the output; plans with updates only. */
  readonly delta?: Matrix;
  /** Gradient with respect to the input, if a parameter below needs it. */
  readonly inputGradient?: Matrix;
}

/** The activation that ends the network, if its last layer has one. */
export function outputActivation({ layers }: NetworkSpec): Activation {
  const last = layers[layers.length - 1];
  return 'activation' in last ? last.activation : 'linear';
}

/** Whether a loss is fused with the last activation, and whether it takes its targets as labels. */
export function lossForm(spec: NetworkSpec, loss: LossSpec): { fused: boolean; labels: boolean } {
  const last = spec.layers[spec.layers.length - 1];
  const plain = !('activityRegularizer' in last && last.activityRegularizer);
  const fused = plain && isFused(loss, outputActivation(spec));
  return { fused, labels: takesLabels(loss, fused) };
}

/** The shape of one row before every layer, and after the last. @throws ShapeError where a layer cannot follow */
export function shapesOf(spec: NetworkSpec): { rules: LayerRule[]; shapes: Shape[] } {
  const rules = spec.layers.map(({ type }) => spec.rules[type] as LayerRule);
  const shapes: Shape[] = [spec.inputShape];
  spec.layers.forEach((layer, i) => shapes.push(rules[i].outputShape(layer, shapes[i])));
  return { rules, shapes };
}

/** Plan a network for batches of up to `rows` rows. */
export function plan(spec: NetworkSpec, rows: number, options: PlanOptions = {}): Plan {
  const layout = new Layout();
  const { rules, shapes } = shapesOf(spec);
  const { parameters, length } = layOut(spec, rules, shapes);
  const block = layout.floats(length);
  const { entries, inputRows = rows } = options;
  const listed = (options.sparse ?? false) && takesLists(spec);
  const given = listed && entries !== undefined;
  const inputs = sizeOf(spec.inputShape);
  const input = given ? { offset: 0, stride: 0, columns: inputs } : layout.matrix(inputRows, inputs);
  const training = options.optimizer !== undefined;
  const sizes = scratchSizes(spec, rules, shapes, { rows, training });
  const scratch = layout.floats(sizes.scratch);
  const keys = rules.map(({ random }) => (random ? layout.take(8) : 0));
  const most = entries ?? inputRows * inputs;
  const lists = listed ? planLists(layout, rows, inputs, training, { most, given }) : undefined;
  const single = options.loss ? undefined : planSingle(layout, spec, shapes);
  let last = input;
  const first = training ? firstTrainable(parameters) : Infinity;
  const own = byLayer(parameters, spec.layers.length);
  const offsetOf = ({ position }: Parameter): number => block + 4 * position;
  const bound = spec.layers.map((layer, i) => {
    const context: LayerContext = {
      layout,
      rows,
      input: last,
      inputShape: shapes[i],
      outputShape: shapes[i + 1],
      lists: i === 0 ? lists : undefined,
      single: single && isBehindRelu(spec, shapes, i) ? single : undefined,
      active: isActive(spec, shapes, i, rows),
      activeDelta: training && isDeltaActive(spec, shapes, i, rows),
      needsInputGradient: i > first,
      ...{ parameters: own[i], offsetOf, scratch, key: keys[i], training },
      ...{ previous: i > 0 ? spec.layers[i - 1] : undefined, next: spec.layers.at(i + 1) },
      fusedIntoPrevious: i > 0 && fusesNext(spec, i - 1, first),
    };
    const result = rules[i].bind(layer, context);
    last = result.output;
    return result;
  });
  const deltas = training ? planDeltas(layout, rows, bound, input, first) : [];
  const loss =
    options.loss &&
    planLoss(layout, { spec, rows, parameters, output: last, delta: deltas.at(-1)?.delta }, options);
  const updates =
    options.optimizer &&
    planUpdates(layout, options.optimizer, parameters, {
      ...{ block, length },
      transposed: sizes.transposed,
      accumulate: options.accumulate ?? false,
    });
  return {
    spec,
    rows,
    parameters,
    block,
    blockLength: length,
    outputShape: shapes[shapes.length - 1],
    input,
    output: last,
    staging: options.loss ? 0 : layout.take(inputRows * inputs),
    indices: layout.take(4 * rows),
    lists,
    constants: layout.constants,
    keys,
    loss,
    updates,
    layers: bound.map((each, i) => ({ bound: each, ...deltas[i] })),
    bytes: layout.bytes,
    scratchBytes: 4 * sizes.scratch,
  };
}

/** True if layer i computes the one behind it too; `first` is the lowest layer that training changes. */
export function fusesNext({ layers, rules }: NetworkSpec, i: number, first: number): boolean {
  return rules[layers[i].type].fusesNext?.(layers[i], layers.at(i + 1), i > first) ?? false;
}

function scratchSizes(
  network: NetworkSpec,
  rules: readonly LayerRule[],
  shapes: readonly Shape[],
  batch: { rows: number; training: boolean },
): { scratch: number; transposed: number } {
  const sizes = { scratch: paddedUnits(Math.max(...shapes.map(sizeOf))), transposed: 0 };
  network.layers.forEach((layer, index) => {
    const needed = rules[index].scratch?.(layer, { network, shapes, index, ...batch });
    sizes.scratch = Math.max(sizes.scratch, needed?.scratch ?? 0);
    sizes.transposed = Math.max(sizes.transposed, needed?.transposed ?? 0);
  });
  return sizes;
}

/** The lowest layer that training changes; infinity if it changes none. */
export function firstTrainable(parameters: readonly Parameter[]): number {
  return Math.min(...parameters.filter(({ trainable }) => trainable).map(({ layer }) => layer));
}

/** A delta per output; layers whose output is their input share it. Nothing goes below the first trainable parameter. */
function planDeltas(
  layout: Layout,
  rows: number,
  bound: readonly BoundLayer[],
  input: Matrix,
  first: number,
): { delta: Matrix; inputGradient?: Matrix }[] {
  let gradient: Matrix | undefined;
  let from = input;
  return bound.map(({ output }, i) => {
    const shared = output === from ? gradient : undefined;
    const result = {
      delta: shared ?? layout.matrix(rows, output.columns),
      inputGradient: i > first ? gradient : undefined,
    };
    gradient = result.delta;
    from = output;
    return result;
  });
}

interface LossSizes {
  readonly spec: NetworkSpec;
  readonly rows: number;
  readonly output: Matrix;
  readonly delta?: Matrix;
  readonly parameters: readonly Parameter[];
}

function planLoss(layout: Layout, sizes: LossSizes, { loss, resident, predictions }: PlanOptions): LossPlan {
  const { spec, rows, output, delta, parameters } = sizes;
  const chosen = loss as LossSpec;
  const { fused, labels } = lossForm(spec, chosen);
  const penalties = planPenalties(spec, parameters);
  const read = predictions ? output : undefined;
  return {
    spec: chosen,
    fused,
    labels,
    penalties,
    delta: delta ?? layout.matrix(rows, output.columns),
    targets: labels
      ? { offset: layout.take(4 * rows), stride: 4, columns: 1 }
      : layout.matrix(rows, output.columns),
    weights: layout.floats(rows),
    scale: layout.floats(1),
    rowLoss: layout.take(8 * rows),
    sums: layout.take(8 * (1 + penalties.count)),
    predictions: read && fused ? layout.matrix(rows, output.columns) : read,
    resident: resident && {
      ...resident,
      data: layout.take(residentBytes(resident, sizeOf(spec.inputShape))),
      starts: resident.entries === undefined ? 0 : layout.take(4 * (resident.rows + 1)),
      targets: layout.floats(resident.rows * (labels ? 1 : output.columns)),
      weights: resident.weighted ? layout.floats(resident.rows) : 0,
    },
  };
}

/** Bytes of the values of a data set, with their places where it is stored as lists. */
function residentBytes({ rows, entries, scale }: ResidentSpec, inputs: number): number {
  return entries === undefined ? rows * inputs * (scale ? 1 : 4) : storedBytes({ entries, scale });
}
