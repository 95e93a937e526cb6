/**
 * npm run bench:kernels: the rates of the three matrix products of training at sizes 1 to 1024, primes among
 * them, as share of the peak of the vector units; then every size at which the rate drops sharply
 * (kernels/cliffs.ts).
 *
 *   --products forward,weightGradient,inputGradient   default: all
 *   --dimensions rows,inputs,units                     which size varies; default: all
 *   --variant base                                     default: what init chooses
 *   --list 20                                          how many violations are listed; default: 20
 */
import { parseArgs } from 'node:util';
import { engine } from 'lamella';
import { init } from 'lamella/node';
import { choose, helpIfAsked } from './arguments.js';
import { curves } from './drawing.js';
import { machine, machineInWords, spread, writeBeside, writeResult } from './harness.js';
import { isLarge, type Violation, violationsOf } from './kernels/cliffs.js';
import { PRODUCTS, Workbench } from './kernels/operands.js';
import { Peak } from './kernels/peak.js';
import {
  DIMENSIONS,
  gflops,
  inWords,
  type Line,
  linesOf,
  measureLine,
  shapeAt,
  warmUp,
} from './kernels/sweep.js';
import { table } from './terminal.js';

const { values: options } = parseArgs({
  options: {
    products: { type: 'string', default: PRODUCTS.join(',') },
    dimensions: { type: 'string', default: DIMENSIONS.join(',') },
    variant: { type: 'string', default: 'auto' },
    list: { type: 'string', default: '20' },
    help: { type: 'boolean', default: false },
  },
});
await helpIfAsked(options.help, import.meta.url);

await init({ variant: choose(options.variant, ['auto', 'base', 'relaxed', 'wide'])[0] });
const { variant } = engine();
const products = choose(options.products, PRODUCTS);
const on = await machine();
console.log(machineInWords(on));

const bench = await Workbench.open(variant);
const peak = await Peak.of(variant);
/** Rows of the tallest tile, as in assembly/simd.ts. */
const tile = { height: variant === 'base' ? 4 : 6, width: (variant as string) === 'wide' ? 16 : 8 };

interface LineResult {
  readonly line: Line;
  readonly sizes: readonly number[];
  readonly gflops: readonly number[];
  readonly violations: readonly Violation[];
}

function measure(line: Line): LineResult {
  const points = measureLine(bench, line);
  const violations = violationsOf(bench, line, points, tile);
  peak.measure();
  return { line, sizes: points.map(({ size }) => size), gflops: points.map(gflops), violations };
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}

warmUp(bench, products);
const results = linesOf(products, choose(options.dimensions, DIMENSIONS)).map(measure);
console.log(
  `\nShare of ${peak.gflops.toFixed(1)} GFLOP/s at sizes with 6 rows, 16 inputs and 16 units or more:`,
);
const rows = results.map(({ line, sizes, gflops: rates, violations }) => {
  const large = rates.filter((_, i) => isLarge(shapeAt(line, sizes[i])));
  const shares = spread(large.map((rate) => rate / peak.gflops));
  const at = (size: number): string => percent(rates[sizes.indexOf(size)] / peak.gflops);
  return [
    `${line.product} ${inWords(line)}`,
    ...[shares.min, shares.median, shares.max].map((share) => (large.length > 0 ? percent(share) : '')),
    ...[1, 8, 31, 97, 256, 1024].map(at),
    String(violations.length),
  ];
});
const sizes = ['n = 1', '8', '31', '97', '256', '1024'];
console.log(table(['rows x inputs x units', 'min', 'median', 'max', ...sizes, 'violations'], rows));

const violations = results.flatMap((result) => result.violations).sort((a, b) => a.share - b.share);
console.log(
  `\n${violations.length} violations of the rule against cliffs${violations.length > 0 ? ', the worst first:' : '.'}`,
);
if (violations.length > 0) {
  const listed = violations.slice(0, Number(options.list)).map(({ line, point, against, share, rule }) => {
    const figures =
      rule === 'neighbour' ? [gflops(point), gflops(against)] : [point.seconds * 1e6, against.seconds * 1e6];
    return [
      `${line.product} ${inWords(line)}`,
      `n = ${point.size}`,
      `n = ${against.size}`,
      ...figures.map((figure) => figure.toPrecision(3)),
      rule === 'neighbour' ? 'GFLOP/s' : 'µs',
      share.toFixed(2),
    ];
  });
  console.log(table(['rows x inputs x units', 'at', 'against', 'here', 'there', '', 'share'], listed));
}
console.log(`\nKept in ${await writeResult('kernels', on, { peak: peak.gflops, results })}`);
const drawing = curves(
  { title: `GFLOP/s, of ${peak.gflops.toFixed(1)} that the vector units reach`, machine: machineInWords(on) },
  'n',
  'GFLOP/s',
  results.map(({ line, sizes: n, gflops: rates }) => ({
    name: `${line.product} ${inWords(line)}`,
    points: n.map((size, i) => [size, rates[i]] as const),
  })),
);
console.log(`Drawn in ${await writeBeside('kernels', on, 'svg', drawing)}`);
