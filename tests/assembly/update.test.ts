import { describe, expect, test } from 'vitest';
import { expectClose, expectSameBits } from '../helpers/allclose.js';
import type { Rule } from '../helpers/rules.js';
import { RULES } from '../helpers/rules.js';
import { Seeded } from '../helpers/seeded.js';
import { GuardedMemory, VARIANTS } from '../helpers/wasm.js';

const byName = (name: string): Rule => RULES.find((rule) => rule.name === name) as Rule;
const FLUSHED = 2 ** -100;

interface State {
  w: Float32Array;
  slots: Float32Array[];
}

/** One step of a rule on a vector. Guard bands are checked on the way. */
function step(memory: GuardedMemory, rule: Rule, state: State, g: Float32Array, t = 1, decay = 0): State {
  memory.reset();
  const w = memory.put(state.w);
  const slots = state.slots.map((slot) => memory.put(slot));
  const gradient = memory.put(g);
  const offsets = [w, ...slots].map(({ offset }) => offset);
  const record = memory.put(rule.record(t, decay, offsets));
  memory.kernels.update(w.offset, record.offset, gradient.offset, g.length);
  memory.expectGuards(`${rule.name}, ${g.length} weights`);
  expectSameBits(gradient.get(), g, 'the gradient');
  return { w: w.get(), slots: slots.map((slot) => slot.get()) };
}

function fresh(rule: Rule, w: Float32Array): State {
  return {
    w,
    slots: Array.from({ length: rule.slots }, () => new Float32Array(w.length).fill(rule.initialSlot)),
  };
}

describe.each(VARIANTS)('update, %s,', (variant) => {
  const memory = new GuardedMemory(variant);

  test.each(RULES.map((rule) => [rule.name, rule] as const))(
    'follows the float64 formula of %s for ten steps, with and without decay',
    (_, rule) => {
      for (const decay of [0, 0.0625]) {
        for (const length of [0, 4, 8, 12, 136]) {
          const seeded = new Seeded(length);
          let state = fresh(rule, seeded.floats(length));
          const w = Float64Array.from(state.w);
          const reference = rule.reference();
          for (let t = 1; t <= 10; t++) {
            const g = seeded.floats(length, 0.5);
            reference(
              w,
              Float64Array.from(g, (value, i) => value + decay * w[i]),
            );
            state = step(memory, rule, state, g, t, decay);
            expectClose(state.w, w, `${length} weights, step ${t}`, { terms: t });
          }
        }
      }
    },
  );

  test('sets moments below 2^-100 to 0, of either sign, and no larger ones', () => {
    const sizes = [FLUSHED, FLUSHED * (1 - 2 ** -24), 2 ** -126, 2 ** -149, 2 ** -101, 2 ** -99, 0, 1];
    const moments = Float32Array.from([...sizes, ...sizes.map((size) => -size)]);
    const still = new Float32Array(16);
    const w = new Seeded(7).floats(16);
    const after = step(memory, byName('momentum'), { w, slots: [moments] }, still).slots[0];
    const kept = moments.map((m) => Math.fround(m * 0.875));
    expectSameBits(
      after.map((m) => m + 0),
      kept.map((m) => (Math.abs(m) < FLUSHED ? 0 : m)),
      'velocity',
    );
    const second = moments.map(Math.abs);
    const flushing = RULES.filter((rule) => rule.slots > 0 && rule.name !== 'adagrad');
    for (const rule of flushing) {
      const slots = Array.from({ length: rule.slots }, () => second);
      const { slots: kept } = step(memory, rule, { w, slots }, still);
      const smallest = kept[0].reduce((least, m) => (m !== 0 && m < least ? m : least), Infinity);
      expect(smallest, rule.name).toBeGreaterThanOrEqual(FLUSHED);
    }
    const adam = step(memory, byName('adam'), { w, slots: [moments, second] }, still).slots;
    expectSameBits(
      adam[0].map((m) => m + 0),
      after.map((m) => m + 0),
      'first moment',
    );
    const decayed = second.map((v) => Math.fround(v * (1 - 2 ** -7)));
    expectSameBits(
      adam[1],
      decayed.map((v) => (v < FLUSHED ? 0 : v)),
      'second moment',
    );
  });

  test('keeps NaN and infinity in gradients, moments and weights', () => {
    for (const rule of RULES) {
      const g = Float32Array.of(NaN, Infinity, 1, 1);
      const { w, slots } = step(memory, rule, fresh(rule, Float32Array.of(1, 1, NaN, 1)), g);
      // Only lion makes the same of an infinite gradient as of any other.
      expect([...w.map(Number)].map(Number.isFinite), rule.name).toEqual([
        false,
        rule.name === 'lion',
        false,
        true,
      ]);
      for (const [i, slot] of slots.entries()) {
        expect(slot[0], `${rule.name}, slot ${i}`).toBeNaN();
        expect(Number.isFinite(slot[1]), `${rule.name}, slot ${i}`).toBe(false);
        expect(slot[3]).not.toBe(0);
      }
    }
  });

  test('leaves weights without gradient, moments and decay as they are', () => {
    const w = new Seeded(8).floats(32);
    w[0] = -0;
    for (const rule of RULES) {
      const after = step(memory, rule, fresh(rule, w), new Float32Array(32)).w;
      expectSameBits(
        after.map((value) => value + 0),
        w.map((value) => value + 0),
        rule.name,
      );
    }
  });
});
