/** The common part of the JavaScript peers; serving.py describes requests and answers. */
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

/**
 * Prints who it is, then answers every request with `answer(request)`; an error becomes the reason why it
 * cannot.
 */
export async function serve(hello, answer) {
  say(hello);
  for await (const line of createInterface(process.stdin)) {
    try {
      say(await answer(JSON.parse(line)));
    } catch (error) {
      say({ unable: error.message.split('\n')[0].slice(0, 150) });
    }
  }
}

/** Other output of the packages goes to standard error. */
console.log = console.info = console.warn = console.error;

function say(content) {
  process.stdout.write(`${JSON.stringify(content)}\n`);
}

/** Rows as float32, one after another, and targets; labels stay bytes. */
export function load({ rows, targets, types, features, scale }) {
  const read = (file, type) => {
    const bytes = readFileSync(file);
    return type === 'u1' ? bytes : new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  };
  const raw = read(rows, types.rows);
  const data = types.rows === 'u1' ? Float32Array.from(raw, (value) => value * scale) : raw;
  return { data, targets: read(targets, types.targets), features };
}

/** Returns the seconds of the clock and of the processor. */
export function now() {
  const { user, system } = process.cpuUsage();
  return [performance.now() / 1e3, (user + system) / 1e6];
}

/**
 * Trains batch after batch: for a quarter of `seconds` to warm up, then until `seconds` or `epochs` have been
 * timed. A first step that takes longer than that is the measurement. `step(begin, end)` trains on some rows.
 */
export async function timeSteps({ rows, batch, seconds, epochs }, step) {
  let begin = 0;
  const next = async () => {
    const end = Math.min(rows, begin + batch);
    await step(begin, end);
    const count = end - begin;
    begin = end === rows ? 0 : end;
    return count;
  };
  let start = now();
  const elapsed = () => now()[0] - start[0];
  let timed = await next();
  if (elapsed() < seconds) {
    while (elapsed() < seconds / 4) await next();
    start = now();
    timed = 0;
    do timed += await next();
    while (elapsed() < seconds && timed < epochs * rows);
  }
  const [secondsPerEpoch, cpuSecondsPerEpoch] = now().map((end, i) => ((end - start[i]) * rows) / timed);
  return { secondsPerEpoch, cpuSecondsPerEpoch, ...(timed < epochs * rows ? { rowsTimed: timed } : {}) };
}
