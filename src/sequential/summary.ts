/**
 * The table that `summary` prints: Keras 3's, of layers, shapes and parameters, to the letter
 * (keras/src/utils/summary_utils.py). Pure functions from a model's structure to lines of text.
 */
import { updateRule } from '../network/optimizers.js';
import type { OptimizerSpec } from '../network/optimizers.js';
import type { Shape } from '../network/spec.js';
import type { Layer } from '../layers/layer.js';
import type { Structure } from './structure.js';
import { countValues, parametersOf } from './structure.js';

/** Widths of Keras 3's table (keras/src/utils/summary_utils.py) in a terminal of `columns` characters. */
function widths(columns: number): [number, number, number] {
  const total = Math.min(88, columns - 4);
  const [first, second] = [Math.floor(0.45 * total), Math.floor(0.8 * total)];
  return [first - 1, second - first - 2, total - second - 1];
}

/** A shape with the rows left open, as in '(None, 28, 28, 1)'. */
function batchShape(shape: Shape): string {
  return `(${['None', ...shape].join(', ')})`;
}

/** A number with commas: 1234567 as '1,234,567'. */
function count(value: number): string {
  const digits = String(value);
  const groups: string[] = [];
  for (let end = digits.length; end > 0; end -= 3) groups.unshift(digits.slice(Math.max(0, end - 3), end));
  return groups.join(',');
}

/** Memory of float32 values, as in '397.54 KB'. */
function memory(values: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'];
  let size = 4 * values;
  let unit = 0;
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit += 1;
  }
  return `${size.toFixed(2)} ${units[unit]}`;
}

/** The text of a cell in lines of at most `width` letters. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let rest = text;
  while (rest.length > width) {
    const blank = rest.lastIndexOf(' ', width);
    const end = blank > 0 ? blank : width;
    lines.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  return [...lines, rest];
}

function tableRow(cells: readonly string[], sizes: readonly number[], bar: string): string[] {
  const wrapped = cells.map((cell, i) => wrap(cell, sizes[i] - 2));
  const height = Math.max(...wrapped.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) => {
    const texts = wrapped.map((lines, i) => {
      const text = lines[line] ?? '';
      return i === 2 ? text.padStart(sizes[i] - 2) : text.padEnd(sizes[i] - 2);
    });
    return `${bar} ${texts.join(` ${bar} `)} ${bar}`;
  });
}

/**
 * Number of values that Keras's optimizers keep: slots per trainable value, the step, and the learning rate
 * unless it is a schedule.
 */
export function optimizerValues(spec: OptimizerSpec, trainable: number, scheduled: boolean): number {
  let { slots } = updateRule(spec);
  if (spec.kind === 'rmsprop' && spec.momentum === 0) slots -= 1;
  return slots * trainable + (spec.kind === 'nadam' ? 2 : 1) + (scheduled ? 0 : 1);
}

/** The parts of a model that its summary shows. */
export interface Summarised {
  readonly name: string;
  readonly layers: readonly Layer[];
  readonly structure: Structure;
  /** Number of values that the optimizer keeps; undefined before the first step. */
  readonly optimizerValues: number | undefined;
}

/** Width of the terminal in characters; 80 if there is none. */
function terminalColumns(): number {
  const { process } = globalThis as { process?: { stdout?: { columns?: number } } };
  return process?.stdout?.columns ?? 80;
}

/** Keras 3's summary, in lines. */
export function summaryLines(
  { name, layers, structure, optimizerValues: kept }: Summarised,
  columns = terminalColumns(),
): string[] {
  const sizes = widths(columns);
  const rule = (left: string, middle: string, right: string, line: string): string =>
    left + sizes.map((size) => line.repeat(size)).join(middle) + right;
  const { parameters, shapes } = structure;
  const rows = layers.map((layer, i) =>
    tableRow(
      [
        `${layer.name} (${layer.className})`,
        batchShape(shapes[i + 1]),
        count(countValues(parametersOf(structure, i))),
      ],
      sizes,
      '│',
    ),
  );
  const total = countValues(parameters);
  const trainable = countValues(parameters.filter((parameter) => parameter.trainable));
  const line = (what: string, values: number): string =>
    ` ${what} params: ${count(values)} (${memory(values)})`;
  return [
    `Model: "${name}"`,
    rule('┏', '┳', '┓', '━'),
    ...tableRow(['Layer (type)', 'Output Shape', 'Param #'], sizes, '┃'),
    rule('┡', '╇', '┩', '━'),
    ...rows.flatMap((lines, i) => (i === 0 ? lines : [rule('├', '┼', '┤', '─'), ...lines])),
    rule('└', '┴', '┘', '─'),
    line('Total', total + (kept ?? 0)),
    line('Trainable', trainable),
    line('Non-trainable', total - trainable),
    ...(kept === undefined ? [] : [line('Optimizer', kept)]),
  ];
}
