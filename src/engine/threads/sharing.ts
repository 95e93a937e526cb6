import type { KernelName } from '../kernels.js';
import { IMAGE_SHARINGS } from './image-sharing.js';
import type { Moving, Sharing } from './sharing-kinds.js';
import { bytes, pairs, ranged, rowWise, single, strided, width } from './sharing-kinds.js';

export type { Sharing } from './sharing-kinds.js';

/** Losses: delta, outputs, targets with strides, weights, scale, rowLoss, rows, outputs. */
const loss: Sharing = {
  rows: { count: 9, block: 8, moving: [...pairs(0, 2, 4), [6, bytes(4)], [8, bytes(8)]] },
  writes: [0, 8],
  reads: [2, 4, 6, 7],
  cost: (args) => args[9] * (30 + 4 * args[10]),
};

/** Rows picked from the data set: x, stride, data, features, indices, rows. */
const gather: Sharing = {
  rows: {
    count: 5,
    block: 8,
    moving: [
      [0, strided(1)],
      [4, bytes(4)],
    ],
  },
  writes: [0],
  reads: [2, 4],
  cost: (args) => args[5] * (5 + 0.15 * args[3]),
};

/** Lists of stored rows: starts, entries, from, indices, range of rows. */
function listing(nanoseconds: number): Sharing {
  return {
    range: { begin: 4, block: 4 },
    writes: [0, 1],
    reads: [2, 3],
    cost: (args) => nanoseconds * width(args, 4),
  };
}

/** Vectors of a length. */
function elements(length: number, nanoseconds: number, writes: number[], reads: number[]): Sharing {
  const moving = [...writes, ...reads].map((pointer) => [pointer, bytes(4)] as const);
  return {
    rows: { count: length, block: 16, moving },
    writes,
    reads,
    cost: (args) => args[length] * nanoseconds,
  };
}

const PRODUCT = 0.3;

/** Columns of a weight panel. */
const PANEL = 8;

const denseForward: Sharing = {
  range: { begin: 8, block: 1 },
  rows: { count: 6, block: 8, moving: pairs(0, 2) },
  writes: [0],
  reads: [2, 4, 5],
  cost: (args) => PRODUCT * args[6] * args[7] * width(args, 8),
};

const denseGradientSweep = ranged(
  12,
  {
    writes: [1, 2, 3, 4],
    reads: [6, 8],
    cost: (args) => (PRODUCT * args[10] + 8) * args[11] * width(args, 12),
  },
  5,
);

/** Images by panels of filters, or by rows: y, stride, …, x, stride, filters, bias, rows at `count`, shape, scratch, panels. */
function convolution(count: number, shape: number, moving: Moving[] = []): Sharing {
  const x = count - 4;
  const begin = shape + 2;
  return {
    range: { begin, block: 1 },
    rows: { count, block: 1, moving: [...pairs(0, x), ...moving] },
    scratch: shape + 1,
    writes: moving.length > 0 ? [0, 2] : [0],
    reads: [x, x + 2, x + 3],
    cost: (args) => 2000 * args[count] * width(args, begin),
  };
}

/** Pooled images by rows: y, stride, …, x, stride, rows. */
function pooling(writes: number[], x: number, count: number, moving: Moving[] = []): Sharing {
  const picks = moving.map(([pointer]) => pointer).filter((pointer) => !writes.includes(pointer));
  return {
    rows: { count, block: 1, moving: [...pairs(0, x), ...moving] },
    writes,
    reads: [x, ...picks],
    // By the larger matrix: its stride is its columns.
    cost: (args) => 0.2 * args[count] * Math.max(args[1], args[x + 1]),
  };
}

/**
 * Kernels that are not listed run on one thread while the others wait. No cut changes a bit: every output element is a
 * chain of its own.
 */
export const SHARINGS: Partial<Record<KernelName, Sharing>> = {
  denseForward,
  activeForward: { ...denseForward, scratch: 11 },
  sparseForward: {
    range: { begin: 7, block: 1 },
    rows: {
      count: 5,
      block: 8,
      moving: [
        [0, strided(1)],
        [2, bytes(4)],
      ],
    },
    writes: [0],
    reads: [2, 3, 4],
    cost: (args) => 0.1 * args[5] * args[6] * width(args, 7),
  },
  denseGradientSweep,
  activeGradientSweep: denseGradientSweep,
  denseGradient: {
    ...ranged(7, {
      writes: [0],
      reads: [1, 3],
      cost: (args) => PRODUCT * args[5] * args[6] * width(args, 7),
    }),
    chain: { count: 5, moving: pairs(1, 3), fresh: 9 },
  },
  sparseGradientSweep: ranged(
    9,
    {
      writes: [1, 2, 3, 4],
      reads: [6, 7],
      cost: (args) => (args[0] > 1 ? 10 : 6) * args[8] * width(args, 9),
    },
    5,
  ),
  sparseGradient: ranged(4, { writes: [0], reads: [1, 2], cost: (args) => 8 * args[3] * width(args, 4) }),
  denseInputGradient: {
    range: { begin: 8, block: 24 },
    scratch: 4,
    writes: [0],
    reads: [2, 3, 10],
    cost: (args) => 0.05 * args[5] * args[7] * width(args, 8),
  },
  activeInputGradient: {
    range: { begin: 8, block: 24 },
    scratch: 4,
    writes: [0],
    reads: [2, 3, 10, 12],
    cost: (args) => 0.05 * args[5] * args[7] * width(args, 8),
  },
  narrowForward: {
    rows: { count: 6, block: 16, moving: pairs(0, 2) },
    writes: [0],
    reads: [2, 4, 5],
    cost: (args) => 0.5 * args[6] * args[7] * args[8],
  },
  narrowGradient: {
    range: { begin: 7, block: 32 },
    writes: [0],
    reads: [1, 3],
    cost: (args) => 0.2 * args[5] * args[6] * width(args, 7),
  },
  narrowInputGradient: {
    rows: { count: 6, block: 8, moving: pairs(0, 3, 9) },
    scratch: 5,
    writes: [0],
    reads: [2, 3, 9],
    cost: (args) => 0.4 * args[6] * args[7] * args[8],
  },
  transposeDelta: {
    rows: {
      count: 3,
      block: 8,
      moving: [
        [0, (args) => 4 * args[4]],
        [1, strided(2)],
      ],
    },
    writes: [0],
    reads: [1],
    cost: (args) => 0.2 * args[3] * args[4],
  },
  convForward: convolution(6, 7),
  depthwiseForward: convolution(6, 7),
  convPoolForward: convolution(7, 8, [[2, strided(1)]]),
  convGradient: {
    ...ranged(8, { writes: [0], reads: [1, 3], cost: (args) => 200 * args[5] * width(args, 8) }, 7),
    chain: { count: 5, moving: pairs(1, 3), fresh: 10 },
  },
  depthwiseGradient: {
    ...ranged(8, { writes: [0], reads: [1, 3], cost: (args) => 1000 * args[5] * width(args, 8) }, 7),
    chain: { count: 5, moving: pairs(1, 3), fresh: 10 },
  },
  convPoolGradient: {
    range: { begin: 9, block: 4 },
    scratch: 8,
    writes: [0],
    reads: [1, 3, 5],
    cost: (args) => 500 * args[6] * width(args, 9),
  },
  turnFilters: single([0], [1, 2], (args) => (3 * args[3] * args[5] * args[6]) / args[7]),
  channelSums: {
    ...ranged(6, {
      ...{ writes: [0], reads: [1] },
      cost: (args) => 0.2 * args[3] * args[4] * PANEL * width(args, 6),
    }),
    chain: { count: 3, moving: pairs(1), fresh: 8 },
  },
  maxPoolForward: pooling([0, 2], 3, 5, [[2, strided(1)]]),
  maxPoolBackward: pooling([0], 2, 5, [[4, strided(3)]]),
  averagePoolForward: pooling([0], 2, 4),
  averagePoolBackward: pooling([0], 2, 4),
  activationForward: rowWise(1, 3, 5, 3),
  activationBackward: rowWise(1, 3, 5, 0.2),
  softmaxForward: rowWise(0, 2, 4, 2),
  softmaxBackward: rowWise(0, 2, 4, 2),
  logSoftmaxBackward: rowWise(0, 2, 4, 2),
  rescale: rowWise(0, 2, 4, 0.4),
  activityGradient: rowWise(0, 2, 4, 1),
  batchNormForward: {
    rows: { count: 8, block: 8, moving: pairs(0, 2) },
    writes: [0],
    reads: [2, 4, 5, 6, 7],
    cost: (args) => 0.5 * args[8] * args[9],
  },
  ...IMAGE_SHARINGS,
  softmaxCrossEntropy: loss,
  softmaxCrossEntropyTargets: loss,
  sigmoidCrossEntropy: loss,
  squaredError: loss,
  categoricalCrossEntropy: loss,
  gatherBytes: gather,
  gatherWords: gather,
  update: elements(6, 0.6, [1, 2, 3, 4], [5]),
  regularize: elements(2, 0.3, [0], [1]),
  adjust: elements(2, 0.3, [0, 1], []),
  sumRows: single([0], [1], (args) => 150 + args[2]),
  columnSums: {
    ...single([0], [1], (args) => 0.8 * args[3] * args[4]),
    chain: { count: 3, moving: pairs(1), fresh: 5 },
  },
  sumSquares: single([0], [1], (args) => 0.25 * args[2], true),
  sumMagnitudes: single([0], [1], (args) => 0.25 * args[2], true),
  gatherByteLists: listing(160),
  gatherLists: listing(200),
  listBytes: single([0, 1], [2, 4], (args) => 0.4 * args[3] * args[5]),
  listFloats: single([0, 1], [2, 5], (args) => 0.4 * args[4] * args[6]),
  listColumns: {
    range: { begin: 7, block: 16 },
    writes: [0, 1],
    reads: [3],
    cost: (args) => 0.3 * args[4] * width(args, 7),
    late: true,
  },
  dropout: {
    range: { begin: 4, block: 8 },
    writes: [0],
    reads: [2, 7],
    cost: (args) => 0.6 * width(args, 4) * args[6],
  },
  gaussianNoise: {
    range: { begin: 4, block: 8 },
    writes: [0],
    reads: [2, 7],
    cost: (args) => 8 * width(args, 4) * args[6],
  },
};
