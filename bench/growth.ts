/**
 * npm run bench:growth: how the time of an epoch grows with rows, width, depth, batch and threads. For each
 * curve: the times, the share of the peak of the vector units, the slope on logarithmic axes, and where and
 * why the slope changes.
 *
 *   --curves rows,width,depth,batch,threads   default: all
 *   --variant base                            default: what init chooses
 */
import { parseArgs } from 'node:util';
import { engine } from 'lamella';
import { init } from 'lamella/node';
import { choose, helpIfAsked } from './arguments.js';
import { curves as draw } from './drawing.js';
import { type Curve, growthCurves } from './growth/curves.js';
import { measureCurve, type Point } from './growth/measure.js';
import { type Knee, kneesOf, slopeOf } from './growth/slopes.js';
import { machine, machineInWords, writeBeside, writeResult } from './harness.js';
import { Peak } from './kernels/peak.js';
import { duration, table } from './terminal.js';

const NAMES = ['rows', 'width', 'depth', 'batch', 'threads'] as const;

const { values: options } = parseArgs({
  options: {
    curves: { type: 'string', default: NAMES.join(',') },
    variant: { type: 'string', default: 'auto' },
    help: { type: 'boolean', default: false },
  },
});

interface Grown {
  readonly name: string;
  readonly about: string;
  readonly slope: number;
  readonly points: readonly Point[];
  readonly knees: readonly Knee[];
}

await helpIfAsked(options.help, import.meta.url);
await init({ variant: choose(options.variant, ['auto', 'base', 'relaxed', 'wide'])[0] });
const { variant } = engine();
const on = await machine();
console.log(machineInWords(on));
const peak = await Peak.of(variant);

async function grow(curve: Curve): Promise<Grown> {
  const points = await measureCurve(curve, variant);
  peak.measure();
  return { name: curve.name, about: curve.about, slope: slopeOf(points), points, knees: kneesOf(points) };
}

function cells({ name, points }: Grown): string[][] {
  return points.map(({ size, secondsPerEpoch, gflops, stateBytes }, i) => [
    String(size),
    duration(secondsPerEpoch.median),
    duration(secondsPerEpoch.min),
    i === 0 ? '' : slopeOf(points.slice(i - 1, i + 1)).toFixed(2),
    `${((100 * gflops) / peak.gflops / (name === 'threads' ? size : 1)).toFixed(0)} %`,
    `${(stateBytes / 1024).toFixed(0)} KB`,
  ]);
}

const heading = ['median', 'min', 'slope', 'of peak', 'state'];

function inWords({ slope, knees }: Grown): string[] {
  return [
    `time grows as size to the power of ${slope.toFixed(2)}`,
    ...knees.map(
      ({ size, slopeBefore, slopeAfter, reason }) =>
        `at ${size} the slope goes from ${slopeBefore.toFixed(2)} to ${slopeAfter.toFixed(2)}: ${reason}`,
    ),
  ];
}

/** Markdown of one curve. */
function section(grown: Grown): string {
  const line = (row: readonly string[]): string => `| ${row.join(' | ')} |`;
  const head = [grown.name, ...heading];
  const body = [head, head.map(() => '---:'), ...cells(grown)].map(line).join('\n');
  return `## ${grown.name}\n\n${grown.about}\n\n${body}\n\n${inWords(grown)
    .map((words) => `- ${words}`)
    .join('\n')}\n`;
}

const wanted = choose(options.curves, NAMES);
const results: Grown[] = [];
for (const curve of await growthCurves()) {
  if (!wanted.includes(curve.name as (typeof NAMES)[number])) continue;
  const grown = await grow(curve);
  results.push(grown);
  console.log(`\n${curve.about}\n${table([curve.name, ...heading], cells(grown))}`);
  for (const words of inWords(grown)) console.log(words);
}
console.log(`\nKept in ${await writeResult('growth', on, { peak: peak.gflops, results })}`);
const words = machineInWords(on);
const drawing = draw(
  { title: 'Seconds per epoch', machine: words },
  'size',
  'seconds',
  results.map(({ name, points }) => ({
    name,
    points: points.map(({ size, secondsPerEpoch }) => [size, secondsPerEpoch.min] as const),
  })),
);
console.log(`Drawn in ${await writeBeside('growth', on, 'svg', drawing)}`);
const text = `# How the time of an epoch grows\n\n${words}\n\n${results.map(section).join('\n')}`;
console.log(`Written in ${await writeBeside('growth', on, 'md', text)}`);
