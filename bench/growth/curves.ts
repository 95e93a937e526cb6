/** The curves: the size that grows, with the networks and rows that are measured. */
import { availableParallelism } from 'node:os';
import type { MLPOptions, NdArray } from 'lamella';
import { loadMnist } from 'lamella/node';

/** A training whose epochs are timed. */
export interface Training {
  readonly options: MLPOptions;
  readonly x: NdArray<Uint8Array>;
  readonly y: Uint8Array;
  readonly threads: number;
}

export interface Curve {
  readonly name: string;
  readonly about: string;
  readonly sizes: readonly number[];
  training(size: number): Training;
}

const doubling = (from: number, to: number): number[] =>
  Array.from({ length: Math.log2(to / from) + 1 }, (_, i) => from * 2 ** i);

const sgd: MLPOptions = { solver: 'sgd', learningRateInit: 0.01, alpha: 0 };

interface Rows {
  readonly x: NdArray<Uint8Array>;
  readonly y: Uint8Array;
}

/** The first rows; MNIST is repeated beyond its length. */
function some({ x, y }: Rows, rows: number): Rows {
  const features = x.data.length / y.length;
  const [data, labels] = [new Uint8Array(rows * features), new Uint8Array(rows)];
  for (let row = 0; row < rows; row += y.length) {
    const count = Math.min(y.length, rows - row);
    data.set(x.data.subarray(0, count * features), row * features);
    labels.set(y.subarray(0, count), row);
  }
  return { x: { data, shape: [rows, features], scale: x.scale }, y: labels };
}

/** Rows without zeros, so that every layer is a dense product. */
function dense(rows: number, features: number): Rows {
  let state = 1;
  const next = (limit: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 4294967296) * limit);
  };
  const data = Uint8Array.from({ length: rows * features }, () => 1 + next(255));
  const y = Uint8Array.from({ length: rows }, (_, row) => (row < 10 ? row : next(10)));
  return { x: { data, shape: [rows, features], scale: 1 / 255 }, y };
}

export async function growthCurves(): Promise<Curve[]> {
  const { train: mnist } = await loadMnist();
  const random = dense(2048, 784);
  const cores = availableParallelism();
  const on = (rows: Rows, options: MLPOptions, threads = 1): Training => ({
    ...rows,
    options: { ...sgd, ...options },
    threads,
  });
  return [
    {
      name: 'rows',
      about: '784-50-20-10-10 in batches of 200, rows of MNIST, over and over beyond 60,000',
      sizes: [1000, 2000, 4000, 8000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000],
      training: (rows) => on(some(mnist, rows), { hiddenLayerSizes: [50, 20, 10], batchSize: 200 }),
    },
    {
      name: 'width',
      about: '784-width-10 in batches of 32, 2,048 rows without zeros',
      sizes: doubling(8, 4096),
      training: (width) => on(random, { hiddenLayerSizes: [width], batchSize: 32 }),
    },
    {
      name: 'depth',
      about: '784, depth times 128, 10 in batches of 32, 2,048 rows without zeros',
      sizes: [1, 2, 3, 4, 6, 8, 11, 16],
      training: (depth) =>
        on(random, { hiddenLayerSizes: Array.from({ length: depth }, () => 128), batchSize: 32 }),
    },
    {
      name: 'batch',
      about: '784-100-10, 8,192 rows of MNIST',
      sizes: doubling(1, 4096),
      training: (batchSize) => on(some(mnist, 8192), { hiddenLayerSizes: [100], batchSize }),
    },
    {
      name: 'threads',
      about: '784-392-392-10 with adam in batches of 32, 8,192 rows of MNIST',
      sizes: Array.from({ length: cores }, (_, i) => i + 1),
      training: (threads) =>
        on(
          some(mnist, 8192),
          {
            ...{ solver: 'adam', learningRateInit: 0.001 },
            ...{ hiddenLayerSizes: [392, 392], batchSize: 32 },
          },
          threads,
        ),
    },
  ];
}
