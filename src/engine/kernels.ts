import { UnsupportedError } from '../errors.js';

/**
 * What assembly/index.ts exports, as the plan calls it. Every argument is a number: byte offsets (and byte strides) in
 * the arena, counts, codes of activations and update rules, scalars.
 */
export type Kernels = Readonly<Record<KernelName, Kernel>> & Meeting & Look;

/** What is asked of values in the arena (assembly/finite.ts): 1 for yes. */
interface Look {
  readonly allFinite: (offset: number, length: number) => number;
}

/** Where threads wait for each other (assembly/barrier.ts): 0 if they met, 1 after so many spins. */
interface Meeting {
  readonly barrier: (at: number, threads: number, spins: number) => number;
  readonly awaitChange: (at: number, old: number, spins: number) => number;
  readonly announce: (at: number) => void;
}

export type KernelName =
  | 'activationBackward'
  | 'activationForward'
  | 'activeForward'
  | 'activeGradientSweep'
  | 'activeInputGradient'
  | 'activityGradient'
  | 'activityPenalty'
  | 'adjust'
  | 'averagePoolBackward'
  | 'averagePoolForward'
  | 'batchNormBackward'
  | 'batchNormForward'
  | 'batchNormGradient'
  | 'batchStatistics'
  | 'categoricalCrossEntropy'
  | 'categoricalHinge'
  | 'channelNormBackward'
  | 'channelNormForward'
  | 'channelNormSums'
  | 'channelStatistics'
  | 'channelSums'
  | 'columnNorms'
  | 'columnSums'
  | 'convForward'
  | 'convGradient'
  | 'convPoolForward'
  | 'convPoolGradient'
  | 'cropImages'
  | 'denseForward'
  | 'denseGradient'
  | 'denseGradientSweep'
  | 'denseInputGradient'
  | 'depthwiseForward'
  | 'depthwiseGradient'
  | 'drawRotations'
  | 'drawTranslations'
  | 'drawZooms'
  | 'dropout'
  | 'elementLoss'
  | 'gatherByteLists'
  | 'gatherBytes'
  | 'gatherLists'
  | 'gatherWords'
  | 'gaussianNoise'
  | 'globalAverage'
  | 'globalAverageBackward'
  | 'globalMax'
  | 'globalMaxBackward'
  | 'layerNormBackward'
  | 'layerNormForward'
  | 'layerNormGradient'
  | 'listBytes'
  | 'listColumns'
  | 'listFloats'
  | 'logSoftmaxBackward'
  | 'logSoftmaxForward'
  | 'maxPoolBackward'
  | 'maxPoolForward'
  | 'movingStatistics'
  | 'narrowForward'
  | 'narrowGradient'
  | 'narrowInputGradient'
  | 'nonNegative'
  | 'normFactor'
  | 'padImages'
  | 'pixelNormBackward'
  | 'pixelNormForward'
  | 'pixelNormSums'
  | 'pixelSquares'
  | 'pixelSums'
  | 'regularize'
  | 'rescale'
  | 'rowNorms'
  | 'sampleImages'
  | 'sampleImagesBackward'
  | 'sigmoidCrossEntropy'
  | 'softmaxBackward'
  | 'softmaxCrossEntropy'
  | 'softmaxCrossEntropyTargets'
  | 'softmaxForward'
  | 'sparseForward'
  | 'sparseGradient'
  | 'sparseGradientSweep'
  | 'spatialDropout'
  | 'squaredError'
  | 'stepNorms'
  | 'sumMagnitudes'
  | 'sumPartials'
  | 'sumRows'
  | 'sumSquares'
  | 'transposeDelta'
  | 'turnFilters'
  | 'update'
  | 'vectorNorm';

export type Kernel = (...args: number[]) => void;

/** One kernel call of a step, with every argument resolved. */
export interface Call {
  readonly kernel: KernelName;
  readonly args: readonly number[];
  /** About how many nanoseconds it takes, where the arguments do not tell (convolutions: their sizes are in a table). */
  readonly nanoseconds?: number;
}

/** The calls of a step, bound to one arena. */
export type Program = readonly (() => void)[];

export function run(program: Program): void {
  for (const call of program) call();
}

/** Bind calls to the kernels of an instance. @throws UnsupportedError for a binary of another release, whose kernels differ */
export function bind(kernels: Kernels, calls: readonly Call[]): Program {
  return calls.map(({ kernel, args }) => {
    if (args.length > 16) throw new RangeError(`${kernel} has ${args.length} arguments, but bind knows 16.`);
    const f = kernels[kernel] as Kernel | undefined;
    if (f?.length === args.length) return bindKernel(f, args);
    throw new UnsupportedError(
      `The binary in use must have the kernel ${kernel} of ${args.length} arguments, but ${f ? `its kernel has ${f.length}` : 'has none'}; use the binaries of this release of lamella.`,
    );
  });
}

/**
 * A kernel with its arguments. Spreading them at every step would cost more than a small kernel. Workers are started from
 * its text: it uses nothing from outside.
 */
export function bindKernel(f: Kernel, args: readonly number[]): () => void {
  const [a, b, c, d, e, g, h, i, j, k, l, m, n, o, p, q] = args;
  if (args.length <= 4) return () => f(a, b, c, d);
  if (args.length <= 7) return () => f(a, b, c, d, e, g, h);
  if (args.length <= 10) return () => f(a, b, c, d, e, g, h, i, j, k);
  if (args.length <= 13) return () => f(a, b, c, d, e, g, h, i, j, k, l, m, n);
  return () => f(a, b, c, d, e, g, h, i, j, k, l, m, n, o, p, q);
}
