/**
 * npm run bench:event-loop: how long asynchronous calls hold the event loop, and how soon an abort takes effect. Of every
 * call: the longest gaps between two turns of the loop (median, 99th and 99.9th percentile, maximum) while it runs again and
 * again, after a run that is not counted, until there are enough gaps; then the time from an abort to its rejection.
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
import { asyncCalls, type AsyncCall } from './event-loop/calls.js';
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

interface Measured {
  readonly name: string;
  readonly gaps: number;
  /** Milliseconds. */
  readonly median: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
  readonly abort: number;
}

/** Watches how long the event loop is held: milliseconds between two of its turns. */
class Watch {
  readonly gaps: number[] = [];
  #running = true;

  constructor() {
    let last = performance.now();
    const turn = (): void => {
      const now = performance.now();
      this.gaps.push(now - last);
      last = now;
      if (this.#running) setImmediate(turn);
    };
    setImmediate(turn);
  }

  stop(): void {
    this.#running = false;
  }
}

/** Gaps shorter than this are the loop's own turns: nothing was computed in them. */
const IDLE_MS = 0.5;

/** Calls once to warm up, then again and again until there are enough gaps, or time is up. */
async function gapsOf(call: AsyncCall, enough: number, seconds: number): Promise<number[]> {
  const gaps: number[] = [];
  const end = performance.now() + 1000 * seconds;
  await limited(call, end);
  while (gaps.length < enough && performance.now() < end) {
    const watch = new Watch();
    await limited(call, end);
    watch.stop();
    gaps.push(...watch.gaps.filter((gap) => gap > IDLE_MS));
  }
  return gaps.sort((a, b) => a - b);
}

/** Runs a call to its end, or until time is up. */
async function limited(call: AsyncCall, end: number): Promise<void> {
  const signal = AbortSignal.timeout(Math.max(1, Math.floor(end - performance.now())));
  await call.run(signal).catch((error: unknown) => {
    if (error !== signal.reason) throw error;
  });
}

/** Milliseconds from an abort to the rejection, the longest of some aborts at different moments; NaN if it ended before. */
async function abortTime(call: AsyncCall): Promise<number> {
  let longest = NaN;
  for (const delay of [7, 40, 110, 300, 700]) {
    const abort = new AbortController();
    let at = NaN;
    const timer = setTimeout(() => {
      at = performance.now();
      abort.abort();
    }, delay);
    const aborted = await call.run(abort.signal).then(
      () => false,
      () => true,
    );
    clearTimeout(timer);
    const time = performance.now() - at;
    if (aborted && !(time <= longest)) longest = time;
  }
  return longest;
}

function measure(name: string, gaps: readonly number[], abort: number): Measured {
  const at = (share: number): number => gaps[Math.min(gaps.length - 1, Math.floor(share * gaps.length))] ?? 0;
  return {
    name,
    gaps: gaps.length,
    median: at(0.5),
    p99: at(0.99),
    p999: at(0.999),
    max: gaps.at(-1) ?? 0,
    abort,
  };
}

const milliseconds = (value: number): string => (Number.isNaN(value) ? '-' : value.toFixed(1));

await helpIfAsked(options.help, import.meta.url);
await init({ variant: choose(options.variant, ['auto', 'base', 'relaxed'])[0] });
const on = await machine();
console.log(`${machineInWords(on)}, ${engine().variant}`);
const words = options.calls.split(',').filter((word) => word !== '');
const live = new LiveLine();
const results: Measured[] = [];
for (const call of await asyncCalls()) {
  if (words.length > 0 && !words.some((word) => call.name.includes(word))) continue;
  live.show(call.name);
  const gaps = await gapsOf(call, Number(options.gaps), Number(options.seconds));
  results.push(measure(call.name, gaps, await abortTime(call)));
}
live.end();
console.log(
  table(
    ['milliseconds', 'gaps', 'median', '99 %', '99.9 %', 'max', 'abort'],
    results.map(({ name, gaps, median, p99, p999, max, abort }) => [
      name,
      String(gaps),
      ...[median, p99, p999, max, abort].map(milliseconds),
    ]),
  ),
);
await writeResult('event-loop', on, { variant: engine().variant, results });
