/**
 * npm run bench:tables -- --data folder: scores of models of tables with no option but the seed, beside
 * scikit-learn's on the same splits of the same tables, of which a fifth of the rows is for testing. Means of
 * accuracy or R² over the seeds.
 *
 *   --data folder            has the files of the tables anywhere in it: apt-get download python3-sklearn
 *                            r-cran-mlbench r-cran-palmerpenguins, and dpkg -x each to it
 *   --tables iris,wine       default: all that are there
 *   --seeds 5                number of splits, each with a seed of its own
 *   --peers none             default: sklearn, if it is installed (PYTHON names another Python)
 */
import { parseArgs } from 'node:util';
import { init, trainTestSplit } from 'lamella';
import { type Table, TableClassifier, TableRegressor } from 'lamella/table';
import { choose, helpIfAsked } from './arguments.js';
import { machine, machineInWords, writeBeside, writeResult } from './harness.js';
import { type Peer, startPeer } from './peer.js';
import { filesOf, readTable, TABLES, type TableSpec } from './tables/data.js';

const { values: options } = parseArgs({
  options: {
    data: { type: 'string', default: '.' },
    tables: { type: 'string', default: TABLES.map(({ name }) => name).join(',') },
    seeds: { type: 'string', default: '5' },
    peers: { type: 'string', default: 'sklearn' },
    help: { type: 'boolean', default: false },
  },
});

const PEER_MODELS = ['MLP', 'HistGradientBoosting'] as const;

/** What a model has scored by seed, and the seconds of the processor that training took. */
interface Scores {
  readonly model: string;
  readonly scores: readonly number[];
  readonly seconds: readonly number[];
}

interface Scored {
  readonly table: string;
  readonly rows: number;
  readonly columns: number;
  readonly task: TableSpec['task'];
  readonly models: readonly Scores[];
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

interface Split {
  readonly train: Int32Array;
  readonly test: Int32Array;
}

/** A fifth of the rows for testing; of labels, so many of each. */
function splitOf(table: Table, { target, task }: TableSpec, seed: number): Split {
  const rows = Int32Array.from({ length: table.rows }, (_, row) => row);
  const labels = Array.from(table.column(target) as ArrayLike<string | number>);
  const stratify = task === 'classification' ? labels : undefined;
  const { xTrain: train, xTest: test } = trainTestSplit(rows, rows, {
    testSize: 0.2,
    randomState: seed,
    stratify,
  });
  return { train, test };
}

async function scoreOwn(table: Table, { target, task }: TableSpec, seed: number, { train, test }: Split) {
  const Model = task === 'classification' ? TableClassifier : TableRegressor;
  const model = new Model({ target, randomState: seed, onWarning: () => {} });
  const begin = process.cpuUsage();
  await model.fit(table.take(train));
  const { user, system } = process.cpuUsage(begin);
  return { score: model.score(table.take(test)), seconds: (user + system) / 1e6 };
}

async function askPeer(peer: Peer, spec: TableSpec, model: string, seed: number, { train, test }: Split) {
  const { target, task } = spec;
  const rows = { train: Array.from(train), test: Array.from(test) };
  return peer.ask<{ score: number; seconds: number }>({ target, task, model, seed, ...rows });
}

async function compare(table: Table, spec: TableSpec, peer: Peer | undefined): Promise<Scored> {
  const splits = Array.from({ length: Number(options.seeds) }, (_, seed) => splitOf(table, spec, seed));
  const measure = async (
    model: string,
    work: (seed: number) => Promise<{ score: number; seconds: number }>,
  ) => {
    const results = [];
    for (const seed of splits.keys()) results.push(await work(seed));
    return {
      model,
      scores: results.map(({ score }) => score),
      seconds: results.map(({ seconds }) => seconds),
    };
  };
  const models: Scores[] = [await measure('lamella', (seed) => scoreOwn(table, spec, seed, splits[seed]))];
  if (peer) {
    const columns = table.columns.map((name) => [name, Array.from<unknown>(table.column(name)).map(orNull)]);
    await peer.ask({ columns: Object.fromEntries(columns) as object, types: table.types });
    for (const model of PEER_MODELS) {
      models.push(await measure(model, (seed) => askPeer(peer, spec, model, seed, splits[seed])));
    }
  }
  const { rows } = table;
  return { table: spec.name, rows, columns: table.columns.length - 1, task: spec.task, models };
}

/** JSON has no NaN. */
const orNull = (value: unknown): unknown => (Number.isNaN(value) ? null : value);

function tableOf(results: readonly Scored[], peer: Peer | undefined): string {
  const heads = ['lamella', ...(peer ? PEER_MODELS.map((model) => `${peer.name} ${model}`) : [])];
  const lines = results.map(({ table, rows, columns, task, models }) => {
    const scores = models.map(
      ({ scores, seconds }) => `${mean(scores).toFixed(4)} (${mean(seconds).toFixed(1)} s)`,
    );
    const score = task === 'classification' ? 'accuracy' : 'R²';
    return `| ${[table, `${rows} × ${columns}`, score, ...scores].join(' | ')} |`;
  });
  const head = `| ${['table', 'rows × columns', 'score', ...heads].join(' | ')} |`;
  return [head, `|${' --- |'.repeat(3 + heads.length)}`, ...lines].join('\n');
}

await helpIfAsked(options.help, import.meta.url);
await init();
const on = await machine();
console.log(`${machineInWords(on)}\n`);
const peer =
  options.peers === 'none'
    ? undefined
    : await startPeer({
        module: 'sklearn',
        script: 'sklearn_tables.py',
        install: 'apt-get install python3-sklearn python3-pandas',
      });
const convert = async (path: string): Promise<string> => {
  if (peer === undefined) throw new Error(`${path} is read by R, which the peer sklearn starts.`);
  return (await peer.ask<{ csv: string }>({ convert: path })).csv;
};
const paths = await filesOf(options.data);
const chosen = choose(
  options.tables,
  TABLES.map(({ name }) => name),
);
const results: Scored[] = [];
for (const spec of TABLES.filter(({ name }) => chosen.includes(name))) {
  const table = await readTable(spec, paths, convert);
  if (table === undefined) {
    console.log(`Without ${spec.name}: ${spec.files.join(' and ')} must be in --data, but is not.`);
    continue;
  }
  results.push(await compare(table, spec, peer));
  console.log(tableOf(results.slice(-1), peer).split('\n').at(-1));
}
peer?.stop();
const shown = tableOf(results, peer);
console.log(`\n${shown}`);
await writeBeside('tables', on, 'md', `${machineInWords(on)}\n\n${shown}\n`);
console.log(`\nKept in ${await writeResult('tables', on, { results })}`);
