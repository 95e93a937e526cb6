import { describe, expect, test } from 'vitest';
import { expectClose, expectSameBits } from '../helpers/allclose.js';
import { batchNormalization, layerNormalization } from '../helpers/reference.js';
import { Seeded } from '../helpers/seeded.js';
import type { KernelVariant, Placed } from '../helpers/wasm.js';
import { GuardedMemory, VARIANTS } from '../helpers/wasm.js';

const EPSILON = 2 ** -10;
const MOMENTUM = 0.875;
const SHAPES = [
  [1, 4],
  [2, 8],
  [7, 12],
  [33, 16],
] as const;

/** A batch, and the layer's parameters; `affine` false leaves gamma and beta out. */
interface Case {
  readonly rows: number;
  readonly columns: number;
  readonly affine: boolean;
}

const CASES: Case[] = SHAPES.flatMap(([rows, columns]) =>
  [true, false].map((affine) => ({ rows, columns, affine })),
);

function valuesOf({ rows, columns, affine }: Case) {
  const seeded = new Seeded(rows);
  return {
    x: seeded.floats(rows * columns, 2).map((value, i) => value + (i % columns)),
    delta: seeded.floats(rows * columns),
    gamma: affine ? seeded.shares(columns).map((share) => share + 0.5) : new Float32Array(columns).fill(1),
    beta: affine ? seeded.floats(columns) : new Float32Array(columns),
    epsilon: EPSILON,
  };
}

function describeCase({ rows, columns, affine }: Case): string {
  return `${rows} rows of ${columns}${affine ? '' : ', without gamma and beta'}`;
}

/** Everything that batch normalization computes of a batch. */
function batchNorm(variant: KernelVariant, one: Case, fixed = false) {
  const memory = new GuardedMemory(variant);
  const { rows, columns, affine } = one;
  const values = valuesOf(one);
  const x = memory.matrix({ rows, columns }, values.x);
  const delta = memory.matrix({ rows, columns, gap: 8 }, values.delta);
  const [y, dx] = [memory.matrix({ rows, columns }), memory.matrix({ rows, columns, gap: 12 })];
  const [mean, inverse] = [memory.floats(columns).offset, memory.floats(columns).offset];
  const movingMean = memory.put(new Float32Array(columns).fill(0.5));
  const movingVariance = memory.put(new Float32Array(columns).fill(2));
  const place = (values: Float32Array<ArrayBuffer>) => (affine ? memory.put(values).offset : 0);
  const [gamma, beta] = [place(values.gamma), place(values.beta)];
  const sums: Placed<Float32Array>[] = [memory.floats(columns), memory.floats(columns)];
  const { kernels } = memory;
  const moving = [movingMean.offset, movingVariance.offset];
  if (fixed) {
    kernels.movingStatistics(mean, inverse, ...moving, columns, EPSILON);
  } else {
    const places = [mean, inverse, ...moving, x.offset, x.stride];
    kernels.batchStatistics(...places, rows, columns, EPSILON, MOMENTUM);
  }
  const statistics = [mean, inverse];
  kernels.batchNormForward(y.offset, y.stride, x.offset, x.stride, ...statistics, gamma, beta, rows, columns);
  const back = [delta.offset, delta.stride, x.offset, x.stride, ...statistics];
  kernels.batchNormGradient(sums[0].offset, sums[1].offset, ...back, rows, columns);
  const given = [gamma, sums[0].offset, sums[1].offset, rows, columns, fixed ? 1 : 0];
  kernels.batchNormBackward(dx.offset, dx.stride, ...back, ...given);
  memory.expectGuards(describeCase(one));
  return {
    ...{ y: y.get(), dx: dx.get(), gamma: sums[0].get(), beta: sums[1].get() },
    ...{ movingMean: movingMean.get(), movingVariance: movingVariance.get() },
  };
}

/** Everything that layer normalization computes of a batch. */
function layerNorm(variant: KernelVariant, one: Case) {
  const memory = new GuardedMemory(variant);
  const { rows, columns, affine } = one;
  const values = valuesOf(one);
  const x = memory.matrix({ rows, columns }, values.x);
  const delta = memory.matrix({ rows, columns, gap: 8 }, values.delta);
  const [y, dx] = [memory.matrix({ rows, columns }), memory.matrix({ rows, columns, gap: 12 })];
  const statistics = memory.floats(2 * rows);
  const place = (values: Float32Array<ArrayBuffer>) => (affine ? memory.put(values).offset : 0);
  const [gamma, beta] = [place(values.gamma), place(values.beta)];
  const sums = [memory.floats(columns), memory.floats(columns)];
  const { kernels } = memory;
  const from = [x.offset, x.stride, statistics.offset];
  kernels.pixelNormForward(y.offset, y.stride, ...from, gamma, beta, rows, 1, columns, EPSILON);
  const back = [delta.offset, delta.stride, ...from];
  kernels.layerNormGradient(sums[0].offset, sums[1].offset, ...back, rows, columns);
  kernels.pixelNormBackward(dx.offset, dx.stride, ...back, gamma, rows, 1, columns);
  memory.expectGuards(describeCase(one));
  return { y: y.get(), dx: dx.get(), gamma: sums[0].get(), beta: sums[1].get() };
}

describe.each(VARIANTS)('with %s kernels', (variant) => {
  test('batch normalization has the float64 outputs, averages and gradients', () => {
    for (const one of CASES) {
      const { rows } = one;
      const values = valuesOf(one);
      const what = describeCase(one);
      const layer = batchNormalization({ ...values, momentum: MOMENTUM });
      layer.averages.movingMean.fill(0.5);
      layer.averages.movingVariance.fill(2);
      const y = layer.forward(Float64Array.from(values.x), rows);
      const { input, parameters } = layer.backward(Float64Array.from(values.delta));
      const actual = batchNorm(variant, one);
      const closeness = { terms: rows, units: 20, size: 1 };
      expectClose(actual.y, y, `outputs, ${what}`, closeness);
      expectClose(actual.gamma, parameters.gamma, `gamma, ${what}`, { ...closeness, size: Math.sqrt(rows) });
      expectClose(actual.beta, parameters.beta, `beta, ${what}`, { ...closeness, size: Math.sqrt(rows) });
      // One row has no variance: all that is left of it is rounding, and the root of epsilon is small.
      if (rows > 1) expectClose(actual.dx, input, `input, ${what}`, { ...closeness, units: 60 });
      expectClose(actual.movingMean, layer.averages.movingMean, `mean, ${what}`, closeness);
      expectClose(actual.movingVariance, layer.averages.movingVariance, `variance, ${what}`, closeness);
    }
  });

  test('batch normalization with fixed statistics is linear in its input', () => {
    for (const one of CASES) {
      const { columns } = one;
      const { x, delta, gamma, beta } = valuesOf(one);
      const actual = batchNorm(variant, one, true);
      const inverse = 1 / Math.sqrt(2 + EPSILON);
      const y = x.map((value, i) => (value - 0.5) * inverse * gamma[i % columns] + beta[i % columns]);
      expectClose(actual.y, y, `outputs, ${describeCase(one)}`);
      const dx = delta.map((value, i) => value * inverse * gamma[i % columns]);
      expectClose(actual.dx, dx, `input, ${describeCase(one)}`);
      expect([...new Set(actual.movingMean), ...new Set(actual.movingVariance)]).toEqual([0.5, 2]);
    }
  });

  test('batch normalization leaves padding at 0 where gamma, beta and delta are 0', () => {
    const memory = new GuardedMemory(variant);
    const rows = 5;
    const x = memory.matrix({ rows, columns: 4 }, new Float32Array(20).fill(0.5));
    const delta = memory.matrix({ rows, columns: 4 }, new Float32Array(20));
    const zeros = memory.put(new Float32Array(4)).offset;
    const [mean, inverse, sums] = [0, 0, 0].map(() => memory.floats(4).offset);
    const moving = [memory.put(new Float32Array(4)).offset, memory.put(new Float32Array(4)).offset];
    const { kernels } = memory;
    kernels.batchStatistics(mean, inverse, ...moving, x.offset, x.stride, rows, 4, EPSILON, MOMENTUM);
    const back = [delta.offset, delta.stride, x.offset, x.stride, mean, inverse];
    kernels.batchNormGradient(sums, zeros, ...back, rows, 4);
    kernels.batchNormBackward(delta.offset, delta.stride, ...back, zeros, sums, zeros, rows, 4, 0);
    kernels.batchNormForward(x.offset, x.stride, x.offset, x.stride, mean, inverse, zeros, zeros, rows, 4);
    memory.expectGuards('padding');
    for (const matrix of [x, delta]) expect(matrix.get().every((value) => value === 0)).toBe(true);
  });

  test('layer normalization has the float64 outputs and gradients', () => {
    for (const one of [
      ...CASES,
      { rows: 3, columns: 1, affine: true },
      { rows: 3, columns: 61, affine: true },
    ]) {
      const { rows, columns } = one;
      const values = valuesOf(one);
      const what = describeCase(one);
      const layer = layerNormalization(values);
      const y = layer.forward(Float64Array.from(values.x), rows);
      const { input, parameters } = layer.backward(Float64Array.from(values.delta));
      const actual = layerNorm(variant, one);
      const closeness = { terms: rows, units: 20, size: Math.sqrt(rows) };
      expectClose(actual.y, y, `outputs, ${what}`, { size: 1 });
      expectClose(actual.gamma, parameters.gamma, `gamma, ${what}`, closeness);
      expectClose(actual.beta, parameters.beta, `beta, ${what}`, closeness);
      expectClose(actual.dx, input, `input, ${what}`, { size: 1, units: 20, terms: columns });
    }
  });

  test('a row alone is normalized to the bits that it has among others', () => {
    const memory = new GuardedMemory(variant);
    const [rows, columns] = [5, 13];
    const all = layerNorm(variant, { rows, columns, affine: true }).y;
    const { x, gamma, beta } = valuesOf({ rows, columns, affine: true });
    const input = memory.put(x.slice(3 * columns, 4 * columns));
    const y = memory.floats(columns);
    const statistics = memory.floats(2).offset;
    const places = [
      y.offset,
      0,
      input.offset,
      0,
      statistics,
      memory.put(gamma).offset,
      memory.put(beta).offset,
    ];
    memory.kernels.pixelNormForward(...places, 1, 1, columns, EPSILON);
    memory.expectGuards('a row');
    expectSameBits(y.get(), all.subarray(3 * columns, 4 * columns), 'a row');
  });

  test('rescale gives x · scale + offset, in place and apart', () => {
    const [scale, offset] = [0.3, -0.7].map(Math.fround);
    const values = new Seeded(63).floats(5 * 8);
    const expected = values.map((x) => Math.fround(x * scale) + offset);
    for (const inPlace of [true, false]) {
      const memory = new GuardedMemory(variant);
      const x = memory.matrix({ rows: 5, columns: 8, gap: 8 }, values);
      const y = inPlace ? x : memory.matrix({ rows: 5, columns: 8 });
      memory.kernels.rescale(y.offset, y.stride, x.offset, x.stride, 5, 8, scale, offset);
      memory.expectGuards('rescale');
      expectSameBits(y.get(), expected, `in place: ${inPlace}`);
    }
  });
});
