/**
 * npm run bench:thresholds: measures the densities up to which products by CSR are faster than dense ones,
 * at shapes of W1 to W5, and prints each crossover beside the constant that decides
 * (src/network/sparse/choose.ts, assembly/sparse/adaptive.ts). One variant, one thread, less than a minute.
 *
 *   --variant base                default: what init chooses
 *   --constants MAX_DENSITY,…     default: all
 *   --rounds 15                   of which the fastest counts; default: 15
 */
import { parseArgs } from 'node:util';
import { engine } from 'lamella';
import { init } from 'lamella/node';
import { choose, helpIfAsked } from './arguments.js';
import { curves } from './drawing.js';
import { machine, machineInWords, writeBeside, writeResult } from './harness.js';
import { Workbench } from './kernels/operands.js';
import { duration, table } from './terminal.js';
import { crossoverOf, measure, type Point } from './thresholds/compare.js';
import { type Threshold, thresholdsOf } from './thresholds/products.js';

const { values: options } = parseArgs({
  options: {
    variant: { type: 'string', default: 'auto' },
    constants: { type: 'string' },
    rounds: { type: 'string', default: '15' },
    help: { type: 'boolean', default: false },
  },
});
await helpIfAsked(options.help, import.meta.url);

await init({ variant: choose(options.variant, ['auto', 'base', 'relaxed', 'wide'])[0] });
const { variant } = engine();
const on = await machine();
console.log(machineInWords(on));

/** Percentage points by which a crossover may miss its constant. */
const TOLERANCE = 10;

interface Result extends Omit<Threshold, 'compare'> {
  readonly points: readonly Point[];
  /** Percent of non-zeros; 0 or 100 if CSR is slower, or faster, at all densities measured. */
  readonly crossover: number;
  readonly within: boolean;
}

const all = thresholdsOf(variant);
const names = [...new Set(all.map(({ name }) => name))];
const wanted = choose(options.constants ?? names.join(','), names);
const bench = await Workbench.open(variant);
const results = all
  .filter(({ name }) => wanted.includes(name))
  .map(({ compare, ...threshold }): Result => {
    const points = measure(compare(bench), threshold.percent, Number(options.rounds));
    const crossover = crossoverOf(points);
    const within = Math.abs(crossover - threshold.percent) <= TOLERANCE;
    return { ...threshold, points, crossover, within };
  });

function crossoverInWords({ crossover, points }: Result): string {
  if (crossover === 0) return `below ${points[0].percent} %`;
  if (crossover === 100) return `above ${points[points.length - 1].percent} %`;
  return `${crossover.toFixed(0)} %`;
}

const rows = results.map((result) => {
  const { name, about, percent, points, within } = result;
  const at = points.find((point) => point.percent === percent) ?? points[0];
  const times = [duration(at.dense), duration(at.csr)];
  return [name, about, `${percent} %`, crossoverInWords(result), within ? 'yes' : 'no', ...times];
});
const heading = [
  'constant',
  'product',
  'percent',
  'crossover',
  'within 10 points',
  'dense there',
  'CSR there',
];
console.log(`\n${table(heading, rows)}`);
console.log(`\nKept in ${await writeResult('thresholds', on, { results })}`);
const drawing = curves(
  { title: 'Time of CSR as a multiple of dense', machine: machineInWords(on) },
  '% of values not 0',
  'CSR / dense',
  results.map(({ name, about, points }) => ({
    name: `${name}: ${about}`,
    points: points.map(({ percent, dense, csr }) => [percent, csr / dense] as const),
  })),
);
console.log(`Drawn in ${await writeBeside('thresholds', on, 'svg', drawing)}`);
