/**
 * npm run bench:inference: the time to predict one row and 10,000 rows with the networks of W1 and W2, beside
 * onnxruntime and PyTorch on one thread. All use the same weights, from one epoch of MNIST, and the
 * probabilities are checked to agree.
 *
 *   --nets W1,W2                                       default: both
 *   --data mnist,random                                test rows; rows without zeros; default: both
 *   --peers onnxruntime-node,onnxruntime-web,torch     also none; default: those that are installed
 *   --variant auto,base,wide                           default: all three
 *   --rounds 3                                         turns of each contestant
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { engine, init } from 'lamella';
import { loadMnist } from 'lamella/node';
import { choose, helpIfAsked } from './arguments.js';
import { machine, machineInWords, spread, type Spread, writeBeside, writeResult } from './harness.js';
import { drawInference } from './inference/draw.js';
import { denseOnnx } from './inference/onnx.js';
import { predict, trained } from './inference/own.js';
import type { Prediction, PredictRequest } from './inference/request.js';
import { type PeerSpec, startOwn, startPeer } from './peer.js';
import { duration, table } from './terminal.js';

const NETS = { W1: [784, 50, 20, 10, 10], W2: [784, 392, 392, 10] } as const;
const DATA = ['mnist', 'random'] as const;
const packages = 'npm ci --ignore-scripts --prefix bench/peers';
const PEERS: Readonly<Record<string, PeerSpec>> = {
  'onnxruntime-node': {
    ...{ module: 'onnxruntime-node', script: 'onnx_predict.mjs', args: ['onnxruntime-node'] },
    install: packages,
  },
  'onnxruntime-web': {
    ...{ module: 'onnxruntime-web', script: 'onnx_predict.mjs', args: ['onnxruntime-web'] },
    install: packages,
  },
  torch: { module: 'torch', script: 'torch_predict.py', install: 'apt install python3-torch libopenblas0' },
};
const PEER_NAMES = Object.keys(PEERS);
const BATCHES = [1, 10_000];

const { values: options } = parseArgs({
  options: {
    nets: { type: 'string', default: Object.keys(NETS).join(',') },
    data: { type: 'string', default: DATA.join(',') },
    peers: { type: 'string', default: PEER_NAMES.join(',') },
    variant: { type: 'string', default: 'auto,base,wide' },
    rounds: { type: 'string', default: '3' },
    help: { type: 'boolean', default: false },
  },
});

interface Contestant {
  readonly name: string;
  predict(request: PredictRequest): Promise<Prediction>;
  stop?(): void;
}

async function startVariants(): Promise<Contestant[]> {
  const started = new Map<string, Contestant>();
  for (const wanted of choose(options.variant, ['auto', 'base', 'relaxed', 'wide'] as const)) {
    if (wanted === 'wide') {
      const contestant = await startWide();
      if (contestant) started.set(contestant.name, contestant);
      continue;
    }
    await init({ variant: wanted });
    const { variant } = engine();
    const run = async (request: PredictRequest): Promise<Prediction> => {
      await init({ variant });
      return predict(request);
    };
    started.set(variant, { name: `lamella ${variant}`, predict: run });
  }
  return [...started.values()];
}

async function startWide(): Promise<Contestant | undefined> {
  if (Number(process.versions.node.split('.')[0]) < 24) {
    console.log('Without lamella wide: it needs Node 24 or later.');
    return undefined;
  }
  const peer = await startOwn('inference/wide.ts', ['--experimental-wasm-revectorize']);
  if (peer.unable === undefined) return asContestant(peer);
  console.log(`Without lamella wide: ${peer.unable}`);
  peer.stop();
  return undefined;
}

function asContestant(peer: NonNullable<Awaited<ReturnType<typeof startPeer>>>): Contestant {
  return { name: peer.name, predict: (request) => peer.ask(request), stop: () => peer.stop() };
}

async function startPeers(): Promise<Contestant[]> {
  const names = options.peers === 'none' ? [] : choose(options.peers, PEER_NAMES);
  const started = await Promise.all(
    names.map(async (name) => {
      const peer = await startPeer(PEERS[name]);
      if (!peer) console.log(`Without ${name}: ${PEERS[name].install}`);
      return peer ? [asContestant(peer)] : [];
    }),
  );
  return started.flat();
}

/** 10,000 rows of 784. */
async function rowsOf(name: (typeof DATA)[number]): Promise<Float32Array> {
  if (name === 'mnist') return Float32Array.from((await loadMnist()).test.x.data, (value) => value / 255);
  let state = 1;
  return Float32Array.from({ length: 7_840_000 }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (1 + state) / 4294967297;
  });
}

export interface InferenceResult {
  readonly net: string;
  readonly data: string;
  readonly batch: number;
  readonly times: readonly {
    readonly contestant: string;
    readonly seconds: Spread;
    readonly ratio: Spread;
  }[];
}

async function compete(
  request: PredictRequest,
  about: Pick<InferenceResult, 'net' | 'data' | 'batch'>,
): Promise<InferenceResult> {
  const rounds: Prediction[][] = [];
  for (let round = 0; round < Number(options.rounds); round++) {
    const turns: Prediction[] = [];
    for (const contestant of contestants) turns.push(await contestant.predict(request));
    rounds.push(turns);
  }
  contestants.forEach(({ name }, i) => {
    const difference = Math.max(
      ...rounds[0][0].probabilities.map((p, k) => Math.abs(p - rounds[0][i].probabilities[k])),
    );
    if (!(difference <= 1e-5)) throw new Error(`${name} predicts otherwise, by ${difference}.`);
  });
  const times = contestants.map(({ name }, i) => ({
    contestant: name,
    seconds: spread(rounds.map((turns) => turns[i].min)),
    ratio: spread(rounds.map((turns) => turns[i].min / turns[0].min)),
  }));
  return { ...about, times };
}

function show({ net, data, batch, times }: InferenceResult): void {
  console.log(`\n${net} (${NETS[net as keyof typeof NETS].join('-')}), ${batch} rows of ${data}`);
  const rows = times.map(({ contestant, seconds, ratio }) => [
    contestant,
    duration(seconds.median),
    duration(seconds.min),
    ratio.median.toFixed(2),
    `(${ratio.min.toFixed(2)} to ${ratio.max.toFixed(2)})`,
  ]);
  console.log(table(['time of a call', 'median', 'min', `over ${times[0].contestant}`, ''], rows));
}

await helpIfAsked(options.help, import.meta.url);
const on = await machine();
console.log(machineInWords(on));
const contestants = [...(await startVariants()), ...(await startPeers())];
const nets = choose(options.nets, Object.keys(NETS) as (keyof typeof NETS)[]);
const weights: Record<string, Float32Array[]> = {};
await init({ variant: 'base' });
for (const net of nets) weights[net] = await trained(NETS[net]);
const folder = await mkdtemp(join(tmpdir(), 'lamella-inference-'));
const results: InferenceResult[] = [];
try {
  for (const data of choose(options.data, DATA)) {
    const rows = join(folder, data);
    await writeFile(rows, await rowsOf(data));
    for (const net of nets) {
      const sizes = NETS[net];
      const values = weights[net];
      const files = { onnx: join(folder, `${net}.onnx`), weights: join(folder, `${net}.weights`) };
      await writeFile(files.onnx, denseOnnx(sizes, values));
      await writeFile(files.weights, Float32Array.from(values.flatMap((each) => Array.from(each))));
      for (const batch of BATCHES) {
        const result = await compete({ sizes, ...files, rows, batch, seconds: 0.4 }, { net, data, batch });
        results.push(result);
        show(result);
      }
    }
  }
} finally {
  for (const contestant of contestants) contestant.stop?.();
  await rm(folder, { recursive: true });
}
console.log(`\nKept in ${await writeResult('inference', on, { results })}`);
console.log(
  `Drawn in ${await writeBeside('inference', on, 'svg', drawInference(results, machineInWords(on)))}`,
);
