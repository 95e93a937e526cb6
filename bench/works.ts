/**
 * npm run bench:works: seconds per epoch of lamella and of scikit-learn and PyTorch on one thread each, float32, taking
 * turns in one run.
 *
 *   --works W1,W2          default: all
 *   --data mnist,fashion   also random (rows without zeros); default: mnist. W6 and W7 have small data of their own
 *   --peers sklearn,torch  default: both, as far as a Python has them (PYTHON names another one)
 *   --rounds 5             turns of everyone; default: 3
 *   --variant base         default: auto
 */
import { parseArgs } from 'node:util';
import { init } from 'lamella';
import { machine, machineInWords, spread, type Spread, writeResult } from './harness.js';
import { table } from './terminal.js';
import {
  type Contestant,
  lamella,
  type Measurement,
  PEERS,
  type PeerName,
  startPeer,
} from './works/contestants.js';
import { DATA_NAMES, loadData, OWN_DATA_NAMES, type WorkData, withFiles } from './works/data.js';
import { type Work, WORKS } from './works/table.js';

/** How one contestant did at one work. */
interface Standing {
  readonly contestant: string;
  readonly secondsPerEpoch: Spread;
  readonly cpuSecondsPerEpoch: Spread;
  /** Its time over lamella's in the same round. */
  readonly ratio: Spread;
  /** The same in processor time, which other programs disturb less. */
  readonly cpuRatio: Spread;
  readonly firstLoss: number | undefined;
}

interface WorkResult {
  readonly work: string;
  readonly data: string;
  readonly density: number;
  readonly standings: readonly Standing[];
}

const { values: options } = parseArgs({
  options: {
    works: { type: 'string', default: WORKS.map(({ name }) => name).join(',') },
    data: { type: 'string', default: 'mnist' },
    peers: { type: 'string', default: Object.keys(PEERS).join(',') },
    rounds: { type: 'string', default: '3' },
    variant: { type: 'string', default: 'auto' },
  },
});

/** The names of a list separated by commas, each of which must be known. */
function choose<T extends string>(list: string, known: readonly T[]): T[] {
  return list.split(',').map((name) => {
    const found = known.find((each) => each.toLowerCase() === name.toLowerCase());
    if (found === undefined) throw new Error(`Expected one of ${known.join(', ')}, but received ${name}.`);
    return found;
  });
}

async function startPeers(): Promise<Contestant[]> {
  const started: Contestant[] = [];
  for (const name of choose<PeerName>(options.peers, Object.keys(PEERS) as PeerName[])) {
    const peer = await startPeer(name);
    if (peer) {
      started.push(peer);
      console.log([peer.name, ...peer.libraries].join(', '));
    } else console.log(`No python3 with ${name} (${PEERS[name].install}, or name one: PYTHON=...)`);
  }
  return started;
}

function describe({ name, libraries }: Contestant): object {
  return { name, libraries };
}

/** Everyone in turn, round by round. */
async function compete(work: Work, data: WorkData, contestants: readonly Contestant[]): Promise<WorkResult> {
  const rounds: Measurement[][] = [];
  await withFiles(data, async (files) => {
    for (let round = 0; round < Number(options.rounds); round++) {
      const turns: Measurement[] = [];
      for (const contestant of contestants) {
        stop.signal.throwIfAborted();
        turns.push(await contestant.measure(work, data, files));
      }
      rounds.push(turns);
    }
  });
  const over = (value: (turn: Measurement) => number, i: number): Spread =>
    spread(rounds.map((turns) => value(turns[i]) / value(turns[0])));
  const wall = ({ secondsPerEpoch }: Measurement): number => secondsPerEpoch;
  const cpu = ({ cpuSecondsPerEpoch }: Measurement): number => cpuSecondsPerEpoch;
  const standings = contestants.map(({ name }, i) => ({
    contestant: name,
    secondsPerEpoch: spread(rounds.map((turns) => wall(turns[i]))),
    cpuSecondsPerEpoch: spread(rounds.map((turns) => cpu(turns[i]))),
    ratio: over(wall, i),
    cpuRatio: over(cpu, i),
    firstLoss: rounds[0][i].firstLoss,
  }));
  return { work: work.name, data: data.name, density: data.density, standings };
}

function show({ about, name }: Work, { data, density, standings }: WorkResult): void {
  console.log(`\n${name} on ${data} (${(100 * density).toFixed(0)} % not zero): ${about}`);
  const heading = ['seconds per epoch', 'median', 'min', 'cpu', 'over lamella', '', 'cpu over lamella', ''];
  const share = ({ median, min, max }: Spread): string[] => [
    median.toFixed(2),
    `(${min.toFixed(2)} to ${max.toFixed(2)})`,
  ];
  const rows = standings.map(({ contestant, secondsPerEpoch, cpuSecondsPerEpoch, ratio, cpuRatio }) => [
    contestant,
    secondsPerEpoch.median.toPrecision(3),
    secondsPerEpoch.min.toPrecision(3),
    cpuSecondsPerEpoch.median.toPrecision(3),
    ...share(ratio),
    ...share(cpuRatio),
  ]);
  console.log(table(heading, rows));
}

/** scikit-learn starts from the same weights and shuffles: if its first loss is another, the works are not the same. */
function checkLosses({ work, standings }: WorkResult): void {
  const [own, ...others] = standings;
  for (const { contestant, firstLoss } of others) {
    if (firstLoss === undefined || own.firstLoss === undefined) continue;
    if (Math.abs(firstLoss / own.firstLoss - 1) < 0.01) continue;
    throw new Error(`${work}: the first loss is ${own.firstLoss}, but ${firstLoss} with ${contestant}.`);
  }
}

/** Ctrl-C: the peers end at once, lamella after its turn; the works that are finished are kept. */
const stop = new AbortController();
process.once('SIGINT', () => stop.abort());

await init({ variant: choose(options.variant, ['auto', 'base', 'relaxed'])[0] });
const works = choose(
  options.works,
  WORKS.map(({ name }) => name),
);
const dataNames = choose(options.data, DATA_NAMES);
const on = await machine();
console.log(machineInWords(on));
const peers = await startPeers();
const results: WorkResult[] = [];
try {
  for (const name of [...dataNames, ...OWN_DATA_NAMES]) {
    const isOwn = !dataNames.includes(name);
    const due = WORKS.filter((work) => works.includes(work.name) && work.data === (isOwn ? name : undefined));
    if (due.length === 0) continue;
    const data = await loadData(name);
    for (const work of due) {
      const able = peers.filter(({ name }) => work.peers?.some((peer) => name.startsWith(peer)) ?? true);
      const result = await compete(work, data, [lamella, ...able]);
      results.push(result);
      show(work, result);
      checkLosses(result);
    }
  }
} catch (error) {
  if (!stop.signal.aborted) throw error;
  process.exitCode = 130;
} finally {
  for (const peer of peers) peer.stop();
  if (results.length > 0)
    console.log(`\nKept in ${await writeResult('works', on, { peers: peers.map(describe), results })}`);
}
