/**
 * npm run bench:event-loop: how long asynchronous calls block the event loop, and how soon an abort takes
 * effect. Each call runs again and again, after a run that does not count, until there are enough gaps
 * between two turns of the loop. Printed are the gaps (median, 99th and 99.9th percentile, maximum), by the
 * clock and, for machines with other work, by the processor time of this process, and the time from an abort
 * to its rejection.
 *
 *   --calls fit,conv       only calls whose names contain one of these words
 *   --gaps 1000            gaps to measure of each call
 *   --seconds 60           at most so long for each call
 *   --variant base         default: what init chooses
 */
import { parseArgs } from 'node:util';
import { engine } from 'lamella';
import { init } from 'lamella/node';
import { choose, helpIfAsked } from './arguments.js';
import { asyncCalls, type Run } from './event-loop/calls.js';
import { machine, machineInWords, writeResult } from './harness.js';
import { LiveLine, table } from './terminal.js';

const { values: options } = parseArgs({
  options: {
    calls: { type: 'string', default: '' },
    gaps: { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '60' },
    variant: { type: 'string', default: 'auto' },
    help: { type: 'boolean', default: false },
  },
});

/** Milliseconds. */
interface Percentiles {
  readonly median: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

interface Measured {
  readonly name: string;
  readonly gaps: number;
  readonly clock: Percentiles;
  readonly processor: Percentiles;
  readonly abort: number;
}

/** A gap between two turns of the event loop, in milliseconds by the clock and of processor time. */
interface Gap {
  readonly clock: number;
  readonly processor: number;
}

function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Gaps shorter than this are the loop's own turns: nothing was computed in them. */
const IDLE_MS = 0.5;

/** Records the gaps during which the event loop is blocked. */
class Watch {
  readonly gaps: Gap[] = [];
  #running = true;

  constructor() {
    let last = performance.now();
    let used = processorTime();
    const turn = (): void => {
      const [now, usedNow] = [performance.now(), processorTime()];
      if (now - last > IDLE_MS) this.gaps.push({ clock: now - last, processor: usedNow - used });
      [last, used] = [now, usedNow];
      if (this.#running) setImmediate(turn);
    };
    setImmediate(turn);
  }

  stop(): void {
    this.#running = false;
  }
}

/** Calls once to warm up, then again and again until there are enough gaps, or time is up. */
async function gapsOf(run: Run, enough: number, seconds: number): Promise<Gap[]> {
  const gaps: Gap[] = [];
  const end = performance.now() + 1000 * seconds;
  await limited(run, end);
  while (gaps.length < enough && performance.now() < end) {
    const watch = new Watch();
    await limited(run, end);
    watch.stop();
    gaps.push(...watch.gaps);
  }
  return gaps;
}

/** Runs a call until it ends or time is up. */
async function limited(run: Run, end: number): Promise<void> {
  const signal = AbortSignal.timeout(Math.max(1, Math.floor(end - performance.now())));
  await run(signal).catch((error: unknown) => {
    if (error !== signal.reason) throw error;
  });
}

/**
 * Returns the milliseconds from an abort to the rejection, the longest of several aborts at different
 * moments; NaN if the call ended before.
 */
async function abortTime(run: Run): Promise<number> {
  let longest = NaN;
  for (const delay of [7, 40, 110, 300, 700]) {
    const abort = new AbortController();
    let at = NaN;
    const timer = setTimeout(() => {
      at = performance.now();
      abort.abort();
    }, delay);
    const aborted = await run(abort.signal).then(
      () => false,
      () => true,
    );
    clearTimeout(timer);
    const time = performance.now() - at;
    if (aborted && !(time <= longest)) longest = time;
  }
  return longest;
}

function percentiles(values: readonly number[]): Percentiles {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  return { median: at(0.5), p99: at(0.99), p999: at(0.999), max: sorted.at(-1) ?? 0 };
}

const milliseconds = (value: number): string => (Number.isNaN(value) ? '-' : value.toFixed(1));

await helpIfAsked(options.help, import.meta.url);
await init({ variant: choose(options.variant, ['auto', 'base', 'relaxed'])[0] });
const on = await machine();
console.log(`${machineInWords(on)}, ${engine().variant}`);
const words = options.calls.split(',').filter((word) => word !== '');
const live = new LiveLine();
const results: Measured[] = [];
for (const { name, prepare } of asyncCalls) {
  if (words.length > 0 && !words.some((word) => name.includes(word))) continue;
  live.show(name);
  const run = await prepare();
  const gaps = await gapsOf(run, Number(options.gaps), Number(options.seconds));
  results.push({
    name,
    gaps: gaps.length,
    clock: percentiles(gaps.map(({ clock }) => clock)),
    processor: percentiles(gaps.map(({ processor }) => processor)),
    abort: await abortTime(run),
  });
}
live.end();
console.log(
  table(
    [
      ...['milliseconds', 'gaps', 'median', '99 %', '99.9 %', 'max'],
      ...['processor: 99 %', '99.9 %', 'max', 'abort'],
    ],
    results.map(({ name, gaps, clock, processor, abort }) => [
      name,
      String(gaps),
      ...[clock.median, clock.p99, clock.p999, clock.max].map(milliseconds),
      ...[processor.p99, processor.p999, processor.max, abort].map(milliseconds),
    ]),
  ),
);
await writeResult('event-loop', on, { variant: engine().variant, results });
