/**
 * npm run bench:costs: times the calls of training steps and compares them with the @cost of their kernels,
 * by which calls are split over threads and into slices (src/engine/partition.ts). Costs need only be right
 * within a factor of about three. One variant, one thread, about a minute.
 *
 *   --variant relaxed     default: what init chooses
 *   --samples 60          of which the fastest counts; default: 60
 *   --all                 every call; default: the one that misses most, by kernel
 */
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { engine } from 'lamella';
import { init } from 'lamella/node';
import type { KernelName } from '../src/engine/kernels.js';
import { PARTITIONS } from '../src/engine/generated/partitions.js';
import { choose, helpIfAsked } from './arguments.js';
import { measure, type MeasuredCall } from './costs/measure.js';
import { NETWORKS } from './costs/networks.js';
import { machine, machineInWords, writeResult } from './harness.js';
import { moduleOf } from './kernels/operands.js';
import { duration, table } from './terminal.js';

const { values: options } = parseArgs({
  options: {
    variant: { type: 'string', default: 'auto' },
    samples: { type: 'string', default: '60' },
    all: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
await helpIfAsked(options.help, import.meta.url);

// Node 20 has relaxed SIMD behind a flag, which later versions no longer know.
if (process.versions.node.startsWith('20.')) setFlagsFromString('--experimental-wasm-relaxed-simd');
await init({ variant: choose(options.variant, ['auto', 'base', 'relaxed'])[0] });
const { variant } = engine();
const on = await machine();
console.log(machineInWords(on));

/** Factor by which a cost may miss, in either direction. */
const TOLERANCE = 3;

/** Calls of fewer nanoseconds, by formula and by clock, are never cut: their cost does not matter. */
const MIN_NS = 2000;

/** Kernels whose @cost is that of rows read from memory: here the whole data set is in the cache. */
const FROM_MEMORY = /^gather/;

const ratio = ({ model, measured }: MeasuredCall): number => measured.min / model;
const miss = (call: MeasuredCall): number => Math.abs(Math.log(ratio(call)));
const counts = ({ model, measured }: MeasuredCall): boolean => Math.max(model, measured.min) >= MIN_NS;

const module = await moduleOf(variant);
const own = { variant, module, wasmBytes: undefined };
const results = NETWORKS.flatMap((network) => measure(own, network, Number(options.samples)));

const worst = new Map<string, MeasuredCall>();
for (const call of results.filter(counts)) {
  const other = worst.get(call.kernel);
  if (!other || miss(call) > miss(other)) worst.set(call.kernel, call);
}
const shown = options.all ? results : [...worst.values()];
shown.sort((a, b) => ratio(a) - ratio(b));
const rows = shown.map((call) => {
  const { network, kernel, model, measured, unknown } = call;
  const within = miss(call) <= Math.log(TOLERANCE) ? '' : FROM_MEMORY.test(kernel) ? 'in cache' : 'misses';
  const times = [duration(model / 1e9), duration(measured.min / 1e9), duration(measured.median / 1e9)];
  return [kernel, network, ...times, ratio(call).toFixed(2), unknown ? 'no @cost' : within];
});
console.log(`\n${table(['kernel', 'network', '@cost', 'fastest', 'median', 'fastest / @cost', ''], rows)}`);

const missing = (Object.keys(PARTITIONS) as KernelName[]).filter((kernel) => !worst.has(kernel));
console.log(`\nNot measured, or too short to be cut: ${missing.join(', ')}.`);
console.log(`\nKept in ${await writeResult('costs', on, { results })}`);
