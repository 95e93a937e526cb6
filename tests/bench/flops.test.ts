import { describe, expect, it } from 'vitest';
import { flopsOf } from '../../bench/works/flops.js';
import { WORKS } from '../../bench/works/table.js';

/** 60,000 rows of 784 in ten classes; only their sizes matter. */
const mnist = {
  x: { data: new Uint8Array(784 * 60_000), shape: [60_000, 784] },
  y: Uint8Array.from({ length: 60_000 }, (_, row) => row % 10),
};

function work(name: string) {
  return WORKS.find((each) => each.name === name)!;
}

describe('operations of an epoch', () => {
  it('are two products in the first layer and three above it', () => {
    const { dense } = flopsOf(work('W2'), { ...mnist, density: 1 });
    expect(dense).toBe(60_000 * 2 * (2 * 784 * 392 + 3 * (392 * 392 + 392 * 10)));
  });

  it('leave out the zeros of the input, but of the first layer alone', () => {
    const { useful, dense } = flopsOf(work('W3'), { ...mnist, density: 0.25 });
    expect(dense - useful).toBe(60_000 * 2 * 2 * 784 * 100 * 0.75);
  });

  it('are 324 GFLOP for the convolution of W5', () => {
    const { useful, dense } = flopsOf(work('W5'), { ...mnist, density: 0.19 });
    expect(Math.round(dense / 1e8)).toBe(3234);
    expect(useful).toBe(dense);
  });

  it('count two classes as one unit, and a regression as one', () => {
    const two = { x: { data: new Float32Array(8), shape: [4, 2] }, y: new Uint8Array([0, 1, 0, 1]) };
    expect(flopsOf(work('W7'), { ...two, density: 1 }).dense).toBe(4 * 2 * (2 * 2 * 20 + 3 * 20));
    const values = { x: { data: new Float32Array(26), shape: [2, 13] }, y: new Float32Array([0.5, 7]) };
    expect(flopsOf(work('W6'), { ...values, density: 1 }).dense).toBe(2 * 2 * (2 * 13 * 100 + 3 * 100));
  });
});
