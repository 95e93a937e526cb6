/** The peers that train the works. */
import { type Peer, type PeerSpec, startOwn, startPeer } from '../peer.js';
import type { Contestant, Measurement, Refusal } from './contestants.js';

interface TrainingPeer extends PeerSpec {
  /** Seconds for which a slow peer trains instead of a whole epoch; its time is scaled. */
  readonly seconds?: number;
  readonly rounds?: number;
}

const packages = 'npm ci --ignore-scripts --prefix bench/peers';

export const PEERS = {
  sklearn: {
    module: 'sklearn',
    script: 'sklearn_fit.py',
    install: 'apt install python3-sklearn libopenblas0, or name a Python that has it: PYTHON=...',
  },
  torch: {
    module: 'torch',
    script: 'torch_fit.py',
    install: 'apt install python3-torch libopenblas0, or name a Python that has it: PYTHON=...',
  },
  'tfjs-wasm': {
    ...{ module: '@tensorflow/tfjs-backend-wasm', script: 'tfjs_fit.mjs', args: ['wasm'] },
    ...{ install: packages, seconds: 2 },
  },
  'tfjs-cpu': {
    ...{ module: '@tensorflow/tfjs', script: 'tfjs_fit.mjs', args: ['cpu'] },
    ...{ install: packages, seconds: 2, rounds: 1 },
  },
  'brain.js': {
    ...{ module: 'brain.js', script: 'brain_fit.mjs' },
    ...{ install: packages, seconds: 2, rounds: 1 },
  },
} as const satisfies Record<string, TrainingPeer>;

export type PeerName = keyof typeof PEERS;

export const PEER_NAMES = Object.keys(PEERS) as PeerName[];

/** Makes a contestant of a peer; returns undefined if it is not installed. */
export async function startTraining(name: PeerName): Promise<Contestant | undefined> {
  const spec: TrainingPeer = PEERS[name];
  const peer = await startPeer(spec);
  return peer && contestant(peer, { threads: 1, rounds: spec.rounds }, spec.seconds);
}

/**
 * lamella's `wide`, in a process started with the flag that it needs, which would change the other variants
 * too.
 */
export async function startWide(): Promise<Contestant | string> {
  if (Number(process.versions.node.split('.')[0]) < 24) return 'it needs Node 24 or later';
  const peer = await startOwn('works/wide.ts', ['--experimental-wasm-revectorize']);
  if (peer.unable === undefined) return contestant(peer, { threads: 1, variant: 'wide' });
  peer.stop();
  return peer.unable;
}

function contestant(
  peer: Peer,
  about: Pick<Contestant, 'threads' | 'rounds' | 'variant'>,
  seconds?: number,
): Contestant {
  return {
    ...about,
    name: peer.name,
    libraries: peer.libraries,
    measure: ({ estimator, options, layers, epochs }, _data, files) =>
      peer.ask<Measurement | Refusal>({
        ...{ estimator, options, layers, epochs, seconds },
        data: files,
      }),
    stop: () => peer.stop(),
  };
}
