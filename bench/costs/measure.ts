/** Times every call of a network's training step, in the arena where it stands. */
import { PARTITIONS } from '../../src/engine/generated/partitions.js';
import type { Engine } from '../../src/engine/engines.js';
import type { Call } from '../../src/engine/kernels.js';
import { costOf } from '../../src/engine/partition.js';
import { backwardStep, forwardStep, lossStep, updateStep } from '../../src/network/steps.js';
import { spread, type Spread } from '../harness.js';
import { type CostedNetwork, open } from './networks.js';

/** Least nanoseconds of a sample, and most repetitions in it: kernels that work in place change operands. */
const SAMPLE_NS = 50_000;
const MAX_REPETITIONS = 32;

export interface MeasuredCall {
  readonly network: string;
  readonly kernel: string;
  /** Nanoseconds by the formula. */
  readonly model: number;
  /** Nanoseconds measured. */
  readonly measured: Spread;
  /** True if the kernel has no formula. */
  readonly unknown: boolean;
}

/**
 * Measures `samples` steps: before each, the step is run as a whole, so that all operands are in their usual
 * state, then each call is timed alone, with its operands in the cache.
 */
export function measure(engine: Engine, network: CostedNetwork, samples: number): MeasuredCall[] {
  const { batch, name } = network;
  const { trainer, dataset } = open(engine, network);
  const rows = Int32Array.from({ length: batch }, (_, i) => (7 * i) % dataset.rows.rows);
  const { plan, arena } = trainer.session;
  const forward = [...forwardStep(plan, batch, true), ...lossStep(plan, batch)];
  const calls: Call[] = [...forward, ...backwardStep(plan, batch), ...updateStep(plan)];
  const programs = calls.map((call) => arena.bind([call])[0]);
  const times = calls.map((): number[] => []);
  for (let sample = 0; sample < samples; sample++) {
    trainer.step(dataset, rows, 1e-4);
    programs.forEach((run, i) => times[i].push(nanoseconds(run)));
  }
  return calls.map((call, i) => ({
    ...{ network: name, kernel: call.kernel, model: costOf(call) },
    // The first samples run code that V8 has not optimized yet.
    measured: spread(times[i].slice(Math.floor(samples / 4))),
    unknown: call.nanoseconds === undefined && PARTITIONS[call.kernel] === undefined,
  }));
}

/** Nanoseconds of a call, which is run once before, to bring its operands into the cache. */
function nanoseconds(run: () => void): number {
  const first = timed(run, 1);
  return timed(run, Math.min(MAX_REPETITIONS, Math.ceil(SAMPLE_NS / Math.max(1, first))));
}

function timed(run: () => void, repetitions: number): number {
  const start = performance.now();
  for (let i = 0; i < repetitions; i++) run();
  return ((performance.now() - start) * 1e6) / repetitions;
}
