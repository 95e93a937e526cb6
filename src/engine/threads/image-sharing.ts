import type { KernelName } from '../kernels.js';
import type { Args, Sharing } from './sharing-kinds.js';
import { bytes, pairs, ranged, rowWise, single, width } from './sharing-kinds.js';

/** Images by rows: `rows` at `count`, pixels and channels behind it; `moving` have their stride behind them. */
function images(
  count: number,
  nanoseconds: number,
  { writes, reads, moving = [...writes, ...reads] }: { writes: number[]; reads: number[]; moving?: number[] },
): Sharing {
  return {
    rows: { count, block: 1, moving: pairs(...moving) },
    writes,
    reads,
    cost: (args) => args[count] * args[count + 1] * args[count + 2] * nanoseconds,
  };
}

/** Images that go through maps of their own: y, stride, x, stride, maps, rows, height, width, channels. */
const sampling: Sharing = {
  rows: { count: 5, block: 1, moving: [...pairs(0, 2), [4, bytes(48)]] },
  writes: [0],
  reads: [2, 4],
  cost: (args) => args[5] * args[6] * args[7] * (25 + 2 * args[8]),
};

/** Statistics of pixels, 8 bytes each, at `at`; `rows` at `count`. */
function byPixels(sharing: Sharing, at: number): Sharing {
  const { count, block, moving } = sharing.rows!;
  const statistics = [at, (args: Args): number => 8 * args[count + 1]] as const;
  return { ...sharing, rows: { count, block, moving: [...moving, statistics] } };
}

/** The kernels of images but those of convolutions and pooling. */
export const IMAGE_SHARINGS: Partial<Record<KernelName, Sharing>> = {
  padImages: { ...rowWise(0, 2, 4, 0), cost: (args) => 0.05 * args[4] * args[1] },
  cropImages: { ...rowWise(0, 2, 4, 0), cost: (args) => 0.05 * args[4] * args[1] },
  globalAverage: images(4, 0.3, { writes: [0], reads: [2] }),
  globalAverageBackward: images(4, 0.3, { writes: [0], reads: [2] }),
  globalMax: images(4, 0.3, { writes: [0], reads: [2] }),
  globalMaxBackward: images(8, 0.6, { writes: [0], reads: [2, 4, 6] }),
  pixelSums: images(4, 0.3, { writes: [0], reads: [2] }),
  pixelSquares: images(5, 0.3, { writes: [0], reads: [2, 4], moving: [0, 2] }),
  channelNormForward: images(8, 0.7, { writes: [0], reads: [2, 4, 5, 6, 7], moving: [0, 2] }),
  channelNormSums: images(8, 0.7, { writes: [0], reads: [2, 4, 6, 7], moving: [0, 2, 4] }),
  channelNormBackward: images(11, 1, {
    ...{ writes: [0], reads: [2, 4, 6, 7, 8, 9, 10] },
    moving: [0, 2, 4],
  }),
  channelStatistics: single([0, 1, 2], [3, 4], (args) => 2 * args[6] * args[7]),
  sumPartials: single([0], [1], (args) => 2 * args[3] * args[4]),
  pixelNormForward: byPixels(images(7, 4, { ...{ writes: [0, 4], reads: [2, 5, 6] }, moving: [0, 2] }), 4),
  pixelNormSums: byPixels(images(7, 2, { ...{ writes: [0], reads: [2, 4, 6] }, moving: [0, 2, 4] }), 6),
  pixelNormBackward: byPixels(
    images(8, 4, { ...{ writes: [0], reads: [2, 4, 6, 7] }, moving: [0, 2, 4] }),
    6,
  ),
  spatialDropout: ranged(9, {
    ...{ writes: [0], reads: [2, 6] },
    cost: (args) => 0.4 * args[4] * args[5] * width(args, 9),
  }),
  drawTranslations: single([0], [1], (args) => 10 * args[2]),
  drawRotations: single([0], [1], (args) => 60 * args[2]),
  drawZooms: single([0], [1], (args) => 10 * args[2]),
  sampleImages: sampling,
  sampleImagesBackward: sampling,
};
