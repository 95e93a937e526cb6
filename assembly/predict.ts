// The ABI of the binaries that only predict: what index.ts exports, without what only training calls.
export {
  conv1x8,
  conv2x8,
  conv3x8,
  conv4x8,
  conv5x8,
  conv6x8,
  convTile,
  depthwise1x8,
  depthwise2x8,
  depthwise3x8,
  depthwise4x8,
  depthwise5x8,
  depthwise6x8,
  depthwiseTile,
} from './generated/conv';
export * from './generated/forward';
export { narrowForward2, narrowForward4 } from './generated/narrow';
export {
  sparseForward1,
  sparseForward2,
  sparseForward3,
  sparseForward4,
  sparseForward5,
  sparseForward6,
  sparseForward7,
  sparseForwardVectors,
} from './generated/sparse';
export { bytesToCsr, floatsToCsr } from './sparse/format';
export { sparseForward } from './sparse/forward';
export { adaptiveForward } from './sparse/adaptive';
export { activationForward } from './generated/activation';
export { denseForward } from './gemm/forward';
export { narrowForward } from './gemm/narrow';
export { allFinite } from './finite';
export { prefetchRows, gatherBytes } from './gather';
export { logSoftmaxForward, softmaxForward } from './softmax';
export { batchNormForward, movingStatistics, rescale } from './norm';
export { globalAverage, globalMax, padImages } from './image';
export { channelNormForward } from './channel-norm';
export { pixelNormForward } from './pixel-norm';
export { unitNormForward } from './unit-norm';
export { depthwiseForward } from './conv/depthwise';
export { convForward } from './conv/forward';
export { convPoolForward, poolStrip } from './conv/pooled-forward';
export { averagePoolForward, maxPoolForward } from './pool';
