// A network in the arena: where everything lies and how its layers compute, a pure function of the network,
// the batch and the options. Its parts follow the data: parameters, input, layers, loss, updates, a resident
// data set. Not for the calls of a step, which steps.ts makes from a plan, nor for reading or writing the
// arena.
import { UnsupportedError } from '../errors.js';
import type { BoundLayer, LayerRule } from '../layers/rule.js';
import type { InputOptions, InputPlan, ResidentPlan, ResidentSpec } from './input.js';
import { planInput, planResident } from './input.js';
import type { Constants, Matrix } from './layout.js';
import { Layout, paddedUnits } from './layout.js';
import type { LossPlan, LossSpec } from './losses.js';
import { planLoss } from './losses.js';
import type { OptimizerSpec } from './optimizers.js';
import type { Parameter } from './parameters.js';
import { byLayer, layOut } from './parameters.js';
import { deltaIsAdaptive } from './sparse/choose.js';
import { inputOperand, planCsrRow } from './sparse/format.js';
import type { NetworkSpec, Shape } from './spec.js';
import { sizeOf } from './spec.js';
import type { UpdatesPlan } from './updates.js';
import { planUpdates } from './updates.js';

/** Most bytes that activations and deltas of a step take, unless they are told otherwise. */
const MAX_ACTIVATION_BYTES = 67108864;

/** The limit where a batch has to be computed in one piece. */
const MAX_WHOLE_BYTES = 1073741824;

/** The purpose of a plan. Without options: predictions. */
export interface PlanOptions extends InputOptions {
  readonly loss?: LossSpec;
  /** Updates; without it the loss is only evaluated. */
  readonly optimizer?: OptimizerSpec;
  /** True if the predictions that belong to the loss are read. */
  readonly predictions?: boolean;
  /** A data set that stays in the arena: batches are gathered from it. */
  readonly resident?: ResidentSpec;
  /** True if a batch may come in parts, whose gradients are added up. */
  readonly accumulate?: boolean;
}

/** Where everything lies, and which calls make a step. */
export interface Plan {
  readonly spec: NetworkSpec;
  readonly rows: number;
  readonly bytes: number;
  /** Bytes that a call may need as scratch. */
  readonly scratchBytes: number;
  readonly parameters: readonly Parameter[];
  /** Byte offset and floats of the parameter block. */
  readonly block: number;
  readonly blockLength: number;
  readonly input: InputPlan;
  readonly layers: readonly PlannedLayer[];
  readonly output: Matrix;
  readonly outputShape: Shape;
  /** Byte offset of every layer's random key. */
  readonly keys: readonly number[];
  readonly loss?: LossPlan;
  readonly updates?: UpdatesPlan;
  readonly resident?: ResidentPlan;
  /** Tables that the arena holds before the first step. */
  readonly constants: readonly Constants[];
}

interface PlannedLayer {
  readonly bound: BoundLayer;
  /** Gradient with respect to the output; plans with updates only. */
  readonly delta?: Matrix;
  /** Gradient with respect to the input, if a parameter below needs it. */
  readonly inputGradient?: Matrix;
}

/**
 * The shape of one row before every layer, and after the last. @throws ShapeError where a layer cannot follow
 */
export function shapesOf(spec: NetworkSpec): { rules: LayerRule[]; shapes: Shape[] } {
  const rules = spec.layers.map(({ type }) => spec.rules[type] as LayerRule);
  const shapes: Shape[] = [spec.inputShape];
  spec.layers.forEach((layer, i) => shapes.push(rules[i].outputShape(layer, shapes[i])));
  return { rules, shapes };
}

/** The lowest layer that training changes; infinity if it changes none. */
function firstTrainable(parameters: readonly Parameter[]): number {
  return Math.min(...parameters.filter(({ trainable }) => trainable).map(({ layer }) => layer));
}

/** Plan a network for batches of up to `rows` rows. */
export function plan(spec: NetworkSpec, rows: number, options: PlanOptions = {}): Plan {
  const { loss: lossSpec, optimizer, predictions = false, accumulate = false } = options;
  const training = optimizer !== undefined;
  const layout = new Layout();
  const { rules, shapes } = shapesOf(spec);
  const outputShape = shapes[shapes.length - 1];

  const { parameters, length: blockLength } = layOut(spec, rules, shapes);
  const block = layout.floats(blockLength);

  const predicting = lossSpec === undefined;
  const input = planInput(layout, { spec, rows, training, predicting }, options);

  const sizes = scratchSizes(spec, rules, shapes, { rows, training });
  const scratch = layout.floats(sizes.scratch);
  const keys = rules.map(({ random }) => (random ? layout.take(8) : 0));

  const first = training ? firstTrainable(parameters) : Infinity;
  const own = byLayer(parameters, spec.layers.length);
  const row = predicting ? planCsrRow(layout, spec, shapes) : undefined;
  let output = input.matrix;
  const bound = spec.layers.map((layer, i) => {
    const csr = i === 0 && !predicting ? input.csr : undefined;
    const result = rules[i].bind(layer, {
      ...{ layout, rows, training, scratch, key: keys[i], parameters: own[i] },
      offsetOf: ({ position }) => block + 4 * position,
      ...{ input: output, inputShape: shapes[i], outputShape: shapes[i + 1] },
      operand: csr ?? inputOperand({ spec, shapes, rows }, i, output, scratch, row),
      deltaScratch: training && deltaIsAdaptive(spec, shapes, i, rows) ? scratch : undefined,
      ...{ previous: i > 0 ? spec.layers[i - 1] : undefined, next: spec.layers.at(i + 1) },
      needsInputGradient: i > first,
      fusedIntoPrevious: i > 0 && fusesNext(spec, i - 1, first),
    });
    output = result.output;
    return result;
  });
  const deltas = training ? planDeltas(layout, rows, bound, input.matrix, first) : [];

  const loss =
    lossSpec &&
    planLoss(layout, lossSpec, { spec, rows, parameters, output, delta: deltas.at(-1)?.delta, predictions });
  const updates =
    optimizer &&
    planUpdates(layout, optimizer, parameters, {
      ...{ block, length: blockLength },
      transposed: sizes.transposed,
      accumulate,
    });
  const target = loss?.targets.columns ?? 0;
  const resident =
    options.resident && planResident(layout, options.resident, sizeOf(spec.inputShape), target);
  // Spread properties would give every plan a hidden class of its own, and every fit deoptimized steps.
  return {
    spec,
    rows,
    bytes: layout.bytes,
    scratchBytes: 4 * sizes.scratch,
    parameters,
    block,
    blockLength,
    input,
    layers: bound.map((each, i) => ({ bound: each, ...deltas[i] })),
    output,
    outputShape,
    keys,
    loss,
    updates,
    resident,
    constants: layout.constants,
  };
}

/** True if layer i computes the one behind it too; `first` is the lowest layer that training changes. */
function fusesNext({ layers, rules }: NetworkSpec, i: number, first: number): boolean {
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

/**
 * A delta per output; layers whose output is their input share it. Nothing goes below the first trainable
 * parameter.
 */
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

interface Planned {
  readonly spec: NetworkSpec;
  readonly parameters: readonly Parameter[];
}

/** Rows whose activations and deltas fit: a multiple of 120 where there are that many.  */
export function maxRows(
  { spec, parameters }: Planned,
  inputIsCsr: boolean,
  maxBytes = MAX_ACTIVATION_BYTES,
): number {
  const { shapes } = shapesOf(spec);
  const first = firstTrainable(parameters);
  // The outputs of a convolution that is pooled at once are never in memory.
  const kept = shapes.filter((_, i) => (i === 0 ? !inputIsCsr : !fusesNext(spec, i - 1, first)));
  const bytes = 8 * kept.reduce((sum, shape) => sum + sizeOf(shape), 0);
  const rows = Math.max(1, Math.floor(maxBytes / bytes));
  return rows > 120 ? rows - (rows % 120) : rows;
}

/**
 * Rows of a batch that training computes at once. `whole`: its loss needs all of them, as some layers do.
 *
 * @throws UnsupportedError if they are needed at once and take more than 1 GiB
 */
export function rowsAtOnce(
  network: Planned,
  { batchSize, whole, inputIsCsr }: { batchSize: number; whole: boolean; inputIsCsr: boolean },
  maxBytes?: number,
): number {
  const needsWhole = whole || needsWholeBatch(network.spec);
  const limit = maxRows(network, inputIsCsr, maxBytes ?? (needsWhole ? MAX_WHOLE_BYTES : undefined));
  if (batchSize <= limit) return batchSize;
  if (!needsWhole) return limit;
  throw new UnsupportedError(
    `A batch of ${batchSize} rows needs more than 1 GiB of activations, and batch normalization, activity regularizers and custom losses need it in one piece; use a smaller batchSize.`,
  );
}

function needsWholeBatch({ layers, rules }: NetworkSpec): boolean {
  return layers.some(
    (layer) =>
      rules[layer.type].needsWholeBatch || ('activityRegularizer' in layer && layer.activityRegularizer),
  );
}
