/** Those who train the works: lamella in this process, peers in Python processes that answer line by line. */
import { spawn, spawnSync, type ChildProcessByStdio } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { layers, MLPClassifier, MLPRegressor, optimizers, sequential } from 'lamella';
import type { DataFiles, WorkData } from './data.js';
import type { Work } from './table.js';

/** What one training says. */
export interface Measurement {
  readonly secondsPerEpoch: number;
  /** The same in processor time: less, if others had the processor meanwhile. */
  readonly cpuSecondsPerEpoch: number;
  /** Loss of the first epoch, if it is defined as ours. */
  readonly firstLoss?: number;
}

export interface Contestant {
  readonly name: string;
  /** The numerical libraries that it found, with the processor that they take this one for. */
  readonly libraries: readonly string[];
  measure(work: Work, data: WorkData, files: DataFiles): Promise<Measurement>;
  stop(): void;
}

/** Epochs after the first, from the end of that to the end of the last. */
export const lamella: Contestant = {
  name: 'lamella',
  libraries: [],
  async measure({ estimator: kind, options, epochs }, { x, y }) {
    const ends: { wall: number; cpu: number }[] = [];
    /** At the end of every epoch, counted from 1. */
    const onEpoch = (epoch: number): void => {
      if (epoch > 1 && epoch <= epochs) return;
      const { user, system } = process.cpuUsage();
      ends.push({ wall: performance.now() / 1e3, cpu: (user + system) / 1e6 });
    };
    const firstLoss =
      kind === 'CNN'
        ? await fitCnn(x, y, options.batchSize as number, 1 + epochs, onEpoch)
        : await fitEstimator(kind, { ...options, maxIter: 1 + epochs }, x, y, onEpoch);
    return {
      secondsPerEpoch: (ends[1].wall - ends[0].wall) / epochs,
      cpuSecondsPerEpoch: (ends[1].cpu - ends[0].cpu) / epochs,
      firstLoss,
    };
  },
  stop() {},
};

async function fitEstimator(
  kind: 'MLPClassifier' | 'MLPRegressor',
  options: Work['options'],
  x: WorkData['x'],
  y: WorkData['y'],
  onEpoch: (epoch: number) => void,
): Promise<number> {
  const estimator = new { MLPClassifier, MLPRegressor }[kind]({
    ...options,
    ...{ tol: 0, nIterNoChange: 1e9, randomState: 1, onWarning: () => {} },
  });
  await estimator.fit(x, y, { onEpoch: ({ epoch }: { epoch: number }) => onEpoch(epoch) });
  return estimator.lossCurve[0];
}

/** Keras's tutorial on convolutions. */
async function fitCnn(
  { data, scale }: WorkData['x'],
  y: WorkData['y'],
  batchSize: number,
  epochs: number,
  onEpoch: (epoch: number) => void,
): Promise<number> {
  const model = sequential({
    seed: 1,
    layers: [
      layers.conv2d({ filters: 32, kernelSize: 5, activation: 'relu', inputShape: [28, 28, 1] }),
      layers.maxPooling2d(),
      layers.dropout({ rate: 0.2 }),
      layers.flatten(),
      layers.dense({ units: 128, activation: 'relu' }),
      layers.dense({ units: 10, activation: 'softmax' }),
    ],
  });
  model.compile({ optimizer: optimizers.adam(), loss: 'sparseCategoricalCrossentropy' });
  const images = { data, scale, shape: [y.length, 28, 28] };
  const callbacks = [{ onEpochEnd: (epoch: number) => onEpoch(epoch + 1) }];
  const { history } = await model.fit(images, y, { epochs, batchSize, verbose: 0, callbacks });
  return history.loss[0];
}

/** Keeps every numerical library of Python on one thread. */
const ONE_THREAD = {
  OPENBLAS_NUM_THREADS: '1',
  OMP_NUM_THREADS: '1',
  MKL_NUM_THREADS: '1',
  BLIS_NUM_THREADS: '1',
};

/**
 * The environment of the peers: one thread, and no other settings of numerical libraries. OPENBLAS_CORETYPE, for one, may
 * have been set for reproducible results, and would take a third of the speed.
 */
function peerEnvironment(): NodeJS.ProcessEnv {
  const settings = /^(OPENBLAS|GOTO|OMP|MKL|BLIS|NVPL|ATEN|DNNL|ONEDNN|NPY)_/;
  const others = Object.entries(process.env).filter(([name]) => !settings.test(name));
  return { ...Object.fromEntries(others), ...ONE_THREAD };
}

/** A Python process that trains what it reads. */
class Peer implements Contestant {
  readonly name: string;
  readonly libraries: readonly string[];
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;
  readonly #answers: AsyncIterator<string>;

  constructor(hello: string, child: ChildProcessByStdio<Writable, Readable, null>, lines: Interface) {
    const { name, libraries } = JSON.parse(hello) as { name: string; libraries: string[] };
    this.name = name;
    this.libraries = libraries;
    this.#process = child;
    this.#answers = lines[Symbol.asyncIterator]();
  }

  async measure(
    { estimator, options, epochs }: Work,
    _data: WorkData,
    files: DataFiles,
  ): Promise<Measurement> {
    this.#process.stdin.write(`${JSON.stringify({ estimator, options, epochs, data: files })}\n`);
    const { value, done } = await this.#answers.next();
    if (done) throw new Error(`${this.name} ended without an answer.`);
    return JSON.parse(value) as Measurement;
  }

  stop(): void {
    this.#process.kill();
  }
}

/** What there is to compare with: the module that Python needs, the script that uses it, how to get it. */
export const PEERS = {
  sklearn: { script: 'sklearn_fit.py', install: 'apt install python3-sklearn libopenblas0' },
  torch: { script: 'torch_fit.py', install: 'apt install python3-torch libopenblas0' },
} as const;

export type PeerName = keyof typeof PEERS;

/** Starts a peer with the first Python that has its module; undefined if none has. */
export async function startPeer(module: PeerName): Promise<Contestant | undefined> {
  const env = peerEnvironment();
  const python = [process.env.PYTHON, 'python3', '/usr/bin/python3']
    .filter((path) => path !== undefined)
    .find((path) => spawnSync(path, ['-c', `import ${module}`], { stdio: 'ignore', env }).status === 0);
  if (python === undefined) return undefined;
  const script = fileURLToPath(new URL(`../peers/${PEERS[module].script}`, import.meta.url));
  const child = spawn(python, [script], { env, stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface(child.stdout);
  const hello = await new Promise<string>((resolve, reject) => {
    lines.once('line', resolve);
    child.once('error', reject);
    child.once('exit', (code) =>
      reject(new Error(`${module} ended with code ${code} before it said a word.`)),
    );
  });
  return new Peer(hello, child, lines);
}
