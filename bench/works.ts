/**
 * npm run bench:works: seconds per epoch of lamella and its peers, float32, taking turns in one run. Peers
 * run on one thread, lamella also on several. Every loss must fall, and the first loss of scikit-learn must
 * equal that of lamella.
 *
 *   --works W1,W2            default: all
 * --data mnist,fashion also random (rows without zeros); default: mnist. W6 and W7 have small data of their
 *                            own
 * --peers sklearn,torch also tfjs-wasm, tfjs-cpu, brain.js, none; default: those that are installed (PYTHON
 *                            names another Python). Slow ones train on as many rows as 2 s allow, some in the
 *                            first round only
 * --variant base default: auto,base,wide. wide runs in a process of its own, with the flag that it needs
 *   --threads 1,2            of the first variant; default: 1 and one per processor
 *   --rounds 5               turns of each contestant; default: 3
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { UnsupportedError } from 'lamella';
import { choose, helpIfAsked } from './arguments.js';
import { machine, machineInWords, writeBeside, writeResult } from './harness.js';
import { Peak } from './kernels/peak.js';
import { drawWorks } from './works/draw.js';
import { compete, type WorkResult } from './works/compete.js';
import type { Contestant } from './works/contestants.js';
import { DATA_NAMES, loadData, OWN_DATA_NAMES } from './works/data.js';
import { lamella } from './works/own.js';
import { PEER_NAMES, PEERS, startTraining, startWide } from './works/peers.js';
import { readmeTable, standingsTable } from './works/show.js';
import { type Work, WORKS } from './works/table.js';

const cores = availableParallelism();
const WORK_NAMES = WORKS.map(({ name }) => name);
const VARIANTS = ['auto', 'base', 'relaxed', 'wide'] as const;

const { values: options } = parseArgs({
  options: {
    works: { type: 'string', default: WORK_NAMES.join(',') },
    data: { type: 'string', default: 'mnist' },
    peers: { type: 'string', default: PEER_NAMES.join(',') },
    rounds: { type: 'string', default: '3' },
    variant: { type: 'string', default: 'auto,base,wide' },
    threads: { type: 'string', default: cores > 1 ? `1,${cores}` : '1' },
    help: { type: 'boolean', default: false },
  },
});

/** The contestants of lamella: the first variant on every number of threads, the others on one. */
async function startOwn(): Promise<Contestant[]> {
  const started = new Map<string, Contestant>();
  const [first, ...others] = choose(options.variant, VARIANTS);
  const settings = [
    ...options.threads.split(',').map((threads) => ({ variant: first, threads: Number(threads) })),
    ...others.map((variant) => ({ variant, threads: 1 })),
  ];
  for (const setting of settings) {
    const contestant = await startSetting(setting);
    if (typeof contestant === 'string') console.log(`Without lamella ${setting.variant}: ${contestant}`);
    else if (!started.has(contestant.name)) started.set(contestant.name, contestant);
  }
  return [...started.values()];
}

/** Returns the contestant, or the reason why there is none. */
async function startSetting(setting: {
  variant: (typeof VARIANTS)[number];
  threads: number;
}): Promise<Contestant | string> {
  try {
    return setting.variant === 'wide' ? await startWide() : await lamella(setting);
  } catch (error) {
    if (error instanceof UnsupportedError) return error.message;
    throw error;
  }
}

async function startPeers(): Promise<Contestant[]> {
  const started: Contestant[] = [];
  if (options.peers === 'none') return started;
  for (const name of choose(options.peers, PEER_NAMES)) {
    const peer = await startTraining(name);
    if (peer) {
      started.push(peer);
      console.log([peer.name, ...peer.libraries].join(', '));
    } else console.log(`Without ${name}: ${PEERS[name].install}`);
  }
  return started;
}

function show({ about, name }: Work, result: WorkResult): void {
  console.log(`\n${name} on ${result.data} (${(100 * result.density).toFixed(0)} % not zero): ${about}`);
  if (result.standings.length > 0) console.log(standingsTable(result, peaks));
  for (const { contestant, why } of result.absent)
    console.log(`Without ${contestant}: ${why.replace(/\.+$/, '')}.`);
}

/** On Ctrl-C the peers end at once and lamella after its turn; finished works are kept. */
const stop = new AbortController();
process.once('SIGINT', () => stop.abort());

await helpIfAsked(options.help, import.meta.url);
const works = choose(options.works, WORK_NAMES);
const dataNames = choose(options.data, DATA_NAMES);
const on = await machine();
console.log(machineInWords(on));
const own = await startOwn();
const contestants = [...own, ...(await startPeers())];
const peaks: Record<string, number> = {};
for (const { variant } of own) if (variant) peaks[variant] ??= (await Peak.of(variant)).gflops;
const results: WorkResult[] = [];
try {
  for (const name of [...dataNames, ...OWN_DATA_NAMES]) {
    const isOwn = !dataNames.includes(name);
    const due = WORKS.filter((work) => works.includes(work.name) && work.data === (isOwn ? name : undefined));
    if (due.length === 0) continue;
    const data = await loadData(name);
    for (const work of due) {
      const result = await compete(work, data, contestants, {
        rounds: Number(options.rounds),
        signal: stop.signal,
      });
      results.push(result);
      show(work, result);
    }
  }
} catch (error) {
  if (!stop.signal.aborted) throw error;
  process.exitCode = 130;
} finally {
  for (const contestant of contestants) contestant.stop();
  if (results.length > 0) {
    console.log(`\n${readmeTable(results)}`);
    const described = contestants.map(({ name, libraries, threads }) => ({ name, libraries, threads }));
    console.log(`\nKept in ${await writeResult('works', on, { contestants: described, peaks, results })}`);
    const drawing = drawWorks(results, machineInWords(on));
    console.log(`Drawn in ${await writeBeside('works', on, 'svg', drawing)}`);
  }
}
