import { expect, test } from 'vitest';
import { ThreadTuner } from '../../../src/engine/threads/tuner.js';

/** Milliseconds of a step at a time, on one thread and on all. */
type Cost = (now: number) => number;

/** Steps of a tuner whose clock only they move. */
class Run {
  now = 0;
  isReady = true;
  starts = 0;
  /** Milliseconds that one thread alone would have taken. */
  alone = 0;
  /** Times at which the choice changed. */
  readonly changes: number[] = [];
  readonly tuner: ThreadTuner;

  constructor(
    readonly one: Cost,
    readonly all: Cost,
    started = true,
  ) {
    this.tuner = new ThreadTuner({
      clock: () => this.now,
      ready: () => this.isReady,
      start: () => void (this.starts += 1),
      started,
    });
  }

  step(rows = 32): void {
    const before = this.tuner.prefersParallel;
    this.tuner.beginStep();
    const begin = this.now;
    this.alone += this.one(begin);
    this.now += (this.tuner.parallel ? this.all : this.one)(begin);
    this.tuner.endStep(rows, this.now - begin);
    if (this.tuner.prefersParallel !== before) this.changes.push(this.now);
  }

  until(end: number): this {
    while (this.now < end) this.step();
    return this;
  }
}

test.each([0.1, 1, 20, 400])('threads that halve steps of %d ms are chosen at once, and kept', (ms) => {
  const run = new Run(
    () => ms,
    () => ms / 2,
  ).until(20000);
  expect(run.changes).toHaveLength(1);
  expect(run.changes[0]).toBeLessThan(40 + 5 * ms);
  expect(run.now).toBeLessThan(0.53 * run.alone);
});

test.each([0.1, 1, 20])('threads that double steps of %d ms cost three parts in a hundred at most', (ms) => {
  const run = new Run(
    () => ms,
    () => 2 * ms,
  ).until(5000);
  expect(run.changes).toEqual([]);
  expect(run.now).toBeLessThan(1.03 * run.alone);
});

test('threads that gain nothing are left alone', () => {
  const run = new Run(
    () => 1,
    () => 0.99,
  ).until(20000);
  expect(run.changes).toEqual([]);
});

test('threads are given up soon when their processors become busy, and taken again when they are free', () => {
  const busy = (now: number): boolean => now > 5000 && now < 12000;
  const run = new Run(
    () => 1,
    (now) => (busy(now) ? 3 : 0.6),
  ).until(20000);
  const [, lost, found, ...others] = run.changes;
  expect(lost).toBeGreaterThan(5000);
  expect(lost).toBeLessThan(5200);
  expect(found).toBeGreaterThan(12000);
  expect(found).toBeLessThan(15200);
  expect(others).toEqual([]);
});

test('a step in a thousand that takes long changes nothing', () => {
  let count = 0;
  const hiccup = (ms: number): number => (++count % 1000 === 0 ? 50 : ms);
  const fast = new Run(
    () => hiccup(1),
    () => hiccup(0.6),
  ).until(20000);
  expect(fast.changes).toHaveLength(1);
  const slow = new Run(
    () => hiccup(1),
    () => hiccup(1.4),
  ).until(20000);
  expect(slow.changes).toEqual([]);
});

test('when everything becomes slower, the choice is made anew, and stays', () => {
  const slower = (now: number): number => (now > 5000 ? 2 : 1);
  const run = new Run(
    (now) => slower(now),
    (now) => 0.6 * slower(now),
  ).until(10000);
  expect(run.changes).toHaveLength(1);
});

test('threads are started once, when the training has taken 100 ms', () => {
  const run = new Run(
    () => 1,
    () => 0.5,
    false,
  );
  run.isReady = false;
  run.until(99);
  expect(run.starts).toBe(0);
  run.until(1000);
  expect(run.starts).toBe(1);
  expect(run.now).toBe(run.alone);
  run.isReady = true;
  run.until(1100);
  expect(run.tuner.prefersParallel).toBe(true);
  run.isReady = false;
  run.step();
  expect([run.tuner.parallel, run.tuner.prefersParallel]).toEqual([false, false]);
});

test('the short batches that end epochs are shared, but not compared', () => {
  const run = new Run(
    () => 1,
    () => 0.5,
  ).until(200);
  const before = run.now;
  run.step(8);
  expect(run.now - before).toBe(0.5);
  for (let i = 0; i < 200; i++) run.step(8);
  expect(run.changes).toHaveLength(1);
});
